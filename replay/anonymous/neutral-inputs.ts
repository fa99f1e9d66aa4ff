/** Turns the inputs of a run into neutral ones, tick by tick. */
import { add, distance, vec } from '../../sim/maths/maths.ts'
import {
  compareInputs,
  restHeadHeight,
  type Command,
  type ElementId,
  type HandId,
  type Input,
  type InputFrame,
  type PlayerId,
  type Realm,
  type SimEvent,
} from '../../sim/index.ts'
import { coarsePlace, coarseReach, coarseRotation, coarseScale, coarseYaw, STRIDE_TICKS } from './coarse.ts'
import type { Hands } from './hands.ts'
import type { Pseudonyms } from './pseudonyms.ts'
import { follow } from './walk.ts'

/** An avatar that is farther from where its player was is put there, metres. */
const STRAY_METRES = 3
/** Share of the reach that a hand uses. */
const REACH_SHARE = 0.95

type Of<T extends Command['type']> = Extract<Command, { type: T }>
type Drag = Of<'drag'>

const keyOf = ({ player, sequence }: Pick<Input, 'player' | 'sequence'>): string => `${player} ${sequence}`

export class NeutralInputs {
  readonly #names: Pseudonyms
  readonly #hands: Hands
  /** Neutral element of each element that was spawned since the start, if both runs have it. Null: only the original. */
  readonly #elements = new Map<ElementId, ElementId | null>()
  readonly #drags = new Map<PlayerId, Map<HandId, Drag>>()
  readonly #scales = new Map<PlayerId, Map<ElementId, number>>()
  readonly #lastMove = new Map<PlayerId, string>()
  readonly #sequences = new Map<PlayerId, number>()
  /** Original input of each neutral one of this tick, by keys. */
  #originals = new Map<string, string>()
  #inputs: Input[] = []
  /** Commands that cannot be given in the neutral run, such as on a prop that it does not have. */
  leftOut = 0
  /** How often an avatar was put back to where its player was. */
  putBack = 0
  /** Greatest distance between an avatar and its original, metres. */
  farthestMetres = 0

  constructor(names: Pseudonyms, hands: Hands) {
    this.#names = names
    this.#hands = hands
  }

  /** The neutral frame of a tick. `original`: the state after it; `neutral`: the state before it. */
  frame({ tick, inputs }: InputFrame, original: Realm, neutral: Realm): InputFrame {
    this.#inputs = []
    this.#originals = new Map()
    for (const input of inputs) this.#translate(input, neutral)
    if (tick % STRIDE_TICKS === 0) this.#stride(original, neutral)
    return { tick, inputs: this.#inputs.toSorted(compareInputs) }
  }

  /** Learns which elements of both runs are the same, from the events of both steps. */
  learn(original: readonly SimEvent[], neutral: readonly SimEvent[]): void {
    const made = new Map<string, ElementId>()
    for (const event of neutral)
      if (event.type === 'spawned') {
        const key = this.#originals.get(keyOf(event))
        if (key !== undefined) made.set(key, event.element)
      }
    for (const event of original)
      if (event.type === 'spawned') this.#elements.set(event.element, made.get(keyOf(event)) ?? null)
  }

  #send(player: PlayerId, command: Command, original?: Input): void {
    const sequence = (this.#sequences.get(player) ?? 0) + 1
    this.#sequences.set(player, sequence)
    this.#inputs.push({ player, sequence, command })
    if (original) this.#originals.set(keyOf({ player, sequence }), keyOf(original))
  }

  #translate(input: Input, neutral: Realm): void {
    const { command } = input
    if (!this.#names.knows(input.player)) return void this.leftOut++
    switch (command.type) {
      case 'move':
      case 'pose':
      case 'wear':
        return undefined
      case 'drag':
        return void entry(this.#drags, input.player).set(command.hand, command)
      case 'scale':
        return void entry(this.#scales, input.player).set(command.element, command.scale)
      case 'release':
        // A throw has the speed of the last drags.
        this.#drag(input.player, command.hand, neutral)
        break
      default:
        break
    }
    const translated = this.#command(input.player, command)
    if (translated) this.#send(this.#names.player(input.player), translated, input)
    else this.leftOut++
  }

  /** Null for a command about something that the neutral run does not have. */
  #command(player: PlayerId, command: Command): Command | null {
    const names = this.#names
    if ('player' in command && !names.knows(command.player)) return null
    switch (command.type) {
      case 'join':
        return {
          type: 'join',
          player: names.player(command.player),
          user: names.user(command.user),
          ...(command.share !== undefined && { share: names.share(command.share, command.user) }),
          name: names.nameOf(command.user),
          body: 0,
          permissions: command.permissions,
        }
      case 'leave':
      case 'permit':
        return { ...command, player: names.player(command.player) }
      case 'teleport':
        return { ...command, player: names.player(command.player), yaw: coarseYaw(command.yaw) }
      case 'spawn': {
        const prop = typeof command.prop === 'string' ? names.package(command.prop) : names.prop(command.prop)
        return { ...command, prop, owner: names.user(command.owner) }
      }
      case 'package':
        return command.physics.kind === 'avatar'
          ? null
          : { ...command, hash: names.package(command.hash), physics: names.physics(command.physics) }
      case 'grab':
        return this.#on(command.element, (element) => ({
          ...command,
          element,
          hand: this.#hands.of(player, command.hand),
        }))
      case 'despawn':
      case 'access':
        return this.#on(command.element, (element) => ({ ...command, element }))
      case 'release':
        return { ...command, hand: this.#hands.of(player, command.hand) }
      default:
        return command
    }
  }

