/**
 * Scans the tags of a message before it is decoded, and checks bytes, repeats and lengths against the limits. So the
 * generated decoder, which builds an object for each repeat, never sees more than a message may hold. Layouts do not
 * recurse, so they bound the depth. Wire format: protobuf.dev/programming-guides/encoding.
 */
import { Invalid, within } from './result.ts'

/** Limits of a field. A field without a layout may have `OTHER_FIELD_BYTES_MAX` bytes. */
export interface FieldLimits {
  readonly name: string
  /** Bytes of a length-delimited value. */
  readonly bytesMax: number
  /** Number of times that a repeated field may occur in the message; singular fields leave it out. */
  readonly repeatsMax?: number
  readonly layout?: MessageLayout
}

/** Limits by field number. */
type MessageLayout = readonly (FieldLimits | undefined)[]

/** Bytes of a field without limits of its own: a small message of a few numbers, or a field of a later version. */
const OTHER_FIELD_BYTES_MAX = 256

/** A layout from its fields by number. */
export function layout(fields: Readonly<Record<number, FieldLimits>>): MessageLayout {
  const list: (FieldLimits | undefined)[] = []
  for (const [number, limits] of Object.entries(fields)) list[Number(number)] = limits
  return Array.from(list)
}

/** Throws Invalid (inside this folder only) if the bytes break a limit or are not the wire format. */
export function scan(bytes: Uint8Array, bytesMax: number, root: MessageLayout): void {
  if (bytes.length > bytesMax)
    throw new Invalid('too-large', '', `the message has ${bytes.length} bytes; at most ${bytesMax} are allowed`)
  scanMessage({ bytes, position: 0 }, bytes.length, root)
}

interface Cursor {
  readonly bytes: Uint8Array
  position: number
}

function scanMessage(cursor: Cursor, end: number, fields: MessageLayout): void {
  let counts: number[] | undefined
  while (cursor.position < end) {
    const tag = varint(cursor, end)
    const field = tag >>> 3
    if (field === 0) throw malformed('a field has number 0')
    const limits = fields[field]
    if (limits?.repeatsMax !== undefined) {
      counts ??= []
      const count = (counts[field] ?? 0) + 1
      counts[field] = count
      if (count > limits.repeatsMax)
        throw new Invalid('too-large', limits.name, `there are more than ${limits.repeatsMax}`)
    }
    passValue(cursor, end, tag & 7, limits)
  }
}

/** Skips a value. A nested message is scanned on the way. */
function passValue(cursor: Cursor, end: number, wireType: number, limits: FieldLimits | undefined): void {
  switch (wireType) {
    case 0:
      varint(cursor, end)
      return
    case 1:
      cursor.position = notBeyond(cursor.position + 8, end)
      return
    case 5:
      cursor.position = notBeyond(cursor.position + 4, end)
      return
    case 2: {
      const length = varint(cursor, end)
      const bytesMax = limits?.bytesMax ?? OTHER_FIELD_BYTES_MAX
      if (length > bytesMax)
        throw new Invalid(
          'too-large',
          limits?.name ?? '',
          `a field has ${length} bytes; at most ${bytesMax} are allowed`,
        )
      const stop = notBeyond(cursor.position + length, end)
      if (limits?.layout !== undefined) descend(cursor, stop, limits.name, limits.layout)
      cursor.position = stop
      return
    }
    default:
      throw malformed(`wire type ${wireType} is not used`)
  }
}

function descend(cursor: Cursor, end: number, name: string, fields: MessageLayout): void {
  try {
    scanMessage(cursor, end, fields)
  } catch (error) {
    throw within(name, error)
  }
}

/** Low 32 bits of a varint of at most 10 bytes. */
function varint(cursor: Cursor, end: number): number {
  let value = 0
  for (let i = 0; i < 10; i += 1) {
    if (cursor.position >= end) throw malformed('the message ends within a number')
    const byte = cursor.bytes[cursor.position] ?? 0
    cursor.position += 1
    if (i < 5) value |= (byte & 127) << (7 * i)
    if (byte < 128) return value >>> 0
  }
  throw malformed('a number has more than 10 bytes')
}

function notBeyond(position: number, end: number): number {
  if (position > end) throw malformed('the message ends within a value')
  return position
}

function malformed(message: string): Invalid {
  return new Invalid('malformed', '', message)
}
