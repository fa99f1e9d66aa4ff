/** Keeps the command line's identity for each server, so that uploads always belong to the same user. */
import { existsSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { makeFolder } from '../../storage/folder.ts'
import { UsageError } from '../command.ts'

/** The user's configuration folder, by XDG's Base Directory Specification. */
export function defaultIdentityFile(): string {
  try {
    return join(process.env['XDG_CONFIG_HOME'] || join(homedir(), '.config'), 'otherworld', 'identities.json')
  } catch (error) {
    throw new UsageError('this user has no home folder to keep your identity in; name a file with --identity FILE', {
      cause: error,
    })
  }
}

/** Identities by server address: origin and path. */
type Identities = Readonly<Record<string, string>>

function read(file: string): Identities {
  if (!existsSync(file)) return {}
  if (statSync(file).isDirectory()) throw new UsageError(`"${file}" is a folder; --identity takes a file`)
  try {
    const value: unknown = JSON.parse(readFileSync(file, 'utf8'))
    if (typeof value === 'object' && value !== null && Object.values(value).every((each) => typeof each === 'string'))
      return { ...value }
  } catch {
    // The same message as for a file with another content.
  }
  throw new UsageError(
    `"${file}" does not contain identities; name another file with --identity, or move it aside to begin as a new guest without your props and packages`,
  )
}

/** The key of a server in the identity file. */
export const serverKey = (url: string): string => {
  const { origin, pathname } = new URL(url)
  return `${origin}${pathname.replace(/\/+$/, '')}`
}

/** The identity for a server; null for a new guest. Throws UsageError. */
export const identityFor = (file: string, url: string): string | null => read(file)[serverKey(url)] ?? null

/** Writes the identity, readable only by its user (mode 0600). Throws UsageError. */
export const keepIdentity = (file: string, url: string, identity: string): void =>
  write(file, { ...read(file), [serverKey(url)]: identity })

/** Throws UsageError if the file is not writable. */
export const requireWritable = (file: string): void => write(file, read(file))

function write(file: string, identities: Identities): void {
  try {
    makeFolder(dirname(file))
    writeFileSync(`${file}.new`, `${JSON.stringify(identities, null, 2)}\n`, { mode: 0o600 })
    renameSync(`${file}.new`, file)
  } catch (error) {
    throw new UsageError(
      `your identity cannot be written to "${file}": ${(error as Error).message}; name a writable file with --identity FILE`,
      { cause: error },
    )
  }
}
