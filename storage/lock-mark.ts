/** Reads a lock's file: who holds the lock, and whether that is still this process. Any thread may ask. */
import { readFileSync } from 'node:fs'

/** A lock, described for other threads. */
export interface LockMark {
  readonly file: string
  /** The text that the holder has written into the file. */
  readonly token: string
}

export interface Holder {
  /** The holder's own view of its id: in a container that is often 1. */
  readonly pid: number
  /** Name of the machine or container. */
  readonly host: string
  readonly token: string
}

/** Returns null if the file names nobody, or is being written. */
export function readHolder(file: string): Holder | null {
  try {
    const value: unknown = JSON.parse(readFileSync(file, 'utf8'))
    if (typeof value !== 'object' || value === null || !('pid' in value) || !('host' in value) || !('token' in value))
      return null
    const { pid, host, token } = value
    return typeof pid === 'number' && typeof host === 'string' && typeof token === 'string'
      ? { pid, host, token }
      : null
  } catch {
    return null
  }
}

export const describeHolder = (holder: Holder | null): string =>
  holder === null ? 'another process' : `process ${holder.pid} on ${holder.host}`

/**
 * Describes the other process that has written itself into the file, or returns null. The lock is then still ours, or
 * its file is gone and nobody has it.
 */
export function otherHolder({ file, token }: LockMark): string | null {
  const holder = readHolder(file)
  return holder === null || holder.token === token ? null : describeHolder(holder)
}
