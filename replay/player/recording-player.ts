/** Plays a recording: runs the simulation with its frames, from genesis or from the nearest checkpoint. */
import { assert } from '../../sim/assert.ts'
import type { InputFrame, RealmDefinition, SimEvent } from '../../sim/index.ts'
import { bad, faultText, good, RecordingError, type RecordingResult } from '../error.ts'
import type { CheckpointRing } from './checkpoint-ring.ts'
import type { Recording } from '../recording.ts'
import type { Simulation } from '../simulation.ts'

export interface PlayedTick {
  readonly tick: number
  readonly frame: InputFrame
  readonly events: readonly SimEvent[]
}

/** Ticks between calls of `pause` while seeking: at most about a tenth of a second of work. */
const PAUSE_EVERY_TICKS = 60

/** Returns null if the simulation can replay the recording to the same bytes, otherwise why not. */
export function checkVersions(
  recording: Recording,
  simulation: Pick<Simulation<unknown>, 'engine' | 'version'>,
): RecordingError | null {
  const { engine, simVersion } = recording.header
  if (simVersion !== simulation.version)
    return new RecordingError(
      'other-sim',
      `the recording was made by version ${simVersion} of the simulation; this is version ${simulation.version}; replay it with the Otherworld that made it (\`otherworld replay verify --build PATH\`)`,
    )
  if (engine !== simulation.engine)
    return new RecordingError(
      'other-engine',
      `the recording was made by physics engine ${engine.slice(0, 12)}…; this one is ${simulation.engine.slice(0, 12)}…; \`verify --build PATH\` replays with the Otherworld that made it`,
    )
  return null
}

interface PlayerOptions {
  /** Keeps states on the way of seeks, for later ones. A ring belongs to one recording. */
  readonly ring?: CheckpointRing
}

export class RecordingPlayer<R> {
  #recording: Recording
  readonly definition: RealmDefinition
  readonly #simulation: Simulation<R>
  readonly #ring: CheckpointRing | null
  #current: R
  #at: number

  private constructor(
    recording: Recording,
    simulation: Simulation<R>,
    definition: RealmDefinition,
    start: { readonly tick: number; readonly realm: R },
    { ring }: PlayerOptions,
  ) {
    this.#ring = ring ?? null
    this.#recording = recording
    this.#simulation = simulation
    this.definition = definition
    this.#current = start.realm
    this.#at = start.tick
  }

  /**
   * A player at the recording's start, or at the last checkpoint that can be restored and is not after `from`. Errors:
   * other-engine, other-sim, bad-definition, no-start, corrupt. Call `free` after use.
   */
  static async open<R>(
    recording: Recording,
    simulation: Simulation<R>,
    from = recording.startTick,
    options: PlayerOptions = {},
  ): Promise<RecordingResult<RecordingPlayer<R>>> {
    const other = checkVersions(recording, simulation)
    if (other) return bad(other)
    const parsed = simulation.parseDefinition(recording.header.definition)
    if (!parsed.ok) {
      const [first] = parsed.errors
      return bad(
        new RecordingError(
          'bad-definition',
          `the recording's realm definition is refused: ${first?.where ?? ''} ${first?.message ?? ''}`,
        ),
      )
    }
    const start = await load(recording, simulation, parsed.definition, from)
    return start.ok ? good(new RecordingPlayer(recording, simulation, parsed.definition, start.value, options)) : start
  }

  get recording(): Recording {
    return this.#recording
  }

  /** Plays on in a longer reading of the same recording, from a RecordingFollower. */
  extend(recording: Recording): void {
    assert(
      recording.startTick === this.#recording.startTick && recording.lastTick >= this.#recording.lastTick,
      'a recording that grows keeps its ticks',
    )
    this.#recording = recording
  }

  /** The state after `tick`. It belongs to the player, and is invalid after `seek` and `free`. */
  get realm(): R {
    return this.#current
  }

  get tick(): number {
    return this.#at
  }

  /** True if no later tick is known to be complete. */
  get done(): boolean {
    return this.#at >= this.recording.lastTick
  }

