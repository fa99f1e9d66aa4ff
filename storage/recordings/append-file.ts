/** A file that only grows, each append whole or not at all, with group commit to the disk. */
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
  /** Null where the file system gives an open file another identity than its name. */
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
   * Begins a file that must not exist. It appears under its name with all of `first` in it, or not at all; where
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

  /** Bytes handed to the system so far: safe from an end of the process. */
  get bytes(): number {
    return this.#size
  }

  /** Bytes on the disk: safe from a loss of power. */
  get syncedBytes(): number {
    return this.#synced
  }

  /** The file stands under its name. False: it was deleted, moved or replaced, and no reader will find it. */
  isThere(): boolean {
    const found = this.#platform.idOf(this.path)
    return found !== null && (this.#id === null || found === this.#id)
  }

  /** Appends all of it, or throws RecordingFault and leaves the file as it was. A failed append may be tried again; a failed sync not. */
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

  /** Brings what has been appended to the disk. After a failure the system may have dropped the bytes: no append is accepted any more. */
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

/** Of a file that takes nothing more, whatever the cause was: room on the disk does not mend it, a new recording does. */
const lasting = ({ path, message, cause }: RecordingFault): RecordingFault =>
  new RecordingFault('io', path, message, { cause })

/** A single write may take less than it was given, above all before the disk is full. */
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
