/** The course of an upload whose bytes have arrived: checked, ingested, stored, recorded. Each step may be done again. */
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ArchiveService, ObjectRecord } from '../../storage/archive/archive.ts'
import { AssetError, type AssetsService } from '../../storage/assets/assets.ts'
import { sha256Of } from '../../storage/assets/hash.ts'
import type { IngestOptions, IngestOutcome, IngestStage, IngestWarning, Rejection } from '../../ingest/types.ts'
import type { PackageManifest } from '../../packages/manifest.ts'
import { textOf } from '../error.ts'
import { PACKAGE_BYTES_PER_USER_MAX, PACKAGES_PER_USER_MAX } from '../limits.ts'
import { fingerprintOf } from './declaration.ts'
import type { DedupeCache } from './dedupe-cache.ts'
import { isStoreError, outcomeOf, PATIENCE, patiently, type Patience } from './retry.ts'
import type { Upload } from './upload.ts'

export const QUOTA = { bytesMax: PACKAGE_BYTES_PER_USER_MAX, countMax: PACKAGES_PER_USER_MAX }

/** Ingests a file of this machine in a process of its own, which ends with the signal; rejects where it could not be done at all. */
export type IngestFileAt = (
  file: string,
  options: IngestOptions,
  setting: { readonly signal: AbortSignal; report(message: string): void },
) => Promise<IngestOutcome>

export interface PipelineParts {
  readonly archive: ArchiveService
  readonly assets: AssetsService
  readonly ingest: IngestFileAt
  /** Where the file lies while it is ingested. */
  readonly directory: string
  readonly dedupe: DedupeCache
  readonly patience: Pick<Patience, 'patienceMs' | 'nowMs' | 'sleep'>
  /** Unix time. */
  nowMs(): number
  ingested(seconds: number): void
  log(line: string): void
}

/** An end that is no fault of the server's. */
class Ended extends Error {
  readonly rejections: readonly Rejection[]
  constructor(message: string, rejections: readonly Rejection[] = []) {
    super(message)
    this.rejections = rejections
  }
}

/** Carries the upload to its end, whatever that is; never rejects. */
export async function runPipeline(upload: Upload, parts: PipelineParts): Promise<void> {
  try {
    await run(upload, parts)
  } catch (error) {
    settleBy(error, upload, parts)
  }
  // What cannot be removed now is swept later.
  await outcomeOf(parts.assets.remove(upload.key)).catch(() => undefined)
}

function settleBy(error: unknown, upload: Upload, { log }: PipelineParts): void {
  if (error instanceof Ended && error.rejections.length > 0)
    return upload.now('rejected', { rejections: error.rejections })
  if (error instanceof Ended) return upload.now('failed', { message: error.message })
  log(`upload ${upload.id}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`)
  if (isStoreError(error) && error.isRetryable)
    return upload.now('failed', {
      message:
        'The server could not reach its archive or its store of files for some minutes. Upload the file again later.',
    })
  if (isStoreError(error) && error.reason === 'broken')
    return upload.now('failed', {
      message:
        'The archive of this server is damaged. Tell its operator, and upload the file again when that is mended.',
    })
  if (isStoreError(error) && error.reason === 'full')
    return upload.now('failed', {
      message: 'The server has no room for more files. Tell its operator, and try again later.',
    })
  return upload.now('failed', {
    message: 'The server failed at this file. Try again; if that fails too, tell its operator.',
  })
}

async function run(upload: Upload, parts: PipelineParts): Promise<void> {
  upload.now('checking')
  const patience: Patience = {
    ...PATIENCE,
    ...parts.patience,
    signal: upload.given.signal,
    say: (message) => upload.say(message),
  }
  const fingerprint = fingerprintOf(upload.declaration)
  const bytes = await receivedBytes(upload, parts, patience)
  const known = parts.dedupe.hashOf(fingerprint)
  const stored = known === null ? null : await patiently(patience, () => parts.archive.package(known))
  if (stored) return record(upload, stored.hash, stored.manifest, [], parts, patience)
  const outcome = await ingested(upload, bytes, parts)
  if (!outcome.accepted) return upload.now('rejected', { rejections: outcome.rejections, warnings: outcome.warnings })
  await store(upload, outcome, parts, patience)
  await patiently(patience, () =>
    parts.archive.putPackage({ hash: outcome.hash, kind: outcome.manifest.kind, manifest: outcome.manifest }),
  )
  await record(upload, outcome.hash, outcome.manifest, outcome.warnings, parts, patience)
  parts.dedupe.put(fingerprint, outcome.hash)
}

function goOn({ given: { signal } }: Upload): void {
  if (signal.aborted) throw new Ended(String(signal.reason))
}

