/**
 * The rules of a realm as a small model: who is in it, what they may do, and what they hold. It knows no physics. It
 * follows a realm by its events, and reports each event that the rules do not permit. `docs/protocol.md` states the
 * rules.
 */
import {
  Permission,
  type AvatarView,
  type Command,
  type Input,
  type PropSpec,
  type PropView,
  type RealmDefinition,
  type SimEvent,
} from '../../sim/index.ts'

export interface RulesPlayer {
  readonly element: number
  readonly user: number
  permissions: number
}

export interface RulesProp {
  readonly owner: number
  readonly motion: PropSpec['motion'] | 'unknown'
  access: number
  /** 0: nobody. */
  holder: number
  hand: number
}

/** A departure from the rules. `lost`: people, props or holds were lost, doubled or made up. */
export interface RuleFault {
  readonly kind: 'forbidden' | 'lost'
  readonly message: string
}

const forbidden = (message: string): RuleFault => ({ kind: 'forbidden', message })
const lost = (message: string): RuleFault => ({ kind: 'lost', message })

/** Access levels by their two bits. The default of an act is 0. */
const LEVEL = { everyone: 1, ownerAndManagers: 2 } as const
const SHIFT = { drag: 0, scale: 2, despawn: 4 } as const
const DEFAULT_LEVEL = { drag: LEVEL.everyone, scale: LEVEL.everyone, despawn: LEVEL.ownerAndManagers } as const
const NEEDED = { drag: Permission.grab, scale: Permission.scale, despawn: 0 } as const
type RuledAct = keyof typeof SHIFT

/** True if the rules permit a player an act on a prop. */
export function permits(player: RulesPlayer, prop: RulesProp, act: RuledAct): boolean {
  if ((player.permissions & NEEDED[act]) !== NEEDED[act]) return false
  const level = (prop.access >> SHIFT[act]) & 3 || DEFAULT_LEVEL[act]
  if (level === LEVEL.everyone || isOwner(player, prop)) return true
  return level === LEVEL.ownerAndManagers && isManager(player)
}

export const isOwner = ({ user }: RulesPlayer, { owner }: RulesProp): boolean => owner !== 0 && owner === user
export const isManager = ({ permissions }: RulesPlayer): boolean => (permissions & Permission.manage) !== 0

/** Inputs without an event of their own, unless they are rejected. */
const QUIET: readonly Command['type'][] = ['move', 'pose', 'drag']

type ElementEvent = Extract<
  SimEvent,
  { type: 'spawned' | 'despawned' | 'grabbed' | 'released' | 'scaled' | 'accessChanged' }
>

export class Rules {
  readonly players = new Map<number, RulesPlayer>()
  readonly props = new Map<number, RulesProp>()
  readonly #definition: RealmDefinition
  #newest = 0

  constructor(definition: RealmDefinition, props: readonly PropView[]) {
    this.#definition = definition
    for (const { id, owner, access, spec } of props) {
      this.props.set(id, { owner, access, motion: spec.motion, holder: 0, hand: 0 })
      this.#newest = Math.max(this.#newest, id)
    }
  }

  /** Follows a tick. Returns the first event that the rules do not permit, or an input without exactly one answer. */
  follow(inputs: readonly Input[], events: readonly SimEvent[]): RuleFault | null {
    const answers = new Map<string, number>()
    for (const event of events) {
      const isAnswer = 'sequence' in event && event.sequence > 0
      const key = isAnswer ? `${event.player} ${event.sequence}` : ''
      if (isAnswer) answers.set(key, (answers.get(key) ?? 0) + 1)
      const input = inputs.find(({ player, sequence }) => `${player} ${sequence}` === key)
      const fault = this.#event(event, input)
      if (fault) return fault
    }
    for (const { player, sequence, command } of inputs) {
      const count = answers.get(`${player} ${sequence}`) ?? 0
      if (count !== 1 && !(count === 0 && QUIET.includes(command.type)))
        return lost(
          `the ${command.type} of player ${player} (sequence ${sequence}) has ${count} answers; it must have 1`,
        )
    }
    return null
  }

  /** Compares the model with the realm after a tick. */
  compare(avatars: readonly AvatarView[], props: readonly PropView[]): RuleFault | null {
    return this.#comparePlayers(avatars) ?? this.#compareProps(props) ?? disorder([avatars, props])
  }

