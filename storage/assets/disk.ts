/**
 * The local store's files. Few operations run at a time; each new file is either complete and durable under its name,
 * or absent.
 */
import { mkdir, open, readdir, rename, rm, stat, statfs, unlink, type FileHandle } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { codeOf } from '../fault.ts'
import { makeFolder } from '../folder.ts'
import { AssetError } from './assets.ts'
import type { ParsedKey } from './keys.ts'
import { DISK_JOBS_MAX, DISK_QUEUE_MAX } from './limits.ts'

/** Folder of files that are being written. At start, leftovers of an earlier process are removed. */
const UNFINISHED = 'unfinished'

/** Path below the store's root. 256 folders keep listings short. */
export const pathOf = ({ folder, name }: ParsedKey): string =>
  folder === 'sha256' ? join(folder, name.slice(0, 2), name) : join(folder, name)

export class Disk {
  readonly root: string
  readonly #freeBytesMin: number
  #running = 0
  readonly #waiting: (() => void)[] = []
  #count = 0

  constructor(root: string, freeBytesMin: number) {
    this.root = root
    this.#freeBytesMin = freeBytesMin
  }

  /** Creates the folders and empties that of unfinished files. */
  async begin(folders: readonly string[]): Promise<void> {
    await rm(join(this.root, UNFINISHED), { recursive: true, force: true })
    for (const folder of [...folders, UNFINISHED]) makeFolder(join(this.root, folder))
    await syncFolder(this.root)
  }

  /** Runs a job on files when fewer than DISK_JOBS_MAX others run. Throws AssetError `away` if too many wait. */
  async run<T>(job: () => Promise<T>): Promise<T> {
    if (this.#waiting.length >= DISK_QUEUE_MAX)
      throw new AssetError({
        reason: 'away',
        what: 'the disk does not keep up',
        where: this.root,
        fix: 'check that the disk of the data directory is there and sound, and try again',
      })
    if (this.#running >= DISK_JOBS_MAX)
      await new Promise<void>((resolve) => {
        this.#waiting.push(resolve)
      })
    else this.#running += 1
    try {
      return await job()
    } finally {
      // A waiting job takes over the place
      const next = this.#waiting.shift()
      if (next) next()
      else this.#running -= 1
    }
  }

  /** Throws AssetError `full` if `bytes` more would not leave enough space. */
  async requireRoom(bytes: number): Promise<void> {
    const { bavail, bsize } = await this.run(() => statfs(this.root))
    if (bavail * bsize - bytes >= this.#freeBytesMin) return
    throw new AssetError({
      reason: 'full',
      what: `the disk has ${bavail * bsize} bytes free, of which ${this.#freeBytesMin} are kept`,
      where: this.root,
      fix: 'free some space, or move the data directory to a larger disk',
    })
  }

  /** Creates a new file. It is invisible until it is published. */
  async create(): Promise<NewFile> {
    const path = join(this.root, UNFINISHED, String(++this.#count))
    return new NewFile(this, path, await this.run(() => open(path, 'wx')))
  }

  /** Size of a file in bytes; null if there is none. */
  size(path: string): Promise<number | null> {
    return this.run(() => this.#orNull(stat(join(this.root, path)).then(({ size }) => size)))
  }

  /** Opens a file to read; null if there is none. The caller closes the handle. */
  open(path: string): Promise<FileHandle | null> {
    return this.run(() => this.#orNull(open(join(this.root, path), 'r')))
  }

  async remove(path: string): Promise<void> {
    await this.run(() => this.#orNull(unlink(join(this.root, path))))
  }

  /**
   * Returns null if there is no such file. If all files are gone, as on a disk that is not mounted, it throws
   * AssetError `away`.
   */
  async #orNull<T>(result: Promise<T>): Promise<T | null> {
    try {
      return await result
    } catch (error) {
      if (codeOf(error) !== 'ENOENT') throw error
    }
    try {
      await stat(join(this.root, UNFINISHED))
      return null
    } catch (cause) {
      throw new AssetError({
        reason: 'away',
        what: 'the folder of the assets is gone',
        where: this.root,
        fix: 'mount its disk, or start the server again to begin an empty one',
        cause,
      })
    }
  }

  /** Names of a folder's files that were last written before this time, Unix ms. */
  async olderThan(folder: string, unixMs: number): Promise<string[]> {
    const old: string[] = []
    for (const name of await this.run(() => readdir(join(this.root, folder)))) {
      const found = await this.run(() => this.#orNull(stat(join(this.root, folder, name))))
      if (found !== null && found.mtimeMs < unixMs) old.push(name)
    }
    return old
  }
}

/** A file that is being written. */
export class NewFile {
  readonly #disk: Disk
  readonly #path: string
  readonly #handle: FileHandle

  constructor(disk: Disk, path: string, handle: FileHandle) {
    this.#disk = disk
    this.#path = path
    this.#handle = handle
  }

  async write(bytes: Uint8Array): Promise<void> {
    for (let from = 0; from < bytes.length;)
      from += await this.#disk.run(async () => (await this.#handle.write(bytes, from)).bytesWritten)
  }

  /** Syncs the file to the disk, and then renames it to `path`, replacing an existing file. */
  async publish(path: string): Promise<void> {
    const final = join(this.#disk.root, path)
    await this.#disk.run(() => this.#handle.sync())
    await this.#disk.run(() => this.#handle.close())
    await this.#disk.run(async () => {
      const isNew = await makeOneFolder(dirname(final))
      await rename(this.#path, final)
      await syncFolder(dirname(final))
      if (isNew) await syncFolder(dirname(dirname(final)))
    })
  }

  /** Removes the unfinished file, also after a failed publish. */
  async discard(): Promise<void> {
    await this.#disk.run(async () => {
      await this.#handle.close().catch(() => undefined)
      await unlink(this.#path).catch(() => undefined)
    })
  }
}

/**
 * Creates no parent folders: if they are gone, the disk is probably not mounted, and files must not be written in its
 * place.
 */
async function makeOneFolder(path: string): Promise<boolean> {
  try {
    await mkdir(path)
    return true
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error
    return false
  }
}

async function syncFolder(path: string): Promise<void> {
  const handle = await open(path, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

const FULL: ReadonlySet<string> = new Set(['ENOSPC', 'EDQUOT', 'EFBIG'])
const DENIED: ReadonlySet<string> = new Set(['EACCES', 'EPERM', 'EROFS'])

/** Maps the file system's errors to AssetError. No other file of this module interprets them. */
export function diskFault(error: unknown, doing: string, where: string): AssetError {
  if (error instanceof AssetError) return error
  const code = codeOf(error) ?? ''
  const words = { where, cause: error }
  if (FULL.has(code))
    return new AssetError({
      ...words,
      reason: 'full',
      what: `could not ${doing}: there is no space left (${code})`,
      fix: 'free some space, or move the data directory to a larger disk',
    })
  if (DENIED.has(code))
    return new AssetError({
      ...words,
      reason: 'denied',
      what: `could not ${doing}: the rights do not allow it (${code})`,
      fix: 'check who owns the data directory, and that its disk is mounted for writing',
    })
  return new AssetError({
    ...words,
    reason: 'away',
    what: `could not ${doing}: ${code || String(error)}`,
    fix: 'check that the disk of the data directory is there and sound',
  })
}
