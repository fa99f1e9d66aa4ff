/** Uploads of all users: declare, complete, follow, abandon. */
import { Effect, Fiber } from 'effect'
import { isSettled, type DeclaredUpload, type UploadStage, type UploadStatus } from '../../http-contract/index.ts'
import { RouteError } from '../http/reply.ts'
import * as limits from '../limits.ts'
import type { UPLOAD_ENDINGS } from '../metrics/families.ts'
import type { Claims } from '../accounts/tokens.ts'
import { QUOTA, quotaWords, runUpload, type PipelineParts } from './upload-pipeline.ts'
import { fingerprintOf, readDeclaration, type Declaration } from './declaration.ts'
import { inTime, type StoreError } from '../store-calls.ts'
import { tooMany, UploadLimits } from './upload-limits.ts'
import { WorkQueue } from './work-queue.ts'
import { Upload } from './upload.ts'
import { plural } from '../../http-contract/plural.ts'

export type UploadEnding = (typeof UPLOAD_ENDINGS)[number]

export interface UploadServiceParts extends PipelineParts {
  readonly ingestsMax: number
  newId(): string
  ended(ending: UploadEnding): void
}

const GIVEN_UP = 'The upload was given up by its owner.'
const STOPPED = 'The server stopped before the upload was done. Upload the file again.'
const MEDIA_TYPE = 'model/gltf-binary'

type Failure = RouteError | StoreError

export class UploadService {
  readonly #parts: UploadServiceParts
  readonly #uploads = new Map<string, Upload>()
  readonly #queue: WorkQueue
  readonly #limits = new UploadLimits()
  #stopped = false

  constructor(parts: UploadServiceParts) {
    this.#parts = parts
    this.#queue = new WorkQueue(parts.ingestsMax)
  }

  /** `address`: null if it has no limit. */
  declare(body: unknown, owner: Claims, address: string | null): Effect.Effect<DeclaredUpload, Failure> {
    const admitted = Effect.gen({ self: this }, function* () {
      const declaration = yield* readDeclaration(body)
      if (this.#stopped)
        return yield* new RouteError({
          reason: 'unavailable',
          message: 'the server is stopping',
          where: 'the server',
          fix: 'try again later',
        })
      yield* this.#limits.admit(this.#uploads.values(), owner, address, this.#parts.nowMs())
      return declaration
    })
    return Effect.acquireUseRelease(
      admitted,
      (declaration) => this.#accept(declaration, owner),
      () => Effect.sync(() => this.#limits.release(owner)),
    )
  }

  #accept(declaration: Declaration, owner: Claims): Effect.Effect<DeclaredUpload, Failure> {
    const { archive, assets, nowMs, newId } = this.#parts
    return Effect.gen({ self: this }, function* () {
      const records = yield* inTime(archive.recordsOf(owner.uid))
      const upload = new Upload(newId(), owner, declaration, nowMs())
      // Counted before anybody can see the end, so that a metric never lags behind a status.
      upload.onSettled = () => this.#ended(upload, 'failed')
      const done = yield* this.#reuse(upload, records)
      if (done) return done
      const bytes = records.reduce((sum, record) => sum + record.bytes, declaration.bytes)
      if (records.length >= QUOTA.countMax || bytes > QUOTA.bytesMax)
        return yield* new RouteError({
          reason: 'quota',
          message: quotaWords,
          where: `${plural(records.length, 'package')}, ${plural(bytes - declaration.bytes, 'byte')}`,
          fix: 'remove packages that you no longer need',
        })
      const file = { bytes: declaration.bytes, sha256: declaration.sha256, mediaType: MEDIA_TYPE }
      const put = yield* inTime(assets.uploadLink(upload.key, file, limits.UPLOAD_LINK_SECONDS))
      this.#uploads.set(upload.id, upload)
      return { ...upload.status, put }
    })
  }

  /**
   * Finishes at once if the owner already has the package. The hash of another user's file does not prove possession.
   */
  #reuse(
    upload: Upload,
    records: readonly { readonly id: string; readonly package: string; readonly sharing: string }[],
  ): Effect.Effect<DeclaredUpload | null, Failure> {
    const { archive, dedupe } = this.#parts
    const { owner, declaration } = upload
    return Effect.gen({ self: this }, function* () {
      const hash = dedupe.hashOf(fingerprintOf(declaration))
      const own = records.find((record) => record.package === hash)
      if (hash === null || !own) return null
      if (declaration.sharing === 'everyone' && own.sharing !== 'everyone')
        yield* inTime(archive.setSharing(own.id, owner.uid, 'everyone'))
      const stored = yield* inTime(archive.package(hash))
      if (!stored) return null
      this.#uploads.set(upload.id, upload)
      upload.moveTo('done', { package: hash, kind: stored.kind, rank: stored.manifest.rank })
      return { ...upload.status, put: null }
    })
  }

