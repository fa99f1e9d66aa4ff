/** Maps S3's errors to AssetError. No other file interprets them. */
import { AssetError } from './assets.ts'

interface S3Answer {
  readonly name: string
  /** Null if there was no answer. */
  readonly status: number | null
  readonly text: string
}

function answerOf(error: unknown): S3Answer {
  const text = error instanceof Error ? error.message : String(error)
  const name = error instanceof Error ? error.name : ''
  const metadata: unknown = typeof error === 'object' && error !== null && '$metadata' in error ? error.$metadata : null
  const status =
    typeof metadata === 'object' &&
    metadata !== null &&
    'httpStatusCode' in metadata &&
    typeof metadata.httpStatusCode === 'number'
      ? metadata.httpStatusCode
      : null
  return { name, status, text }
}

const FULL: ReadonlySet<string> = new Set(['QuotaExceeded', 'InsufficientStorage', 'StorageFull'])
const WRONG: ReadonlySet<string> = new Set([
  'BadDigest',
  'XAmzContentSHA256Mismatch',
  'InvalidDigest',
  'XAmzContentChecksumMismatch',
])
/** Answers that a retry may change although they are not 5xx. */
const PASSING: ReadonlySet<string> = new Set([
  'ConditionalRequestConflict',
  'OperationAborted',
  'RequestTimeout',
  'SlowDown',
])

/** `doing`: as in "could not …"; `where`: the file or the bucket. */
export function s3Fault(error: unknown, doing: string, where: string): AssetError {
  if (error instanceof AssetError) return error
  const { name, status, text } = answerOf(error)
  const fault = (reason: AssetError['reason'], why: string, fix: string): AssetError =>
    new AssetError({ reason, what: `could not ${doing}: ${why}`, where, fix, cause: error })
  if (FULL.has(name) || status === 507)
    return fault('full', `S3 has no room (${name})`, 'raise the quota of the bucket or its user')
  if (status === null)
    return fault(
      'away',
      `S3 does not answer (${text})`,
      'check that the S3 server runs and that the address --s3-endpoint leads to it',
    )
  if (status >= 500 || status === 408 || status === 429 || PASSING.has(name))
    return fault('away', `S3 answers ${status} ${name}`, 'see the log of the S3 server')
  if (name === 'NoSuchBucket')
    return fault(
      'denied',
      'there is no such bucket',
      'create the bucket, or name another with --s3-bucket, and start again',
    )
  if (status === 404) return fault('not-found', 'there is no such file', 'upload it again')
  if (WRONG.has(name)) return fault('wrong-hash', `S3 received other bytes (${name})`, 'try again')
  if (status === 413 || name === 'EntityTooLarge')
    return fault('too-large', 'S3 takes no file of this size', 'use a smaller one')
  if (name === 'RequestTimeTooSkewed')
    return fault(
      'denied',
      'the clocks of this server and of S3 differ by more than a quarter of an hour',
      'set both by NTP',
    )
  return fault(
    'denied',
    `S3 answers ${status} ${name}: ${text}`,
    'check the access key, the secret key and the region, and that they may use the bucket',
  )
}

/** True if a conditional write found an existing file. */
export const isThereAlready = (error: unknown): boolean => answerOf(error).status === 412

/** True if the answer says that there is no such object. HEAD has no body that says more. */
export const isMissing = (error: unknown): boolean => answerOf(error).status === 404

/** The code of S3's answer, e.g. NoSuchCORSConfiguration. */
export const s3CodeOf = (error: unknown): string => answerOf(error).name
