/**
 * An anonymous part of a recording: the same session played again by people without names, poses and fine motion. It is a
 * run of its own, with its own states and hashes.
 */
import { concatBytes } from '../../sim/state/bytes.ts'
import type { InputFrame, Realm, SimEvent } from '../../sim/index.ts'
import { bad, good, RecordingError, type RecordingResult } from '../error.ts'
import { packCheckpoint } from '../format/compress.ts'
import { CHECKPOINT_EVERY_TICKS, SAMPLE_EVERY_TICKS } from '../format/format.ts'
import { RecordingPlayer } from '../player/recording-player.ts'
import type { Recording } from '../recording.ts'
import type { Simulation } from '../simulation.ts'
import { RecordingWriter } from '../writer.ts'
import { Hands } from './hands.ts'
import { NeutralInputs } from './neutral-inputs.ts'
import { neutralState } from './neutral-state.ts'
import { Pseudonyms } from './pseudonyms.ts'

export interface AnonymousClip {
  readonly bytes: Uint8Array
  /** The clip begins with the state after this tick. */
  readonly from: number
  readonly to: number
  /** Commands of the original that are missing. */
  readonly leftOut: number
  /** Rejected commands in the clip, and in the original. */
  readonly rejected: number
  readonly rejectedBefore: number
  /** How often an avatar had strayed and was put back. */
  readonly putBack: number
  /** Greatest distance between an avatar and its original, metres. */
  readonly farthestMetres: number
}

export interface AnonymousOptions {
  readonly from: number
  readonly to: number
  /** Called about once a second of the recording. */
  onProgress?(progress: { readonly done: number; readonly total: number }): void
}

const CREATED_AT = '1970-01-01T00:00:00Z'
const ANONYMOUS_NOTE = 'otherworld.anonymous'
const NOTE_TEXT =
  'An anonymous clip: a run of its own. People stand with their arms down, walk and carry in coarse steps, and wear the same body. Places differ from the original, of avatars by up to some metres, and outcomes may differ.'

/**
 * The bytes of an anonymous recording of the ticks after `from`, up to `to`. If `from` is the start of a recording that
 * starts from a checkpoint, the clip begins a tick later, so that nothing of a pose remains in the physics engine's state.
 * Errors: those of RecordingPlayer.open; `diverged` if the replay does not give the recorded state at `from`, or if the
 * neutral run traps. Throws RangeError unless startTick <= from < to <= lastTick, and after a later begin.
 */
export async function anonymousClip(
  recording: Recording,
  simulation: Simulation<Realm>,
  options: AnonymousOptions,
): Promise<RecordingResult<AnonymousClip>> {
  const { startTick, lastTick, header } = recording
  const { to } = options
  const isClean = header.start === 'genesis' && options.from === 0
  const from = isClean ? 0 : Math.max(options.from, startTick + 1)
  if (!(startTick <= options.from && from < to && to <= lastTick))
    throw new RangeError(`ticks ${from} to ${to} are not a part of ${startTick} to ${lastTick}`)
  const opened = await RecordingPlayer.open(recording, simulation, isClean ? 0 : from - 1)
  if (!opened.ok) return opened
  const player = opened.value
  try {
    const players = playersOf(recording, player.realm, player.tick, to)
    if (!players.ok) return players
    const run = new NeutralRun(recording, simulation, player, new Pseudonyms(players.value))
    try {
      return await run.write(from, options)
    } finally {
      run.free()
    }
  } finally {
    player.free()
  }
}

/** All players from a state on. Error: `corrupt`. */
function playersOf(recording: Recording, realm: Realm, after: number, to: number): RecordingResult<Set<number>> {
  const players = new Set(realm.players.keys())
  for (let tick = after + 1; tick <= to; tick++) {
    const frame = recording.frame(tick)
    if (!frame.ok) return frame
    for (const { command } of frame.value.inputs) if (command.type === 'join') players.add(command.player)
  }
  return good(players)
}

const rejections = (events: readonly SimEvent[]): number => events.filter(({ type }) => type === 'rejected').length

class NeutralRun {
  readonly #recording: Recording
  readonly #simulation: Simulation<Realm>
  readonly #player: RecordingPlayer<Realm>
  readonly #inputs: NeutralInputs
  readonly #realm: Realm
  readonly #parts: Uint8Array[] = []
  #hasFailed = false
  #rejected = 0
  #rejectedBefore = 0

