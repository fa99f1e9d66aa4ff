/**
 * The Local Cloud: files on this server's disk, named by content, served by its own HTTP port.
 *     ROOT/sha256/ab/abcd… a file, its SHA-256 as its name
 *     ROOT/sha256/ab/abcd….type its media type
 *     ROOT/incoming/UPLOAD a complete upload with the declared hash; UPLOAD.type beside it
 *     ROOT/unfinished/ files that are being written
 */
import { join } from 'node:path'
import { Effect } from 'effect'
import { AssetError, type AssetHead, type AssetKey, type AssetLink, type AssetsService } from './assets.ts'
import { diskFault, Disk, pathOf } from './disk.ts'
import { requireContent, sha256Of } from './hash.ts'
import {
  requireFile,
  requireKey,
  requireLife,
  requireMediaType,
  signedAtMs,
  UNKNOWN_MEDIA_TYPE,
  type DeclaredFile,
  type ParsedKey,
} from './keys.ts'
import {
  ASSET_FREE_BYTES_MIN,
  CHUNK_BYTES,
  DISK_MS_MAX,
  DOWNLOAD_RATE_MIN,
  UPLOAD_RATE_MIN,
  type MinimumRate,
} from './limits.ts'
import { LOCAL_PATH, type LocalFiles, type OpenFile } from './local-files.ts'
import { LinkSigner } from './signature.ts'

export interface LocalOptions {
  readonly directory: string
  /** Key that signs links, 32 bytes. Anyone who has it can read and upload everything. */
  readonly secret: Uint8Array
  /** Prefix of links; by default LOCAL_PATH on this server. A full URL if a proxy serves the files elsewhere. */
  readonly publicPath?: string
  readonly freeBytesMin?: number
  /** Slowest permitted uploads and downloads. */
  readonly minimumRates?: { readonly upload: MinimumRate; readonly download: MinimumRate }
  readonly nowMs?: () => number
}

/** The store without its HTTP handler; index.ts adds the handler. */
export class LocalAssets implements Omit<AssetsService, 'answers'>, LocalFiles {
  readonly kind = 'local'
  readonly origin: string | null
  readonly signer: LinkSigner
  readonly disk: Disk
  readonly minimumRates: { readonly upload: MinimumRate; readonly download: MinimumRate }
  readonly nowMs: () => number
  readonly #publicPath: string
  readonly #writing = new Map<AssetKey, Promise<void>>()

  private constructor({
    directory,
    secret,
    publicPath = LOCAL_PATH,
    freeBytesMin = ASSET_FREE_BYTES_MIN,
    nowMs = Date.now,
    ...options
  }: LocalOptions) {
    this.minimumRates = options.minimumRates ?? { upload: UPLOAD_RATE_MIN, download: DOWNLOAD_RATE_MIN }
    this.disk = new Disk(directory, freeBytesMin)
    this.signer = new LinkSigner(secret)
    this.#publicPath = publicPath
    this.origin = publicPath.startsWith('/') ? null : new URL(publicPath).origin
    this.nowMs = nowMs
  }

  /** Creates missing folders. Rejects with AssetError. */
  static async open(options: LocalOptions): Promise<LocalAssets> {
    const store = new LocalAssets(options)
    await store.disk.begin(['sha256', 'incoming']).catch((error: unknown) => {
      throw diskFault(error, 'use the folder of the assets', options.directory)
    })
    return store
  }

