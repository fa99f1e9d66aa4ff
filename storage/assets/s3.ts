/** Files in S3. Devices upload and download there directly, with presigned links. */
import { Readable } from 'node:stream'
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import { Effect, Schedule } from 'effect'
import { AssetError, type AssetHead, type AssetKey, type AssetLink, type AssetsService } from './assets.ts'
import { requireContent, sha256Of } from './hash.ts'
import {
  requireFile,
  requireKey,
  requireLife,
  requireMediaType,
  signedAtMs,
  UNKNOWN_MEDIA_TYPE,
  type DeclaredFile,
} from './keys.ts'
import {
  S3_CONNECT_MS_MAX,
  S3_MS_MAX,
  S3_RETRY_MS,
  S3_RETRY_MS_MAX,
  S3_SILENCE_MS_MAX,
  S3_SOCKETS_MAX,
} from './limits.ts'
import { noFilesHere } from './local-http.ts'
import { permitPages, requireBucket } from './s3-bucket.ts'
import { isThereAlready, s3Fault } from './s3-fault.ts'

export interface S3Options {
  /** Address of the S3 server for this server, e.g. http://10.0.0.5:9000 or https://s3.eu-central-1.amazonaws.com. */
  readonly endpoint: string
  /** Address of the S3 server for devices, if it differs. */
  readonly publicEndpoint?: string
  readonly region: string
  readonly bucket: string
  readonly accessKey: string
  readonly secretKey: string
  readonly nowMs?: () => number
  readonly log?: (line: string) => void
  /** Time of one operation with all its retries, ms. For tests. */
  readonly msMax?: number
}

const CACHE = 'private, max-age=31536000, immutable'
/** Headers that the sender must send as signed; everything else of a link is in its query. */
const SIGNED = ['host', 'content-type', 'content-length', 'if-none-match', 'x-amz-checksum-sha256']

export class S3Assets implements AssetsService {
  readonly kind = 's3'
  readonly origin: string
  readonly answers = noFilesHere
  readonly #client: S3Client
  /** Signs links; sends no requests. */
  readonly #signer: S3Client
  readonly #bucket: string
  readonly #nowMs: () => number
  readonly #msMax: number
  readonly #log: (line: string) => void

  /** Throws AssetError if an address is invalid. */
  constructor({
    endpoint,
    publicEndpoint = endpoint,
    bucket,
    nowMs = Date.now,
    msMax = S3_MS_MAX,
    log = () => undefined,
    ...options
  }: S3Options) {
    for (const address of [endpoint, publicEndpoint]) requireAddress(address)
    this.#client = clientOf(endpoint, options)
    this.#signer = clientOf(publicEndpoint, options)
    this.origin = new URL(publicEndpoint).origin
    this.#bucket = bucket
    this.#nowMs = nowMs
    this.#msMax = msMax
    this.#log = log
  }

  /** Checks the address, the keys and the bucket. Creates the bucket if it is missing. */
  readonly start = Effect.suspend(() =>
    this.#attempt('use the bucket', this.#bucket, async (signal) => {
      await requireBucket(this.#client, this.#bucket, signal)
      const remark = await permitPages(this.#client, this.#bucket, signal)
      if (remark !== null) this.#log(remark)
    }),
  )

  stop(): void {
    this.#client.destroy()
    this.#signer.destroy()
  }

