/** What a lock's file says of who holds it, and the question whether that is still us: to be asked by any thread. */
import { readFileSync } from 'node:fs'

/** A lock as other threads know it. */
export interface LockMark {
  readonly file: string
  /** The text that the holder has written into the file. */
  readonly token: string
}

export interface Holder {
  /** As the holder sees itself: in a container that is often 1. */
  readonly pid: number
  /** Name of the machine or container. */
  readonly host: string
  readonly token: string
}

/** Null where nobody stands in the file, or it is just being written. */
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

export const inWords = (holder: Holder | null): string =>
  holder === null ? 'another process' : `process ${holder.pid} on ${holder.host}`

/** Describes who else has written itself into the file; null: nobody, so that the lock is still ours (or its file is gone, and nobody has it). */
export function otherHolder({ file, token }: LockMark): string | null {
  const holder = readHolder(file)
  return holder === null || holder.token === token ? null : inWords(holder)
}
