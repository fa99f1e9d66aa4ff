/**
 * Bots that play directly in a realm, without server or network: workloads for tests and benchmarks, the same for the
 * same seed.
 */
import {
  avatars,
  packPose,
  props,
  type Command,
  type Input,
  type InputFrame,
  type PlayerId,
  type PropView,
  type Realm,
  type SimEvent,
  type Vec3,
} from '../sim/index.ts'
import { createBehaviour } from './behaviours.ts'
import type { BehaviourName, BotCommand, Actions, BotBehaviour, SeenProp } from './bot-behaviour.ts'
import type { FittedClips } from './motion-clip-player.ts'

/** Each bot decides in every second tick, half of them in each. */
const THINK_TICKS = 2

interface CrowdMember {
  readonly player: PlayerId
  readonly behaviour: BotBehaviour
  sequence: number
}

export interface SimCrowdOptions {
  readonly count: number
  readonly behaviour: BehaviourName
  readonly seed: number
  readonly clips: FittedClips
  /** The bots notice only props for which it returns true; by default all. */
  notices?(prop: PropView): boolean
}

export class SimCrowd {
  readonly #members: readonly CrowdMember[]
  readonly #notices: (prop: PropView) => boolean
  #serverSequence = 0

  constructor({ count, behaviour, seed, clips, notices = () => true }: SimCrowdOptions) {
    this.#notices = notices
    this.#members = Array.from({ length: count }, (_, i) => ({
      player: i + 1,
      behaviour: createBehaviour(behaviour, seed + i, clips),
      sequence: 0,
    }))
  }

  /** The bots' inputs for the realm's next tick; at tick 0 they join. */
  nextFrame(realm: Realm): InputFrame {
    const tick = realm.tick + 1
    return { tick, inputs: realm.tick === 0 ? this.#joins(realm) : this.#thoughts(realm) }
  }

  /** An input of a bot or, for player 0, of the server beside those of the behaviours, with the next sequence. */
  input(player: PlayerId, command: Command): Input {
    if (player === 0) return { player, sequence: ++this.#serverSequence, command }
    const member = this.#members[player - 1]
    if (!member) throw new RangeError(`there is no bot ${player}; there are ${this.#members.length}`)
    return { player, sequence: ++member.sequence, command }
  }

  /** Call it with the events of the step. */
  handleEvents(events: readonly SimEvent[]): void {
    for (const event of events) {
      if (!('sequence' in event)) continue
      const outcome =
        event.type === 'rejected'
          ? ({ sequence: event.sequence, ok: false, reason: event.reason } as const)
          : 'element' in event
            ? ({ sequence: event.sequence, ok: true, element: event.element } as const)
            : null
      if (outcome) this.#members[event.player - 1]?.behaviour.actionEnded(outcome)
    }
  }

  #joins({ definition }: Realm): Input[] {
    return this.#members.map(({ player }) =>
      this.input(0, {
        type: 'join',
        player,
        user: player,
        name: `bot ${player}`,
        body: 0,
        permissions: definition.permissions,
      }),
    )
  }

  #thoughts(realm: Realm): Input[] {
    const places = new Map(avatars(realm).map(({ player, position }) => [player, position]))
    const seen = props(realm)
      .filter((prop) => this.#notices(prop))
      .map((prop): SeenProp => ({ ...prop, element: prop.id }))
    return this.#members
      .filter(({ player }) => (player + realm.tick) % THINK_TICKS === 0)
      .flatMap((member) => think(member, realm, seen, places.get(member.player)))
  }
}

function think(member: CrowdMember, realm: Realm, seen: readonly SeenProp[], position: Vec3 | undefined): Input[] {
  if (!position) return []
  const inputs: Input[] = []
  const put = (command: Command): number => {
    inputs.push({ player: member.player, sequence: ++member.sequence, command })
    return member.sequence
  }
  const actions: Actions = {
    move: (move) =>
      put({ type: 'move', ...move, x: Math.fround(move.x), z: Math.fround(move.z), yaw: Math.fround(move.yaw) }),
    pose: (pose) => put({ type: 'pose', pose: packPose(pose) }),
    drag: (hand, at, { x, y, z, w }) =>
      put({
        type: 'drag',
        hand,
        position: at,
        rotation: { x: Math.fround(x), y: Math.fround(y), z: Math.fround(z), w: Math.fround(w) },
      }),
    command: (action: BotCommand) => put(action),
  }
  const nowMs = (realm.tick * 1000) / realm.definition.tickRate
  member.behaviour.think(
    nowMs,
    { definition: realm.definition, player: member.player, position, props: () => seen },
    actions,
  )
  return inputs
}