  /** The player is at the state from which the neutral run begins. */
  constructor(recording: Recording, simulation: Simulation<Realm>, player: RecordingPlayer<Realm>, names: Pseudonyms) {
    this.#recording = recording
    this.#simulation = simulation
    this.#player = player
    const hands = new Hands()
    this.#inputs = new NeutralInputs(names, hands)
    const definition = names.definition(player.definition)
    this.#realm =
      player.tick === 0 && recording.header.start === 'genesis'
        ? simulation.genesis(definition)
        : neutralState(
            simulation.restore(player.definition, simulation.checkpoint(player.realm)),
            definition,
            names,
            hands,
          )
  }

  /** After a trap the engine may refuse to free the realm; its memory is lost with the trap. */
  free(): void {
    try {
      this.#simulation.free(this.#realm)
    } catch (error) {
      if (!this.#hasFailed) throw error
    }
  }

  async write(from: number, { to, onProgress }: AnonymousOptions): Promise<RecordingResult<AnonymousClip>> {
    const start = this.#player.tick
    let writer = from === start ? await this.#begin(from) : null
    for (let tick = start + 1; tick <= to; tick++) {
      const stepped = this.#step(writer)
      if (!stepped.ok) return stepped
      if (tick === from) {
        if (this.#simulation.hash(this.#player.realm) !== this.#recording.hash(tick))
          return bad(new RecordingError('diverged', `the replay differs from the recording at or before tick ${tick}`))
        writer = await this.#begin(from)
      } else if (writer && tick % CHECKPOINT_EVERY_TICKS === 0)
        writer.checkpoint(await packCheckpoint(tick, this.#simulation.checkpoint(this.#realm)))
      if (tick % SAMPLE_EVERY_TICKS === 0) onProgress?.({ done: tick - start, total: to - start })
    }
    writer?.seal()
    const { leftOut, putBack, farthestMetres } = this.#inputs
    const [rejected, rejectedBefore] = [this.#rejected, this.#rejectedBefore]
    const bytes = concatBytes(this.#parts)
    return good({ bytes, from, to, leftOut, rejected, rejectedBefore, putBack, farthestMetres })
  }

  async #begin(tick: number): Promise<RecordingWriter> {
    const realm = this.#realm
    const { engine, simVersion } = this.#recording.header
    const isGenesis = tick === 0
    const writer = new RecordingWriter(
      {
        engine,
        simVersion,
        definition: realm.definition,
        epoch: 1,
        segment: 1,
        start: isGenesis ? 'genesis' : 'checkpoint',
        startTick: tick,
        startHash: this.#simulation.hash(realm),
        ...this.#simulation.counts(realm),
        phases: this.#simulation.phases,
        createdAt: CREATED_AT,
        recordedBy: 'otherworld',
      },
      (bytes) => this.#parts.push(bytes),
    )
    if (!isGenesis) writer.checkpoint(await packCheckpoint(tick, this.#simulation.checkpoint(realm)))
    writer.note({ tick, kind: ANONYMOUS_NOTE, text: NOTE_TEXT })
    return writer
  }

  /** Steps both runs, and records the neutral one once its clip has begun. */
  #step(writer: RecordingWriter | null): RecordingResult<void> {
    try {
      const played = this.#player.step()
      if (!played.ok) return played
      const frame = this.#inputs.frame(played.value.frame, this.#player.realm, this.#realm)
      const events = writer ? this.#record(writer, frame) : this.#simulation.step(this.#realm, frame)
      this.#inputs.learn(played.value.events, events)
      if (writer) this.#rejected += rejections(events)
      if (writer) this.#rejectedBefore += rejections(played.value.events)
      return good(undefined)
    } catch (error) {
      this.#hasFailed = true
      const message = `tick ${this.#player.tick} cannot be played anonymously: ${(error as Error).message}`
      return bad(new RecordingError('diverged', message))
    }
  }

  #record(writer: RecordingWriter, frame: InputFrame): readonly SimEvent[] {
    const [simulation, realm] = [this.#simulation, this.#realm]
    const { tick } = frame
    const phases: string[] = []
    const isSampled = tick % SAMPLE_EVERY_TICKS === 0
    const recorded = writer.frame(frame)
    const events = simulation.step(
      realm,
      recorded,
      isSampled ? () => phases.push(simulation.phaseHash(realm)) : undefined,
    )
    writer.hash(tick, simulation.hash(realm))
    if (isSampled) writer.sample({ tick, ...simulation.counts(realm), phases })
    return events
  }
}
