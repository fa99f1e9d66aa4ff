/**
 * A disk in memory that fails as real ones do. What was written survives a kill of the process, and up to any byte of
 * the write that was under way; what was synced survives a loss of power too, and of the rest any part may be there,
 * cut at any byte or filled with zeros. Names count like bytes: a file is there after a loss of power once its
 * directory was synced.
 */
import { basename, dirname } from 'node:path'
import type { Dice } from '../../bots/bot-behaviour.ts'

let inodes = 0

export class Inode {
  readonly id = String(inodes++)
  bytes = new Uint8Array(4_096)
  length = 0
  synced = 0
  /** Length at the times of its writes, ms; for planted bugs alone. */
  readonly marks: { readonly atMs: number; readonly length: number }[] = []

  get content(): Uint8Array {
    return this.bytes.subarray(0, this.length)
  }

  put(bytes: Uint8Array, position: number): void {
    const end = position + bytes.length
    if (end > this.bytes.length) {
      const grown = new Uint8Array(Math.max(end, this.bytes.length * 2))
      grown.set(this.bytes)
      this.bytes = grown
    }
    this.bytes.set(bytes, position)
    this.length = Math.max(this.length, end)
  }

  cut(length: number): void {
    this.bytes.fill(0, length, this.length)
    this.length = Math.min(this.length, length)
    this.synced = Math.min(this.synced, length)
  }
}

/** As Node reports it. */
export const errorOf = (code: string, path: string): Error =>
  Object.assign(new Error(`${code}: simulated, ${path}`), { code })

export class SimulatedDisk {
  /** Names as a process sees them, and as the disk has them. */
  names = new Map<string, Inode>()
  #durable = new Map<string, Inode>()
  /** Bytes that can still be written. */
  freeBytes = Infinity
  /** The next sync fails, as of a disk that is broken. */
  failsSync = false

  find(path: string): Inode {
    const inode = this.names.get(path)
    if (inode === undefined) throw errorOf('ENOENT', path)
    return inode
  }

  namesIn(directory: string): string[] {
    return [...this.names.keys()].filter((path) => dirname(path) === directory).map((path) => basename(path))
  }

  /** The names in a directory are on the disk from now on. */
  syncNames(directory: string): void {
    const within = (path: string): boolean => path.startsWith(`${directory}/`)
    for (const path of [...this.#durable.keys()].filter(within)) this.#durable.delete(path)
    for (const [path, inode] of this.names) if (within(path)) this.#durable.set(path, inode)
  }

  /** What a loss of power leaves. `forgets`: a disk that lies about its syncs, for the tests that must notice. */
  losePower(dice: Dice, forgets = false): void {
    this.names = new Map(this.#durable)
    for (const inode of new Set(this.names.values())) {
      const safe = forgets ? Math.floor(inode.synced * 0.9) : inode.synced
      const kept = safe + Math.floor(dice.unit() * (inode.length - safe + 1))
      inode.cut(kept)
      // A file system may have the new length, and not yet the bytes.
      if (dice.chance(0.3)) inode.bytes.fill(0, safe + Math.floor(dice.unit() * (kept - safe)), kept)
      inode.synced = inode.length
    }
  }

  /** A program that writes only after so long, for the tests that must notice: a kill takes what it had not written yet. */
  loseLast(ms: number, nowMs: number): void {
    for (const inode of this.names.values()) {
      const mark = inode.marks.findLast(({ atMs }) => atMs <= nowMs - ms)
      if (mark && mark.length < inode.length) inode.cut(mark.length)
    }
  }
}
