/** A file with random access, of which only some pages are in memory. */
import { closeSync, fstatSync, openSync, readFileSync, readSync, type Stats } from 'node:fs'
import { RecordingError, WINDOW_BYTES, type RandomAccessBytes } from '../../replay/index.ts'

/** Bytes of a page: few calls of the operating system, and not much around a frame that is read alone. */
export const PAGE_BYTES = 4 * WINDOW_BYTES
/** Memory for the pages of a file unless its user says otherwise, bytes. */
const PAGES_BYTES_MAX = 64 * 1024 * 1024

export interface PagedFileOptions {
  /** Memory for pages, bytes; at least two pages. Bytes that a caller keeps stay in memory beyond it. */
  readonly memoryBytesMax?: number
}

/**
 * Opens a file. What is no regular file, such as a pipe, is read into memory at once. Throws Node's errors.
 */
export function openBytes(path: string, options: PagedFileOptions = {}): RandomAccessBytes {
  const descriptor = openSync(path, 'r')
  try {
    const status = fstatSync(descriptor)
    if (status.isDirectory()) throw Object.assign(new Error('is a directory'), { code: 'EISDIR' })
    return status.isFile() ? new PagedFile(path, status, options) : readFileSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

/** Opens a file to which others append. Throws Node's errors, and an Error if it is no regular file. */
export function openGrowingFile(path: string): PagedFile {
  const bytes = openBytes(path)
  if (bytes instanceof PagedFile) return bytes
  throw new Error('is no regular file, so it cannot be followed')
}

/**
 * Opens its file for each page that it reads, so that it needs no close. A file that was replaced or cut is an error.
 */
export class PagedFile implements RandomAccessBytes {
  readonly path: string
  #length: number
  readonly #id: string
  readonly #pagesMax: number
  /** The page used last is the last. Pages are never written again. */
  readonly #pages = new Map<number, Uint8Array>()
  /** The page used last: most reads follow one in the same page. */
  #latest: { readonly number: number; readonly page: Uint8Array } | null = null

  constructor(path: string, status: Stats, { memoryBytesMax = PAGES_BYTES_MAX }: PagedFileOptions = {}) {
    this.path = path
    this.#id = idOf(status)
    this.#length = status.size
    this.#pagesMax = Math.max(2, Math.floor(memoryBytesMax / PAGE_BYTES))
  }

  get length(): number {
    return this.#length
  }

  /** Bytes of the pages in memory. */
  get memoryBytes(): number {
    return [...this.#pages.values()].reduce((sum, page) => sum + page.length, 0)
  }

  /** Throws RecordingError `unreadable`. */
  subarray(start: number, end: number): Uint8Array {
    const from = Math.min(Math.max(0, start), this.#length)
    const to = Math.min(Math.max(from, end), this.#length)
    const first = Math.floor(from / PAGE_BYTES)
    const last = Math.floor(Math.max(from, to - 1) / PAGE_BYTES)
    if (first === last) return this.#page(first).subarray(from - first * PAGE_BYTES, to - first * PAGE_BYTES)
    // A long range, such as a checkpoint, would push out all pages.
    if (last - first > 1) return this.#read(from, to)
    const bytes = new Uint8Array(to - from)
    bytes.set(this.#page(first).subarray(from - first * PAGE_BYTES))
    bytes.set(this.#page(last).subarray(0, to - last * PAGE_BYTES), last * PAGE_BYTES - from)
    return bytes
  }

  /** Looks for bytes that were appended. What follows `keepBytes` is read again. Throws RecordingError `unreadable`. */
  refresh(keepBytes: number): void {
    const size = this.#withFile((_, status) => status.size)
    if (size < keepBytes) throw shorter(this.path)
    this.#length = size
    this.#latest = null
    for (const number of this.#pages.keys()) if ((number + 1) * PAGE_BYTES > keepBytes) this.#pages.delete(number)
  }

  #page(number: number): Uint8Array {
    if (this.#latest?.number === number) return this.#latest.page
    const start = number * PAGE_BYTES
    const page = this.#pages.get(number) ?? this.#read(start, Math.min(start + PAGE_BYTES, this.#length))
    this.#pages.delete(number)
    this.#pages.set(number, page)
    const [oldest] = this.#pages.keys()
    if (this.#pages.size > this.#pagesMax && oldest !== undefined) this.#pages.delete(oldest)
    this.#latest = { number, page }
    return page
  }

  #read(start: number, end: number): Uint8Array {
    const bytes = new Uint8Array(end - start)
    return this.#withFile((descriptor) => {
      for (let done = 0; done < bytes.length;) {
        const read = readSync(descriptor, bytes, done, bytes.length - done, start + done)
        if (read === 0) throw shorter(this.path)
        done += read
      }
      return bytes
    })
  }

  #withFile<T>(run: (descriptor: number, status: Stats) => T): T {
    let descriptor: number | null = null
    try {
      descriptor = openSync(this.path, 'r')
      const status = fstatSync(descriptor)
      if (idOf(status) !== this.#id)
        throw new RecordingError('unreadable', `${this.path} was replaced by another file while it was read`)
      return run(descriptor, status)
    } catch (error) {
      if (error instanceof RecordingError) throw error
      throw new RecordingError('unreadable', `cannot read ${this.path}: ${(error as Error).message}`)
    } finally {
      if (descriptor !== null) closeSync(descriptor)
    }
  }
}

const shorter = (path: string): RecordingError =>
  new RecordingError('unreadable', `${path} became shorter while it was read`)

const idOf = ({ dev, ino }: Stats): string => `${dev}:${ino}`
