/** Errors of recordings on disk. */
import { codeOf } from '../fault.ts'

/**
 * `no-space`: the disk or a quota is full. `exists`: another process has begun the same recording. `fenced`: another
 * server continues the realm. `denied`: rights. `io`: anything else.
 */
export type RecordingFaultReason = 'no-space' | 'exists' | 'fenced' | 'denied' | 'io'

/** A recording could not be written. Everything written before is intact, and the file ends with a whole chunk. */
export class RecordingFault extends Error {
  override readonly name = 'RecordingFault'
  readonly reason: RecordingFaultReason
  readonly path: string
  constructor(reason: RecordingFaultReason, path: string, message: string, options?: ErrorOptions) {
    super(message, options)
    this.reason = reason
    this.path = path
  }
}

/** The reasons that come from the file system. */
type FileReason = Exclude<RecordingFaultReason, 'fenced'>

const REASONS: Readonly<Record<string, FileReason>> = {
  ENOSPC: 'no-space',
  EDQUOT: 'no-space',
  EFBIG: 'no-space',
  EEXIST: 'exists',
  EACCES: 'denied',
  EPERM: 'denied',
  EROFS: 'denied',
}
const WORDS: Readonly<Record<FileReason, string>> = {
  'no-space': 'there is no space left; free some, or point --data at another disk',
  exists: 'it exists already; is another server running on the same data directory?',
  denied: 'the rights do not allow it; check who owns the data directory',
  io: 'the disk reported an error',
}

/** Maps errors, most of them of the file system, to RecordingFault. No other file of this module interprets them. */
export function faultOf(error: unknown, path: string, doing: string): RecordingFault {
  if (error instanceof RecordingFault) return error
  const code = codeOf(error) ?? ''
  const reason = REASONS[code] ?? 'io'
  return new RecordingFault(reason, path, `could not ${doing} ${path}: ${WORDS[reason]} (${code || String(error)})`, {
    cause: error,
  })
}
