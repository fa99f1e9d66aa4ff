/** The index: the summary of a sealed recording, so that a reader can seek without reading all of it. */
import { exactJson } from '../../packages/exact-json.ts'
import { parseJsonObject } from './header.ts'

/** Tick and byte offset. */
export type TickOffset = readonly [tick: number, offset: number]

export interface RecordingIndex {
  readonly startTick: number
  readonly lastTick: number
  /** Frames with inputs; others are not written. */
  readonly frames: number
  readonly inputs: number
  /** Different players: those in the starting state and all that joined later. */
  readonly players: number
  /** Elements at the end, from the last sample. */
  readonly elements: number
  /** Each checkpoint's tick and its chunk's offset. */
  readonly checkpoints: readonly TickOffset[]
  /** A tick, and the offset of the first chunk after its hash: reading continues there with the next tick. */
  readonly seekPoints: readonly TickOffset[]
}

export const encodeIndex = (index: RecordingIndex): Uint8Array => new TextEncoder().encode(exactJson({ ...index }))

const isCount = (value: unknown): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
const isPlaces = (value: unknown): value is TickOffset[] =>
  Array.isArray(value) && value.every((place) => Array.isArray(place) && place.length === 2 && place.every(isCount))

/** Returns null if the payload is not an index. */
export function decodeIndex(payload: Uint8Array): RecordingIndex | null {
  const { startTick, lastTick, frames, inputs, players, elements, checkpoints, seekPoints } =
    parseJsonObject(payload) ?? {}
  if (
    !isCount(startTick) ||
    !isCount(lastTick) ||
    !isCount(frames) ||
    !isCount(inputs) ||
    !isCount(players) ||
    !isCount(elements)
  )
    return null
  if (!isPlaces(checkpoints) || !isPlaces(seekPoints)) return null
  return { startTick, lastTick, frames, inputs, players, elements, checkpoints, seekPoints }
}
