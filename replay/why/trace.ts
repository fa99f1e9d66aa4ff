/** What happened in a part of a recording: contacts, holds, events and places, read while it is replayed. */
import {
  contactsOf,
  type Command,
  type ElementId,
  type Input,
  type InputFrame,
  type PlayerId,
  type Realm,
  type SimEvent,
  type Vec3,
} from '../../sim/index.ts'
import { placeOf } from './fact.ts'

/** Two elements that touched, or an avatar near an obstacle that people made, from one tick to another. */
export interface Touch {
  readonly a: ElementId
  readonly b: ElementId
  readonly from: number
  to: number
  /** Speeds before the first contact, m/s. */
  readonly speedA: number
  readonly speedB: number
}

/** A prop in a player's hand. `from` is the trace's first tick if it was held before. */
export interface TracedHold {
  readonly element: ElementId
  readonly player: PlayerId
  readonly hand: number
  readonly from: number
  /** The tick of its release; null while it lasts. */
  to: number | null
  readonly heldBefore: boolean
}

/** An event with the command that it answers, the element that it is about, and that element's motion. */
export interface TracedEvent {
  readonly tick: number
  readonly event: SimEvent
  readonly command: Command | null
  readonly element: ElementId
  readonly place: Vec3 | null
  /** Speed after the tick, m/s. */
  readonly speed: number
}

/** Contacts that are interrupted by at most this many ticks count as one. */
const GAP_TICKS = 6
/** Ticks between two notes of all places. */
const PLACES_EVERY_TICKS = 10
/** Distance from an obstacle's surface below which it may stop an avatar: its capsule and the controller's reach, metres. */
const OBSTACLE_METRES = 0.9
const FREE: Vec3 = { x: 0, y: 0, z: 0 }

const length = ({ x, y, z }: Vec3): number => Math.hypot(x, y, z)
const keyOf = (a: ElementId, b: ElementId): string => `${a} ${b}`
/** Identifies an input in a recording. */
export const inputKey = ({ player, sequence }: Pick<Input, 'player' | 'sequence'>): string => `${player}:${sequence}`

export class Trace {
  readonly touches: Touch[] = []
  readonly holds: TracedHold[] = []
  readonly events: TracedEvent[] = []
  readonly frames: InputFrame[] = []
  /** Name of each player and prop that there was. */
  readonly names = new Map<ElementId, string>()
  /** The player of each avatar that there was. */
  readonly players = new Map<ElementId, PlayerId>()
  /** Places of elements, every PLACES_EVERY_TICKS. */
  readonly places = new Map<number, Map<ElementId, Vec3>>()
  readonly #open = new Map<string, Touch>()
  #speeds = new Map<ElementId, number>()
  readonly from: number

  constructor(realm: Realm) {
    this.from = realm.tick
    this.#readNames(realm)
    this.#readPlaces(realm)
    this.#readTouches(realm, true)
    for (const { id, hold } of realm.props.values())
      if (hold)
        this.holds.push({
          element: id,
          player: hold.player,
          hand: hold.hand,
          from: realm.tick,
          to: null,
          heldBefore: true,
        })
    this.#readSpeeds(realm)
  }

  /** Call it after each step. */
  read(realm: Realm, frame: InputFrame, events: readonly SimEvent[]): void {
    this.frames.push(frame)
    if (events.length > 0) this.#readEvents(realm, frame, events)
    this.#readTouches(realm, false)
    this.#readSpeeds(realm)
    if (realm.tick % PLACES_EVERY_TICKS === 0) this.#readPlaces(realm)
  }

