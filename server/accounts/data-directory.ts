/**
 * The directory of everything that outlives a server: recordings, files, records, the secret of its tokens, and
 * assigned numbers. A kernel lock admits one server at a time. Only the user that runs the server can read it.
 */
import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  writeSync,
} from 'node:fs'
import { randomBytes } from 'node:crypto'
import { join, resolve } from 'node:path'
import { isMainThread } from 'node:worker_threads'
import { Context, Effect, Layer, Schedule } from 'effect'
import { FILE_MODE, makeFolder, makePrivate, PRIVATE_UMASK, setMode } from '../../storage/folder.ts'
import { LockHeld, NoLocks, takeLock, type HeldLock } from '../../storage/lock-file.ts'
import type { LockMark } from '../../storage/lock-mark.ts'
import { ServerSettings } from '../config.ts'
import { codeOf, ServerError, textOf } from '../error.ts'
import { inArea } from '../log.ts'

/** Numbers are reserved in blocks, so that a login does not wait for the disk. A crash loses the rest of a block. */
const NUMBER_BLOCK = 1_000
const NUMBER_MAX = 0xffff_ffff
const SECRET_BYTES = 32
/** File name in the data directory. */
export const OPERATOR_TOKEN_FILE = 'operator-token'
const LOCK_FILE = 'server.lock'
const IDENTITY_FILE = 'server-identity.json'
/** Suffix of a file that is about to replace another. */
const NEXT = '.new'
/** Everything that a server keeps in its directory. */
const OWN_ENTRIES: ReadonlySet<string> = new Set([
  LOCK_FILE,
  ...[IDENTITY_FILE, OPERATOR_TOKEN_FILE].flatMap((file) => [file, `${file}${NEXT}`]),
  'archive',
  'assets',
  'uploads',
  'recordings',
])
/** Entries that belong to nobody: file systems create them at the top of a disk. */
const NOBODYS: ReadonlySet<string> = new Set(['lost+found'])
/** Maximum number of paths in a message. */
const PATHS_SHOWN_MAX = 3

export interface DataDirectory {
  readonly path: string
  /** Directory of a realm's recordings. */
  readonly recordings: string
  /** Key of the token signatures: 32 random bytes, kept in `server-identity.json` (mode 0600). */
  readonly secret: Uint8Array
  /** Token with which the operator's tools authenticate, kept in `operator-token` (mode 0600). */
  readonly operatorToken: string
  /** Returns a player id that no server on this directory has used. */
  nextPlayer(): number
  /** Returns a user number that no server on this directory has used. */
  nextUser(): number
  /** Skips user numbers up to this one. Returns false if none of them would have been assigned. */
  passUsers(number: number): boolean
  /** Lets the threads that write there check whether the directory still belongs to this server. */
  readonly lock: LockMark
  /** Messages for the operator about who else may be able to read the directory. */
  readonly notes: readonly string[]
  /** Takes the lock again if its file was removed. */
  keepLock(): void
  /** Releases the directory for another server. */
  release(): void
}

interface Identity {
  readonly secret: string
  readonly nextPlayer: number
  readonly nextUser: number
}

/** Opens and locks the directory, and creates it if it is missing. Throws ServerError. */
export function openDataDirectory(path: string): DataDirectory {
  const root = resolve(path)
  const recordings = join(root, 'recordings')
  try {
    makeFolder(recordings)
  } catch (error) {
    throw unusable(root, error)
  }
  const lock = lockOf(root)
  try {
    const notes = tighten(root)
    return {
      path: root,
      recordings,
      notes,
      lock: { file: lock.file, token: lock.token },
      operatorToken: openOperatorToken(root),
      ...openIdentity(root),
      keepLock: lock.keep,
      release: lock.release,
    }
  } catch (error) {
    lock.release()
    throw error instanceof ServerError ? error : unusable(root, error)
  }
}

/**
 * Removes other users' rights to the server's files and to the directory, unless others keep files there too. Returns
 * messages for the operator.
 */
function tighten(root: string): readonly string[] {
  const entries = readdirSync(root)
  const strange = entries.filter((entry) => !OWN_ENTRIES.has(entry) && !NOBODYS.has(entry))
  // Follows the operator's links to other disks, but no links below them.
  const own = entries
    .filter((entry) => OWN_ENTRIES.has(entry))
    .map((entry) => join(root, entry))
    .filter(existsSync)
  const failed = own.flatMap((path) => makePrivate(realpathSync(path)))
  if (strange.length === 0 && !setMode(realpathSync(root))) failed.unshift(root)
  return [
    ...(strange.length === 0
      ? []
      : [
          `${root} also holds ${strange.slice(0, PATHS_SHOWN_MAX).join(', ')}, which is not the server's: the folder's mode is left as it is. Give the server a folder of its own with --data DIR`,
        ]),
    ...(failed.length === 0
      ? []
      : [
          `the modes of ${failed.length} paths belong to another user and cannot be tightened, so that others may be able to read them: ${failed.slice(0, PATHS_SHOWN_MAX).join(', ')}. Give them to the user who runs the server (chown)`,
        ]),
  ]
}

