/** One life of a process on the simulated disk and clock. After a kill nothing of it runs or writes any more. */
import { deflateRawSync } from 'node:zlib'
import type { TickTimer } from '../../server/realm/tick-loop.ts'
import type { InputFile, OutputFile, Platform } from '../../storage/recordings/index.ts'
import type { Dice } from '../../bots/bot-behaviour.ts'
import type { VirtualClock } from './clock.ts'
import { errorOf, Inode, type SimulatedDisk } from './disk.ts'

/** Duration of a sync, ms. Two syncs and COMMIT_EVERY_MS together stay below POWER_LOSS_MS_MAX. */
const SYNC_MS: readonly [number, number] = [1, 12]
const PACK_MS: readonly [number, number] = [1, 20]
/** Epoch of `unixMs`: all simulated worlds have the same date. */
const EPOCH_UNIX_MS = Date.UTC(2030, 0, 1)

export class Process {
  readonly platform: Platform
  readonly timer: TickTimer
  alive = true
  readonly #clock: VirtualClock
  readonly #disk: SimulatedDisk
  readonly #dice: Dice
  readonly #timers = new Set<() => void>()
  readonly #onKilled: () => void
  #stallUntilMs = 0
  /** Writes until it is killed in the middle of the next one. */
  #writesLeft = Infinity

  constructor(clock: VirtualClock, disk: SimulatedDisk, dice: Dice, onKilled: () => void) {
    this.#clock = clock
    this.#disk = disk
    this.#dice = dice
    this.#onKilled = onKilled
    this.platform = this.#makePlatform()
    this.timer = { nowMs: () => clock.nowMs, until: (atMs) => this.#until(atMs) }
  }

  /** `kill -9`: immediately, or in the middle of the write after `writes` more. */
  kill(): void {
    this.alive = false
    for (const cancel of this.#timers) cancel()
    this.#timers.clear()
  }

  killInWrite(writes: number): void {
    this.#writesLeft = writes
  }

  /** Its thread does nothing for this time: a pause of the system, or a long tick. */
  stall(ms: number): void {
    this.#stallUntilMs = Math.max(this.#stallUntilMs, this.#clock.nowMs + ms)
  }

  later(ms: number, run: () => void): () => void {
    if (!this.alive) return () => undefined
    let cancelTimer: () => void = () => undefined
    const cancel = (): void => {
      cancelTimer()
      this.#timers.delete(cancel)
    }
    cancelTimer = this.#clock.at(this.#clock.nowMs + ms, () => {
      this.#timers.delete(cancel)
      run()
    })
    this.#timers.add(cancel)
    return cancel
  }

  #wait(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.later(ms, resolve)
    })
  }

  async #until(atMs: number): Promise<void> {
    await this.#wait(Math.max(atMs, this.#stallUntilMs) - this.#clock.nowMs)
    // It may have been stalled during the wait.
    while (this.#clock.nowMs < this.#stallUntilMs) await this.#wait(this.#stallUntilMs - this.#clock.nowMs)
  }

  #lives(path: string): void {
    if (!this.alive) throw errorOf('EIO', `${path}: the process was killed`)
  }

  #makePlatform(): Platform {
    const clock = this.#clock
    const disk = this.#disk
    const dice = this.#dice
    return {
      unixMs: () => EPOCH_UNIX_MS + Math.floor(clock.nowMs),
      nowMs: () => clock.nowMs,
      later: (ms, run) => this.later(ms, run),
      pack: async (bytes) => {
        const packed = deflateRawSync(bytes, { level: 1 })
        await this.#wait(dice.between(...PACK_MS))
        return packed
      },
      makeDirectory: () => undefined,
      list: (directory) => Promise.resolve(disk.namesIn(directory)),
      listNow: (directory) => disk.namesIn(directory),
      syncDirectory: (path) => disk.syncNames(path),
      syncDirectoryLater: async (path) => {
        await this.#wait(dice.between(...SYNC_MS))
        disk.syncNames(path)
      },
      syncFile: (path) => {
        const inode = disk.find(path)
        inode.synced = inode.length
        return Promise.resolve()
      },
      freeBytes: () => Promise.resolve(disk.freeBytes),
      create: (path) => this.#create(path),
      open: (path) => Promise.resolve(inputOf(disk.find(path))),
      read: (path) => Promise.resolve(disk.find(path).content.slice()),
      exists: (path) => disk.names.has(path),
      idOf: (path) => disk.names.get(path)?.id ?? null,
      link: (from, to) => {
        this.#lives(from)
        if (disk.names.has(to)) throw errorOf('EEXIST', to)
        disk.names.set(to, disk.find(from))
      },
      rename: (from, to) => {
        this.#lives(from)
        disk.names.set(to, disk.find(from))
        disk.names.delete(from)
      },
      remove: (path) => {
        this.#lives(path)
        disk.names.delete(path)
      },
      removeLater: (path) => Promise.resolve(void disk.names.delete(path)),
    }
  }

  #create(path: string): OutputFile {
    this.#lives(path)
    const inode = new Inode()
    this.#disk.names.set(path, inode)
    const disk = this.#disk
    return {
      write: (bytes, from, position) => this.#write(path, inode, bytes.subarray(from), position),
      truncate: (length) => {
        this.#lives(path)
        inode.cut(length)
      },
      sync: () => void (inode.synced = inode.length),
      syncLater: async () => {
        const { length } = inode
        await this.#wait(this.#dice.between(...SYNC_MS))
        if (disk.failsSync) {
          disk.failsSync = false
          throw errorOf('EIO', path)
        }
        inode.synced = Math.max(inode.synced, Math.min(length, inode.length))
      },
      close: () => undefined,
      id: () => inode.id,
    }
  }

  #write(path: string, inode: Inode, bytes: Uint8Array, position: number): number {
    this.#lives(path)
    if (this.#writesLeft-- <= 0) {
      inode.put(bytes.subarray(0, Math.floor(this.#dice.unit() * (bytes.length + 1))), position)
      this.kill()
      this.#onKilled()
      throw errorOf('EIO', `${path}: the process was killed`)
    }
    if (this.#disk.freeBytes <= 0) throw errorOf('ENOSPC', path)
    const taken = Math.min(bytes.length, this.#disk.freeBytes)
    this.#disk.freeBytes -= taken
    inode.put(bytes.subarray(0, taken), position)
    inode.marks.push({ atMs: this.#clock.nowMs, length: inode.length })
    return taken
  }
}

function inputOf(inode: Inode): InputFile {
  const content = inode.content.slice()
  return {
    size: content.length,
    read: (offset, length) => Promise.resolve(content.slice(offset, offset + length)),
    close: () => Promise.resolve(),
  }
}
