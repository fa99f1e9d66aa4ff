/**
 * Runs one world of a scene and checks what must hold: it continues, every step is short, no number is NaN, and a
 * checkpoint continues identically.
 */
import {
  checkpoint,
  DEFAULT_DEFINITION,
  free,
  genesis,
  hash,
  iterateAvatars,
  iterateProps,
  restore,
  step,
  type Engine,
  type InputFrame,
  type Realm,
  type RealmDefinition,
} from '../../../sim/index.ts'
import { PHYSICS_COST_MAX } from '../../../sim/limits/physics-cost.ts'
import { CHECKPOINT_BYTES_MAX } from '../../../replay/format/format.ts'
import { Draw } from './edge-numbers.ts'
import { Scene } from './scene.ts'
import { threadClock } from './thread-clock.ts'

/** Ticks for which a restored realm is compared. */
const COMPARED_TICKS = 20
/**
 * Total number of runs of a world with a slow step. The shortest time of each step counts, because a garbage collection
 * may fall into any.
 */
const RUNS_MAX = 3
/** A step this slow is slow on any machine, so it is not run again, ms. */
const SURELY_SLOW_MS = 500
/** Total time of steps after which a world ends and counts as slow, ms. */
const WORLD_MS_MAX = 15_000
/** Ticks between two checks of the views. */
const VIEWS_EVERY_TICKS = 10

export type FailureKind = 'ended' | 'slow' | 'unequal' | 'non-finite' | 'too-large' | 'hung'

export interface SceneFailure {
  readonly kind: FailureKind
  readonly tick: number
  readonly message: string
}

export interface WorldReport {
  readonly world: number
  readonly style: string
  readonly isDefault: boolean
  readonly ticks: number
  readonly commands: number
  readonly spawned: number
  /** Rejected commands by reason. */
  readonly rejected: Readonly<Record<string, number>>
  readonly stepMs: number
  readonly slowestMs: number
  readonly slowestTick: number
  readonly slowSteps: number
  readonly checkpointBytes: number
  readonly props: number
  readonly failures: readonly SceneFailure[]
  /** The engine trapped, so its memory must not be used again. */
  readonly isSpoilt: boolean
}

/** The source of a run's frames: a scene, or saved frames. */
export interface Source {
  readonly name: string
  readonly definition: RealmDefinition
  frame(realm: Realm): InputFrame
}

export interface RunOptions {
  readonly world: number
  readonly ticks: number
  /** Longest time of a step in a realm with the default `workMax` or less, ms. */
  readonly slowMs: number
  /** Seed of the tick at which a checkpoint is taken. */
  readonly seed: number
  makeSource(): Source
  /** Called before each step of the world itself. */
  onFrame?(frame: InputFrame): void
  /** Called before each piece of work that may take long. */
  onBeat?(tick: number): void
}

export function sceneSource(seed: number): Source {
  const scene = new Scene(seed)
  return { name: scene.style.name, definition: scene.definition, frame: (realm) => scene.frame(realm) }
}

/** Processor time of this thread, ms. */
const clock = threadClock()

/** The seed of one of many worlds. */
export const seedOf = (seed: number, world: number): number => (Math.imul(seed, 0x9e37_79b1) + world) >>> 0

/** A checkpoint, and how the original continued from it. */
interface CheckpointMark {
  readonly tick: number
  readonly bytes: Uint8Array
  readonly frames: InputFrame[]
  readonly hashes: string[]
}

class SceneRun {
  readonly failures: SceneFailure[] = []
  readonly rejected: Record<string, number> = {}
  /** Time by tick. */
  readonly stepMs: number[] = []
  sumMs = 0
  commands = 0
  spawned = 0
  checkpointBytes = 0
  isSpoilt = false
  readonly #marks: CheckpointMark[] = []
  readonly #engine: Engine
  readonly #source: Source
  readonly #options: RunOptions
  realm: Realm | null = null

  constructor(engine: Engine, options: RunOptions) {
    this.#engine = engine
    this.#options = options
    this.#source = options.makeSource()
  }

  /** `isWhole`: with all checks, which take time; otherwise only measures times. */
  go(isWhole: boolean): void {
    const { ticks, seed } = this.#options
    const markAt = 1 + new Draw(seed).below(Math.max(1, ticks - COMPARED_TICKS))
    try {
      this.realm = genesis(this.#engine, this.#source.definition)
      for (let tick = 1; tick <= ticks && this.sumMs < WORLD_MS_MAX; tick++) {
        this.#step(this.realm, this.#source.frame(this.realm))
        if (isWhole && tick === markAt) this.#mark(this.realm)
        if (isWhole && (tick % VIEWS_EVERY_TICKS === 0 || tick === ticks)) this.#look(this.realm)
      }
      if (isWhole) this.#mark(this.realm)
      const isCut = this.sumMs >= WORLD_MS_MAX
      for (let more = 1; more <= (isWhole && !isCut ? COMPARED_TICKS : 0); more++)
        this.#step(this.realm, { tick: this.realm.tick + 1, inputs: [] })
    } catch (error) {
      this.fail('ended', this.realm?.tick ?? 0, error instanceof Error ? error.message : String(error))
      const cause = error instanceof Error ? (error.cause ?? error) : error
      this.isSpoilt =
        (cause instanceof Error && cause.constructor.name === 'RuntimeError') ||
        String(cause).includes('recursive use') ||
        String(cause).includes('unreachable')
    }
    if (isWhole && !this.isSpoilt && this.sumMs < WORLD_MS_MAX) for (const mark of this.#marks) this.#compare(mark)
  }

  free(): void {
    if (this.realm && !this.isSpoilt) free(this.realm)
    this.realm = null
  }

  fail(kind: FailureKind, tick: number, message: string): void {
    this.failures.push({ kind, tick, message })
  }

  #step(realm: Realm, frame: InputFrame): void {
    this.#options.onFrame?.(frame)
    this.#options.onBeat?.(frame.tick)
    const atMs = clock()
    const events = step(realm, frame)
    const ms = clock() - atMs
    this.stepMs[frame.tick] = ms
    this.sumMs += ms
    this.commands += frame.inputs.length
    for (const event of events) {
      if (event.type === 'rejected') this.rejected[event.reason] = (this.rejected[event.reason] ?? 0) + 1
      if (event.type === 'spawned') this.spawned += 1
    }
    for (const mark of this.#marks) {
      if (mark.hashes.length >= COMPARED_TICKS) continue
      mark.frames.push(frame)
      mark.hashes.push(hash(realm))
    }
  }

  #mark(realm: Realm): void {
    this.#options.onBeat?.(realm.tick)
    const bytes = checkpoint(realm)
    this.checkpointBytes = Math.max(this.checkpointBytes, bytes.length)
    if (bytes.length > CHECKPOINT_BYTES_MAX)
      this.fail(
        'too-large',
        realm.tick,
        `the checkpoint has ${bytes.length} bytes; a recording takes ${CHECKPOINT_BYTES_MAX}`,
      )
    this.#marks.push({ tick: realm.tick, bytes, frames: [], hashes: [] })
  }