  put(bytes: Uint8Array, mediaType: string): Effect.Effect<AssetKey, AssetError> {
    return this.#attempt('store a file', `${this.#bucket}/sha256`, async (abortSignal) => {
      requireMediaType(mediaType)
      const sha256 = await sha256Of(bytes)
      const key = `sha256/${sha256}`
      const command = new PutObjectCommand({
        Bucket: this.#bucket,
        Key: key,
        Body: bytes,
        ContentLength: bytes.length,
        ContentType: mediaType,
        ChecksumSHA256: base64(sha256),
        ContentDisposition: 'attachment',
        CacheControl: CACHE,
        IfNoneMatch: '*',
      })
      try {
        await this.#client.send(command, { abortSignal })
      } catch (error) {
        // Written before, or by an earlier try whose answer was lost
        if (!isThereAlready(error)) throw error
      }
      return key
    })
  }

  get(key: AssetKey, bytesMax: number): Effect.Effect<Uint8Array, AssetError> {
    return this.#attempt('read a file', this.#whereIs(key), async (abortSignal) => {
      const { folder, name } = requireKey(key)
      const { Body, ContentLength = 0 } = await this.#client.send(
        new GetObjectCommand({ Bucket: this.#bucket, Key: key }),
        { abortSignal },
      )
      if (!(Body instanceof Readable)) throw new Error('the answer has no body')
      if (ContentLength > bytesMax) {
        Body.destroy()
        throw new AssetError({
          reason: 'too-large',
          what: `the file has ${ContentLength} bytes; ${bytesMax} are permitted`,
          where: key,
          fix: 'use a smaller one',
        })
      }
      const bytes = await readWhole(Body, ContentLength)
      if (folder === 'sha256') await requireContent(bytes, name, key)
      return bytes
    })
  }

  head(key: AssetKey): Effect.Effect<AssetHead, AssetError> {
    return this.#attempt('look at a file', this.#whereIs(key), async (abortSignal) => {
      requireKey(key)
      const { ContentLength = 0, ContentType = UNKNOWN_MEDIA_TYPE } = await this.#client.send(
        new HeadObjectCommand({ Bucket: this.#bucket, Key: key }),
        { abortSignal },
      )
      return { bytes: ContentLength, mediaType: ContentType }
    })
  }

  remove(key: AssetKey): Effect.Effect<void, AssetError> {
    return this.#attempt('remove a file', this.#whereIs(key), async (abortSignal) => {
      requireKey(key)
      await this.#client.send(new DeleteObjectCommand({ Bucket: this.#bucket, Key: key }), { abortSignal })
    })
  }

  uploadLink(key: AssetKey, file: DeclaredFile, lifeSeconds: number): Effect.Effect<AssetLink, AssetError> {
    return this.#attempt('sign a link', this.#whereIs(key), async () => {
      requireKey(key, 'incoming')
      requireLife(lifeSeconds)
      const { bytes, sha256, mediaType } = requireFile(file)
      const atMs = Math.floor(this.#nowMs() / 1_000) * 1_000
      const command = new PutObjectCommand({
        Bucket: this.#bucket,
        Key: key,
        ContentLength: bytes,
        ContentType: mediaType,
        ChecksumSHA256: base64(sha256),
        IfNoneMatch: '*',
      })
      const url = await getSignedUrl(this.#signer, command, {
        expiresIn: lifeSeconds,
        signingDate: new Date(atMs),
        signableHeaders: new Set(SIGNED),
        unhoistableHeaders: new Set(SIGNED),
      })
      const headers = { 'content-type': mediaType, 'if-none-match': '*', 'x-amz-checksum-sha256': base64(sha256) }
      return { method: 'PUT', url, headers, expiresAtMs: atMs + lifeSeconds * 1_000 } as const
    })
  }

  downloadLink(key: AssetKey, lifeSeconds: number): Effect.Effect<AssetLink, AssetError> {
    return this.#attempt('sign a link', this.#whereIs(key), async () => {
      requireKey(key, 'sha256')
      const atMs = signedAtMs(this.#nowMs(), requireLife(lifeSeconds))
      const url = await getSignedUrl(this.#signer, new GetObjectCommand({ Bucket: this.#bucket, Key: key }), {
        expiresIn: lifeSeconds,
        signingDate: new Date(atMs),
      })
      return { method: 'GET', url, headers: {}, expiresAtMs: atMs + lifeSeconds * 1_000 } as const
    })
  }

  sweepIncoming(olderThanMs: number): Effect.Effect<number, AssetError> {
    return this.#attempt('sweep the incoming files', `${this.#bucket}/incoming`, async (abortSignal) => {
      let removed = 0
      let after: string | undefined
      do {
        const page = await this.#client.send(
          new ListObjectsV2Command({ Bucket: this.#bucket, Prefix: 'incoming/', ContinuationToken: after }),
          { abortSignal },
        )
        for (const { Key, LastModified } of page.Contents ?? []) {
          if (Key === undefined || LastModified === undefined || LastModified.getTime() >= this.#nowMs() - olderThanMs)
            continue
          await this.#client.send(new DeleteObjectCommand({ Bucket: this.#bucket, Key }), { abortSignal })
          removed += 1
        }
        after = page.NextContinuationToken
      } while (after !== undefined)
      return removed
    })
  }

  #whereIs(key: AssetKey): string {
    return `${this.#bucket}/${key.slice(0, 100)}`
  }

  /** Retries requests that S3 did not answer until the time is up. */
  #attempt<T>(doing: string, where: string, run: (signal: AbortSignal) => Promise<T>): Effect.Effect<T, AssetError> {
    return Effect.suspend(() => {
      let last = new AssetError({
        reason: 'away',
        what: `could not ${doing}: S3 did not answer within ${this.#msMax} ms`,
        where,
        fix: 'check that the S3 server runs and that the address --s3-endpoint leads to it',
      })
      return Effect.tryPromise({ try: run, catch: (error) => (last = s3Fault(error, doing, where)) }).pipe(
        Effect.retry({ while: ({ isRetryable }) => isRetryable, schedule: RETRIES }),
        Effect.timeoutOrElse({ duration: this.#msMax, orElse: () => Effect.fail(last) }),
      )
    })
  }
}