const rejected = (rule: string, value: string | number | null, limit: string | number, message: string): Ended =>
  new Ended(message, [{ rule, where: '', value, limit, message }])

/** The bytes as they arrived, if they are the declared ones. Read once: what lies in the quarantine may be written to by its owner. */
async function receivedBytes(upload: Upload, { assets }: PipelineParts, patience: Patience): Promise<Uint8Array> {
  const { bytes: size, sha256 } = upload.declaration
  const bytes = await patiently(patience, () => assets.get(upload.key, size)).catch((error: unknown) => {
    if (!(error instanceof AssetError)) throw error
    if (error.reason === 'too-large')
      throw rejected(
        'UPLOAD_SIZE',
        null,
        size,
        `More bytes arrived than the ${size} that were declared. Upload the file again.`,
      )
    if (error.reason === 'not-found') throw new Ended('The file is not there any more. Upload it again.')
    throw error
  })
  if (bytes.length !== size)
    throw rejected(
      'UPLOAD_SIZE',
      bytes.length,
      size,
      `${bytes.length} bytes arrived where ${size} were declared. Upload the file again.`,
    )
  const arrived = await sha256Of(bytes)
  if (arrived !== sha256)
    throw rejected(
      'UPLOAD_HASH',
      arrived,
      sha256,
      'The bytes that arrived are not those that were declared. Upload the file again.',
    )
  return bytes
}

async function ingested(upload: Upload, bytes: Uint8Array, parts: PipelineParts): Promise<IngestOutcome> {
  goOn(upload)
  const { name, kind, humanoid } = upload.declaration
  const file = join(parts.directory, upload.id)
  const startMs = performance.now()
  try {
    await writeFile(file, bytes, { mode: 0o600 })
    const options = {
      name,
      ...(kind === null ? {} : { kind }),
      ...(humanoid === null ? {} : { humanoid }),
      onStage: (stage: IngestStage) => upload.now(stage),
    }
    const outcome = await parts.ingest(file, options, {
      signal: upload.given.signal,
      report: (message) => parts.log(`upload ${upload.id}: ${message}`),
    })
    // An ingest that was ended from outside is no fault of the file's.
    goOn(upload)
    return outcome
  } catch (error) {
    goOn(upload)
    throw error
  } finally {
    parts.ingested((performance.now() - startMs) / 1_000)
    await rm(file, { force: true }).catch((error: unknown) =>
      parts.log(`upload ${upload.id}: its file stays behind: ${textOf(error)}`),
    )
  }
}

/** All files of the package, the manifest among them; who has the package's hash finds every one. */
async function store(
  upload: Upload,
  { files }: Extract<IngestOutcome, { accepted: true }>,
  { assets }: PipelineParts,
  patience: Patience,
): Promise<void> {
  let done = 0
  for (const { bytes, mediaType } of files.values()) {
    goOn(upload)
    upload.now('storing', {}, done / (files.size + 1))
    await patiently(patience, () => assets.put(bytes, mediaType))
    done++
  }
}

async function record(
  upload: Upload,
  hash: string,
  manifest: PackageManifest,
  warnings: readonly IngestWarning[],
  { archive, nowMs }: PipelineParts,
  patience: Patience,
): Promise<void> {
  const {
    id,
    owner: { uid, user, name: userName },
    declaration: { name, sharing },
  } = upload
  upload.now('storing', {}, 0.9)
  await patiently(patience, () => archive.putUser({ uid, number: user, name: userName }))
  await add(
    { id, package: hash, userUid: uid, name, sharing, bytes: bytesOf(manifest), createdAtMs: nowMs() },
    archive,
    patience,
  )
  // Where the user had it already. A thing that was shared before stays so: who uploads it again did not ask to take it back.
  const own = (await patiently(patience, () => archive.recordsOf(uid))).find((each) => each.package === hash)
  if (own && sharing === 'everyone' && own.sharing !== sharing)
    await patiently(patience, () => archive.setSharing(own.id, uid, sharing))
  upload.now('done', { package: hash, kind: manifest.kind, rank: manifest.rank, warnings })
}

async function add(entry: ObjectRecord, archive: ArchiveService, patience: Patience): Promise<void> {
  await patiently(patience, () => archive.putRecord(entry, QUOTA)).catch((error: unknown) => {
    if (isStoreError(error) && error.reason === 'conflict') throw new Ended(quotaWords)
    throw error
  })
}

export const quotaWords = `One user may keep ${PACKAGES_PER_USER_MAX} packages of ${PACKAGE_BYTES_PER_USER_MAX / 1e9} GB together. Remove some that you no longer need.`

/** Of all files of a package. */
export function bytesOf({ files: { runtime, original, levels, textures } }: PackageManifest): number {
  return [runtime, original, ...levels, ...textures].reduce((sum, { bytes }) => sum + bytes, 0)
}