  #look(realm: Realm): void {
    if (this.failures.some(({ kind }) => kind === 'non-finite')) return
    const bad = (where: string, value: unknown): void =>
      this.fail('non-finite', realm.tick, `${where} holds ${JSON.stringify(value)}`)
    for (const view of iterateProps(realm)) {
      const { position, rotation, linvel, angvel, scale } = view
      for (const value of [position, rotation, linvel, angvel, { scale }])
        if (!Object.values(value).every(Number.isFinite)) return bad(`prop ${view.id}`, { ...value })
    }
    for (const { id, position, yaw, velocity } of iterateAvatars(realm)) {
      for (const value of [position, { yaw }, velocity])
        if (!Object.values(value).every(Number.isFinite)) return bad(`avatar ${id}`, value)
    }
  }

  /** Checks that a realm restored from the checkpoint gives the same bytes and hashes. */
  #compare(mark: CheckpointMark): void {
    let realm: Realm | null = null
    try {
      realm = restore(this.#engine, this.#source.definition, mark.bytes)
      if (Buffer.compare(checkpoint(realm), mark.bytes) !== 0)
        this.fail('unequal', mark.tick, 'a restored realm has another checkpoint than the one it is of')
      for (const [i, frame] of mark.frames.entries()) {
        this.#options.onBeat?.(frame.tick)
        step(realm, frame)
        const restored = hash(realm)
        if (restored === mark.hashes[i]) continue
        return this.fail(
          'unequal',
          frame.tick,
          `restored from tick ${mark.tick} the hash is ${restored}; it was ${mark.hashes[i] ?? 'none'}`,
        )
      }
    } catch (error) {
      this.fail('unequal', mark.tick, `a realm restored from tick ${mark.tick} ended: ${String(error)}`)
    } finally {
      if (realm) free(realm)
    }
  }
}

/** The shortest time of each step over some runs. */
function shortest(engine: Engine, options: RunOptions, first: readonly number[]): number[] {
  const times = [...first]
  const isOver = (): boolean => {
    const slowest = times.reduce((most, ms) => Math.max(most, ms), 0)
    return slowest > options.slowMs && slowest < SURELY_SLOW_MS
  }
  for (let runs = 1; runs < RUNS_MAX && isOver(); runs++) {
    const { onFrame: _onFrame, ...quiet } = options
    const again = new SceneRun(engine, quiet)
    again.go(false)
    again.free()
    again.stepMs.forEach((ms, tick) => {
      times[tick] = Math.min(times[tick] ?? ms, ms)
    })
  }
  return times
}

/** Longest time of a step, ms. A realm that permits more physics work than the default also permits longer steps. */
export const slowMsOf = (slowMs: number, { workMax }: RealmDefinition): number =>
  slowMs * Math.max(1, workMax / PHYSICS_COST_MAX)

export function runWorld(engine: Engine, settings: RunOptions): WorldReport {
  const { world, ticks, makeSource } = settings
  const { name: style, definition } = makeSource()
  const slowMs = slowMsOf(settings.slowMs, definition)
  const options = { ...settings, slowMs }
  const run = new SceneRun(engine, options)
  run.go(true)
  const times = run.failures.some(({ kind }) => kind === 'ended') ? run.stepMs : shortest(engine, options, run.stepMs)
  let [slowestTick, slowestMs, slowSteps, stepMs] = [0, 0, 0, 0]
  times.forEach((ms, tick) => {
    if (tick > 0) stepMs += ms
    if (ms > slowMs) slowSteps++
    if (ms > slowestMs) [slowestTick, slowestMs] = [tick, ms]
  })
  if (slowSteps > 0)
    run.fail(
      'slow',
      slowestTick,
      `${slowSteps} steps took more than ${slowMs} ms; the slowest ${slowestMs.toFixed(0)} ms`,
    )
  const report: WorldReport = {
    world,
    style,
    isDefault: definition === DEFAULT_DEFINITION,
    ticks: Math.min(ticks, run.realm?.tick ?? 0),
    commands: run.commands,
    spawned: run.spawned,
    rejected: run.rejected,
    stepMs,
    slowestMs,
    slowestTick,
    slowSteps,
    checkpointBytes: run.checkpointBytes,
    props: run.realm?.props.size ?? 0,
    failures: run.failures,
    isSpoilt: run.isSpoilt,
  }
  run.free()
  return report
}
