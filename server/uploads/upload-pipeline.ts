/**
 * The pipeline of an upload whose bytes have arrived: received, reused, ingested, stored, recorded. Each stage can
 * safely run again.
 */
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Cause, Effect, Exit } from 'effect'
import type { ArchiveService, ObjectRecord } from '../../storage/archive/archive.ts'
import type { AssetsService } from '../../storage/assets/assets.ts'
import { sha256Of } from '../../storage/assets/hash.ts'
import type { IngestOptions, IngestOutcome, IngestStage, IngestWarning, Rejection } from '../../ingest/types.ts'
import type { PackageManifest } from '../../packages/manifest.ts'
import { textOf } from '../error.ts'
import { PACKAGE_BYTES_PER_USER_MAX, PACKAGES_PER_USER_MAX, STORE_ANSWER_MS_MAX } from '../limits.ts'
import { callbackLog, inArea } from '../log.ts'
import { fingerprintOf } from './declaration.ts'
import type { DedupeCache } from './dedupe-cache.ts'
import { isStoreError, retryWhileAway, type StoreError } from '../store-calls.ts'
import type { Upload } from './upload.ts'

export const QUOTA = { bytesMax: PACKAGE_BYTES_PER_USER_MAX, countMax: PACKAGES_PER_USER_MAX }

/** Ingests a local file in its own process, which ends with the signal. Rejects if the ingest itself fails. */
export type IngestFileAt = (
  file: string,
  options: IngestOptions,
  setting: { readonly signal: AbortSignal; report(message: string): void },
) => Promise<IngestOutcome>

export interface PipelineParts {
  readonly archive: ArchiveService
  readonly assets: AssetsService
  readonly ingest: IngestFileAt
  /** Directory of the file while it is ingested. */
  readonly directory: string
  readonly dedupe: DedupeCache
  /** Unix time. */
  nowMs(): number
  ingested(seconds: number): void
}

/**
 * An end that is not the server's fault: the upload fails with the message, or is rejected with the rules that it
 * breaks.
 */
class UploadEnd {
  readonly message: string
  readonly rejections: readonly Rejection[]
  readonly warnings: readonly IngestWarning[]
  constructor(message: string, rejections: readonly Rejection[] = [], warnings: readonly IngestWarning[] = []) {
    this.message = message
    this.rejections = rejections
    this.warnings = warnings
  }
}

/** The resulting package, once it is known. */
interface Result {
  readonly hash: string
  readonly manifest: PackageManifest
  readonly warnings: readonly IngestWarning[]
}

/** Data that the stages pass on. */
interface Job {
  readonly upload: Upload
  readonly parts: PipelineParts
  bytes: Uint8Array
  /** Files from `ingest` that must be stored. */
  files: Extract<IngestOutcome, { accepted: true }>['files'] | null
  result: Result | null
}

interface Stage {
  readonly name: string
  run(job: Job): Effect.Effect<void, StoreError | UploadEnd>
}

const STAGES: readonly Stage[] = [
  { name: 'receive', run: receive },
  { name: 'reuse', run: reuse },
  { name: 'ingest', run: ingest },
  { name: 'store', run: store },
  { name: 'record', run: record },
]

/** Runs the upload to its end. Interruption ends it as abandoned, with the upload's own reason. */
export function runUpload(upload: Upload, parts: PipelineParts): Effect.Effect<void> {
  const job: Job = { upload, parts, bytes: new Uint8Array(), files: null, result: null }
  return Effect.sync(() => upload.moveTo('checking')).pipe(
    Effect.andThen(
      Effect.forEach(STAGES, ({ name, run }) => run(job).pipe(Effect.annotateLogs({ stage: name })), { discard: true }),
    ),
    Effect.onExit((exit) => settle(upload, exit)),
    // A file that cannot be removed now is swept later.
    Effect.ensuring(parts.assets.remove(upload.key).pipe(Effect.timeoutOption(STORE_ANSWER_MS_MAX), Effect.ignore)),
    Effect.exit,
    Effect.asVoid,
    inArea('uploads', { upload: upload.id }),
  )
}

