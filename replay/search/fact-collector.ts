/** Turns frames, events and notes into facts, tick by tick. */
import type { Command, Input, InputFrame, PlayerId, Realm, SimEvent } from '../../sim/index.ts'
import type { PlayedTick } from '../player/recording-player.ts'
import type { Recording } from '../recording.ts'
import { columnsOf, type Fact, type PropFacts, type RecordingFacts } from './facts.ts'
import { HoldTracker } from './hold-tracker.ts'
import { InputCounter } from './input-counter.ts'
import { noteFacts } from './note-facts.ts'

type Known = { -readonly [K in keyof PropFacts]: PropFacts[K] }

interface KnownPlayer {
  readonly player: PlayerId
  readonly user: number
  readonly name: string
  element: number
  joined: number | null
  left: number | null
}

type Rest = Partial<Omit<Fact, 'tick' | 'kind'>>

export class FactCollector {
  readonly #recording: Recording
  readonly #facts: Fact[] = []
  readonly #players = new Map<PlayerId, KnownPlayer>()
  readonly #props = new Map<number, Known>()
  readonly #holds: HoldTracker
  readonly #inputs: InputCounter
  #tick: number
  /** The last tick whose state is known to be the recorded one. */
  #confirmed: number

  constructor(recording: Recording) {
    this.#recording = recording
    this.#tick = recording.startTick
    this.#confirmed = recording.startTick
    this.#inputs = new InputCounter(recording)
    this.#holds = new HoldTracker((tick, rest) => this.#add(tick, 'released', rest))
  }

  /** The last tick that was read. */
  get tick(): number {
    return this.#tick
  }

  /** Reads the starting state. */
  start(realm: Realm): void {
    for (const { player, user, name, id } of realm.avatars.values())
      this.#players.set(player, { player, user, name, element: id, joined: null, left: null })
    for (const { id, spec, package: hash, owner, hold } of realm.props.values()) {
      this.#props.set(id, { element: id, name: spec.name, package: hash, owner, spawned: null, by: 0, ended: null })
      if (hold) this.#holds.begin({ element: id, player: hold.player, hand: hold.hand }, this.#tick, true)
    }
  }

  /** The state after the last step is the recorded one. */
  confirm(): void {
    this.#confirmed = this.#tick
  }

  /** Drops everything after the last confirmed tick, and notes that the replay fails. Returns why, with the tick. */
  replayFails(tick: number, why: string): string {
    const last = this.#confirmed
    this.#facts.splice(0, this.#facts.length, ...this.#facts.filter((fact) => fact.tick <= last))
    for (const [id, { joined }] of this.#players) if (joined !== null && joined > last) this.#players.delete(id)
    for (const known of this.#players.values()) if (known.left !== null && known.left > last) known.left = null
    for (const [id, { spawned }] of this.#props) if (spawned !== null && spawned > last) this.#props.delete(id)
    for (const known of this.#props.values()) if (known.ended !== null && known.ended > last) known.ended = null
    this.#holds.forgetAfter(last)
    this.#tick = last
    this.#add(tick, 'fault', { detail: why })
    return `${why} (tick ${tick})`
  }

  /** Reads a replayed tick. `realm` is the state after it. */
  readStep({ tick, frame, events }: PlayedTick, realm: Realm): void {
    this.#tick = tick
    this.#inputs.count(frame)
    for (const event of events) this.#readEvent(tick, event, frame, realm)
    this.#holds.compare(tick, realm, events)
  }

  /** Reads the inputs of a tick that is not replayed. The server's inputs are taken as done. */
  readFrame(frame: InputFrame): void {
    this.#tick = frame.tick
    this.#inputs.count(frame)
    for (const { player, command } of frame.inputs) if (player === 0) this.#readOrder(frame.tick, command)
  }

  finish(missing: string | null, replayedBy: RecordingFacts['replayedBy']): RecordingFacts {
    const { header, startTick, lastTick, quarantined, notes } = this.#recording
    for (const { tick, reason } of quarantined) this.#add(tick, 'quarantined', { detail: reason })
    this.#facts.push(...noteFacts(notes, startTick, [...this.#players.values()]))
    return {
      origin: {
        realm: header.realm,
        epoch: header.epoch,
        segment: header.segment,
        startTick,
        lastTick,
        startHash: header.startHash,
        lastHash: this.#recording.hash(lastTick) ?? header.startHash,
        tickRate: header.tickRate,
        createdAt: header.createdAt,
        engine: header.engine,
        simVersion: header.simVersion,
      },
      eventsTo: missing === null ? lastTick : this.#confirmed,
      missing,
      replayedBy,
      players: Array.from(this.#players.values(), (known) => ({ ...known, ...this.#inputs.of(known.player) })),
      props: [...this.#props.values()],
      holds: this.#holds.all(),
      facts: columnsOf(this.#facts),
    }
  }

  #add(tick: number, kind: Fact['kind'], { player = 0, element = 0, detail = '', about = '' }: Rest): void {
    this.#facts.push({ tick, kind, player, element, detail, about })
  }

  #readOrder(tick: number, command: Command): void {
    switch (command.type) {
      case 'join':
        this.#join(tick, command, 0)
        return this.#add(tick, 'joined', { player: command.player })
      case 'leave':
        this.#leave(tick, command.player)
        return this.#add(tick, 'left', { player: command.player })
      case 'teleport':
        return this.#add(tick, 'teleported', { player: command.player })
      case 'permit':
        return this.#add(tick, 'permitted', { player: command.player })
      case 'package':
        return this.#add(tick, 'packaged', { detail: command.hash })
      default:
        return undefined
    }
  }

  #join(tick: number, { player, user, name }: Extract<Command, { type: 'join' }>, element: number): void {
    const joined = this.#players.get(player)?.joined ?? tick
    this.#players.set(player, { player, user, name, element, joined, left: null })
  }

  #leave(tick: number, player: PlayerId): void {
    const known = this.#players.get(player)
    if (known) known.left = tick
  }

  #readEvent(tick: number, event: SimEvent, frame: InputFrame, realm: Realm): void {
    switch (event.type) {
      case 'joined': {
        const command = inputOf(frame, event)?.command
        if (command?.type === 'join') this.#join(tick, command, event.element)
        return this.#add(tick, 'joined', { player: event.joined })
      }
      case 'left':
        this.#leave(tick, event.left)
        return this.#add(tick, 'left', { player: event.left })
      case 'teleported':
        return this.#add(tick, 'teleported', { player: event.moved })
      case 'permitted':
        return this.#add(tick, 'permitted', { player: event.changed })
      case 'bodyChanged':
        return this.#add(tick, 'body-changed', { player: event.changed })
      case 'packaged':
        return this.#add(tick, 'packaged', { detail: event.hash })
      case 'rejected': {
        const command = inputOf(frame, event)?.command
        const element = command && 'element' in command ? command.element : 0
        return this.#add(tick, 'rejected', {
          player: event.player,
          element,
          detail: event.reason,
          about: event.command,
        })
      }
      default:
        return this.#readPropEvent(tick, event, frame, realm)
    }
  }

