/** Describes a recording without running it, so that it also works for recordings of other versions. */
import { packageOf } from '../sim/index.ts'
import { bad, good, type RecordingResult } from './error.ts'
import type { Recording } from './recording.ts'

export interface RecordingInfo {
  readonly ticks: number
  readonly tickRate: number
  /** Different players: those in the starting state and all that joined later. */
  readonly players: number
  /** Elements at the end, from the last sample (at most a second old). */
  readonly elements: number
  /** SHA-256 of the physics wasm. */
  readonly engine: string
  readonly simVersion: number
  readonly bytes: number
  readonly checkpoints: number
  readonly realm: string
  readonly epoch: number
  readonly segment: number
  readonly start: 'genesis' | 'checkpoint'
  readonly startTick: number
  readonly lastTick: number
  /** Hashes of the starting state and of the state after the last tick, 16 hex digits. */
  readonly startHash: string
  readonly lastHash: string
  /** True if a frame follows whose hash was not written: a restart steps it, and continues a tick later. */
  readonly unhashedFrame: boolean
  /** Ticks that have inputs. */
  readonly frames: number
  readonly inputs: number
  readonly samples: number
  /** Hashes of the packages that its inputs add, spawn or wear, in order. */
  readonly packages: readonly string[]
  readonly quarantined: number
  /** True if the recording was not closed: the process ended, or the file was cut. */
  readonly truncated: boolean
  /** Bytes of an incomplete tail. */
  readonly tornBytes: number
  readonly createdAt: string
  readonly recordedBy: string
}

/** Reads every frame. Error: `corrupt` if one cannot be decoded. */
export function describeRecording(recording: Recording): RecordingResult<RecordingInfo> {
  const { header, startTick, lastTick } = recording
  const joined = new Set<number>()
  const packages = new Set<string>()
  let inputs = 0
  for (let tick = startTick + 1; tick <= lastTick; tick++) {
    const frame = recording.frame(tick)
    if (!frame.ok) return bad(frame.error)
    inputs += frame.value.inputs.length
    for (const { command } of frame.value.inputs) {
      if (command.type === 'join') joined.add(command.player)
      const named = packageOf(command)
      if (named !== null) packages.add(named)
    }
  }
  const lastSample = [...recording.samples.values()].at(-1)
  return good({
    ticks: lastTick - startTick,
    tickRate: header.tickRate,
    players: header.players + joined.size,
    elements: lastSample?.elements ?? header.elements,
    engine: header.engine,
    simVersion: header.simVersion,
    bytes: recording.bytes,
    checkpoints: recording.checkpoints.length,
    realm: header.realm,
    epoch: header.epoch,
    segment: header.segment,
    start: header.start,
    startTick,
    lastTick,
    startHash: header.startHash,
    lastHash: recording.hash(lastTick) ?? header.startHash,
    unhashedFrame: recording.hasFrameWithoutHash,
    frames: recording.frames,
    inputs,
    samples: recording.samples.size,
    packages: [...packages].toSorted(),
    quarantined: recording.quarantined.length,
    truncated: recording.truncated,
    tornBytes: recording.bytes - recording.wholeBytes,
    createdAt: header.createdAt,
    recordedBy: header.recordedBy,
  })
}