function settle(upload: Upload, exit: Exit.Exit<void, StoreError | UploadEnd>): Effect.Effect<void> {
  if (Exit.isSuccess(exit)) return Effect.void
  if (Cause.hasInterruptsOnly(exit.cause))
    return Effect.sync(() => upload.moveTo('failed', { message: upload.givenUp }))
  const error = Cause.squash(exit.cause)
  if (error instanceof UploadEnd) {
    const { message, rejections, warnings } = error
    return Effect.sync(() =>
      rejections.length > 0
        ? upload.moveTo('rejected', { rejections, warnings })
        : upload.moveTo('failed', { message }),
    )
  }
  return Effect.andThen(
    isStoreError(error)
      ? Effect.logError('the upload failed:', error)
      : Effect.logError(error instanceof Error ? (error.stack ?? error.message) : String(error)),
    Effect.sync(() => upload.moveTo('failed', { message: failureMessage(error) })),
  )
}

function failureMessage(error: unknown): string {
  if (isStoreError(error) && error.isRetryable)
    return 'The server could not reach its archive or its store of files for some minutes. Upload the file again later.'
  if (isStoreError(error) && error.reason === 'broken')
    return 'The archive of this server is damaged. Tell its operator, and upload the file again when that is repaired.'
  if (isStoreError(error) && error.reason === 'full')
    return 'The server has no room for more files. Tell its operator, and try again later.'
  return 'The server failed at this file. Try again; if that fails too, tell its operator.'
}

const retried = <T>({ upload }: Job, call: Effect.Effect<T, StoreError>): Effect.Effect<T, StoreError> =>
  retryWhileAway(call, (message) => upload.setMessage(message))

const rejected = (rule: string, value: string | number | null, limit: string | number, message: string): UploadEnd =>
  new UploadEnd(message, [{ rule, where: '', value, limit, message }])

/**
 * Reads the bytes and checks that they are the declared ones. Reads once, because the owner may still write to the
 * incoming file.
 */
function receive(job: Job): Effect.Effect<void, StoreError | UploadEnd> {
  const { bytes: size, sha256 } = job.upload.declaration
  return Effect.gen(function* () {
    const bytes = yield* retried(job, job.parts.assets.get(job.upload.key, size)).pipe(
      Effect.mapError((error) => {
        if (error.reason === 'too-large')
          return rejected(
            'UPLOAD_SIZE',
            null,
            size,
            `More bytes arrived than the ${size} that were declared. Upload the file again.`,
          )
        return error.reason === 'not-found' ? new UploadEnd('The file is not there any more. Upload it again.') : error
      }),
    )
    if (bytes.length !== size)
      return yield* Effect.fail(
        rejected(
          'UPLOAD_SIZE',
          bytes.length,
          size,
          `${bytes.length} bytes arrived where ${size} were declared. Upload the file again.`,
        ),
      )
    const arrived = yield* Effect.promise(() => sha256Of(bytes))
    if (arrived !== sha256)
      return yield* Effect.fail(
        rejected(
          'UPLOAD_HASH',
          arrived,
          sha256,
          'The bytes that arrived are not those that were declared. Upload the file again.',
        ),
      )
    job.bytes = bytes
    return undefined
  })
}

/** Uses the package that the same bytes became before, if the archive still has it. */
function reuse(job: Job): Effect.Effect<void, StoreError> {
  const hash = job.parts.dedupe.hashOf(fingerprintOf(job.upload.declaration))
  if (hash === null) return Effect.void
  return retried(job, job.parts.archive.package(hash)).pipe(
    Effect.map((stored) => {
      if (stored) job.result = { hash: stored.hash, manifest: stored.manifest, warnings: [] }
    }),
  )
}

function ingest(job: Job): Effect.Effect<void, UploadEnd> {
  if (job.result) return Effect.void
  const { upload, parts, bytes } = job
  const file = join(parts.directory, upload.id)
  const startMs = performance.now()
  const removed = Effect.tryPromise(() => rm(file, { force: true })).pipe(
    Effect.catch((error) => Effect.logWarning(`its file stays behind: ${textOf(error.cause)}`)),
  )
  return Effect.promise(() => writeFile(file, bytes, { mode: 0o600 })).pipe(
    Effect.andThen(ingestFile(file, upload, parts)),
    Effect.ensuring(
      Effect.andThen(
        Effect.sync(() => parts.ingested((performance.now() - startMs) / 1_000)),
        removed,
      ),
    ),
    Effect.flatMap((outcome) => {
      if (!outcome.accepted)
        return Effect.fail(new UploadEnd('The file was rejected.', outcome.rejections, outcome.warnings))
      const { hash, manifest, warnings } = outcome
      job.files = outcome.files
      job.result = { hash, manifest, warnings }
      return Effect.void
    }),
  )
}

