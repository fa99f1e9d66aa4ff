/**
 * The machine as recordings use it: files, a clock, a timer, and compression beside the ticks. All access goes through
 * this interface, so that the simulator (testing/simulator) can replace the machine.
 */
import {
  closeSync,
  existsSync,
  fdatasync,
  fdatasyncSync,
  fstatSync,
  fsync,
  fsyncSync,
  ftruncateSync,
  linkSync,
  openSync,
  readdirSync,
  renameSync,
  statSync,
  unlinkSync,
  writeSync,
  type BigIntStats,
} from 'node:fs'
import { open, readdir, readFile, statfs, unlink } from 'node:fs/promises'
import { promisify } from 'node:util'
import { deflateRaw } from 'node:zlib'
import { makeFolder } from '../folder.ts'

/** A file that is being written. Errors are Node's, with its codes. */
export interface OutputFile {
  /**
   * Writes `bytes`, from index `from` on, at `position` of the file. Returns the number of bytes written, at least one.
   */
  write(bytes: Uint8Array, from: number, position: number): number
  truncate(length: number): void
  /** Syncs its bytes to the disk. */
  sync(): void
  syncLater(): Promise<void>
  close(): void
  /** Identifies the file independently of its name. */
  id(): string
}

/** Stored bytes, read in pieces. */
export interface InputFile {
  readonly size: number
  read(offset: number, length: number): Promise<Uint8Array>
  close(): Promise<void>
}

export interface Platform {
  /** Unix time, ms. */
  unixMs(): number
  /** A monotonic clock, ms. */
  nowMs(): number
  /** Calls `run` once after `ms`, unless you call the returned function before. */
  later(ms: number, run: () => void): () => void
  /** Compresses with raw DEFLATE without blocking the thread. */
  pack(bytes: Uint8Array): Promise<Uint8Array>

  makeDirectory(path: string): void
  /** Names of the directory's files, without folders. Rejects with ENOENT if it does not exist. */
  list(directory: string): Promise<string[]>
  /** The synchronous `list`. A missing directory has no files. */
  listNow(directory: string): string[]
  syncDirectory(path: string): void
  syncDirectoryLater(path: string): Promise<void>
  /** Syncs a file that an earlier process wrote. */
  syncFile(path: string): Promise<void>
  freeBytes(directory: string): Promise<number>

  /** Creates the file, or empties it. */
  create(path: string): OutputFile
  open(path: string): Promise<InputFile>
  read(path: string): Promise<Uint8Array>
  exists(path: string): boolean
  /** The `id` of the file with that name; null if there is none. */
  idOf(path: string): string | null
  /** Gives a file a second name. Fails with EEXIST if the name is taken. */
  link(from: string, to: string): void
  rename(from: string, to: string): void
  remove(path: string): void
  removeLater(path: string): Promise<void>
}

const packLater = promisify<Uint8Array, { level: number }, Uint8Array>(deflateRaw)
const syncData = promisify(fdatasync)
const syncAll = promisify(fsync)
/** The fastest level: compression shares the cores with the realms, and this level already saves most of the size. */
const DEFLATE = { level: 1 }

class NodeFile implements OutputFile {
  readonly #fd: number

  constructor(path: string) {
    this.#fd = openSync(path, 'w')
  }

  write(bytes: Uint8Array, from: number, position: number): number {
    return writeSync(this.#fd, bytes, from, bytes.length - from, position)
  }

  truncate(length: number): void {
    ftruncateSync(this.#fd, length)
  }

  sync(): void {
    fdatasyncSync(this.#fd)
  }

  syncLater(): Promise<void> {
    return syncData(this.#fd)
  }

  close(): void {
    closeSync(this.#fd)
  }

  id(): string {
    return idIn(fstatSync(this.#fd, { bigint: true }))
  }
}

const idIn = ({ dev, ino }: BigIntStats): string => `${dev}:${ino}`

function idOf(path: string): string | null {
  const stat = statSync(path, { bigint: true, throwIfNoEntry: false })
  return stat === undefined ? null : idIn(stat)
}

/** A missing directory has no files. */
function namesIn(directory: string): string[] {
  return existsSync(directory) ? readdirSync(directory) : []
}

function withDirectory(path: string, run: (fd: number) => void): void {
  const fd = openSync(path, 'r')
  try {
    run(fd)
  } finally {
    closeSync(fd)
  }
}

async function syncPath(path: string): Promise<void> {
  const fd = openSync(path, 'r')
  try {
    await syncAll(fd)
  } finally {
    closeSync(fd)
  }
}

async function openFile(path: string): Promise<InputFile> {
  const file = await open(path, 'r')
  try {
    const { size } = await file.stat()
    const read = async (offset: number, length: number): Promise<Uint8Array> => {
      const { buffer, bytesRead } = await file.read(new Uint8Array(length), 0, length, offset)
      return buffer.subarray(0, bytesRead)
    }
    return { size, read, close: () => file.close() }
  } catch (error) {
    await file.close()
    throw error
  }
}

/** This machine. */
export const nodePlatform: Platform = {
  unixMs: () => Date.now(),
  nowMs: () => performance.now(),
  later: (ms, run) => {
    const timer = setTimeout(run, ms)
    return () => clearTimeout(timer)
  },
  pack: (bytes) => packLater(bytes, DEFLATE),
  makeDirectory: (path) => makeFolder(path),
  list: async (directory) =>
    (await readdir(directory, { withFileTypes: true })).filter((entry) => !entry.isDirectory()).map(({ name }) => name),
  listNow: namesIn,
  syncDirectory: (path) => withDirectory(path, fsyncSync),
  syncDirectoryLater: syncPath,
  syncFile: syncPath,
  freeBytes: async (directory) => {
    const { bavail, bsize } = await statfs(directory)
    return bavail * bsize
  },
  create: (path) => new NodeFile(path),
  open: openFile,
  read: (path) => readFile(path),
  exists: existsSync,
  idOf,
  link: linkSync,
  rename: renameSync,
  remove: unlinkSync,
  removeLater: (path) => unlink(path),
}
