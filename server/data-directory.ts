/**
 * The directory in which a server keeps what outlives it: recordings, files and records, the secret of its tokens, the numbers given.
 * One server at a time: a lock file names the process that holds it.
 */
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs'
import { randomBytes } from 'node:crypto'
import { join, resolve } from 'node:path'
import { makeFolder } from '../storage/folder.ts'
import { LockHeld, takeLock } from '../storage/lock-file.ts'
import { codeOf, ServerError, textOf } from './error.ts'

/** Numbers are reserved in blocks, so that a login need not wait for the disk; what a crash leaves of a block is lost. */
const NUMBER_BLOCK = 1_000
const NUMBER_MAX = 0xffff_ffff
const SECRET_BYTES = 32
/** In the data directory. */
export const OPERATOR_TOKEN_FILE = 'operator-token'

export interface DataDirectory {
  readonly path: string
  /** Where a realm's recordings stand. */
  readonly recordings: string
  /** Key of the tokens' signatures, 32 bytes, random, kept in `server-identity.json` (mode 0600). */
  readonly secret: Uint8Array
  /** What the operator's tools authorise themselves with, kept in `operator-token` (mode 0600). */
  readonly operatorToken: string
  /** A player id that was never given before by a server on this directory. */
  nextPlayer(): number
  /** Likewise a user number. */
  nextUser(): number
  /** No user number up to this one is given from now on; false: none would have been. */
  passUsers(number: number): boolean
  /** Lets another server use the directory. */
  release(): void
}

interface Identity {
  readonly secret: string
  readonly nextPlayer: number
  readonly nextUser: number
}

/** Opens the directory, makes it where it is missing, and locks it. Throws ServerError. */
export function openDataDirectory(path: string): DataDirectory {
  const root = resolve(path)
  const recordings = join(root, 'recordings')
  try {
    makeFolder(recordings)
  } catch (error) {
    throw unusable(root, error)
  }
  const unlock = lock(root)
  try {
    return { path: root, recordings, operatorToken: openOperatorToken(root), ...openIdentity(root), release: unlock }
  } catch (error) {
    unlock()
    throw error instanceof ServerError ? error : unusable(root, error)
  }
}

function unusable(root: string, cause: unknown): ServerError {
  return new ServerError({
    reason: 'data-directory',
    what: `the data directory cannot be used: ${textOf(cause)}`,
    where: root,
    fix: codeOf(cause) === 'ENOSPC' ? 'make room on the disk of this folder, or give a folder on another one with --data DIR' : 'give a directory that this user may write to with --data DIR',
    cause,
  })
}

/** Takes the lock or throws. Returns what gives it back. */
function lock(root: string): () => void {
  const file = join(root, 'server.lock')
  try {
    return takeLock(file)
  } catch (error) {
    if (!(error instanceof LockHeld)) throw unusable(root, error)
    throw new ServerError({
      reason: 'already-running',
      what: error.pid === 0 ? 'another server uses this data directory' : `another server (process ${error.pid}) uses this data directory`,
      where: file,
      fix: 'stop that server, or give this one a directory of its own with --data DIR',
    })
  }
}

// --- secret and numbers

function openIdentity(root: string): { readonly secret: Uint8Array } & Pick<DataDirectory, 'nextPlayer' | 'nextUser' | 'passUsers'> {
  const file = join(root, 'server-identity.json')
  const { secret, nextPlayer, nextUser } = readIdentity(file) ?? { secret: randomBytes(SECRET_BYTES).toString('base64'), nextPlayer: 1, nextUser: 1 }
  const next = { nextPlayer, nextUser }
  const reserved = { nextPlayer, nextUser }
  const reserve = (what: keyof typeof next): void => {
    reserved[what] = next[what] + NUMBER_BLOCK
    writeDurably(file, JSON.stringify({ secret, ...reserved } satisfies Identity))
  }
  const take = (what: keyof typeof next): number => {
    if (next[what] >= NUMBER_MAX) throw identityError(file, `all 4,294,967,295 numbers (${what}) are used up`)
    if (next[what] >= reserved[what]) reserve(what)
    return next[what]++
  }
  const passUsers = (number: number): boolean => {
    if (number < next.nextUser) return false
    next.nextUser = number + 1
    reserve('nextUser')
    return true
  }
  reserve('nextPlayer')
  reserve('nextUser')
  return { secret: new Uint8Array(Buffer.from(secret, 'base64')), nextPlayer: () => take('nextPlayer'), nextUser: () => take('nextUser'), passUsers }
}

const OPERATOR_TOKEN = /^[\w-]{43}$/

/** Made at the first start; who can read the data directory is the operator. */
function openOperatorToken(root: string): string {
  const file = join(root, OPERATOR_TOKEN_FILE)
  if (!existsSync(file)) writeDurably(file, `${randomBytes(SECRET_BYTES).toString('base64url')}\n`)
  const token = readFileSync(file, 'utf8').trim()
  if (OPERATOR_TOKEN.test(token)) return token
  throw new ServerError({ reason: 'data-directory', what: 'the operator\'s token cannot be used: it is not 43 letters and digits', where: file, fix: 'remove the file: a new one is made at the next start' })
}

function readIdentity(file: string): Identity | null {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null
    throw identityError(file, textOf(error))
  }
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null && 'secret' in value && 'nextPlayer' in value) {
      const { secret, nextPlayer } = value
      // Servers before there were users kept no numbers of theirs.
      const nextUser = 'nextUser' in value ? value.nextUser : 1
      if (isNext(nextPlayer) && isNext(nextUser) && typeof secret === 'string' && Buffer.from(secret, 'base64').length === SECRET_BYTES) return { secret, nextPlayer, nextUser }
    }
  } catch {
    // Falls through to the same words as a file of another shape.
  }
  throw identityError(file, 'it does not hold {"secret": 32 bytes in base64, "nextPlayer": number, "nextUser": number}')
}

const isNext = (value: unknown): value is number => typeof value === 'number' && Number.isInteger(value) && value >= 1

function identityError(file: string, what: string): ServerError {
  return new ServerError({
    reason: 'data-directory',
    what: `the server's identity cannot be used: ${what}`,
    where: file,
    fix: 'restore the file from a backup, or remove it: everyone is then a new guest, and owns nothing that stands in the realm',
  })
}

/** Replaces a file at once, and so that it survives a power loss. */
function writeDurably(file: string, text: string): void {
  const next = `${file}.new`
  const handle = openSync(next, 'w', 0o600)
  try {
    writeSync(handle, text)
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
  renameSync(next, file)
}
