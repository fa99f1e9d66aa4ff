/** A file that only grows. Each append is complete or absent, and syncs to the disk are shared by several appends. */
import { dirname } from 'node:path'
import { faultOf, RecordingFault } from './fault.ts'
import { UNFINISHED } from './names.ts'
import type { OutputFile, Platform } from './platform.ts'

/** File systems without hard links answer a link with one of these. */
const NO_LINKS: ReadonlySet<string> = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'])

export class AppendFile {
  readonly path: string
  readonly #platform: Platform
  readonly #file: OutputFile
  #size: number
  #synced: number
  #directorySynced: boolean
  #failed: RecordingFault | null = null
  /** Null if the file system gives an open file another identity than its name. */
  readonly #id: string | null

  private constructor(platform: Platform, path: string, file: OutputFile, size: number, durable: boolean) {
    this.#platform = platform
    this.path = path
    this.#file = file
    this.#size = size
    this.#synced = durable ? size : 0
    this.#directorySynced = durable
    this.#id = file.id() === platform.idOf(path) ? file.id() : null
  }

  /**
   * Begins a file that must not exist yet. It appears under its name with all of `first` in it, or not at all. If
   * `durable`, it is on the disk when this returns. Throws RecordingFault.
   */
  static create(platform: Platform, path: string, first: Uint8Array, durable: boolean): AppendFile {
    const unfinished = `${path}.${process.pid}${UNFINISHED}`
    let file: OutputFile | undefined
    try {
      file = platform.create(unfinished)
      writeWhole(file, first, 0)
      if (durable) file.sync()
      publish(platform, unfinished, path)
      if (durable) platform.syncDirectory(dirname(path))
      return new AppendFile(platform, path, file, first.length, durable)
    } catch (error) {
      file?.close()
      if (platform.exists(unfinished)) platform.remove(unfinished)
      throw faultOf(error, path, 'begin the recording')
    }
  }

  /** Bytes handed to the system so far. They survive the end of the process. */
  get bytes(): number {
    return this.#size
  }

  /** Bytes on the disk. They survive a power loss. */
  get syncedBytes(): number {
    return this.#synced
  }

  /** True if the file still has its name. False: it was deleted, moved or replaced, and no reader will find it. */
  isThere(): boolean {
    const found = this.#platform.idOf(this.path)
    return found !== null && (this.#id === null || found === this.#id)
  }

  /**
   * Appends all of `bytes`, or throws RecordingFault and leaves the file unchanged. You may retry a failed append, but
   * not a failed sync.
   */
  append(bytes: Uint8Array): void {
    if (this.#failed) throw this.#failed
    try {
      writeWhole(this.#file, bytes, this.#size)
      this.#size += bytes.length
    } catch (error) {
      const fault = faultOf(error, this.path, 'write to')
      this.#cutBack(fault)
      throw fault
    }
  }

  /**
   * Syncs what was appended. After a failure the system may have dropped bytes, so the file accepts no more appends.
   */
  async sync(): Promise<void> {
    if (this.#failed) throw this.#failed
    const size = this.#size
    try {
      await this.#file.syncLater()
      if (!this.#directorySynced) await this.#platform.syncDirectoryLater(dirname(this.path))
      this.#directorySynced = true
      this.#synced = Math.max(this.#synced, size)
    } catch (error) {
      this.#failed = lasting(faultOf(error, this.path, 'sync'))
      throw this.#failed
    }
  }

  close(): void {
    this.#file.close()
  }

  /** Removes the bytes of a failed append, so that the file ends with a whole chunk. */
  #cutBack(fault: RecordingFault): void {
    try {
      this.#file.truncate(this.#size)
    } catch {
      this.#failed = lasting(fault)
    }
  }
}

/** The fault of a file that accepts no more appends. Space on the disk does not repair it; a new recording does. */
const lasting = ({ path, message, cause }: RecordingFault): RecordingFault =>
  new RecordingFault('io', path, message, { cause })

/** Writes all bytes in as many writes as it takes. A single write may be short, most often before the disk is full. */
function writeWhole(file: OutputFile, bytes: Uint8Array, position: number): void {
  for (let done = 0; done < bytes.length;) done += file.write(bytes, done, position + done)
}

/** Gives the finished file its name, which must be free. */
function publish(platform: Platform, unfinished: string, path: string): void {
  try {
    platform.link(unfinished, path)
    platform.remove(unfinished)
  } catch (error) {
    if (!NO_LINKS.has((error as NodeJS.ErrnoException).code ?? '')) throw error
    if (platform.exists(path)) throw Object.assign(new Error(`${path} exists`), { code: 'EEXIST' })
    platform.rename(unfinished, path)
  }
}
