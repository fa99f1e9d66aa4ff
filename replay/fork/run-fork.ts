/** Runs a recording's frames again from a state, with other inputs: what would have happened. */
import { decodeFrame } from '../../protocol/index.ts'
import type { Input, InputFrame, RealmDefinition, SimEvent } from '../../sim/index.ts'
import { bad, faultText, good, RecordingError, type RecordingResult } from '../error.ts'
import { RecordingPlayer } from '../player/recording-player.ts'
import type { Recording } from '../recording.ts'
import type { Simulation } from '../simulation.ts'
import { startOf } from '../versions/build-run.ts'

/**
 * The inputs of a tick instead of the recorded ones, in canonical order (sim/input-order.ts), with numbers that 32-bit
 * floats hold. Inputs of players who are not there are rejected by the simulation, as always.
 */
export type EditInputs = (tick: number, inputs: readonly Input[]) => readonly Input[]

/** The state bytes after a tick of a run, from Simulation.checkpoint. */
export interface ForkState {
  readonly tick: number
  readonly bytes: Uint8Array
}

export interface ForkRange<R = unknown> {
  /** The last tick to step; at most `lastForkTick` of the recording. */
  readonly to: number
  /** The state of an earlier run from which this one continues, instead of the runner's start. */
  readonly from?: ForkState
  readonly edit?: EditInputs
  /** As for Simulation.step. */
  onPhase?(phase: string, realm: R): void
}

/** A tick of a fork after its step. `realm` belongs to the run: read it, do not keep it. */
export interface ForkTick<R> {
  readonly tick: number
  readonly realm: R
  readonly frame: InputFrame
  readonly events: readonly SimEvent[]
}

/**
 * How a run ended, and its last tick. `end`: `to` is reached. `stopped`: `visit` returned true. `fault`: the step of
 * `tick` threw.
 */
export type ForkEnd =
  | { readonly kind: 'end' | 'stopped'; readonly tick: number }
  | { readonly kind: 'fault'; readonly tick: number; readonly error: Error }

/**
 * Recorded bytes of the decoded frames that a runner keeps. It runs the frames after its start again and again; those that
 * do not fit are decoded each time. A bound in ticks would let frames with large inputs fill the memory.
 */
const CACHED_BYTES_MAX = 8 * 1024 * 1024

/** The frame after the last tick, if the recording has it: its step failed, or did not end. */
function unfinishedFrame(recording: Recording): RecordingResult<InputFrame> | null {
  const tick = recording.lastTick + 1
  if (recording.hasFrameWithoutHash) return recording.frame(tick)
  const moved = recording.quarantined.find((each) => each.tick === tick)
  const decoded = moved && decodeFrame(moved.frame)
  return decoded?.ok && decoded.value.tick === tick ? good(decoded.value) : null
}

/** The last tick that a fork can step: the recording's last, or the one after it if its frame was written. */
export const lastForkTick = (recording: Recording): number =>
  recording.lastTick + (unfinishedFrame(recording) === null ? 0 : 1)

/** A state of a recording from which you run its later frames, as often as you like. */
export class ForkRunner<R> {
  readonly recording: Recording
  readonly simulation: Simulation<R>
  readonly definition: RealmDefinition
  /** The state after this tick is the start. */
  readonly startTick: number
  /** Null: genesis. */
  readonly #state: Uint8Array | null
  readonly #frames = new Map<number, InputFrame>()
  #cachedBytes = 0

  private constructor(
    from: Pick<ForkRunner<R>, 'recording' | 'simulation' | 'definition'>,
    startTick: number,
    state: Uint8Array | null,
  ) {
    this.recording = from.recording
    this.simulation = from.simulation
    this.definition = from.definition
    this.startTick = startTick
    this.#state = state
  }

  /**
   * Starts from the recorded state after tick `from`. Errors: those of RecordingPlayer.open; `diverged` if the replay up
   * to `from` does not give the recorded state. Throws RangeError unless startTick <= from <= lastTick.
   */
  static async open<R>(
    recording: Recording,
    simulation: Simulation<R>,
    from: number,
  ): Promise<RecordingResult<ForkRunner<R>>> {
    if (!(from >= recording.startTick && from <= recording.lastTick))
      throw new RangeError(`tick ${from} is not one of ${recording.startTick} to ${recording.lastTick}`)
    const opened = await RecordingPlayer.open(recording, simulation, from)
    if (!opened.ok) return opened
    const player = opened.value
    try {
      const reached = await player.reach(from)
      if (!reached.ok) return reached
      const isGenesis = from === 0 && recording.header.start === 'genesis'
      const source = { recording, simulation, definition: player.definition }
      return good(new ForkRunner(source, from, isGenesis ? null : simulation.checkpoint(player.realm)))
    } finally {
      player.free()
    }
  }

