/**
 * Start of a recording whose realm has grown beyond the size of a checkpoint. A recording normally starts with the
 * realm's state. Where that does not fit, it starts with the last checkpoint that fits, and repeats the frames since
 * then.
 */
import type { Recording } from '../../../replay/index.ts'
import { defined } from '../../../sim/assert.ts'
import {
  elementCount,
  free,
  genesis,
  hash,
  restore,
  type Engine,
  type Realm,
  type RealmDefinition,
} from '../../../sim/index.ts'
import type { RecordingFile } from '../../../storage/recordings/index.ts'

export interface SegmentStart {
  readonly recording: Recording
  readonly tick: number
  readonly hash: string
  readonly players: number
  readonly elements: number
  /** Null: the recording starts with genesis. */
  readonly checkpoint: Uint8Array | null
}

/** Returns null where `recording` has no checkpoint that fits and does not start with genesis. */
export async function findSegmentStart(
  recording: Recording,
  tick: number,
  bytesMax: number,
  engine: Engine,
  definition: RealmDefinition,
): Promise<SegmentStart | null> {
  for (const entry of recording.checkpoints
    .filter((one) => one.tick <= tick && one.rawBytes <= bytesMax)
    .toSorted((a, b) => b.tick - a.tick)) {
    const bytes = await recording.checkpointBytes(entry)
    if (bytes.ok) return startAt(restore(engine, definition, bytes.value), recording, bytes.value)
  }
  return recording.header.start === 'genesis' && recording.startTick === 0
    ? startAt(genesis(engine, definition), recording, null)
    : null
}

function startAt(realm: Realm, recording: Recording, checkpoint: Uint8Array | null): SegmentStart {
  const start = {
    recording,
    tick: realm.tick,
    hash: hash(realm),
    players: realm.players.size,
    elements: elementCount(realm),
    checkpoint,
  }
  free(realm)
  return start
}

/** Writes the frames after the start, up to the realm's tick, with their hashes. */
export function rewriteFrames({ recording, tick }: SegmentStart, realm: Realm, file: RecordingFile): void {
  for (let at = tick + 1; at <= realm.tick; at++) {
    const frame = recording.frame(at)
    if (!frame.ok) throw frame.error
    file.frame(frame.value)
    file.hash(
      at,
      at === realm.tick ? hash(realm) : defined(recording.hash(at), 'each replayed tick has its hash in the recording'),
    )
  }
}