  #comparePlayers(avatars: readonly AvatarView[]): RuleFault | null {
    if (avatars.length !== this.players.size)
      return lost(`the realm has ${avatars.length} avatars; ${this.players.size} players have joined and not left`)
    for (const { player, id, permissions, flying } of avatars) {
      const known = this.players.get(player)
      if (known?.element !== id) return lost(`avatar ${id} of player ${player} has not joined`)
      if (known.permissions !== permissions)
        return lost(`player ${player} has permissions ${permissions}; the last permit gave ${known.permissions}`)
      if (flying && !(permissions & Permission.fly)) return forbidden(`player ${player} flies without the permission`)
    }
    return null
  }

  #compareProps(props: readonly PropView[]): RuleFault | null {
    if (props.length !== this.props.size)
      return lost(`the realm has ${props.length} props; its events leave ${this.props.size}`)
    const hands = new Set<string>()
    for (const { id, holder, hand, owner, access } of props) {
      const known = this.props.get(id)
      if (!known) return lost(`prop ${id} exists; no event reported it`)
      if (known.holder !== holder || (holder !== 0 && known.hand !== hand))
        return lost(
          `prop ${id} is held by player ${holder}, hand ${hand}; by its events it is ${known.holder}, hand ${known.hand}`,
        )
      if (known.owner !== owner || known.access !== access)
        return lost(`prop ${id} has owner ${owner}, access ${access}; by its events ${known.owner}, ${known.access}`)
      if (holder === 0) continue
      const player = this.players.get(holder)
      if (!player) return lost(`prop ${id} is held by player ${holder}, who is not here`)
      if (!permits(player, known, 'drag')) return forbidden(`player ${holder} holds prop ${id} without the right to`)
      if (hands.has(`${holder} ${hand}`)) return lost(`hand ${hand} of player ${holder} holds two props`)
      hands.add(`${holder} ${hand}`)
    }
    return null
  }

  #event(event: SimEvent, input: Input | undefined): RuleFault | null {
    switch (event.type) {
      case 'joined':
        return this.#joined(event, input)
      case 'left':
        this.#empties(event.left)
        this.players.delete(event.left)
        return null
      case 'teleported':
        this.#empties(event.moved)
        return null
      case 'permitted': {
        const player = this.players.get(event.changed)
        if (player && input?.command.type === 'permit') player.permissions = input.command.permissions
        return null
      }
      case 'spawned':
        return this.#spawned(event, input)
      case 'despawned':
      case 'grabbed':
      case 'scaled':
      case 'accessChanged':
      case 'released':
        return this.#acted(event, input)
      case 'expired':
        this.props.delete(event.element)
        return null
      case 'returned':
        this.#returned(event.element)
        return null
      case 'frozen':
        if (event.cause === 'unstable') this.#loosen(event.element)
        return null
      case 'thawed':
      case 'packaged':
      case 'bodyChanged':
      case 'rejected':
        return null
    }
  }

  #joined({ joined, element }: Extract<SimEvent, { type: 'joined' }>, input: Input | undefined): RuleFault | null {
    const command = input?.command
    if (command?.type !== 'join') return lost(`player ${joined} joined without a join`)
    if (this.players.has(joined)) return lost(`player ${joined} joined twice`)
    if (this.players.size >= this.#definition.playersMax)
      return forbidden(`player ${joined} joined a realm that has its ${this.#definition.playersMax} players already`)
    this.players.set(joined, { element, user: command.user, permissions: command.permissions })
    return this.#isNew(element)
  }

  #spawned({ player, element }: ElementEvent, input: Input | undefined): RuleFault | null {
    const command = input?.command
    if (command?.type !== 'spawn') return lost(`prop ${element} was spawned without a spawn`)
    const spawner = this.players.get(player)
    if (player !== 0 && !spawner) return lost(`player ${player}, who is not here, spawned prop ${element}`)
    if (spawner && !(spawner.permissions & Permission.spawn))
      return forbidden(`player ${player} spawned prop ${element} without the permission`)
    if (this.props.size + this.players.size >= this.#definition.elementsMax)
      return forbidden(`prop ${element} was spawned in a realm that has its ${this.#definition.elementsMax} elements`)
    const motion = typeof command.prop === 'string' ? 'unknown' : command.prop.motion
    this.props.set(element, {
      owner: spawner?.user ?? command.owner,
      access: command.access,
      motion,
      holder: 0,
      hand: 0,
    })
    return this.#isNew(element)
  }

  #acted({ type, player, element }: ElementEvent, input: Input | undefined): RuleFault | null {
    const prop = this.props.get(element)
    const actor = this.players.get(player)
    if (type === 'scaled' && actor?.element === element)
      return actor.permissions & Permission.scale
        ? null
        : forbidden(`player ${player} scaled its avatar without the permission`)
    if (!prop) return lost(`prop ${element} was ${type}; it does not exist`)
    if (type === 'released') {
      if (prop.holder !== player)
        return lost(`player ${player} released prop ${element}, which player ${prop.holder} holds`)
      prop.holder = 0
      return null
    }
    if (prop.holder !== 0 && prop.holder !== player && player !== 0 && type !== 'accessChanged')
      return forbidden(`prop ${element}, which player ${prop.holder} holds, was ${type} by player ${player}`)
    if (player !== 0 && !this.#may(player, prop, type))
      return forbidden(`prop ${element} was ${type} by player ${player} without the right to`)
    const command = input?.command
    if (type === 'despawned') this.props.delete(element)
    if (type === 'accessChanged' && command?.type === 'access') prop.access = command.access
    if (type !== 'grabbed' || command?.type !== 'grab') return null
    if (prop.motion === 'static') return forbidden(`player ${player} grabbed prop ${element}, which is static`)
    prop.holder = player
    prop.hand = command.hand
    return null
  }

  #may(player: number, prop: RulesProp, type: ElementEvent['type']): boolean {
    const actor = this.players.get(player)
    if (!actor) return false
    if (type === 'accessChanged') return isOwner(actor, prop) || isManager(actor)
    return permits(actor, prop, type === 'grabbed' ? 'drag' : type === 'scaled' ? 'scale' : 'despawn')
  }

  /** Ids rise, so that none is used again. */
  #isNew(element: number): RuleFault | null {
    if (element <= this.#newest) return lost(`element ${element} is new, but ${this.#newest} was there before`)
    this.#newest = element
    return null
  }

  #returned(element: number): void {
    this.#loosen(element)
    for (const [player, { element: avatar }] of this.players) if (avatar === element) this.#empties(player)
  }

  #loosen(element: number): void {
    const prop = this.props.get(element)
    if (prop) prop.holder = 0
  }

  #empties(player: number): void {
    for (const prop of this.props.values()) if (prop.holder === player) prop.holder = 0
  }
}

/** Elements are in the order of their ids, so that nobody depends on when they were added. */
function disorder(lists: readonly (readonly { readonly id: number }[])[]): RuleFault | null {
  for (const list of lists)
    for (const [i, { id }] of list.entries())
      if (i > 0 && id <= (list[i - 1]?.id ?? 0)) return lost(`element ${id} comes after element ${list[i - 1]?.id}`)
  return null
}
