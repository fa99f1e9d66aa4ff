/**
 * The recovery plan: what to leave out of a realm on which the simulation fails, so that it can continue; and one
 * attempt with a plan. docs/recording.md, "Recovery", has the rules.
 */
import { decodeFrame, encodeFrame } from '../../../protocol/index.ts'
import { RecordingError, type RecordingErrorReason, type Simulation } from '../../../replay/index.ts'
import type {
  Command,
  ElementId,
  Input,
  InputFrame,
  PlayerId,
  RealmDefinition,
  SimEvent,
  UserNumber,
} from '../../../sim/index.ts'
import type { Platform } from '../platform.ts'
import { replayFile, ReplayFault } from '../resume-recording.ts'

/** Continue after `tick` of a recording. The next frame begins with the removals. */
export interface RecoveryPlan {
  readonly path: string
  readonly tick: number
  /** The simulation's error message. */
  readonly reason: string
  /** True if the inputs of the frame after `tick` are left out. */
  readonly leavesOut: boolean
  readonly props: readonly ElementId[]
  /** Players whose avatars leave. */
  readonly players: readonly PlayerId[]
  /** True if the realm goes back to a tick before the last recorded one. */
  readonly goesBack: boolean
  /** Number of attempts that the search took. */
  readonly attempts: number
}

/** An element that can be removed. */
export interface RemovableElement {
  readonly type: 'prop' | 'avatar'
  readonly element: ElementId
  /** The player of an avatar; 0 for a prop. */
  readonly player: PlayerId
  readonly user: UserNumber
  readonly name: string
  readonly isAwake: boolean
}

/** A simulation that can list and remove elements of its realms. */
export interface RecoverableSimulation<R> extends Simulation<R> {
  elements(realm: R): readonly RemovableElement[]
}

/** A state to try from, and what is known of it. */
export interface Base {
  readonly path: string
  /** First tick of the recording. */
  readonly startTick: number
  readonly tick: number
  readonly definition: RealmDefinition
  readonly checkpoint: Uint8Array
  /** The recorded frame of the next tick; null if it has no inputs. */
  readonly pending: Uint8Array | null
  readonly elements: readonly RemovableElement[]
  /** Ticks at which elements were last spawned, grabbed, scaled or released. */
  readonly touched: ReadonlyMap<ElementId, number>
}

export type Attempt =
  /** Replays a recording to `tick`, or to the last whole tick if null. */
  | { readonly type: 'replay'; readonly path: string; readonly tick: number | null }
  /** Continues from a state for `ticks` ticks; `frame` is the first. */
  | {
      readonly type: 'go-on'
      readonly base: Pick<Base, 'tick' | 'definition' | 'checkpoint'>
      readonly frame: FirstFrame
      readonly ticks: number
    }

/** The frame after a base: the removals, and the recorded inputs if they are kept. */
interface FirstFrame {
  readonly pending: Uint8Array | null
  readonly props: readonly ElementId[]
  readonly players: readonly PlayerId[]
}

export type AttemptOutcome =
  | { readonly type: 'replayed'; readonly base: Base }
  | { readonly type: 'went-on' }
  /** `tick`: the tick that failed; null if the failure was outside of a step. */
  | { readonly type: 'failed'; readonly tick: number | null; readonly reason: string }
  | { readonly type: 'unusable'; readonly reason: RecordingErrorReason; readonly message: string }

/** Runs attempts, each with a time limit. A failed attempt has no effect on the next. */
export interface AttemptRunner {
  run(attempt: Attempt): Promise<AttemptOutcome>
}

/**
 * Puts the removals after the server's own inputs and before those of players. Returns null if the recorded inputs
 * cannot be decoded.
 */
export function frameOf(tick: number, { pending, props, players }: FirstFrame): InputFrame | null {
  const decoded = pending === null ? null : decodeFrame(pending)
  if (decoded && !decoded.ok) return null
  const inputs = decoded?.value.inputs ?? []
  const own = inputs.filter(({ player }) => player === 0)
  const commands: Command[] = [
    ...props.map((element): Command => ({ type: 'despawn', element })),
    ...players.map((player): Command => ({ type: 'leave', player })),
  ]
  const first = (own.at(-1)?.sequence ?? 0) + 1
  const removals = commands.map((command, i): Input => ({ player: 0, sequence: first + i, command }))
  const frame = decodeFrame(encodeFrame({ tick, inputs: [...own, ...removals, ...inputs.slice(own.length)] }))
  return frame.ok ? frame.value : null
}

/** Runs one attempt in this thread. It may never end, and after a failure the engine must not be used again. */
export async function runAttempt<R>(
  attempt: Attempt,
  simulation: RecoverableSimulation<R>,
  platform?: Platform,
): Promise<AttemptOutcome> {
  try {
    return attempt.type === 'replay' ? await replay(attempt, simulation, platform) : goOn(attempt, simulation)
  } catch (error) {
    return {
      type: 'failed',
      tick: error instanceof ReplayFault ? error.tick : null,
      reason: error instanceof Error ? error.message : String(error),
    }
  }
}

async function replay<R>(
  { path, tick }: Extract<Attempt, { type: 'replay' }>,
  simulation: RecoverableSimulation<R>,
  platform?: Platform,
): Promise<AttemptOutcome> {
  const touched = new Map<ElementId, number>()
  const watching: Simulation<R> = {
    ...simulation,
    step: (realm, frame, onPhase) => {
      const events = simulation.step(realm, frame, onPhase)
      for (const event of events) noteTouch(event, frame.tick, touched)
      return events
    },
  }
  const found = await replayFile(path, watching, {
    withPending: false,
    ...(tick === null ? {} : { tick }),
    ...(platform ? { platform } : {}),
  })
  if (found instanceof RecordingError) return { type: 'unusable', reason: found.reason, message: found.message }
  const { realm, definition, recording } = found
  const base: Base = {
    path,
    startTick: recording.startTick,
    tick: found.tick,
    definition,
    checkpoint: simulation.checkpoint(realm),
    pending: recording.frameBytes(found.tick + 1)?.slice() ?? null,
    elements: simulation.elements(realm),
    touched,
  }
  simulation.free(realm)
  return { type: 'replayed', base }
}

function noteTouch(event: SimEvent, tick: number, touched: Map<ElementId, number>): void {
  if ('element' in event) touched.set(event.element, tick)
}

function goOn<R>(
  { base, frame: wanted, ticks }: Extract<Attempt, { type: 'go-on' }>,
  simulation: RecoverableSimulation<R>,
): AttemptOutcome {
  const realm = simulation.restore(base.definition, base.checkpoint)
  for (let tick = base.tick + 1; tick <= base.tick + ticks; tick++) {
    const frame = tick === base.tick + 1 ? frameOf(tick, wanted) : { tick, inputs: [] }
    if (!frame) return { type: 'failed', tick, reason: 'the frame cannot be decoded' }
    try {
      simulation.step(realm, frame)
      simulation.hash(realm)
    } catch (error) {
      return { type: 'failed', tick, reason: error instanceof Error ? error.message : String(error) }
    }
  }
  simulation.checkpoint(realm)
  simulation.free(realm)
  return { type: 'went-on' }
}
