/** Replays recordings, and reduces all their state hashes to one, to compare engines and processors. */
import { sha256 } from '@noble/hashes/sha2.js'
import {
  readRecording,
  RecordingPlayer,
  simulationOf,
  toHex,
  verify,
  type Recording,
  type Simulation,
} from '../../../replay/index.ts'
import { loadEngine, type Realm } from '../../../sim/index.ts'

export interface NamedRecording {
  readonly name: string
  readonly bytes: Uint8Array
}

export interface ReplayDigest {
  readonly files: number
  readonly ticks: number
  /** Phase hashes and checkpoints that were compared with the recorded ones. */
  readonly samples: number
  readonly checkpoints: number
  /** SHA-256 of the replayed hashes of all ticks of all files, in their order. */
  readonly digest: string
}

/** Throws with file and tick where the replay differs from the recording. */
async function hashesOf(recording: Recording, name: string, simulation: Simulation<Realm>): Promise<string[]> {
  const opened = await RecordingPlayer.open(recording, simulation)
  if (!opened.ok) throw opened.error
  const player = opened.value
  const hashes: string[] = []
  try {
    while (!player.done) {
      const played = player.step()
      if (!played.ok) throw played.error
      const hash = simulation.hash(player.realm)
      const recorded = recording.hash(player.tick)
      if (hash !== recorded)
        throw new Error(`${name} differs after tick ${player.tick}: recorded ${recorded}, here ${hash}`)
      hashes.push(hash)
    }
  } finally {
    player.free()
  }
  return hashes
}

/** Replays all recordings here. Rejects if one differs. */
export async function digestOf(recordings: Iterable<NamedRecording>): Promise<ReplayDigest> {
  const simulation = simulationOf(await loadEngine())
  const all: string[] = []
  const counts = { files: 0, samples: 0, checkpoints: 0 }
  for (const { name, bytes } of recordings) {
    const read = readRecording(bytes)
    if (!read.ok) throw read.error
    const verified = await verify(read.value, simulation)
    if (!verified.ok) throw verified.error
    const { firstDivergence, samplesCompared, checkpointsCompared } = verified.value
    if (firstDivergence) throw new Error(`${name}: ${firstDivergence.message}`)
    counts.files++
    counts.samples += samplesCompared
    counts.checkpoints += checkpointsCompared
    all.push(...(await hashesOf(read.value, name, simulation)))
  }
  return { ...counts, ticks: all.length, digest: toHex(sha256(new TextEncoder().encode(all.join(' ')))) }
}
