/** Uploads of all users: who may declare how many, what becomes of each, who is told. */
import type { DeclaredUpload, UploadStage, UploadStatus } from '../../http-api/index.ts'
import { bucketsByKey } from '../../http/rate-limit.ts'
import { RouteError } from '../http/reply.ts'
import * as limits from '../limits.ts'
import type { UPLOAD_ENDINGS } from '../metrics/families.ts'
import type { Claims } from '../accounts/tokens.ts'
import { runPipeline, QUOTA, quotaWords, type PipelineParts } from './upload-pipeline.ts'
import { fingerprintOf, readDeclaration, type Declaration } from './declaration.ts'
import { inTime, isStoreError, outcomeOf } from './retry.ts'
import { WorkQueue } from './work-queue.ts'
import { Upload } from './upload.ts'

export type UploadEnding = (typeof UPLOAD_ENDINGS)[number]

export interface UploadServiceParts extends PipelineParts {
  readonly ingestsMax: number
  newId(): string
  ended(ending: UploadEnding): void
}

const GIVEN_UP = 'The upload was given up by its owner.'
const STOPPED = 'The server stopped before the upload was done. Upload the file again.'
const MEDIA_TYPE = 'model/gltf-binary'

export class UploadService {
  private readonly parts: UploadServiceParts
  private readonly uploads = new Map<string, Upload>()
  private readonly queue: WorkQueue
  private readonly byUser = bucketsByKey(
    limits.UPLOADS_BURST_MAX,
    limits.UPLOADS_PER_SECOND_MAX,
    limits.LOGIN_ADDRESSES_MAX,
  )
  private readonly byAddress = bucketsByKey(
    limits.UPLOADS_PER_ADDRESS_BURST_MAX,
    limits.UPLOADS_PER_ADDRESS_PER_SECOND_MAX,
    limits.LOGIN_ADDRESSES_MAX,
  )
  /** Uploads that are between the count and the table, waiting for an answer. */
  private readonly declaring = new Map<string, number>()
  private stopped = false

  constructor(parts: UploadServiceParts) {
    this.parts = parts
    this.queue = new WorkQueue(parts.ingestsMax)
  }

  /** `address`: null where it has no limit. Throws RouteError. */
  async declare(body: unknown, owner: Claims, address: string | null): Promise<DeclaredUpload> {
    const declaration = readDeclaration(body)
    this.admit(owner, address)
    this.declaring.set(owner.uid, (this.declaring.get(owner.uid) ?? 0) + 1)
    try {
      return await this.accept(declaration, owner)
    } finally {
      const left = (this.declaring.get(owner.uid) ?? 1) - 1
      if (left > 0) this.declaring.set(owner.uid, left)
      else this.declaring.delete(owner.uid)
    }
  }

  private admit({ uid }: Claims, address: string | null): void {
    if (this.stopped) throw new RouteError(503, 'unavailable', 'the server is stopping', '', 'try again in a moment')
    const nowMs = this.parts.nowMs()
    if ((address !== null && !this.byAddress.take(address, nowMs)) || !this.byUser.take(uid, nowMs))
      throw busy('uploads are declared too fast', 'wait some seconds, then try again')
    const open = [...this.uploads.values()].filter(({ settled }) => !settled)
    const mine = open.filter(({ owner }) => owner.uid === uid).length + (this.declaring.get(uid) ?? 0)
    if (mine >= limits.UPLOADS_PER_USER_MAX)
      throw busy(
        `you have ${mine} uploads under way; that is as many as one may have at once`,
        'wait until one of them is done',
      )
    if (open.length >= limits.UPLOADS_OPEN_MAX) throw busy('many are uploading at this moment', 'try again in a minute')
  }

  private async accept(declaration: Declaration, owner: Claims): Promise<DeclaredUpload> {
    const { archive, assets, nowMs, newId, dedupe } = this.parts
    const records = await inTime(archive.recordsOf(owner.uid))
    const upload = new Upload(newId(), owner, declaration, nowMs())
    // Only one's own: the hash of another's file is no proof that one has it.
    const hash = dedupe.hashOf(fingerprintOf(declaration))
    const own = records.find((record) => record.package === hash)
    if (hash !== null && own) {
      if (declaration.sharing === 'everyone' && own.sharing !== 'everyone')
        await inTime(archive.setSharing(own.id, owner.uid, 'everyone'))
      const stored = await inTime(archive.package(hash))
      if (stored) {
        this.uploads.set(upload.id, upload)
        this.settle(upload, () => upload.now('done', { package: hash, kind: stored.kind, rank: stored.manifest.rank }))
        return { ...upload.status, put: null }
      }
    }
    const bytes = records.reduce((sum, record) => sum + record.bytes, declaration.bytes)
    if (records.length >= QUOTA.countMax || bytes > QUOTA.bytesMax)
      throw new RouteError(
        403,
        'quota',
        quotaWords,
        `${records.length} packages, ${bytes - declaration.bytes} bytes`,
        'remove packages with DELETE /v1/packages/HASH',
      )
    const put = await inTime(
      assets.uploadLink(
        upload.key,
        { bytes: declaration.bytes, sha256: declaration.sha256, mediaType: MEDIA_TYPE },
        limits.UPLOAD_LINK_SECONDS,
      ),
    )
    this.uploads.set(upload.id, upload)
    return { ...upload.status, put }
  }

  /** The bytes are there. Said again, it changes nothing. */
  async complete(id: string, claims: Claims): Promise<UploadStatus> {
    const upload = this.find(id, claims)
    if (upload.status.stage !== 'waiting') return upload.status
    await inTime(this.parts.assets.head(upload.key)).catch((error: unknown) => {
      if (isStoreError(error) && error.reason === 'not-found')
        throw new RouteError(
          409,
          'not-uploaded',
          'the bytes of this upload have not arrived',
          id,
          'send them to `put` of the declaration first',
        )
      throw error
    })
    if (upload.status.stage === 'waiting') this.enqueue(upload)
    return upload.status
  }