  #readPropEvent(
    tick: number,
    event: Extract<SimEvent, { readonly element: number }>,
    frame: InputFrame,
    realm: Realm,
  ): void {
    const { element } = event
    const player = 'player' in event ? event.player : 0
    switch (event.type) {
      case 'spawned':
        this.#spawn(tick, element, player, inputOf(frame, event), realm)
        return this.#add(tick, 'spawned', { player, element })
      case 'despawned':
      case 'expired': {
        const known = this.#props.get(element)
        if (known) known.ended = tick
        return this.#add(tick, event.type, { player, element })
      }
      case 'grabbed': {
        const command = inputOf(frame, event)?.command
        this.#add(tick, 'grabbed', { player, element })
        if (command?.type === 'grab') this.#holds.begin({ element, player, hand: command.hand }, tick, false)
        return undefined
      }
      case 'released':
        return this.#holds.end(
          tick,
          element,
          player,
          event.sequence !== 0 ? 'hand' : letsGo(frame) ? 'access' : 'slipped',
        )
      case 'returned': {
        const avatar = realm.avatars.get(element)
        return this.#add(tick, 'returned', avatar ? { player: avatar.player } : { element })
      }
      case 'frozen':
        return this.#add(tick, 'frozen', { element, detail: event.cause })
      case 'accessChanged':
        return this.#add(tick, 'access-changed', { player, element })
      case 'scaled':
      case 'thawed':
        return this.#add(tick, event.type, { player, element })
      default:
        return undefined
    }
  }

  #spawn(tick: number, element: number, by: PlayerId, input: Input | undefined, realm: Realm): void {
    const prop = realm.props.get(element)
    const command = input?.command.type === 'spawn' ? input.command : null
    const wanted = command?.prop
    this.#props.set(element, {
      element,
      name: prop?.spec.name ?? (typeof wanted === 'object' ? wanted.name : ''),
      package: prop?.package ?? (typeof wanted === 'string' ? wanted : null),
      owner: prop?.owner ?? command?.owner ?? 0,
      spawned: tick,
      by,
      ended: null,
    })
  }
}

const inputOf = (frame: InputFrame, { player, sequence }: Pick<Input, 'player' | 'sequence'>): Input | undefined =>
  frame.inputs.find((input) => input.player === player && input.sequence === sequence)

/** True if a frame changes what players may hold. */
const letsGo = ({ inputs }: InputFrame): boolean =>
  inputs.some(({ command }) => command.type === 'access' || command.type === 'permit')
