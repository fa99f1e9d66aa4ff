/** The ordinary restart of a realm: its newest recording, the last checkpoint that restores, and the frames after it. */
import {
  RecordingPlayer,
  RecordingError,
  salvageRecording,
  type Damage,
  type Recording,
  type Simulation,
} from '../../replay/index.ts'
import type { RealmDefinition } from '../../sim/index.ts'
import { listRecordings } from './list.ts'
import { nodePlatform, type Platform } from './platform.ts'

/** A recording that was skipped, and why. */
export interface Skipped {
  readonly path: string
  readonly error: RecordingError
}

export interface Resumed<R> {
  readonly status: 'resumed'
  /** The caller owns it and frees it. */
  readonly realm: R
  readonly definition: RealmDefinition
  readonly tick: number
  readonly hash: string
  readonly path: string
  readonly epoch: number
  readonly nextEpoch: number
  readonly ticksReplayed: number
  /** The recording that the realm continues from. Later frames of it, if any, are left out. */
  readonly recording: Recording
  /** Ticks with a hash after the resumed tick. Clients saw them, and they are lost to damage or a recovery plan. */
  readonly ticksLost: number
  /**
   * First replayed tick whose hash differs from the recorded one, which is a fault of the simulation; null if all are
   * equal.
   */
  readonly divergedAt: number | null
  readonly damage: readonly Damage[]
  readonly skipped: readonly Skipped[]
}

/**
 * - `fresh`: there is no recording.
 * - `other-version`: the newest recording is of another engine or simulation, and cannot be continued.
 * - `unusable`: there are recordings, but none gives a state. Only the operator may decide to start afresh.
 */
export type ResumeResult<R> =
  | Resumed<R>
  | { readonly status: 'fresh'; readonly nextEpoch: number }
  | {
      readonly status: 'other-version'
      readonly path: string
      readonly error: RecordingError
      readonly nextEpoch: number
    }
  | { readonly status: 'unusable'; readonly nextEpoch: number; readonly skipped: readonly Skipped[] }

/**
 * The simulation failed while a recording was replayed. Do not use the engine instance any more. The search
 * (fault-recovery/plan-search.ts) finds out what to leave out.
 */
export class ReplayFault extends Error {
  override readonly name = 'ReplayFault'
  readonly path: string
  readonly tick: number
  constructor(path: string, tick: number, cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause })
    this.path = path
    this.tick = tick
  }
}

export interface ResumeOptions {
  readonly platform?: Platform
  /** Continue from this recording after this tick, whatever follows. */
  readonly from?: { readonly path: string; readonly tick: number }
}

/** Finds the state that a realm continues from. Throws ReplayFault if the simulation fails on the recording, and errors of the file system. */
export async function resumeRecording<R>(
  directory: string,
  realm: string,
  simulation: Simulation<R>,
  options: ResumeOptions = {},
): Promise<ResumeResult<R>> {
  const { platform = nodePlatform, from } = options
  const entries = await listRecordings(directory, realm, platform)
  const nextEpoch = entries.reduce((newest, { epoch }) => Math.max(newest, epoch), 0) + 1
  const skipped: Skipped[] = []
  for (const entry of entries) {
    if (from && entry.path !== from.path) continue
    const found = await replayFile(entry.path, simulation, { platform, ...(from ? { tick: from.tick } : {}) })
    if (found instanceof RecordingError) {
      if (found.reason === 'other-engine' || found.reason === 'other-sim')
        return { status: 'other-version', path: entry.path, error: found, nextEpoch }
      skipped.push({ path: entry.path, error: found })
    } else {
      // Its last ticks may be only in the system's memory, and nobody will write to the file again.
      await platform.syncFile(entry.path)
      return { status: 'resumed', ...found, path: entry.path, epoch: entry.epoch, nextEpoch, skipped }
    }
  }
  return skipped.length === 0 ? { status: 'fresh', nextEpoch } : { status: 'unusable', nextEpoch, skipped }
}

type Replayed<R> = Pick<
  Resumed<R>,
  'realm' | 'definition' | 'tick' | 'hash' | 'ticksReplayed' | 'recording' | 'ticksLost' | 'divergedAt' | 'damage'
>

interface ReplayOptions {
  readonly platform?: Platform
  /** The last tick to step. By default the last one written, whether or not anybody saw the end of its step. */
  readonly tick?: number
  /** By default true: without `tick`, a frame without a hash is stepped too. */
  readonly withPending?: boolean
}

/**
 * Replays one file up to the requested tick. Of a damaged file it replays the last part that gives a state. Throws
 * ReplayFault.
 */
export async function replayFile<R>(
  path: string,
  simulation: Simulation<R>,
  options: ReplayOptions = {},
): Promise<Replayed<R> | RecordingError> {
  const { platform = nodePlatform, tick, withPending = true } = options
  const salvage = salvageRecording(await platform.read(path))
  if (!salvage.ok) return salvage.error
  const { parts, damage } = salvage.value
  const lastTick = parts.reduce((last, part) => Math.max(last, part.lastTick), 0)
  let failed: RecordingError | null = null
  for (const part of parts.toReversed()) {
    if (tick !== undefined && part.startTick > tick) continue
    // Step the last frame too: it was accepted even if the process ended during its step.
    const last = part.lastTick + (withPending && part.hasFrameWithoutHash ? 1 : 0)
    const replayed = await replayPart(path, part, simulation, Math.min(tick ?? last, last))
    if (!(replayed instanceof RecordingError))
      return { ...replayed, recording: part, damage, ticksLost: Math.max(0, lastTick - replayed.tick) }
    failed ??= replayed
  }
  return failed ?? new RecordingError('no-start', 'the recording holds no state to start from')
}

/** Replays from the newest checkpoint at or before `target` to `target`. */
async function replayPart<R>(
  path: string,
  recording: Recording,
  simulation: Simulation<R>,
  target: number,
): Promise<Omit<Replayed<R>, 'recording' | 'damage' | 'ticksLost'> | RecordingError> {
  const opened = await RecordingPlayer.open(recording, simulation, target)
  if (!opened.ok) return opened.error
  const player = opened.value
  const from = player.tick
  let divergedAt: number | null = null
  while (player.tick < target) {
    const tick = player.tick + 1
    try {
      const played = player.step()
      if (!played.ok) throw played.error
    } catch (error) {
      throw new ReplayFault(path, tick, error)
    }
    const expected = recording.hash(player.tick)
    if (expected !== null && expected !== simulation.hash(player.realm)) divergedAt ??= player.tick
  }
  const { realm, definition, tick } = player
  return { realm, definition, tick, hash: simulation.hash(realm), ticksReplayed: tick - from, divergedAt }
}
