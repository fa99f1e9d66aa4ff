/**
 * Checks the recording's directory at intervals: whether the file still exists, whether the directory still belongs to
 * this server, and whether there is room.
 */
import { dirname } from 'node:path'
import type { AppendFile } from './append-file.ts'
import { RecordingFault } from './fault.ts'
import { parseRecordingName, type RecordingName } from './names.ts'
import type { Platform } from './platform.ts'

/** Bytes that must be free, or nobody is admitted: a quarter of an hour of a full realm, so that someone can act. */
export const FREE_BYTES_MIN = 256 * 1024 * 1024
/** Milliseconds between looks. A deleted recording must be noticed within a second. */
export const LOOK_EVERY_MS = 500

interface DirectoryWatchOptions {
  readonly directory: string
  readonly platform: Platform
  readonly freeBytesMin?: number | undefined
  /** Describes the server that has taken the directory over, or returns null. */
  otherHolder?(): string | null
  /** Free space fell below freeBytesMin (true), or is above it again (false). */
  onSpaceLow?(low: boolean): void
  /** The current file no longer exists: it was deleted, moved or replaced. */
  onMissing(path: string): void
}

export class DirectoryWatch {
  readonly #options: DirectoryWatchOptions
  #lookedAtMs = -Infinity
  /** Bytes free, as last seen. */
  free = Number.POSITIVE_INFINITY
  isLow = false
  /** Set once another server continues the realm. Nothing may be written after that. */
  fenced: RecordingFault | null = null

  constructor(options: DirectoryWatchOptions) {
    this.#options = options
  }

  /** Looks, unless the last look was just now. Rejects with errors of the file system. */
  async look(file: AppendFile, name: RecordingName): Promise<void> {
    const { directory, platform, freeBytesMin = FREE_BYTES_MIN, onSpaceLow } = this.#options
    const nowMs = platform.nowMs()
    if (nowMs - this.#lookedAtMs < LOOK_EVERY_MS) return
    this.#lookedAtMs = nowMs
    this.#checkHolder(name)
    if (!file.isThere()) return this.#options.onMissing(file.path)
    this.#checkEpochs(await platform.list(directory), name)
    this.free = await platform.freeBytes(directory)
    const low = this.free < freeBytesMin
    if (low !== this.isLow) onSpaceLow?.(low)
    this.isLow = low
    return undefined
  }

  /** Call it before a segment begins. Throws RecordingFault `fenced` if another server continues the realm. */
  mayBegin(name: RecordingName): void {
    if (this.fenced) throw this.fenced
    this.#checkHolder(name)
    this.#checkEpochs(this.#options.platform.listNow(this.#options.directory), name)
  }

  #checkHolder(name: RecordingName): void {
    const holder = this.#options.otherHolder?.() ?? null
    if (holder !== null)
      this.#fence(
        name,
        `another server (${holder}) has taken the data directory ${dirname(this.#options.directory)} over`,
      )
  }

  #checkEpochs(files: readonly string[], { realm, epoch }: RecordingName): void {
    const newer = files.find((file) => {
      const found = parseRecordingName(file)
      return found !== null && found.realm === realm && found.epoch > epoch
    })
    if (newer !== undefined) this.#fence({ realm, epoch, segment: 0 }, `another server continues it in ${newer}`)
  }

  #fence({ realm, epoch }: RecordingName, why: string): void {
    this.fenced ??= new RecordingFault(
      'fenced',
      this.#options.directory,
      `the realm ${realm} stops here, in epoch ${epoch}: ${why}. Two servers must not use one directory; stop one of them, or give it a directory of its own with --data DIR`,
    )
    throw this.fenced
  }
}
