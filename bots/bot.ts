/** A bot: a mind behind a render client. It looks at the world as a player's program does, a little late and interpolated. */
import { packPose, type Vec3 } from '../sim/index.ts'
import type { RenderClient } from '../netcode/client/render-client.ts'
import type { AvatarSample, CommandResult as Answer, WorldSample } from '../netcode/client/types.ts'
import type { Action, Actions, BotBehaviour, MoveIntent, Perception } from './bot-behaviour.ts'

/** Time between two thoughts, ms: twice as often as inputs leave. */
const THINK_MS = 1000 / 30
/** Time between two looks at the world, ms. Looking costs more than thinking; between looks a bot reckons where it is. */
const LOOK_MS = 200

/** How many commands ended how. */
export interface CommandTally {
  readonly done: number
  readonly rejected: Readonly<Record<string, number>>
}

export class Bot {
  readonly client: RenderClient
  readonly #mind: BotBehaviour
  #thoughtMs = -Infinity
  #lookedMs = -Infinity
  #world: WorldSample | null = null
  #self: AvatarSample | null = null
  #commands = 0
  #done = 0
  readonly #rejected: Record<string, number> = {}
  #resting = false
  #move: MoveIntent | null = null
  /** Whether it is to jump, where that is not its mind's to say. */
  #jumps: boolean | null = null

  constructor(client: RenderClient, mind: BotBehaviour) {
    this.client = client
    this.#mind = mind
  }

  /** Lets time pass; to be called 60 times a second. */
  update(nowMs: number): void {
    this.client.update(nowMs)
    if (this.#resting || nowMs - this.#thoughtMs < THINK_MS) return
    this.#thoughtMs = nowMs
    const sight = this.#perceive(nowMs)
    if (sight) this.#mind.think(nowMs, sight, this.#deeds)
  }

  /** Stands still and begins nothing more, so that what was begun can come to its end. */
  rest(): void {
    if (this.#resting) return
    this.#resting = true
    this.client.move({ yaw: this.#self?.yaw ?? 0 })
  }

  /** When it last looked at itself. */
  get isGrounded(): boolean {
    return this.#self?.grounded ?? false
  }

  /** Wishes to jump, at once and until it is told otherwise; from then on its mind jumps no more. A bot that rests does not. */
  jump(wish: boolean): void {
    this.#jumps = wish
    if (!this.#resting) this.client.move({ ...(this.#move ?? { yaw: this.#self?.yaw ?? 0 }), jump: wish })
  }

  get tally(): CommandTally {
    return { done: this.#done, rejected: { ...this.#rejected } }
  }

  #perceive(nowMs: number): Perception | null {
    const { definition, state } = this.client
    if (!definition || state.type !== 'joined') return null
    if (nowMs - this.#lookedMs >= LOOK_MS || !this.#world || !this.#self) {
      this.#lookedMs = nowMs
      this.#world = this.client.sample(nowMs)
      this.#self = this.#world.avatars.find(({ own }) => own) ?? null
    }
    const { props } = this.#world
    return (
      this.#self && {
        definition,
        player: state.player,
        position: reckoned(this.#self, nowMs - this.#lookedMs),
        props: () => props,
      }
    )
  }

  readonly #deeds: Actions = {
    move: (move) => {
      this.#move = move
      this.client.move(this.#jumps === null ? move : { ...move, jump: this.#jumps })
    },
    pose: (pose) => this.client.pose(packPose(pose)),
    drag: (hand, position, rotation) => this.client.drag(hand, position, rotation),
    command: (deed) => this.#command(deed),
  }

  /** Numbers commands by itself: the mind needs to know them apart before they are answered. */
  #command(deed: Action): number {
    const sequence = ++this.#commands
    void this.#settle(deed, sequence)
    return sequence
  }

  async #settle(deed: Action, sequence: number): Promise<void> {
    const answer = await this.#carryOut(deed)
    if (answer.ok) this.#done++
    else this.#rejected[answer.reason] = (this.#rejected[answer.reason] ?? 0) + 1
    this.#mind.actionEnded(
      answer.ok ? { sequence, ok: true, element: answer.element } : { sequence, ok: false, reason: answer.reason },
    )
  }

  #carryOut(deed: Action): Promise<Answer> {
    switch (deed.type) {
      case 'grab':
        return this.client.grab(deed.element, deed.hand)
      case 'release':
        return this.client.release(deed.hand)
      case 'scale':
        return this.client.scale(deed.element, deed.scale)
      case 'spawn':
        return this.client.spawn(deed.prop, deed)
      case 'despawn':
        return this.client.despawn(deed.element)
    }
  }
}

/** Where somebody is who was seen so long ago. */
function reckoned({ position, velocity }: AvatarSample, ageMs: number): Vec3 {
  const s = Math.min(ageMs, LOOK_MS) / 1000
  return { x: position.x + velocity.x * s, y: position.y, z: position.z + velocity.z * s }
}
