/**
 * A bot: a behaviour behind a render client. It perceives the world as a player's program does, a little late and
 * interpolated.
 */
import { packPose, type Vec3 } from '../sim/index.ts'
import type { RenderClient } from '../netcode/client/render-client.ts'
import type { AvatarSample, CommandResult as Answer, WorldSample } from '../netcode/client/types.ts'
import type { BotCommand, Actions, BotBehaviour, MoveIntent, Perception } from './bot-behaviour.ts'

/** Time between two calls of the behaviour, ms: twice as often as inputs are sent. */
const THINK_MS = 1000 / 30
/** Time between two samples of the world, ms. Sampling costs more than deciding; between samples a bot extrapolates. */
const LOOK_MS = 200

/** Commands by outcome. */
export interface CommandTally {
  readonly done: number
  readonly rejected: Readonly<Record<string, number>>
}

export class Bot {
  readonly client: RenderClient
  readonly #behaviour: BotBehaviour
  #thoughtMs = -Infinity
  #lookedMs = -Infinity
  #world: WorldSample | null = null
  #self: AvatarSample | null = null
  #commands = 0
  #done = 0
  readonly #rejected: Record<string, number> = {}
  #resting = false
  #move: MoveIntent | null = null
  /** True or false if it must jump or not; null while its behaviour decides. */
  #jumps: boolean | null = null

  constructor(client: RenderClient, behaviour: BotBehaviour) {
    this.client = client
    this.#behaviour = behaviour
  }

  /** Advances the bot. Call it 60 times a second. */
  update(nowMs: number): void {
    this.client.update(nowMs)
    if (this.#resting || nowMs - this.#thoughtMs < THINK_MS) return
    this.#thoughtMs = nowMs
    const perception = this.#perceive(nowMs)
    if (perception) this.#behaviour.think(nowMs, perception, this.#actions)
  }

  /** Stands still and begins no more commands, so that pending ones can end. */
  rest(): void {
    if (this.#resting) return
    this.#resting = true
    this.client.move({ yaw: this.#self?.yaw ?? 0 })
  }

  /** True if it was on the ground at the last sample. */
  get isGrounded(): boolean {
    return this.#self?.grounded ?? false
  }

  /** Jumps, or does not, from now on instead of its behaviour. A resting bot does not jump. */
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
        position: extrapolated(this.#self, nowMs - this.#lookedMs),
        props: () => props,
      }
    )
  }

  readonly #actions: Actions = {
    move: (move) => {
      this.#move = move
      this.client.move(this.#jumps === null ? move : { ...move, jump: this.#jumps })
    },
    pose: (pose) => this.client.pose(packPose(pose)),
    drag: (hand, position, rotation) => this.client.drag(hand, position, rotation),
    command: (action) => this.#command(action),
  }

  /** Numbers commands itself, because the behaviour must tell them apart before they have outcomes. */
  #command(action: BotCommand): number {
    const sequence = ++this.#commands
    void this.#settle(action, sequence)
    return sequence
  }

  async #settle(action: BotCommand, sequence: number): Promise<void> {
    const answer = await this.#carryOut(action)
    if (answer.ok) this.#done++
    else this.#rejected[answer.reason] = (this.#rejected[answer.reason] ?? 0) + 1
    this.#behaviour.actionEnded(
      answer.ok ? { sequence, ok: true, element: answer.element } : { sequence, ok: false, reason: answer.reason },
    )
  }

  #carryOut(action: BotCommand): Promise<Answer> {
    switch (action.type) {
      case 'grab':
        return this.client.grab(action.element, action.hand)
      case 'release':
        return this.client.release(action.hand)
      case 'scale':
        return this.client.scale(action.element, action.scale)
      case 'spawn':
        return this.client.spawn(action.prop, action)
      case 'despawn':
        return this.client.despawn(action.element)
    }
  }
}

/** Extrapolates the position of an avatar from a sample of that age. */
function extrapolated({ position, velocity }: AvatarSample, ageMs: number): Vec3 {
  const s = Math.min(ageMs, LOOK_MS) / 1000
  return { x: position.x + velocity.x * s, y: position.y, z: position.z + velocity.z * s }
}