  put(bytes: Uint8Array, mediaType: string): Effect.Effect<AssetKey, AssetError> {
    return this.#attempt('store a file', 'sha256', async () => {
      requireMediaType(mediaType)
      const key = `sha256/${await sha256Of(bytes)}`
      await this.#once(key, () => this.#write(key, bytes, mediaType))
      return key
    })
  }

  /** Writes a file once if several callers put the same file at the same time. */
  async #once(key: AssetKey, write: () => Promise<void>): Promise<void> {
    const other = this.#writing.get(key)
    if (other) return other
    const mine = write().finally(() => this.#writing.delete(key))
    this.#writing.set(key, mine)
    return mine
  }

  async #write(key: AssetKey, bytes: Uint8Array, mediaType: string): Promise<void> {
    const path = pathOf(requireKey(key))
    // A file of another size is damaged and is replaced
    if ((await this.disk.size(path)) === bytes.length) return
    await this.disk.requireRoom(bytes.length)
    const file = await this.disk.create()
    try {
      for (let at = 0; at < bytes.length; at += CHUNK_BYTES) await file.write(bytes.subarray(at, at + CHUNK_BYTES))
      await this.writeType(path, mediaType)
      await file.publish(path)
    } catch (error) {
      await file.discard()
      throw error
    }
  }

  async writeType(path: string, mediaType: string): Promise<void> {
    const file = await this.disk.create()
    try {
      await file.write(new TextEncoder().encode(mediaType))
      await file.publish(`${path}.type`)
    } catch (error) {
      await file.discard()
      throw error
    }
  }

  get(key: AssetKey, bytesMax: number): Effect.Effect<Uint8Array, AssetError> {
    return this.#attempt('read a file', key, async () => {
      const parsed = requireKey(key)
      const file = await this.#require(key)
      try {
        if (file.bytes > bytesMax)
          throw new AssetError({
            reason: 'too-large',
            what: `the file has ${file.bytes} bytes; ${bytesMax} are permitted`,
            where: key,
            fix: 'use a smaller one',
          })
        const bytes = await readWhole(file)
        if (parsed.folder === 'sha256') await requireContent(bytes, parsed.name, key)
        return bytes
      } finally {
        await file.close()
      }
    })
  }

  head(key: AssetKey): Effect.Effect<AssetHead, AssetError> {
    return this.#attempt('look at a file', key, async () => {
      const { bytes, mediaType, close } = await this.#require(key)
      await close()
      return { bytes, mediaType }
    })
  }

  async #require(key: AssetKey): Promise<OpenFile> {
    const file = await this.openFile(requireKey(key))
    if (file === null)
      throw new AssetError({ reason: 'not-found', what: 'there is no such file', where: key, fix: 'upload it again' })
    return file
  }

  async openFile(key: ParsedKey): Promise<OpenFile | null> {
    const path = pathOf(key)
    const handle = await this.disk.open(path)
    if (handle === null) return null
    const close = (): Promise<void> => this.disk.run(() => handle.close())
    try {
      const { size } = await this.disk.run(() => handle.stat())
      const read = async (buffer: Uint8Array, position: number): Promise<number> =>
        this.disk.run(async () => (await handle.read(buffer, 0, buffer.length, position)).bytesRead)
      return { bytes: size, mediaType: await this.#typeOf(path), read, close }
    } catch (error) {
      await close()
      throw error
    }
  }

  async #typeOf(path: string): Promise<string> {
    const handle = await this.disk.open(`${path}.type`)
    if (handle === null) return UNKNOWN_MEDIA_TYPE
    const text = await this.disk.run(() => handle.readFile('utf8').finally(() => handle.close()))
    try {
      return requireMediaType(text)
    } catch {
      return UNKNOWN_MEDIA_TYPE
    }
  }

  remove(key: AssetKey): Effect.Effect<void, AssetError> {
    return this.#attempt('remove a file', key, () => this.#removePath(pathOf(requireKey(key))))
  }

  async #removePath(path: string): Promise<void> {
    await this.disk.remove(path)
    await this.disk.remove(`${path}.type`)
  }

  uploadLink(key: AssetKey, file: DeclaredFile, lifeSeconds: number): Effect.Effect<AssetLink, AssetError> {
    return this.#attempt('sign a link', key, async () => {
      requireKey(key, 'incoming')
      const expiresAtMs = this.nowMs() + requireLife(lifeSeconds) * 1_000
      const query = this.signer.query({ key, expiresAtMs, file: requireFile(file) })
      return {
        method: 'PUT',
        url: `${this.#publicPath}/${key}?${query}`,
        headers: { 'content-type': file.mediaType },
        expiresAtMs,
      } as const
    })
  }

  downloadLink(key: AssetKey, lifeSeconds: number): Effect.Effect<AssetLink, AssetError> {
    return this.#attempt('sign a link', key, async () => {
      requireKey(key, 'sha256')
      const expiresAtMs = signedAtMs(this.nowMs(), requireLife(lifeSeconds)) + lifeSeconds * 1_000
      return {
        method: 'GET',
        url: `${this.#publicPath}/${key}?${this.signer.query({ key, expiresAtMs, file: null })}`,
        headers: {},
        expiresAtMs,
      } as const
    })
  }

  sweepIncoming(olderThanMs: number): Effect.Effect<number, AssetError> {
    return this.#attempt('sweep the incoming files', 'incoming', async () => {
      const old = await this.disk.olderThan('incoming', this.nowMs() - olderThanMs)
      for (const name of old) await this.disk.remove(join('incoming', name))
      return old.filter((name) => !name.endsWith('.type')).length
    })
  }

  #attempt<T>(doing: string, where: string, run: () => Promise<T>): Effect.Effect<T, AssetError> {
    return Effect.tryPromise({ try: run, catch: (error) => diskFault(error, doing, where) }).pipe(
      Effect.timeoutOrElse({
        duration: DISK_MS_MAX,
        orElse: () =>
          Effect.fail(
            new AssetError({
              reason: 'away',
              what: `could not ${doing}: the disk did not answer within ${DISK_MS_MAX} ms`,
              where,
              fix: 'check the disk of the data directory',
            }),
          ),
      }),
    )
  }
}

async function readWhole(file: OpenFile): Promise<Uint8Array> {
  const bytes = new Uint8Array(file.bytes)
  for (let at = 0; at < bytes.length;) {
    const read = await file.read(bytes.subarray(at, at + CHUNK_BYTES), at)
    if (read === 0) return bytes.slice(0, at)
    at += read
  }
  return bytes
}