/** Doubled each time up to S3_RETRY_MS_MAX, with jitter, so that many clients do not return together. */
const RETRIES = Schedule.jittered(Schedule.min([Schedule.exponential(S3_RETRY_MS), Schedule.spaced(S3_RETRY_MS_MAX)]))

/** Uses one address with one pair of keys, and ignores this machine's environment variables for S3. */
function clientOf(
  endpoint: string,
  { region, accessKey, secretKey }: Pick<S3Options, 'region' | 'accessKey' | 'secretKey'>,
): S3Client {
  return new S3Client({
    endpoint,
    region,
    forcePathStyle: true,
    credentials: { accessKeyId: accessKey, secretAccessKey: secretKey },
    // Older servers do not know the checksums that the library adds by default. Ours are SHA-256 and explicit
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    maxAttempts: 1,
    useFipsEndpoint: false,
    useDualstackEndpoint: false,
    userAgentAppId: 'otherworld',
    requestHandler: {
      connectionTimeout: S3_CONNECT_MS_MAX,
      socketTimeout: S3_SILENCE_MS_MAX,
      httpAgent: { maxSockets: S3_SOCKETS_MAX, keepAlive: true },
      httpsAgent: { maxSockets: S3_SOCKETS_MAX, keepAlive: true },
    },
  })
}

function requireAddress(address: string): void {
  if (URL.canParse(address) && /^https?:$/.test(new URL(address).protocol)) return
  throw new AssetError({
    reason: 'denied',
    what: 'this is not the address of an S3 server',
    where: address,
    fix: 'give one like http://10.0.0.5:9000 with --s3-endpoint and --s3-public-endpoint',
  })
}

/** Converts a SHA-256 in hex to the form of S3's headers. */
const base64 = (hex: string): string => Buffer.from(hex, 'hex').toString('base64')

async function readWhole(body: Readable, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length)
  let at = 0
  for await (const chunk of body) {
    if (!(chunk instanceof Uint8Array) || at + chunk.length > length)
      throw new Error(`the answer is longer than the ${length} bytes that it says`)
    bytes.set(chunk, at)
    at += chunk.length
  }
  if (at < length) throw new Error(`the answer broke off after ${at} of ${length} bytes`)
  return bytes
}
