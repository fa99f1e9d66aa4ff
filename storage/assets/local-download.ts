/**
 * Downloads from the Local Cloud: a whole file or a range, at the receiver's pace, with one chunk in memory at a time.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { HttpError } from '../../http/http.ts'
import type { ParsedKey } from './keys.ts'
import { DOWNLOAD_CHUNK_BYTES, DOWNLOADS_MAX, type MinimumRate } from './limits.ts'
import type { LocalFiles, OpenFile } from './local-files.ts'
import { watchRate } from './minimum-rate.ts'
import { parseRange, type ByteRange } from './range.ts'

export class Downloads {
  readonly #store: LocalFiles
  #running = 0

  constructor(store: LocalFiles) {
    this.#store = store
  }

  async send(key: ParsedKey, request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (this.#running >= DOWNLOADS_MAX)
      throw new HttpError(
        503,
        'busy',
        'the server sends as many files as it can',
        `sha256/${key.name}`,
        'try again in a moment',
      )
    this.#running += 1
    try {
      const file = await this.#store.openFile(key)
      if (file === null)
        throw new HttpError(
          404,
          'not-found',
          'there is no such file',
          `sha256/${key.name}`,
          'it may have been removed: ask the API for the package',
        )
      try {
        await answer(file, `"${key.name}"`, request, response, this.#store.minimumRates.download)
      } finally {
        await file.close()
      }
    } finally {
      this.#running -= 1
    }
  }
}

async function answer(
  file: OpenFile,
  etag: string,
  request: IncomingMessage,
  response: ServerResponse,
  pace: MinimumRate,
): Promise<void> {
  const { headers, method } = request
  response.setHeader('etag', etag)
  // The name is the content's hash, so the file never changes. Private, because a link belongs to one person
  response.setHeader('cache-control', 'private, max-age=31536000, immutable')
  response.setHeader('accept-ranges', 'bytes')
  if (isNamed(headers['if-none-match'], etag)) return void response.writeHead(304).end()
  response.setHeader('content-type', file.mediaType)
  response.setHeader('content-disposition', 'attachment')
  const range =
    method === 'GET' && isCurrent(String(headers['if-range'] ?? etag), etag)
      ? parseRange(headers.range, file.bytes)
      : 'whole'
  if (range === 'unsatisfiable') {
    response.setHeader('content-range', `bytes */${file.bytes}`)
    throw new HttpError(
      416,
      'range',
      `the file has ${file.bytes} bytes`,
      `range: ${String(headers.range).slice(0, 100)}`,
      'ask for bytes within it',
    )
  }
  const { first, last } = range === 'whole' ? { first: 0, last: file.bytes - 1 } : range
  if (range !== 'whole') response.setHeader('content-range', `bytes ${first}-${last}/${file.bytes}`)
  response.writeHead(range === 'whole' ? 200 : 206, { 'content-length': last - first + 1 })
  if (method === 'HEAD' || file.bytes === 0) return void response.end()
  return pour(file, { first, last }, response, pace)
}

/** If-None-Match (RFC 9110 section 13.1.2): weak comparison. */
const isNamed = (header: string | undefined, etag: string): boolean =>
  header !== undefined &&
  header
    .split(',')
    .map((tag) => tag.trim().replace(/^W\//, ''))
    .some((tag) => tag === etag || tag === '*')

/** If-Range (section 13.1.5): strong comparison. A date never matches, because files have none here. */
const isCurrent = (header: string, etag: string): boolean => header.trim() === etag

async function pour(
  file: OpenFile,
  { first, last }: ByteRange,
  response: ServerResponse,
  pace: MinimumRate,
): Promise<void> {
  let sent = 0
  const stop = watchRate(
    () => sent,
    pace,
    () => void response.destroy(),
  )
  const gone = new Promise<'gone'>((resolve) => {
    response.once('close', () => resolve('gone'))
  })
  const buffer = new Uint8Array(Math.min(DOWNLOAD_CHUNK_BYTES, last - first + 1))
  try {
    for (let at = first; at <= last && !response.destroyed;) {
      const read = await file.read(buffer.subarray(0, Math.min(buffer.length, last - at + 1)), at)
      // The file is shorter than it was. A regular end would look like the whole file
      if (read === 0) return void response.destroy()
      // The buffer is reused once the socket has sent it, so this loop runs at the receiver's pace
      const taken = new Promise<'taken'>((resolve) => {
        response.write(buffer.subarray(0, read), () => resolve('taken'))
      })
      if ((await Promise.race([taken, gone])) === 'gone') return undefined
      at += read
      sent += read
    }
    response.end()
  } finally {
    stop()
  }
}
