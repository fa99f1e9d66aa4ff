/** Replays a recording and compares every state hash, phase hash and checkpoint with the recorded ones. */
import { defined } from '../sim/assert.ts'
import { faultText, good, type RecordingResult } from './error.ts'
import { RecordingPlayer } from './player/recording-player.ts'
import type { CheckpointEntry, Recording } from './recording.ts'
import type { Simulation } from './simulation.ts'

/**
 * - `start`: the starting state already differs.
 * - `phase`: the state differs after `phase` of this tick; known if the tick has a sample.
 * - `hash`: the state after the tick differs.
 * - `checkpoint`: the checkpoint of this tick does not restore to the recorded state.
 * - `fault`: the simulation trapped.
 */
export interface Divergence {
  readonly tick: number
  readonly kind: 'start' | 'phase' | 'hash' | 'checkpoint' | 'fault'
  /** The first phase that differs, if the tick has a sample. */
  readonly phase: string | null
  readonly expected: string | null
  readonly actual: string | null
  readonly message: string
}

export interface Verification {
  /** True if everything that could be compared agrees. */
  readonly ok: boolean
  /** The tick of the state that it started from, and the last tick to compare. */
  readonly from: number
  readonly to: number
  readonly ticksExecuted: number
  /** Number of ticks whose state hash was compared. */
  readonly hashesCompared: number
  /** Number of samples; each has a hash for each phase. */
  readonly samplesCompared: number
  readonly checkpointsCompared: number
  readonly truncated: boolean
  readonly firstDivergence: Divergence | null
  /** Seconds of realm time per second of verification. */
  readonly realTimeFactor: number
  /** True if `signal` stopped it before the end. */
  readonly aborted: boolean
}

export interface VerifyOptions {
  /** Starts at the last checkpoint that is not after this tick. Without it, at the recording's start. */
  readonly from?: number
  /** The last tick to compare. Without it, the recording's. */
  readonly to?: number
  onProgress?(progress: { readonly done: number; readonly total: number }): void
  /**
   * For a recording that is still written: resolves with a longer reading of it once there is one, and with null if
   * no more comes.
   */
  grown?(): Promise<Recording | null>
  readonly signal?: AbortSignal
  /** Milliseconds of any monotonic clock. */
  nowMs?(): number
}

/** Longest time for which the thread is blocked, ms. */
const SLICE_MS = 50
const NO_TICK_YET = -1

/** Errors: those of RecordingPlayer.open, and `corrupt` if a frame or a checkpoint is malformed. */
export async function verify<R>(
  recording: Recording,
  simulation: Simulation<R>,
  options: VerifyOptions = {},
): Promise<RecordingResult<Verification>> {
  const player = await RecordingPlayer.open(recording, simulation, options.from)
  if (!player.ok) return player
  const run = new Run(player.value, simulation, options)
  try {
    return await run.toEnd()
  } finally {
    player.value.free()
  }
}

class Run<R> {
  readonly #player: RecordingPlayer<R>
  readonly #simulation: Simulation<R>
  readonly #options: VerifyOptions
  readonly #nowMs: () => number
  readonly #from: number
  #to: number
  readonly #checkpoints = new Map<number, CheckpointEntry[]>()
  /** Checkpoints of ticks that were compared before their checkpoints were written. */
  readonly #late: CheckpointEntry[] = []
  #hashesCompared = 0
  #samplesCompared = 0
  #checkpointsCompared = 0
  #lastExecuted = NO_TICK_YET

  constructor(player: RecordingPlayer<R>, simulation: Simulation<R>, options: VerifyOptions) {
    this.#player = player
    this.#simulation = simulation
    this.#options = options
    this.#nowMs = options.nowMs ?? (() => performance.now())
    this.#from = player.tick
    this.#to = Math.max(player.tick, Math.min(options.to ?? Infinity, player.recording.lastTick))
    this.#addCheckpoints(player.recording.checkpoints)
  }

