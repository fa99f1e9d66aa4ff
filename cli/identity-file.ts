/** Where the command line keeps who it is at each server, so that what it uploads belongs to the same user each time. */
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { UsageError } from './verb.ts'

/** By XDG's Base Directory Specification: configuration of the user's own. */
export function defaultIdentityFile(): string {
  try {
    return join(process.env['XDG_CONFIG_HOME'] || join(homedir(), '.config'), 'otherworld', 'identities.json')
  } catch (error) {
    throw new UsageError('this user has no home folder to keep who you are in; give a file with --identity FILE', {
      cause: error,
    })
  }
}

/** Identities by the server's address: its origin, and its path where it has one. */
type Identities = Readonly<Record<string, string>>

function read(file: string): Identities {
  if (!existsSync(file)) return {}
  try {
    const value: unknown = JSON.parse(readFileSync(file, 'utf8'))
    if (typeof value === 'object' && value !== null && Object.values(value).every((each) => typeof each === 'string'))
      return { ...value }
  } catch {
    // The same words as for a file of another shape.
  }
  throw new UsageError(
    `"${file}" does not hold identities; give another file with --identity, or remove it to begin as a new guest`,
  )
}

/** The address of a server as identities are kept by it. */
export const serverKey = (url: string): string => {
  const { origin, pathname } = new URL(url)
  return `${origin}${pathname.replace(/\/+$/, '')}`
}

/** Null: a new guest. Throws UsageError. */
export const identityFor = (file: string, url: string): string | null => read(file)[serverKey(url)] ?? null

/** Keeps it for its user alone (mode 0600). Throws UsageError. */
export const keepIdentity = (file: string, url: string, identity: string): void =>
  write(file, { ...read(file), [serverKey(url)]: identity })

/** Throws UsageError where nothing could be kept in the file. */
export const requireWritable = (file: string): void => write(file, read(file))

function write(file: string, identities: Identities): void {
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
    writeFileSync(`${file}.new`, `${JSON.stringify(identities, null, 2)}\n`, { mode: 0o600 })
    renameSync(`${file}.new`, file)
  } catch (error) {
    throw new UsageError(
      `who you are cannot be kept in "${file}": ${(error as Error).message}; give a file that can be written with --identity FILE`,
      { cause: error },
    )
  }
}