/** Interruption ends the ingest's process and waits for its end. */
function ingestFile(file: string, upload: Upload, parts: PipelineParts): Effect.Effect<IngestOutcome> {
  const { name, kind, humanoid, fit } = upload.declaration
  const options = {
    name,
    ...(kind === null ? {} : { kind }),
    ...(humanoid === null ? {} : { humanoid }),
    fit,
    onStage: (stage: IngestStage) => upload.moveTo(stage),
  }
  return Effect.flatMap(callbackLog('uploads'), (log) =>
    Effect.callback((resume) => {
      const process = new AbortController()
      const running = parts.ingest(file, options, {
        signal: process.signal,
        report: (message) => log.warn(message, { upload: upload.id }),
      })
      const ended = running.then(
        (outcome) => resume(Effect.succeed(outcome)),
        (error: unknown) => resume(Effect.die(error)),
      )
      return Effect.suspend(() => {
        process.abort(upload.givenUp)
        return Effect.promise(() => ended)
      })
    }),
  )
}

/**
 * Stores all files of the package, then the package. The manifest is among the files, so its hash leads to every one.
 */
function store(job: Job): Effect.Effect<void, StoreError> {
  const { upload, parts, files, result } = job
  if (!files || !result) return Effect.void
  let done = 0
  const { hash, manifest } = result
  return Effect.forEach(
    files.values(),
    ({ bytes, mediaType }) =>
      Effect.suspend(() => {
        upload.moveTo('storing', {}, done++ / (files.size + 1))
        return retried(job, parts.assets.put(bytes, mediaType))
      }),
    { discard: true },
  ).pipe(Effect.andThen(retried(job, parts.archive.putPackage({ hash, kind: manifest.kind, manifest }))))
}

/**
 * Adds the package to its user's records. Not interrupted halfway, so that a recorded upload is also reported as done.
 */
function record(job: Job): Effect.Effect<void, StoreError | UploadEnd> {
  const { upload, parts, result } = job
  if (!result) return Effect.void
  const { hash, manifest, warnings } = result
  const {
    id,
    owner: { uid, user, name: userName },
    declaration: { name, sharing },
  } = upload
  const { archive, nowMs, dedupe } = parts
  return Effect.gen(function* () {
    upload.moveTo('storing', {}, 0.9)
    yield* retried(job, archive.putUser({ uid, number: user, name: userName }))
    yield* addRecord(job, {
      id,
      package: hash,
      userUid: uid,
      name,
      sharing,
      bytes: bytesOf(manifest),
      createdAtMs: nowMs(),
    })
    // The user may have it already. A shared package stays shared when it is uploaded again.
    const own = (yield* retried(job, archive.recordsOf(uid))).find((each) => each.package === hash)
    if (own && sharing === 'everyone' && own.sharing !== sharing)
      yield* retried(job, archive.setSharing(own.id, uid, sharing))
    dedupe.put(fingerprintOf(upload.declaration), hash)
    upload.moveTo('done', { package: hash, kind: manifest.kind, rank: manifest.rank, warnings })
  }).pipe(Effect.uninterruptible)
}

const addRecord = (job: Job, entry: ObjectRecord): Effect.Effect<void, StoreError | UploadEnd> =>
  retried(job, job.parts.archive.putRecord(entry, QUOTA)).pipe(
    Effect.mapError((error) => (error.reason === 'conflict' ? new UploadEnd(quotaWords) : error)),
  )

export const quotaWords = `One user may keep ${PACKAGES_PER_USER_MAX} packages of ${PACKAGE_BYTES_PER_USER_MAX / 1e9} GB together. Remove some that you no longer need.`

/** Total bytes of a package's files. */
function bytesOf({ files: { runtime, original, levels, textures } }: PackageManifest): number {
  return [runtime, original, ...levels, ...textures].reduce((sum, { bytes }) => sum + bytes, 0)
}
