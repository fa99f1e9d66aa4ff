/** Where the command line keeps who it is at each server, so that what it uploads belongs to the same user each time. */
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { UsageError } from './verb.ts'

/** By XDG's Base Directory Specification: configuration of the user's own. */
export const defaultIdentityFile = (): string => join(process.env['XDG_CONFIG_HOME'] || join(homedir(), '.config'), 'otherworld', 'identities.json')

/** Identities by the server's address: its origin, and its path where it has one. */
type Identities = Readonly<Record<string, string>>

function read(file: string): Identities {
  if (!existsSync(file)) return {}
  try {
    const value: unknown = JSON.parse(readFileSync(file, 'utf8'))
    if (typeof value === 'object' && value !== null && Object.values(value).every((each) => typeof each === 'string')) return { ...value }
  } catch {
    // The same words as for a file of another shape.
  }
  throw new UsageError(`"${file}" does not hold identities; give another file with --identity, or remove it to begin as a new guest`)
}

/** The address of a server as identities are kept by it. */
export const serverKey = (url: string): string => {
  const { origin, pathname } = new URL(url)
  return `${origin}${pathname.replace(/\/+$/, '')}`
}

/** Null: a new guest. Throws UsageError. */
export const identityFor = (file: string, url: string): string | null => read(file)[serverKey(url)] ?? null

/** Keeps it for its user alone (mode 0600). */
export function keepIdentity(file: string, url: string, identity: string): void {
  const text = JSON.stringify({ ...read(file), [serverKey(url)]: identity }, null, 2)
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  writeFileSync(`${file}.new`, `${text}\n`, { mode: 0o600 })
  renameSync(`${file}.new`, file)
}
