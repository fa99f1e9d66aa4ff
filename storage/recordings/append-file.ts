/** A file that only grows, each append whole or not at all, with group commit to the disk. */
import { closeSync, existsSync, fdatasync, fdatasyncSync, fsync, fsyncSync, ftruncateSync, linkSync, openSync, renameSync, unlinkSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { promisify } from 'node:util'
import { faultOf, RecordingFault } from './fault.ts'
import { UNFINISHED } from './names.ts'

const syncData = promisify(fdatasync)
const syncAll = promisify(fsync)

/** File systems without hard links answer a link with one of these. */
const NO_LINKS: ReadonlySet<string> = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'])

export class AppendFile {
  readonly path: string
  private readonly fd: number
  private size: number
  private synced: number
  private directorySynced: boolean
  private failed: RecordingFault | null = null

  private constructor(path: string, fd: number, size: number, durable: boolean) {
    this.path = path
    this.fd = fd
    this.size = size
    this.synced = durable ? size : 0
    this.directorySynced = durable
  }

  /**
   * Begins a file that must not exist. It appears under its name with all of `first` in it, or not at all; where
   * `durable`, it is on the disk when this returns. Throws RecordingFault.
   */
  static create(path: string, first: Uint8Array, durable: boolean): AppendFile {
    const unfinished = `${path}.${process.pid}${UNFINISHED}`
    let fd: number | undefined
    try {
      fd = openSync(unfinished, 'w')
      writeWhole(fd, first, 0)
      if (durable) fdatasyncSync(fd)
      publish(unfinished, path)
      if (durable) syncDirectory(dirname(path))
      return new AppendFile(path, fd, first.length, durable)
    } catch (error) {
      if (fd !== undefined) closeSync(fd)
      if (existsSync(unfinished)) unlinkSync(unfinished)
      throw faultOf(error, path, 'begin the recording')
    }
  }

  /** Bytes handed to the system so far: safe from an end of the process. */
  get bytes(): number {
    return this.size
  }

  /** Bytes on the disk: safe from a loss of power. */
  get syncedBytes(): number {
    return this.synced
  }

  /** Appends all of it, or throws RecordingFault and leaves the file as it was. A failed append may be tried again; a failed sync not. */
  append(bytes: Uint8Array): void {
    if (this.failed) throw this.failed
    try {
      writeWhole(this.fd, bytes, this.size)
      this.size += bytes.length
    } catch (error) {
      const fault = faultOf(error, this.path, 'write to')
      this.cutBack(fault)
      throw fault
    }
  }

  /** Brings what has been appended to the disk. After a failure the system may have dropped the bytes: no append is accepted any more. */
  async sync(): Promise<void> {
    if (this.failed) throw this.failed
    const size = this.size
    try {
      await syncData(this.fd)
      if (!this.directorySynced) await syncDirectoryLater(dirname(this.path))
      this.directorySynced = true
      this.synced = Math.max(this.synced, size)
    } catch (error) {
      this.failed = lasting(faultOf(error, this.path, 'sync'))
      throw this.failed
    }
  }

  close(): void {
    closeSync(this.fd)
  }

  /** What was written of a failed append goes, so that the file ends with a whole chunk. */
  private cutBack(fault: RecordingFault): void {
    try {
      ftruncateSync(this.fd, this.size)
    } catch {
      this.failed = lasting(fault)
    }
  }
}

/** Of a file that takes nothing more, whatever the cause was: room on the disk does not mend it, a new recording does. */
const lasting = ({ path, message, cause }: RecordingFault): RecordingFault => new RecordingFault('io', path, message, { cause })

/** A single write may take less than it was given, above all before the disk is full. */
function writeWhole(fd: number, bytes: Uint8Array, position: number): void {
  for (let done = 0; done < bytes.length; ) done += writeSync(fd, bytes, done, bytes.length - done, position + done)
}

/** Gives the finished file its name, which must be free. */
function publish(unfinished: string, path: string): void {
  try {
    linkSync(unfinished, path)
    unlinkSync(unfinished)
  } catch (error) {
    if (!NO_LINKS.has((error as NodeJS.ErrnoException).code ?? '')) throw error
    if (existsSync(path)) throw Object.assign(new Error(`${path} exists`), { code: 'EEXIST' })
    renameSync(unfinished, path)
  }
}

function syncDirectory(directory: string): void {
  const fd = openSync(directory, 'r')
  try {
    fsyncSync(fd)
  } finally {
    closeSync(fd)
  }
}

async function syncDirectoryLater(directory: string): Promise<void> {
  const fd = openSync(directory, 'r')
  try {
    await syncAll(fd)
  } finally {
    closeSync(fd)
  }
}
