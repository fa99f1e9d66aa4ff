/** Recordings that are opened, salvaged and summarised. A repaired one has correct checksums over mutated content. */
import { describeRecording, readRecording, readSummary, salvageRecording } from '../../../replay/index.ts'
import { peekChunk } from '../../../replay/format/chunks.ts'
import { crc32c } from '../../../replay/format/crc32c.ts'
import { PREAMBLE_BYTES } from '../../../replay/format/format.ts'
import { promise, type FuzzTarget } from '../target.ts'

/** Writes the correct checksum at the end of each chunk, as long as the chunks are consecutive. */
function repair(bytes: Uint8Array): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  for (let chunk = peekChunk(bytes, PREAMBLE_BYTES); chunk !== null; chunk = peekChunk(bytes, chunk.end))
    view.setUint32(chunk.payloadEnd, crc32c(bytes, chunk.offset, chunk.payloadEnd), true)
  return bytes
}

function recording(bytes: Uint8Array): boolean {
  const opened = readRecording(bytes)
  const salvaged = salvageRecording(bytes)
  promise(!opened.ok || salvaged.ok, 'a recording that opens cannot be salvaged')
  if (!opened.ok) {
    promise(opened.error.message !== '', 'a refusal has no words')
    return false
  }
  const { startTick, lastTick } = opened.value
  for (const tick of [startTick, startTick + 1, lastTick, lastTick + 1]) {
    opened.value.frame(tick)
    if (tick > startTick && tick <= lastTick)
      promise(/^[0-9a-f]{16}$/.test(opened.value.hash(tick) ?? ''), `tick ${tick} has no hash`)
  }
  describeRecording(opened.value)
  return true
}

async function summary(bytes: Uint8Array): Promise<boolean> {
  const read = (offset: number, length: number): Promise<Uint8Array> =>
    Promise.resolve(bytes.subarray(offset, offset + length))
  const summed = await readSummary({ size: bytes.length, read })
  if (!summed.ok) promise(summed.error.message !== '', 'a refusal has no words')
  return summed.ok
}

export const recordingTargets: readonly FuzzTarget[] = [
  { name: 'recording', run: recording, repair, share: 0.1 },
  { name: 'recording-summary', run: summary, repair, share: 0.1 },
]
