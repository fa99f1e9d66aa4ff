/**
 * A disk in memory that fails as real disks do.
 * - A kill of the process keeps everything written, up to any byte of the write under way.
 * - A power loss keeps what was synced. Of the rest any part may remain, cut at any byte or filled with zeros.
 * - The same holds for names: a file survives a power loss once its directory was synced.
 */
import { basename, dirname } from 'node:path'
import type { Dice } from '../../bots/bot-behaviour.ts'

let inodes = 0

export class Inode {
  readonly id = String(inodes++)
  bytes = new Uint8Array(4_096)
  length = 0
  synced = 0
  /** Length at the times of its writes, ms. Only for planted bugs. */
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

/** An error as Node reports it. */
export const errorOf = (code: string, path: string): Error =>
  Object.assign(new Error(`${code}: simulated, ${path}`), { code })

export class SimulatedDisk {
  /** Names as a process sees them; `Inode` has what is on the disk. */
  names = new Map<string, Inode>()
  #durable = new Map<string, Inode>()
  /** Bytes that can still be written. */
  freeBytes = Infinity
  /** The next sync fails, as on a broken disk. */
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

  /** Applies a power loss. `forgets`: a disk that lies about its syncs, for tests that must notice it. */
  losePower(dice: Dice, forgets = false): void {
    this.names = new Map(this.#durable)
    for (const inode of new Set(this.names.values())) {
      const safe = forgets ? Math.floor(inode.synced * 0.9) : inode.synced
      const kept = safe + Math.floor(dice.unit() * (inode.length - safe + 1))
      inode.cut(kept)
      // A file system may have stored the new length but not the bytes.
      if (dice.chance(0.3)) inode.bytes.fill(0, safe + Math.floor(dice.unit() * (kept - safe)), kept)
      inode.synced = inode.length
    }
  }

  /**
   * Simulates a program that writes with this delay, for tests that must notice it: a kill loses what it had not
   * written yet.
   */
  loseLast(ms: number, nowMs: number): void {
    for (const inode of this.names.values()) {
      const mark = inode.marks.findLast(({ atMs }) => atMs <= nowMs - ms)
      if (mark && mark.length < inode.length) inode.cut(mark.length)
    }
  }
}
