/** The Range header of a request (RFC 9110 section 14.2) for one range of bytes. */

/** First and last byte, both included. */
export interface ByteRange {
  readonly first: number
  readonly last: number
}

/**
 * `whole`: no range, a malformed one or one in another unit (to be ignored), or several (the whole file is a permitted
 * answer).
 */
type RangeRequest = ByteRange | 'whole' | 'unsatisfiable'

const SINGLE = /^bytes=[ \t]*(\d*)-(\d*)[ \t]*$/i

/** Returns the bytes to send from a file of `size` bytes. */
export function parseRange(header: string | undefined, size: number): RangeRequest {
  const [, from = '', to = ''] = SINGLE.exec(header ?? '') ?? []
  if (from === '' && to === '') return 'whole'
  if (from === '') return suffix(Number(to), size)
  const first = Number(from)
  const last = to === '' ? size - 1 : Math.min(Number(to), size - 1)
  // BigInt is exact beyond the safe integers
  if (to !== '' && BigInt(to) < BigInt(from)) return 'whole'
  return first < size ? { first, last } : 'unsatisfiable'
}

function suffix(length: number, size: number): RangeRequest {
  if (length === 0 || size === 0) return 'unsatisfiable'
  return { first: Math.max(0, size - length), last: size - 1 }
}