  /**
   * Starts as the recording does, whatever version made it: the states need not be the recorded ones. Errors: those of
   * `startOf`.
   */
  static async anyVersion<R>(recording: Recording, simulation: Simulation<R>): Promise<RecordingResult<ForkRunner<R>>> {
    const start = await startOf(recording, simulation)
    if (!start.ok) return start
    const { definition, realm } = start.value
    try {
      const state = recording.header.start === 'genesis' ? null : simulation.checkpoint(realm)
      return good(new ForkRunner({ recording, simulation, definition }, recording.startTick, state))
    } finally {
      simulation.free(realm)
    }
  }

  /** True if the start is the realm's genesis. */
  get startsFromGenesis(): boolean {
    return this.#state === null
  }

  /** Passes a realm in the starting state to `use`, and frees it. */
  withStart<T>(use: (realm: R) => T): T {
    const realm = this.#start()
    try {
      return use(realm)
    } finally {
      this.simulation.free(realm)
    }
  }

  /**
   * Steps the frames after the start, up to `to`, with edited inputs. `visit` is called after each step; it ends the run
   * by returning true. Error: `corrupt`, if a frame cannot be decoded.
   */
  run(range: ForkRange<R>, visit: (tick: ForkTick<R>) => boolean | void = () => false): RecordingResult<ForkEnd> {
    const steps = this.steps(range)
    for (let next = steps.next(); ; next = steps.next()) {
      if (next.done) return next.value
      let stops: boolean | void = true
      try {
        stops = visit(next.value)
      } finally {
        if (stops === true) steps.return(good({ kind: 'stopped', tick: next.value.tick }))
      }
      if (stops === true) return good({ kind: 'stopped', tick: next.value.tick })
    }
  }

  /**
   * As `run`, a tick for each `next`, for callers that wait in between. Returns how it ended. The realm is freed at the
   * end, and by `return`.
   */
  *steps({ to, from, edit, onPhase }: ForkRange<R>): Generator<ForkTick<R>, RecordingResult<ForkEnd>, undefined> {
    const realm = from ? this.simulation.restore(this.definition, from.bytes) : this.#start()
    const first = from?.tick ?? this.startTick
    const phased = onPhase && ((phase: string) => onPhase(phase, realm))
    let hasTrapped = false
    try {
      for (let tick = first + 1; tick <= to; tick++) {
        const recorded = this.frame(tick)
        if (!recorded.ok) return recorded
        const frame = edit ? { tick, inputs: edit(tick, recorded.value.inputs) } : recorded.value
        let events: readonly SimEvent[]
        try {
          events = this.simulation.step(realm, frame, phased)
        } catch (error) {
          hasTrapped = true
          return good({ kind: 'fault', tick, error: error as Error })
        }
        yield { tick, realm, frame, events }
      }
      return good({ kind: 'end', tick: Math.max(first, to) })
    } finally {
      this.#free(realm, hasTrapped)
    }
  }

  /**
   * A runner that starts after `tick` of a run with edited inputs: the edits are in its state. Errors: `corrupt`;
   * `diverged` if the run faults before.
   */
  after(tick: number, edit?: EditInputs): RecordingResult<ForkRunner<R>> {
    let state: Uint8Array | null = tick === this.startTick ? this.#state : null
    const ran = this.run({ to: tick, ...(edit && { edit }) }, (at) => {
      if (at.tick === tick) state = this.simulation.checkpoint(at.realm)
    })
    if (!ran.ok) return ran
    if (ran.value.kind !== 'fault') return good(new ForkRunner(this, tick, state))
    return bad(
      new RecordingError(
        'diverged',
        `tick ${ran.value.tick} could not be replayed: ${faultText(ran.value.error, ran.value.tick)}`,
      ),
    )
  }

  /** A runner that starts from a state of a run. */
  startingFrom({ tick, bytes }: ForkState): ForkRunner<R> {
    return new ForkRunner(this, tick, bytes)
  }

  /** The recorded frame of a tick, or of the one after the last if it was written. Error: `corrupt`. */
  frame(tick: number): RecordingResult<InputFrame> {
    const known = this.#frames.get(tick)
    if (known) return good(known)
    const read =
      tick === this.recording.lastTick + 1
        ? (unfinishedFrame(this.recording) ?? good({ tick, inputs: [] }))
        : this.recording.frame(tick)
    if (read.ok && this.#cachedBytes < CACHED_BYTES_MAX) {
      this.#frames.set(tick, read.value)
      this.#cachedBytes += this.recording.frameBytes(tick)?.length ?? 0
    }
    return read
  }

  /** After a trap the engine may refuse to free the realm; its memory is lost with the trap. */
  #free(realm: R, hasTrapped: boolean): void {
    try {
      this.simulation.free(realm)
    } catch (error) {
      if (!hasTrapped) throw error
    }
  }

  #start(): R {
    return this.#state === null
      ? this.simulation.genesis(this.definition)
      : this.simulation.restore(this.definition, this.#state)
  }
}
