/** The state that a realm goes on from: its newest recording, last checkpoint that restores, and the frames after it. */
import { Player, RecordingError, salvageRecording, type Damage, type Quarantine, type Recording, type Simulation } from '../../replay/index.ts'
import type { RealmDefinition } from '../../sim/index.ts'
import { listRecordings, type RecordingEntry } from './list.ts'
import { nodePlatform, type Platform } from './platform.ts'

/** A recording that was passed over, and why. */
export interface Skipped {
  readonly path: string
  readonly error: RecordingError
}

export interface Recovered<R> {
  readonly status: 'recovered'
  /** Belongs to the caller, who frees it. */
  readonly realm: R
  readonly definition: RealmDefinition
  readonly tick: number
  readonly hash: string
  readonly path: string
  readonly epoch: number
  readonly nextEpoch: number
  readonly ticksReplayed: number
  /** Frames that trapped twice (or cannot be decoded): the realm goes on from the tick before, without them. Record them, tell operator and senders. */
  readonly quarantined: readonly Quarantine[]
  /** Hashed ticks after the recovered one that could not be had: after a trap or damage. They were seen, and are lost. */
  readonly ticksLost: number
  /** First replayed tick whose hash is not the recorded one: a fault of the simulation; null as it should be. */
  readonly divergedAt: number | null
  readonly damage: readonly Damage[]
  readonly skipped: readonly Skipped[]
}

/**
 * - `fresh`: there is no recording.
 * - `other-version`: the newest one is of another engine or simulation, and cannot be gone on from.
 * - `unusable`: there are recordings, and none gives a state; to start afresh over them is the operator's decision.
 */
export type Recovery<R> =
  | Recovered<R>
  | { readonly status: 'fresh'; readonly nextEpoch: number }
  | { readonly status: 'other-version'; readonly path: string; readonly error: RecordingError; readonly nextEpoch: number }
  | { readonly status: 'unusable'; readonly nextEpoch: number; readonly skipped: readonly Skipped[] }

/** Recovers a realm. Throws what the file system throws, and what the simulation throws where it traps on restoring too. */
export async function recover<R>(directory: string, realm: string, simulation: Simulation<R>, platform: Platform = nodePlatform): Promise<Recovery<R>> {
  const entries = await listRecordings(directory, realm, platform)
  const nextEpoch = entries.reduce((newest, { epoch }) => Math.max(newest, epoch), 0) + 1
  const skipped: Skipped[] = []
  for (const entry of entries) {
    const found = await recoverFrom(entry, simulation, platform)
    if (found instanceof RecordingError) {
      if (found.reason === 'other-engine' || found.reason === 'other-sim') return { status: 'other-version', path: entry.path, error: found, nextEpoch }
      skipped.push({ path: entry.path, error: found })
    } else {
      // Its last ticks may be in the system's memory alone, and nobody will write to it again.
      await platform.syncFile(entry.path)
      return { status: 'recovered', ...found, path: entry.path, epoch: entry.epoch, nextEpoch, skipped }
    }
  }
  return skipped.length === 0 ? { status: 'fresh', nextEpoch } : { status: 'unusable', nextEpoch, skipped }
}

type Found<R> = Pick<Recovered<R>, 'realm' | 'definition' | 'tick' | 'hash' | 'ticksReplayed' | 'quarantined' | 'ticksLost' | 'divergedAt' | 'damage'>

async function recoverFrom<R>(entry: RecordingEntry, simulation: Simulation<R>, platform: Platform): Promise<Found<R> | RecordingError> {
  const salvage = salvageRecording(await platform.read(entry.path))
  if (!salvage.ok) return salvage.error
  const { parts, damage } = salvage.value
  const lastTick = parts.reduce((last, part) => Math.max(last, part.lastTick), 0)
  let failed: RecordingError | null = null
  for (const part of parts.toReversed()) {
    const replayed = await new Recoverer(part, simulation).toEnd()
    if (!(replayed instanceof RecordingError)) return { ...replayed, damage, ticksLost: Math.max(0, lastTick - replayed.tick) }
    failed ??= replayed
  }
  return failed ?? new RecordingError('no-start', 'the recording holds no state to start from')
}

/** Replays one whole stretch from its last checkpoint, and deals with frames that trap. */
class Recoverer<R> {
  private readonly recording: Recording
  private readonly simulation: Simulation<R>
  private divergedAt: number | null = null

  constructor(recording: Recording, simulation: Simulation<R>) {
    this.recording = recording
    this.simulation = simulation
  }

  async toEnd(): Promise<Omit<Found<R>, 'damage' | 'ticksLost'> | RecordingError> {
    // What was written last is wanted too: a frame whose step nobody saw the end of was accepted all the same.
    const target = this.recording.lastTick + (this.recording.hasFrameWithoutHash ? 1 : 0)
    const first = await this.replay(target)
    if (first instanceof RecordingError || first.trap === null) return first instanceof RecordingError ? first : this.found(first, [])
    const second = await this.replay(target)
    if (second instanceof RecordingError || second.trap === null) return second instanceof RecordingError ? second : this.found(second, [])
    const { tick, reason } = second.trap
    const frame = this.recording.frameBytes(tick) ?? new Uint8Array(0)
    const before = await this.replay(tick - 1)
    if (before instanceof RecordingError) return before
    if (before.trap) throw new Error(`the simulation trapped at tick ${before.trap.tick} (${before.trap.reason}), where it did not before`)
    return this.found(before, [{ tick, reason, frame }])
  }

  private found({ player, from }: { player: Player<R>; from: number }, quarantined: readonly Quarantine[]): Omit<Found<R>, 'damage' | 'ticksLost'> {
    const { realm, definition, tick } = player
    return { realm, definition, tick, hash: this.simulation.hash(realm), ticksReplayed: tick - from, quarantined, divergedAt: this.divergedAt }
  }

  /** From the newest checkpoint not after `target` to `target`, or to a trap; after one, the player has been freed. */
  private async replay(target: number): Promise<{ player: Player<R>; from: number; trap: { tick: number; reason: string } | null } | RecordingError> {
    const opened = await Player.open(this.recording, this.simulation, target)
    if (!opened.ok) return opened.error
    const player = opened.value
    const from = player.tick
    while (player.tick < target) {
      const tick = player.tick + 1
      try {
        const played = player.step()
        if (!played.ok) throw played.error
      } catch (error) {
        return { player: freed(player, player), from, trap: { tick, reason: (error as Error).message } }
      }
      const expected = this.recording.hash(player.tick)
      if (expected !== null && expected !== this.simulation.hash(player.realm)) this.divergedAt ??= player.tick
    }
    return { player, from, trap: null }
  }
}

/** Gives a player's memory back; after a trap the engine may refuse even that. */
function freed<R, T>(player: Player<R>, value: T): T {
  try {
    player.free()
  } catch {
    return value
  }
  return value
}