  private enqueue(upload: Upload): void {
    upload.now('received', { queue: this.queue.length })
    this.queue.add({
      moved: (before) => upload.now('received', { queue: before }),
      run: async () => {
        // Given up while it waited for its turn.
        if (upload.settled) return
        // Counted before anybody can see the end: a metric never lags behind a status.
        upload.onSettled = () => this.ended(upload)
        await runPipeline(upload, this.parts)
      },
    })
  }

  /** Also of one that was done before the server's start, as far as the archive has it. */
  async status(id: string, claims: Claims): Promise<UploadStatus> {
    const upload = this.uploads.get(id)
    if (upload && upload.owner.uid === claims.uid) return upload.status
    const record = (await inTime(this.parts.archive.recordsOf(claims.uid))).find((each) => each.id === id)
    if (!record) throw notFound(id)
    return {
      schema: 'otherworld/upload/1',
      id,
      name: record.name,
      bytes: record.bytes,
      stage: 'done',
      progress: 1,
      package: record.package,
    }
  }

  /** Hears each change until it is settled. Null: it is settled, or not of this start of the server; `status` tells it. */
  follow(id: string, claims: Claims, follower: (status: UploadStatus) => void): (() => void) | null {
    const upload = this.uploads.get(id)
    if (!upload || upload.owner.uid !== claims.uid || upload.settled) return null
    const all = [...this.uploads.values()].reduce((sum, { followerCount }) => sum + followerCount, 0)
    if (upload.followerCount >= limits.FOLLOWERS_PER_UPLOAD_MAX || all >= limits.FOLLOWERS_MAX)
      throw busy('the events of this upload are followed too often already', `ask GET /v1/uploads/${id} instead`)
    return upload.follow(follower)
  }

  /** Its owner does not want it any more. What is done stays done. */
  abandon(id: string, claims: Claims): void {
    const upload = this.find(id, claims)
    if (upload.settled) return undefined
    upload.given.abort(GIVEN_UP)
    if (upload.status.stage === 'waiting' || upload.status.stage === 'received') this.drop(upload, GIVEN_UP)
    return undefined
  }

  /** Gives up what was never completed, forgets what is settled for long. */
  tidy(): void {
    const nowMs = this.parts.nowMs()
    const settled = [...this.uploads.values()].filter((each) => each.settled)
    for (const [i, { id, settledAtMs }] of settled.entries())
      if (settledAtMs + limits.UPLOAD_SETTLED_MS < nowMs || i < settled.length - limits.UPLOADS_SETTLED_MAX)
        this.uploads.delete(id)
    for (const upload of this.uploads.values())
      if (upload.status.stage === 'waiting' && upload.declaredAtMs + limits.UPLOAD_LINK_SECONDS * 1_000 < nowMs)
        this.drop(upload, 'The file did not arrive in time. Upload it again.', 'expired')
  }

  private drop(upload: Upload, message: string, ending: UploadEnding = 'abandoned'): void {
    this.settle(upload, () => upload.now('failed', { message }), ending)
    void outcomeOf(this.parts.assets.remove(upload.key)).catch(() => undefined)
  }

  private settle(upload: Upload, end: () => void, ending?: UploadEnding): void {
    end()
    this.ended(upload, ending)
  }

  private ended(upload: Upload, ending?: UploadEnding): void {
    const { stage } = upload.status
    upload.settledAtMs = this.parts.nowMs()
    this.parts.ended(
      ending ??
        (upload.given.signal.reason === GIVEN_UP
          ? 'abandoned'
          : stage === 'done' || stage === 'rejected'
            ? stage
            : 'failed'),
    )
  }

  /** Somebody else's is not told from one that does not exist. */
  private find(id: string, claims: Claims): Upload {
    const upload = this.uploads.get(id)
    if (!upload || upload.owner.uid !== claims.uid) throw notFound(id)
    return upload
  }

  /** How many uploads there are in each stage, settled ones not; how many wait for their turn. */
  get counts(): {
    readonly stages: Readonly<Partial<Record<UploadStage, number>>>
    readonly queue: number
    readonly busy: number
  } {
    const stages: Partial<Record<UploadStage, number>> = {}
    for (const {
      settled,
      status: { stage },
    } of this.uploads.values())
      if (!settled) stages[stage] = (stages[stage] ?? 0) + 1
    return { stages, queue: this.queue.length, busy: this.queue.busy }
  }

  /** Nothing more is begun; resolves when what runs has ended, or UPLOADS_STOP_MS_MAX later: a store may hang. What is not done is said to be. */
  async stop(): Promise<void> {
    this.stopped = true
    const ended = this.queue.stop()
    for (const upload of this.uploads.values()) {
      upload.given.abort(STOPPED)
      if (['waiting', 'received'].includes(upload.status.stage)) this.drop(upload, STOPPED, 'failed')
    }
    const done = new AbortController()
    await Promise.race([ended, this.parts.patience.sleep(limits.UPLOADS_STOP_MS_MAX, done.signal)])
    done.abort()
  }
}

const busy = (what: string, fix: string): RouteError =>
  new RouteError(429, 'too-many-uploads', what, '/v1/uploads', fix)
const notFound = (id: string): RouteError =>
  new RouteError(
    404,
    'not-found',
    'there is no such upload of yours; one that was not done ends with the server',
    id.slice(0, 64),
    'declare it anew with POST /v1/uploads',
  )