  #addCheckpoints(entries: readonly CheckpointEntry[]): void {
    for (const entry of entries)
      this.#checkpoints.set(entry.tick, [...(this.#checkpoints.get(entry.tick) ?? []), entry])
  }

  async toEnd(): Promise<RecordingResult<Verification>> {
    const startMs = this.#nowMs()
    // The first slice ends at once, so that progress shows from the beginning and an earlier abort is noticed.
    let sliceEndMs = startMs
    let found = this.#compareStart()
    while (!found && !this.#options.signal?.aborted) {
      if (this.#isDone && this.#late.length === 0) {
        if (await this.#grow()) continue
        break
      }
      const late = this.#late.shift()
      const stepped = await (late ? this.#compareStored(late) : this.#compareTick())
      if (!stepped.ok) return stepped
      found = stepped.value
      if (this.#nowMs() < sliceEndMs) continue
      this.#report()
      await new Promise((resolve) => setTimeout(resolve, 0))
      sliceEndMs = this.#nowMs() + SLICE_MS
    }
    this.#report()
    return good(this.#result(found, this.#nowMs() - startMs))
  }

  /** Waits for more of a recording that is still written. False if no more comes. */
  async #grow(): Promise<boolean> {
    const grown = (await this.#options.grown?.()) ?? null
    if (!grown) return false
    const known = this.#player.recording.checkpoints.length
    this.#player.extend(grown)
    this.#to = Math.min(this.#options.to ?? Infinity, grown.lastTick)
    const added = grown.checkpoints.slice(known)
    this.#addCheckpoints(added)
    // A checkpoint is written some ticks after its own.
    this.#late.push(...added.filter(({ tick }) => tick > this.#from && tick <= this.#player.tick))
    return true
  }

  get #ticksExecuted(): number {
    return this.#lastExecuted === NO_TICK_YET ? 0 : this.#lastExecuted - this.#from
  }

  get #isDone(): boolean {
    return this.#player.tick >= this.#to
  }

  #report(): void {
    this.#options.onProgress?.({ done: this.#ticksExecuted, total: this.#to - this.#from })
  }

  #result(found: Divergence | null, elapsedMs: number): Verification {
    const { recording } = this.#player
    const aborted = !found && !this.#isDone
    const realMs = (1000 * this.#ticksExecuted) / recording.header.tickRate
    return {
      ok: !found && !aborted,
      from: this.#from,
      to: this.#to,
      ticksExecuted: this.#ticksExecuted,
      hashesCompared: this.#hashesCompared,
      samplesCompared: this.#samplesCompared,
      checkpointsCompared: this.#checkpointsCompared,
      truncated: recording.truncated,
      firstDivergence: found,
      realTimeFactor: elapsedMs > 0 ? realMs / elapsedMs : 0,
      aborted,
    }
  }

  #compareStart(): Divergence | null {
    const { recording, realm, tick } = this.#player
    const expected = recording.hash(tick)
    const actual = this.#simulation.hash(realm)
    if (expected === null || expected === actual) return null
    return {
      tick,
      kind: 'start',
      phase: null,
      expected,
      actual,
      message: `the starting state, at tick ${tick}, differs: recorded ${expected}, replayed ${actual}`,
    }
  }

  /** Steps one tick and compares everything recorded about it. */
  async #compareTick(): Promise<RecordingResult<Divergence | null>> {
    const tick = this.#player.tick + 1
    const sample = this.#player.recording.samples.get(tick)
    const phases = new Map<string, string>()
    let stepped
    try {
      stepped = this.#player.step(
        sample && ((phase) => phases.set(phase, this.#simulation.phaseHash(this.#player.realm))),
      )
    } catch (error) {
      return good({
        tick,
        kind: 'fault',
        phase: null,
        expected: this.#player.recording.hash(tick),
        actual: null,
        message: `tick ${tick} could not be replayed: ${faultText(error, tick)}`,
      })
    }
    if (!stepped.ok) return stepped
    this.#lastExecuted = tick
    const phase = sample ? this.#comparePhases(tick, sample.phases, phases) : null
    return phase ? good(phase) : this.#compareState(tick)
  }

  #comparePhases(tick: number, recorded: readonly string[], replayed: ReadonlyMap<string, string>): Divergence | null {
    this.#samplesCompared++
    for (const [i, phase] of this.#player.recording.header.phases.entries()) {
      const expected = recorded[i] ?? null
      const actual = replayed.get(phase) ?? null
      if (expected !== actual)
        return {
          tick,
          kind: 'phase',
          phase,
          expected,
          actual,
          message: `the state first differs after phase "${phase}" of tick ${tick}: recorded ${expected}, replayed ${actual}`,
        }
    }
    return null
  }

  async #compareState(tick: number): Promise<RecordingResult<Divergence | null>> {
    const expected = this.#player.recording.hash(tick)
    const actual = this.#simulation.hash(this.#player.realm)
    this.#hashesCompared++
    if (expected !== actual)
      return good({
        tick,
        kind: 'hash',
        phase: null,
        expected,
        actual,
        message: `the state after tick ${tick} differs: recorded ${expected}, replayed ${actual}`,
      })
    for (const entry of this.#checkpoints.get(tick) ?? []) {
      const found = await this.#compareStored(entry)
      if (!found.ok || found.value) return found
    }
    return good(null)
  }

  /** Compares a checkpoint with the recorded hash of its tick, which the state had. */
  async #compareStored(entry: CheckpointEntry): Promise<RecordingResult<Divergence | null>> {
    const { recording } = this.#player
    const bytes = await recording.checkpointBytes(entry)
    if (!bytes.ok) return bytes
    const expected = defined(recording.hash(entry.tick), 'a checkpoint is of a tick with a hash')
    return good(this.#compareCheckpoint(entry.tick, bytes.value, expected))
  }

  #compareCheckpoint(tick: number, bytes: Uint8Array, expected: string): Divergence | null {
    this.#checkpointsCompared++
    try {
      const actual = this.#hashOf(this.#simulation.restore(this.#player.definition, bytes))
      if (actual === expected) return null
      return {
        tick,
        kind: 'checkpoint',
        phase: null,
        expected,
        actual,
        message: `the checkpoint of tick ${tick} restores to another state: recorded ${expected}, restored ${actual}`,
      }
    } catch (error) {
      return {
        tick,
        kind: 'checkpoint',
        phase: null,
        expected,
        actual: null,
        message: `the checkpoint of tick ${tick} cannot be restored: ${(error as Error).message}`,
      }
    }
  }

  /** Frees the realm, also if its hash cannot be computed. */
  #hashOf(restored: R): string {
    try {
      return this.#simulation.hash(restored)
    } finally {
      this.#simulation.free(restored)
    }
  }
}
