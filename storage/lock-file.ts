/** A lock file that names the process which holds it, so that a lock whose process is gone can be taken over. */
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'

/** Another process, or another part of this one, has it. */
export class LockHeld extends Error {
  /** Of the process that has it; 0: several want it at once. */
  readonly pid: number

  constructor(file: string, pid: number) {
    super(`${file} is held by ${pid === 0 ? 'another process' : `process ${pid}`}`)
    this.pid = pid
  }
}

interface Holder {
  readonly pid: number
  /** When that process started, as the system counts it; tells it from a later one with the same number. */
  readonly started: string
}

/** On Linux: boot and start tick of a process; null where there is none. Elsewhere only whether it lives. */
function startOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
    return `${boot}:${stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? ''}`
  } catch {
    if (process.platform === 'linux') return null
  }
  try {
    process.kill(pid, 0)
    return 'alive'
  } catch (error) {
    return codeOf(error) === 'EPERM' ? 'alive' : null
  }
}

function readHolder(file: string): Holder | null {
  try {
    const value: unknown = JSON.parse(readFileSync(file, 'utf8'))
    if (typeof value !== 'object' || value === null || !('pid' in value) || !('started' in value)) return null
    return typeof value.pid === 'number' && typeof value.started === 'string' ? { pid: value.pid, started: value.started } : null
  } catch {
    return null
  }
}

function codeOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined
}

/** Takes the lock, also one whose process is gone, and returns what gives it back. Throws LockHeld, or Node's error where the file cannot be written. */
export function takeLock(file: string): () => void {
  const mine: Holder = { pid: process.pid, started: startOf(process.pid) ?? '' }
  for (let attempt = 0; attempt < 3; attempt++) {
    try {
      writeFileSync(file, JSON.stringify(mine), { flag: 'wx' })
      return () => rmSync(file, { force: true })
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error
    }
    const holder = readHolder(file)
    if (holder && startOf(holder.pid) === holder.started) throw new LockHeld(file, holder.pid)
    // Of several that see the stale lock only one can rename it; the others find it gone and try again.
    const stale = `${file}.stale-${process.pid}`
    try {
      renameSync(file, stale)
      rmSync(stale, { force: true })
    } catch (error) {
      if (codeOf(error) !== 'ENOENT') throw error
    }
  }
  throw new LockHeld(file, 0)
}