  /** The bytes have arrived. Calling it again changes nothing. */
  complete(id: string, claims: Claims): Effect.Effect<UploadStatus, Failure> {
    return Effect.gen({ self: this }, function* () {
      const upload = yield* this.#find(id, claims)
      if (upload.status.stage !== 'waiting') return upload.status
      yield* inTime(this.#parts.assets.head(upload.key)).pipe(
        Effect.catchTag('AssetError', (error) =>
          Effect.fail(
            error.reason === 'not-found'
              ? new RouteError({
                  reason: 'not-uploaded',
                  message: 'the bytes of this upload have not arrived',
                  where: id,
                  fix: 'send them to `put` of the declaration first',
                })
              : error,
          ),
        ),
      )
      if (upload.status.stage === 'waiting') yield* this.#enqueue(upload)
      return upload.status
    })
  }

  #enqueue(upload: Upload): Effect.Effect<void> {
    upload.moveTo('received', { queue: this.#queue.length })
    const run = runUpload(upload, this.#parts)
    // Detached: the server's stop waits for it no longer than UPLOADS_STOP_MS_MAX.
    return this.#queue.run({ moved: (before) => upload.moveTo('received', { queue: before }), run }).pipe(
      Effect.forkDetach({ startImmediately: true }),
      Effect.map((fiber) => {
        upload.fiber = fiber
      }),
    )
  }

  /** Also reports an upload that finished before the server's start, from its record. */
  status(id: string, claims: Claims): Effect.Effect<UploadStatus, Failure> {
    return Effect.gen({ self: this }, function* () {
      const upload = this.#uploads.get(id)
      if (upload && upload.owner.uid === claims.uid) return upload.status
      const record = (yield* inTime(this.#parts.archive.recordsOf(claims.uid))).find((each) => each.id === id)
      if (!record) return yield* notFound(id)
      return {
        schema: 'otherworld/upload/1' as const,
        id,
        name: record.name,
        bytes: record.bytes,
        stage: 'done' as const,
        progress: 1,
        package: record.package,
      }
    })
  }

  /**
   * Calls `follower` at each change until the upload is settled. Returns a function that unsubscribes, or null if the
   * upload is settled or from before the server's start; `status` has it.
   */
  follow(
    id: string,
    claims: Claims,
    follower: (status: UploadStatus) => void,
  ): Effect.Effect<(() => void) | null, RouteError> {
    return Effect.suspend(() => {
      const upload = this.#uploads.get(id)
      if (!upload || upload.owner.uid !== claims.uid || upload.settled) return Effect.succeed(null)
      const all = [...this.#uploads.values()].reduce((sum, { followerCount }) => sum + followerCount, 0)
      if (upload.followerCount >= limits.FOLLOWERS_PER_UPLOAD_MAX || all >= limits.FOLLOWERS_MAX)
        return Effect.fail(
          tooMany(
            'the events of this upload are followed too often already',
            'read its status instead, or end another stream of its events',
          ),
        )
      return Effect.succeed(upload.follow(follower))
    })
  }

  /** The owner abandons it. A finished upload stays. */
  abandon(id: string, claims: Claims): Effect.Effect<void, RouteError> {
    return Effect.flatMap(this.#find(id, claims), (upload) => this.#giveUp(upload, GIVEN_UP, 'abandoned'))
  }

  /** Abandons uploads that were never completed, and forgets those settled long ago. */
  readonly tidy = Effect.suspend(() => {
    const nowMs = this.#parts.nowMs()
    const settled = [...this.#uploads.values()].filter((each) => each.settled)
    for (const [i, { id, settledAtMs }] of settled.entries())
      if ((settledAtMs ?? nowMs) + limits.UPLOAD_SETTLED_MS < nowMs || i < settled.length - limits.UPLOADS_SETTLED_MAX)
        this.#uploads.delete(id)
    const late = [...this.#uploads.values()].filter(
      ({ status, declaredAtMs }) =>
        status.stage === 'waiting' && declaredAtMs + limits.UPLOAD_LINK_SECONDS * 1_000 < nowMs,
    )
    return Effect.forEach(
      late,
      (upload) => this.#giveUp(upload, 'The file did not arrive in time. Upload it again.', 'expired'),
      { discard: true },
    )
  })

  /** Ends the upload's work without waiting for its end. */
  #giveUp(upload: Upload, reason: string, ending: UploadEnding): Effect.Effect<void> {
    return Effect.suspend(() => {
      if (upload.settled) return Effect.void
      upload.givenUp = reason
      upload.onSettled = () => this.#ended(upload, ending)
      const { stage } = upload.status
      const remove =
        stage === 'waiting' || stage === 'received'
          ? this.#parts.assets.remove(upload.key).pipe(Effect.timeoutOption(limits.STORE_ANSWER_MS_MAX), Effect.ignore)
          : Effect.void
      if (stage === 'waiting' || stage === 'received') upload.moveTo('failed', { message: reason })
      const end = upload.fiber ? Fiber.interrupt(upload.fiber) : Effect.void
      return Effect.andThen(end, remove).pipe(Effect.forkDetach({ startImmediately: true }), Effect.asVoid)
    })
  }

  /** `failure`: how to count an end that is neither `done` nor `rejected`. */
  #ended(upload: Upload, failure: UploadEnding): void {
    const { stage } = upload.status
    upload.settledAtMs = this.#parts.nowMs()
    this.#parts.ended(stage === 'done' || stage === 'rejected' ? stage : failure)
  }

  /** Another user's upload looks like one that does not exist. */
  #find(id: string, claims: Claims): Effect.Effect<Upload, RouteError> {
    return Effect.suspend(() => {
      const upload = this.#uploads.get(id)
      return upload?.owner.uid === claims.uid ? Effect.succeed(upload) : Effect.fail(notFound(id))
    })
  }

  /** Number of uploads in each stage that is not final, and number of those that wait for their turn. */
  get counts(): {
    readonly stages: Readonly<Partial<Record<UploadStage, number>>>
    readonly queue: number
    readonly busy: number
  } {
    const stages: Partial<Record<UploadStage, number>> = {}
    for (const { status } of this.#uploads.values())
      if (!isSettled(status.stage)) stages[status.stage] = (stages[status.stage] ?? 0) + 1
    return { stages, queue: this.#queue.length, busy: this.#queue.busy }
  }

  /**
   * Begins nothing more. Ends when running uploads have ended, or UPLOADS_STOP_MS_MAX later, because a store may hang.
   */
  readonly stop = Effect.suspend(() => {
    this.#stopped = true
    const all = [...this.#uploads.values()]
    return Effect.forEach(all, (upload) => this.#giveUp(upload, STOPPED, 'failed'), { discard: true }).pipe(
      Effect.andThen(Fiber.awaitAll(all.flatMap(({ fiber }) => fiber ?? []))),
      Effect.timeoutOption(limits.UPLOADS_STOP_MS_MAX),
      Effect.asVoid,
    )
  })
}

const notFound = (id: string): RouteError =>
  new RouteError({
    reason: 'not-found',
    message: 'you have no such upload; a restart of the server ends those that are not done',
    where: id.slice(0, 64),
    fix: 'upload the file again',
  })
