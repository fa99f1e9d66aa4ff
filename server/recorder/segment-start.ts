/**
 * A recording begins with the state that the realm goes on from. Where that takes more bytes than a checkpoint may, it
 * begins with the last one that fits, and with the frames since: nothing is lost, and nothing has to go.
 */
import type { Recording } from '../../replay/index.ts'
import {
  elementCount,
  free,
  genesis,
  hash,
  restore,
  type Engine,
  type Realm,
  type RealmDefinition,
} from '../../sim/index.ts'
import type { RecordingFile } from '../../storage/recordings/index.ts'

export interface SegmentStart {
  readonly recording: Recording
  readonly tick: number
  readonly hash: string
  readonly players: number
  readonly elements: number
  /** Null: from genesis. */
  readonly checkpoint: Uint8Array | null
}

/** Null where the recording has none that fits and does not begin with genesis. */
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
    if (bytes.ok) return describe(restore(engine, definition, bytes.value), recording, bytes.value)
  }
  return recording.header.start === 'genesis' && recording.startTick === 0
    ? describe(genesis(engine, definition), recording, null)
    : null
}

function describe(realm: Realm, recording: Recording, checkpoint: Uint8Array | null): SegmentStart {
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

/** Writes the frames since, up to the realm's tick, with their hashes. */
export function rewriteFrames({ recording, tick }: SegmentStart, realm: Realm, file: RecordingFile): void {
  for (let at = tick + 1; at <= realm.tick; at++) {
    const frame = recording.frame(at)
    if (!frame.ok) throw frame.error
    file.frame(frame.value)
    file.hash(at, at === realm.tick ? hash(realm) : (recording.hash(at) ?? ''))
  }
}