  /** Steps the next tick. Exceptions of the simulation (a trap) are thrown: after one, only call `seek` or `free`. */
  step(onPhase?: (phase: string) => void): RecordingResult<PlayedTick> {
    const frame = this.recording.frame(this.#at + 1, this.#simulation.decodeFrame)
    if (!frame.ok) return frame
    this.#at++
    return good({
      tick: this.#at,
      frame: frame.value,
      events: this.#simulation.step(this.#current, frame.value, onPhase),
    })
  }

  /**
   * Goes to the state after `tick`, clamped to the recording's ticks, from the current state or from a nearer
   * checkpoint.
   */
  async seek(tick: number, pause?: () => Promise<void>): Promise<RecordingResult<void>> {
    const target = Math.min(Math.max(tick, this.recording.startTick), this.recording.lastTick)
    const nearest = this.recording.checkpoints.reduce(
      (best, entry) => (entry.tick <= target ? Math.max(best, entry.tick) : best),
      this.recording.startTick,
    )
    const kept = this.#ring?.before(target) ?? null
    if (this.#at > target || this.#at < Math.max(nearest, kept ?? 0)) {
      const loaded = (kept !== null && kept >= nearest && (await this.#restoreKept(kept))) || (await this.#load(target))
      if (!loaded.ok) return loaded
      this.#simulation.free(this.#current)
      this.#current = loaded.value.realm
      this.#at = loaded.value.tick
    }
    while (this.#at < target) {
      const played = this.step()
      if (!played.ok) return played
      await this.#keep(target)
      if (this.#at % PAUSE_EVERY_TICKS === 0) await pause?.()
    }
    return good(undefined)
  }

  /**
   * Replays all ticks to fill the ring. If they equal the recorded ones and the ring holds at least two states, a seek then
   * replays fewer ticks than the ring's spacing. The player is then at the last tick. Errors: those of `seek`. Exceptions of the simulation are thrown.
   */
  async prepare(
    onProgress?: (progress: { readonly done: number; readonly total: number }) => void,
  ): Promise<RecordingResult<void>> {
    const { startTick, lastTick } = this.recording
    const sought = await this.seek(startTick)
    if (!sought.ok) return sought
    this.#expectAll()
    // A seek would jump to recorded checkpoints, and leave out the ticks before them.
    while (this.#at < lastTick) {
      const played = this.step()
      if (!played.ok) return played
      await this.#keep(this.#at)
      if (this.#at % PAUSE_EVERY_TICKS !== 0) continue
      onProgress?.({ done: this.#at - startTick, total: lastTick - startTick })
      await new Promise((resolve) => setTimeout(resolve, 0))
    }
    return good(undefined)
  }

  /** Lets the ring choose a spacing for the whole recording, by the sizes of the recorded checkpoints. */
  #expectAll(): void {
    const { checkpoints, startTick, lastTick } = this.recording
    if (checkpoints.length === 0) return
    const storedBytes = checkpoints.reduce((sum, entry) => sum + entry.storedBytes, 0) / checkpoints.length
    this.#ring?.expect({ ticks: lastTick - startTick, storedBytes })
  }

  #load(target: number): Promise<RecordingResult<Start<R>>> {
    return load(this.recording, this.#simulation, this.definition, target)
  }

  /** The state after a tick from the ring; null if it was dropped. */
  async #restoreKept(tick: number): Promise<RecordingResult<Start<R>> | null> {
    const bytes = (await this.#ring?.state(tick)) ?? null
    return bytes && good({ tick, realm: this.#simulation.restore(this.definition, bytes) })
  }

  /** Keeps the current state if it helps, and if it is the recorded one. */
  async #keep(target: number): Promise<void> {
    const tick = this.#at
    if (!this.#ring?.wants(tick) || this.#simulation.hash(this.#current) !== this.recording.hash(tick)) return
    await this.#ring.add(tick, this.#simulation.checkpoint(this.#current), target)
  }

  /**
   * As `seek`, for a state that has to be the recorded one. Error: `diverged`, also if the simulation traps on the way. Then
   * only call `free`.
   */
  async reach(tick: number): Promise<RecordingResult<void>> {
    try {
      const sought = await this.seek(tick)
      if (!sought.ok) return sought
    } catch (error) {
      return bad(
        new RecordingError('diverged', `tick ${this.#at} could not be replayed: ${faultText(error, this.#at)}`),
      )
    }
    if (this.#simulation.hash(this.#current) === this.recording.hash(this.#at)) return good(undefined)
    return bad(
      new RecordingError(
        'diverged',
        `the replay differs from the recording before tick ${this.#at}, so the state there is not known; \`otherworld replay bisect\` says where`,
      ),
    )
  }

  /** Frees the realm's memory. */
  free(): void {
    this.#simulation.free(this.#current)
  }
}

interface Start<R> {
  readonly tick: number
  readonly realm: R
}

/** The newest available state not after `from`: checkpoints first, newest first; then genesis. */
async function load<R>(
  recording: Recording,
  simulation: Simulation<R>,
  definition: RealmDefinition,
  from: number,
): Promise<RecordingResult<Start<R>>> {
  const candidates = recording.checkpoints.filter(({ tick }) => tick <= from).toSorted((a, b) => b.tick - a.tick)
  let failed: RecordingError | null = null
  for (const entry of candidates) {
    const bytes = await recording.checkpointBytes(entry)
    if (!bytes.ok) failed ??= bytes.error
    else {
      try {
        return good({ tick: entry.tick, realm: simulation.restore(definition, bytes.value) })
      } catch (error) {
        failed ??= new RecordingError(
          'corrupt',
          `the checkpoint of tick ${entry.tick} cannot be restored: ${(error as Error).message}`,
          entry.offset,
        )
      }
    }
  }
  if (recording.header.start === 'genesis' && recording.startTick === 0)
    return good({ tick: 0, realm: simulation.genesis(definition) })
  return bad(
    failed ??
      new RecordingError(
        'no-start',
        'the recording ends within the checkpoint that it starts from; nothing can be replayed',
      ),
  )
}