function unusable(root: string, cause: unknown): ServerError {
  return new ServerError({
    reason: 'data-directory',
    what: `the data directory cannot be used: ${textOf(cause)}`,
    where: root,
    fix:
      codeOf(cause) === 'ENOSPC'
        ? 'make room on the disk of this folder, or give a folder on another one with --data DIR'
        : 'give a directory that this user may write to with --data DIR',
    cause,
  })
}

/** Takes the lock or throws ServerError. */
function lockOf(root: string): HeldLock {
  const file = join(root, LOCK_FILE)
  try {
    return takeLock(file)
  } catch (error) {
    if (error instanceof NoLocks)
      throw new ServerError({
        reason: 'data-directory',
        cause: error,
        where: root,
        what: `the data directory cannot be locked: ${error.message}`,
        fix: 'put it on a disk of this machine, or on a network file system with locks (NFS mounted without nolock), with --data DIR',
      })
    if (!(error instanceof LockHeld)) throw unusable(root, error)
    throw new ServerError({
      reason: 'already-running',
      what: `another server (${error.holder}) uses this data directory`,
      where: file,
      fix: 'stop that server, or give this one a directory of its own with --data DIR',
    })
  }
}

// --- secret and numbers

function openIdentity(
  root: string,
): { readonly secret: Uint8Array } & Pick<DataDirectory, 'nextPlayer' | 'nextUser' | 'passUsers'> {
  const file = join(root, IDENTITY_FILE)
  const { secret, nextPlayer, nextUser } = readIdentity(file) ?? {
    secret: randomBytes(SECRET_BYTES).toString('base64'),
    nextPlayer: 1,
    nextUser: 1,
  }
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
  return {
    secret: new Uint8Array(Buffer.from(secret, 'base64')),
    nextPlayer: () => take('nextPlayer'),
    nextUser: () => take('nextUser'),
    passUsers,
  }
}

const OPERATOR_TOKEN = /^[\w-]{43}$/

/** Created at the first start. Anyone who can read the data directory is the operator. */
function openOperatorToken(root: string): string {
  const file = join(root, OPERATOR_TOKEN_FILE)
  if (!existsSync(file)) writeDurably(file, `${randomBytes(SECRET_BYTES).toString('base64url')}\n`)
  const token = readFileSync(file, 'utf8').trim()
  if (OPERATOR_TOKEN.test(token)) return token
  throw new ServerError({
    reason: 'data-directory',
    what: "the operator's token cannot be used: it is not 43 letters and digits",
    where: file,
    fix: 'remove the file: a new one is made at the next start',
  })
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
      // Versions before users existed stored no user numbers.
      const nextUser = 'nextUser' in value ? value.nextUser : 1
      if (
        isNext(nextPlayer) &&
        isNext(nextUser) &&
        typeof secret === 'string' &&
        Buffer.from(secret, 'base64').length === SECRET_BYTES
      )
        return { secret, nextPlayer, nextUser }
    }
  } catch {
    // Continues to the same error as for a file of another shape.
  }
  throw identityError(file, 'it does not hold {"secret": 32 bytes in base64, "nextPlayer": number, "nextUser": number}')
}

const isNext = (value: unknown): value is number => typeof value === 'number' && Number.isInteger(value) && value >= 1

function identityError(file: string, what: string): ServerError {
  return new ServerError({
    reason: 'data-directory',
    what: `the server's identity cannot be used: ${what}`,
    where: file,
    fix: 'restore the file from a backup, or remove it: everyone is then a new guest, and owns nothing in the realm',
  })
}

/** Replaces a file atomically and durably. */
function writeDurably(file: string, text: string): void {
  const next = `${file}${NEXT}`
  const handle = openSync(next, 'w', FILE_MODE)
  try {
    writeSync(handle, text)
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
  renameSync(next, file)
}

/** Milliseconds between looks at the lock's file. If someone removes it, the directory must not look free for long. */
const LOCK_LOOK_MS = 1_000

export class DataDirectoryService extends Context.Service<DataDirectoryService, DataDirectory>()(
  'otherworld/DataDirectory',
) {
  static readonly layer = Layer.effect(
    DataDirectoryService,
    Effect.gen(function* () {
      const { dataDirectory } = yield* ServerSettings
      // All threads share the process's umask, and child processes inherit it.
      if (isMainThread)
        yield* Effect.acquireRelease(
          Effect.sync(() => process.umask(PRIVATE_UMASK)),
          (before) => Effect.sync(() => process.umask(before)),
        )
      const directory = yield* Effect.acquireRelease(
        Effect.try({
          try: () => openDataDirectory(dataDirectory),
          catch: (error) => {
            if (error instanceof ServerError) return error
            throw error
          },
        }),
        (opened) => Effect.sync(() => opened.release()),
      )
      yield* Effect.forEach(directory.notes, (note) => Effect.logWarning(note)).pipe(inArea('data'))
      yield* Effect.sync(() => directory.keepLock()).pipe(
        Effect.repeat(Schedule.spaced(LOCK_LOOK_MS)),
        Effect.forkScoped,
      )
      return directory
    }),
  )
}