  #on(element: ElementId, make: (element: ElementId) => Command): Command | null {
    const known = this.#elements.get(element)
    return known === null ? null : make(known ?? element)
  }

  /** What players do four times a second. */
  #stride(original: Realm, neutral: Realm): void {
    for (const leader of original.avatars.values()) this.#walk(leader.player, original, neutral)
    // A player who leaves in this tick sends nothing more.
    for (const [player, drags] of this.#drags)
      if (original.players.has(player)) for (const hand of drags.keys()) this.#drag(player, hand, neutral)
    for (const [player, scales] of this.#scales)
      for (const [element, scale] of scales) {
        if (!original.players.has(player)) continue
        // An anonymous avatar has the size of its body.
        if (original.avatars.has(element)) continue
        const command = this.#on(element, (known) => ({ type: 'scale', element: known, scale: coarseScale(scale) }))
        if (command) this.#send(this.#names.player(player), command)
        else this.leftOut++
      }
    this.#scales.clear()
  }

  #walk(player: PlayerId, original: Realm, neutral: Realm): void {
    const leader = original.players.get(player)
    const id = this.#names.player(player)
    const own = neutral.players.get(id)
    if (!leader || !own) return
    const away = distance(leader.position, own.position)
    this.farthestMetres = Math.max(this.farthestMetres, away)
    if (away > STRAY_METRES) {
      this.putBack++
      const { x, z } = coarsePlace(leader.position)
      const position = { x, y: leader.position.y, z }
      this.#send(0, { type: 'teleport', player: id, position, yaw: coarseYaw(leader.yaw) })
    }
    const move = follow(own, leader, neutral.definition.tickRate)
    const text = JSON.stringify(move)
    if (this.#lastMove.get(player) === text) return
    this.#lastMove.set(player, text)
    this.#send(id, move)
  }

  /** Sends the last drag of a hand, if there was one since. */
  #drag(player: PlayerId, hand: HandId, neutral: Realm): void {
    const drag = this.#drags.get(player)?.get(hand)
    const id = this.#names.player(player)
    const own = neutral.players.get(id)
    if (!drag || !own) return
    this.#drags.get(player)?.delete(hand)
    if (!isHolding(neutral, id, this.#hands.of(player, hand))) return
    const head = add(own.position, vec(0, restHeadHeight(own.body), 0))
    this.#send(id, {
      type: 'drag',
      hand: this.#hands.of(player, hand),
      position: coarseReach(drag.position, head, neutral.definition.reach * REACH_SHARE),
      rotation: coarseRotation(drag.rotation),
    })
  }
}

function isHolding({ props }: Realm, player: PlayerId, hand: HandId): boolean {
  for (const { hold } of props.values()) if (hold?.player === player && hold.hand === hand) return true
  return false
}

function entry<K, L, V>(maps: Map<K, Map<L, V>>, key: K): Map<L, V> {
  const known = maps.get(key) ?? new Map<L, V>()
  maps.set(key, known)
  return known
}
