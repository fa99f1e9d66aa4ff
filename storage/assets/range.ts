/** The Range header of a request (RFC 9110 section 14.2) for one range of bytes. */

/** First and last byte, both included. */
export interface ByteRange {
  readonly first: number
  readonly last: number
}

/** `whole`: no range, one that is malformed or in another unit (to be ignored), or several (may be answered whole). */
type RangeRequest = ByteRange | 'whole' | 'unsatisfiable'

const SINGLE = /^bytes=[ \t]*(\d*)-(\d*)[ \t]*$/i

/** The bytes to send of a file of `size` bytes. */
export function parseRange(header: string | undefined, size: number): RangeRequest {
  const [, from = '', to = ''] = SINGLE.exec(header ?? '') ?? []
  if (from === '' && to === '') return 'whole'
  if (from === '') return suffix(Number(to), size)
  const first = Number(from)
  const last = to === '' ? size - 1 : Math.min(Number(to), size - 1)
  // Exact also beyond what a number holds
  if (to !== '' && BigInt(to) < BigInt(from)) return 'whole'
  return first < size ? { first, last } : 'unsatisfiable'
}

function suffix(length: number, size: number): RangeRequest {
  if (length === 0 || size === 0) return 'unsatisfiable'
  return { first: Math.max(0, size - length), last: size - 1 }
}
