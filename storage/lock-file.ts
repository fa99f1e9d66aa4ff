/**
 * A lock of the kernel on a file. This process's open file holds it, so the lock ends with the process, however that
 * ends. It counts for every process that sees the file, also in other containers. A lock is never "stale" and never
 * taken over. The file's text is for people and for the fence (lock-mark.ts).
 */
import { randomUUID } from 'node:crypto'
import { closeSync, constants, fstatSync, ftruncateSync, openSync, statSync, writeSync } from 'node:fs'
import { createRequire } from 'node:module'
import { hostname } from 'node:os'
import { describeHolder, readHolder, type Holder, type LockMark } from './lock-mark.ts'

/** Thrown if another process, or another part of this one, has the lock. */
export class LockHeld extends Error {
  /** "process 17 on HOST", or "another process" if the file does not say. */
  readonly holder: string

  constructor(file: string, holder: string) {
    super(`${file} is held by ${holder}`)
    this.holder = holder
  }
}

/** Thrown if the file system, or this build of Node, has no locks. */
export class NoLocks extends Error {}

export interface HeldLock extends LockMark {
  /** Takes the lock again if its file was removed meanwhile. A file that another process holds stays untouched. */
  keep(): void
  release(): void
}

/** Offset of the locked byte. Windows lets nobody read a locked range, and the holder's name is at the beginning. */
const LOCKED_BYTE = 2 ** 30
/** Attempts to open and lock. Each time someone may remove the file between the two steps. */
const ATTEMPTS_MAX = 10
const NO_LOCKS: ReadonlySet<unknown> = new Set(['ENOLCK', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EINVAL'])

type TryLock = (fd: number, offset: number, length: number) => boolean

/** Takes the lock. Throws LockHeld, NoLocks, or Node's error where the file cannot be written. */
export function takeLock(file: string): HeldLock {
  const mine: Holder = { pid: process.pid, host: hostname(), token: randomUUID() }
  let fd: number | null = openLocked(file, mine)
  const keep = (): void => {
    if (fd === null || isAt(file, fd)) return
    try {
      const again = openLocked(file, mine)
      closeSync(fd)
      fd = again
    } catch (error) {
      // If another process has it now, the fence stops this process's writes. Any other problem may be gone at the next
      // look.
      if (!(error instanceof Error)) throw error
    }
  }
  const release = (): void => {
    if (fd === null) return
    // The file stays: after a removal, one process could lock the old file and another a new one.
    ftruncateSync(fd)
    closeSync(fd)
    fd = null
  }
  return { file, token: mine.token, keep, release }
}

function openLocked(file: string, mine: Holder): number {
  const tryLock = loadTryLock()
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
    const fd = openSync(file, constants.O_RDWR | constants.O_CREAT, 0o600)
    try {
      if (!lock(tryLock, fd, file)) throw new LockHeld(file, describeHolder(readHolder(file)))
      if (isAt(file, fd)) {
        ftruncateSync(fd)
        writeSync(fd, `${JSON.stringify(mine)}\n`, 0)
        return fd
      }
    } catch (error) {
      closeSync(fd)
      throw error
    }
    closeSync(fd)
  }
  throw new LockHeld(file, describeHolder(null))
}

function lock(tryLock: TryLock, fd: number, file: string): boolean {
  try {
    return tryLock(fd, LOCKED_BYTE, 1)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (NO_LOCKS.has(code)) throw new NoLocks(`the file system of ${file} has no locks (${String(code)})`)
    throw error
  }
}

/** True if the open file still has this name. */
function isAt(file: string, fd: number): boolean {
  const named = statSync(file, { bigint: true, throwIfNoEntry: false })
  const open = fstatSync(fd, { bigint: true })
  return named !== undefined && named.ino === open.ino && named.dev === open.dev
}

/** Loads the native module on first use, so that everything else runs where it has no build. */
function loadTryLock(): TryLock {
  try {
    const { tryLock } = createRequire(import.meta.url)('fs-native-extensions') as { readonly tryLock: TryLock }
    return tryLock
  } catch (error) {
    throw new NoLocks(
      `locks of the kernel cannot be used on ${process.platform} ${process.arch}: ${error instanceof Error ? error.message : String(error)}`,
    )
  }
}