  #readNames({ avatars, props }: Realm): void {
    for (const { id, name, player } of avatars.values()) {
      this.names.set(id, name)
      this.players.set(id, player)
    }
    for (const { id, spec } of props.values()) this.names.set(id, spec.name)
  }

  #readPlaces(realm: Realm): void {
    const places = new Map<ElementId, Vec3>()
    for (const id of [...realm.avatars.keys(), ...realm.props.keys()]) {
      const place = placeOf(realm, id)
      if (place) places.set(id, place)
    }
    this.places.set(realm.tick, places)
  }

  #readSpeeds(realm: Realm): void {
    const speeds = new Map<ElementId, number>()
    for (const { id, velocity } of realm.avatars.values()) speeds.set(id, length(velocity))
    for (const prop of realm.props.values()) if (!prop.asleep) speeds.set(prop.id, speedOf(realm, prop.id))
    this.#speeds = speeds
  }

  #readTouches(realm: Realm, asleep: boolean): void {
    const { tick } = realm
    for (const { prop, other } of contactsOf(realm, asleep)) this.#touch(tick, prop, other)
    for (const obstacle of realm.props.values()) {
      if (obstacle.spec.motion === 'dynamic' || (obstacle.owner === 0 && !obstacle.hold)) continue
      const at = placeOf(realm, obstacle.id) ?? FREE
      const reach = obstacle.radius + OBSTACLE_METRES
      for (const { id, position } of realm.avatars.values())
        if ((position.x - at.x) ** 2 + (position.z - at.z) ** 2 < reach * reach) this.#touch(tick, id, obstacle.id)
    }
    // Nobody asks the engine about sleeping props: what they touched when they fell asleep, they touch still.
    for (const touch of this.#open.values()) if (touch.to < tick && realm.props.get(touch.a)?.asleep) touch.to = tick
  }

  #touch(tick: number, a: ElementId, b: ElementId): void {
    const known = this.#open.get(keyOf(a, b)) ?? this.#open.get(keyOf(b, a))
    if (known && tick - known.to <= GAP_TICKS) {
      known.to = tick
      return
    }
    const [speedA, speedB] = [this.#speeds.get(a) ?? 0, this.#speeds.get(b) ?? 0]
    const touch = { a, b, from: tick, to: tick, speedA, speedB }
    this.touches.push(touch)
    this.#open.delete(keyOf(b, a))
    this.#open.set(keyOf(a, b), touch)
  }

  #readEvents(realm: Realm, frame: InputFrame, events: readonly SimEvent[]): void {
    const commands = new Map(frame.inputs.map((input) => [inputKey(input), input.command]))
    this.#readNames(realm)
    for (const event of events) {
      const command = 'sequence' in event ? (commands.get(inputKey(event)) ?? null) : null
      const element = elementOf(realm, event)
      this.events.push({
        tick: realm.tick,
        event,
        command,
        element,
        place: placeOf(realm, element),
        speed: speedOf(realm, element),
      })
      this.#followHolds(realm.tick, event, command)
    }
  }

  #followHolds(tick: number, event: SimEvent, command: Command | null): void {
    if (event.type === 'grabbed' && command?.type === 'grab') {
      this.#endHold(tick, event.element)
      const { element, player } = event
      this.holds.push({ element, player, hand: command.hand, from: tick, to: null, heldBefore: false })
    } else if (event.type === 'released' || event.type === 'despawned' || event.type === 'returned')
      this.#endHold(tick, event.element)
    else if (event.type === 'left' || event.type === 'teleported') {
      const player = event.type === 'left' ? event.left : event.moved
      for (const hold of this.holds) if (hold.player === player) hold.to ??= tick
    }
  }

  #endHold(tick: number, element: ElementId): void {
    for (const hold of this.holds) if (hold.element === element) hold.to ??= tick
  }
}

/** The element that an event is about; 0 for none. */
function elementOf({ players }: Realm, event: SimEvent): ElementId {
  if ('element' in event) return event.element
  if (event.type === 'teleported') return players.get(event.moved)?.id ?? 0
  if (event.type === 'permitted') return players.get(event.changed)?.id ?? 0
  return 0
}

/** Speed of an avatar or a prop, m/s. */
function speedOf(realm: Realm, element: ElementId): number {
  const motion = realm.props.get(element)?.motion
  if (motion) return Math.hypot(motion[7] ?? 0, motion[8] ?? 0, motion[9] ?? 0)
  const velocity = realm.avatars.get(element)?.velocity
  return velocity ? length(velocity) : 0
}
