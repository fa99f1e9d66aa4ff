/** Incoming uploads of the Local Cloud: exactly the declared bytes, hashed on their way to the disk. */
import { createHash } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { HttpError, sendJson } from '../../http/http.ts'
import { pathOf, type NewFile } from './disk.ts'
import type { DeclaredFile, ParsedKey } from './keys.ts'
import { UPLOADS_MAX, type MinimumRate } from './limits.ts'
import type { LocalFiles } from './local-files.ts'
import { watchRate } from './minimum-rate.ts'

/** Ends an upload once, with a reason. */
interface Cut {
  readonly happens: Promise<never>
  readonly end: (reason: HttpError) => void
}

function newCut(): Cut {
  let end: Cut['end'] = () => undefined
  const happens = new Promise<never>((_, reject) => {
    end = reject
  })
  happens.catch(() => undefined)
  return { happens, end }
}

export class UploadReceiver {
  readonly #store: LocalFiles
  /** Running uploads, by name. */
  readonly #running = new Map<string, Cut>()

  constructor(store: LocalFiles) {
    this.#store = store
  }

  /**
   * Receives the body of a permitted request and answers. Throws HttpError, AssetError, or the file system's errors.
   */
  async receive(
    key: ParsedKey,
    declared: DeclaredFile,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const where = `incoming/${key.name}`
    requireHeaders(declared, request, where)
    const cut = this.#begin(key.name, where)
    try {
      if ((await this.#store.disk.size(pathOf(key))) !== null)
        throw new HttpError(
          412,
          'already-there',
          'this upload is complete',
          where,
          'continue with the next step; to upload another file, ask the API for another link',
        )
      await this.#store.disk.requireRoom(declared.bytes)
      await this.#save(pathOf(key), where, declared, request, cut)
    } finally {
      if (this.#running.get(key.name) === cut) this.#running.delete(key.name)
    }
    sendJson(response, 201, {
      schema: 'otherworld/asset/1',
      key: where,
      bytes: declared.bytes,
      sha256: declared.sha256,
    })
  }

  /** Begins an upload and ends an older one of the same name: a lost connection may look alive for long. */
  #begin(name: string, where: string): Cut {
    const older = this.#running.get(name)
    if (older === undefined && this.#running.size >= UPLOADS_MAX)
      throw new HttpError(503, 'busy', 'the server takes as many uploads as it can', where, 'try again in a moment')
    older?.end(
      new HttpError(409, 'superseded', 'the same upload was begun again', where, 'continue with the newer one'),
    )
    const cut = newCut()
    this.#running.set(name, cut)
    return cut
  }

  async #save(path: string, where: string, declared: DeclaredFile, request: IncomingMessage, cut: Cut): Promise<void> {
    const file = await this.#store.disk.create()
    try {
      await takeBody(request, where, declared, file, cut, this.#store.minimumRates.upload)
      await this.#store.writeType(path, declared.mediaType)
      await file.publish(path)
    } catch (error) {
      await file.discard()
      throw error
    }
  }
}

/** Throws HttpError if the request announces another body than the link permits. */
function requireHeaders({ bytes, mediaType }: DeclaredFile, { headers }: IncomingMessage, where: string): void {
  const length = headers['content-length']
  if (length === undefined)
    throw new HttpError(
      411,
      'length-required',
      'the request does not say how long its body is',
      where,
      `send content-length: ${bytes}`,
    )
  if (Number(length) !== bytes)
    throw new HttpError(
      400,
      'wrong-length',
      `the link is for ${bytes} bytes, the request has ${length}`,
      where,
      'send the file that was declared, or ask the API for a link for this one',
    )
  if (headers['content-type'] !== mediaType)
    throw new HttpError(415, 'wrong-type', `the link is for ${mediaType}`, where, `send content-type: ${mediaType}`)
}

/** Writes the body to the file as it arrives. Throws HttpError if it differs from the declaration or is too slow. */
async function takeBody(
  request: IncomingMessage,
  where: string,
  { bytes, sha256 }: DeclaredFile,
  file: NewFile,
  { happens, end }: Cut,
  pace: MinimumRate,
): Promise<void> {
  const slow = new HttpError(
    408,
    'slow-upload',
    `fewer than ${pace.bytesMin} bytes came within ${pace.windowMs / 1_000} s`,
    where,
    'try again on a faster connection',
  )
  const away = new HttpError(503, 'away', 'the store of this server does not answer', where, 'try again later')
  const hash = createHash('sha256')
  let received = 0
  /** Start of the write that has not ended. A write that just began does not make a slow sender the disk's fault. */
  let writingSinceMs = Infinity
  const stop = watchRate(
    () => received,
    pace,
    () => end(performance.now() - writingSinceMs > pace.windowMs / 2 ? away : slow),
  )
  const take = async (chunk: Buffer): Promise<void> => {
    received += chunk.length
    hash.update(chunk)
    writingSinceMs = performance.now()
    await file.write(chunk)
    writingSinceMs = Infinity
  }
  await forEachChunk(request, take, happens).finally(stop)
  if (received !== bytes)
    throw new HttpError(
      400,
      'broken-body',
      `the body broke off after ${received} of ${bytes} bytes`,
      where,
      'send it again',
    )
  if (hash.digest('hex') !== sha256)
    throw new HttpError(
      422,
      'wrong-hash',
      'the bytes are not those that were declared: their SHA-256 differs',
      where,
      'send the file that was declared, or ask the API for a link for this one',
    )
}

/**
 * Reads the next chunk once `take` is done with the last. Resolves at the end, also if the sender closed before it.
 * Rejects when `cut` does; later chunks are dropped.
 */
function forEachChunk(
  request: IncomingMessage,
  take: (chunk: Buffer) => Promise<void>,
  cut: Promise<never>,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const onData = (chunk: Buffer): void => {
      request.pause()
      take(chunk).then(() => request.resume(), fail)
    }
    const fail = (error: unknown): void => {
      request.off('data', onData)
      reject(error)
    }
    cut.catch(fail)
    request.on('data', onData).once('end', resolve).once('close', resolve)
  })
}
