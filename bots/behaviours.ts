/** The four behaviours, composed of walking, carrying, playing motion clips and spawning. */
import { Hand, RUN_SPEED, WALK_SPEED, type Vec3 } from '../sim/index.ts'
import { Carrier, type CarrierOptions } from './carrier.ts'
import { Spawner } from './spawner.ts'
import { MotionClipPlayer, type FittedClips } from './motion-clip-player.ts'
import {
  Dice,
  type BehaviourName,
  type Actions,
  type BotBehaviour,
  type ActionResult,
  type Perception,
} from './bot-behaviour.ts'
import { Walker, type WalkingSpeed } from './walker.ts'

/** Time between two poses, ms: 15 a second. */
const POSE_MS = 1000 / 15
/** Position at which a desktop player holds props, in root space. */
const POINTER_GRIP: Vec3 = { x: 0.25, y: 1.25, z: -1.25 }
/** Duration of a gait or a mood, ms. */
const MOOD_MS: readonly [number, number] = [4_000, 10_000]

const WALK: WalkingSpeed = { speed: WALK_SPEED, run: false }
const RUN: WalkingSpeed = { speed: RUN_SPEED, run: true }

interface Parts {
  readonly carrier?: Carrier
  readonly spawner?: Spawner
  readonly clipPlayer?: MotionClipPlayer
}

/** One body that walks and acts through its parts. */
class ComposedBehaviour implements BotBehaviour {
  readonly #dice: Dice
  readonly #walker: Walker
  readonly #parts: Parts
  #run = false
  #moodUntilMs = 0
  #poseMs = -Infinity
  #grip = POINTER_GRIP

  constructor(dice: Dice, standMsMax: number, parts: Parts) {
    this.#dice = dice
    this.#walker = new Walker(dice, standMsMax)
    this.#parts = parts
  }

  think(nowMs: number, perception: Perception, actions: Actions): void {
    if (nowMs >= this.#moodUntilMs) {
      this.#moodUntilMs = nowMs + this.#dice.between(...MOOD_MS)
      this.#run = this.#dice.chance(0.3)
    }
    const { carrier, spawner } = this.#parts
    this.#walk(nowMs, perception, actions)
    this.#pose(nowMs, actions)
    carrier?.step(nowMs, perception, actions, this.#walker.yaw, this.#grip)
    spawner?.step(nowMs, perception, actions, this.#walker.yaw)
  }

  actionEnded(outcome: ActionResult): void {
    this.#parts.carrier?.actionEnded(outcome)
    this.#parts.spawner?.actionEnded(outcome)
  }

  #walk(nowMs: number, perception: Perception, actions: Actions): void {
    const target = this.#parts.carrier?.approachTarget(perception) ?? undefined
    if (target) this.#walker.goTo(target, perception.definition)
    const gait = this.#parts.clipPlayer?.gait(this.#run) ?? (this.#run ? RUN : WALK)
    actions.move(this.#walker.step(nowMs, perception, gait, target))
  }

  #pose(nowMs: number, actions: Actions): void {
    const { clipPlayer } = this.#parts
    if (!clipPlayer || nowMs - this.#poseMs < POSE_MS) return
    this.#poseMs = Math.max(this.#poseMs + POSE_MS, nowMs - POSE_MS)
    const pose = clipPlayer.step(nowMs, this.#walker.speed, this.#run)
    actions.pose(pose)
    const { x, y, z } = pose.right.position
    this.#grip = { x, y, z: z - 0.35 }
  }
}

const POINTER: CarrierOptions = { hand: Hand.pointer, pauseMs: [300, 1_500], scaleShare: 0.3 }
const RIGHT_HAND: CarrierOptions = { hand: Hand.right, pauseMs: [4_000, 12_000], scaleShare: 0.1 }

type SingleBehaviour = Exclude<BehaviourName, 'mixed'>

function composed(kind: SingleBehaviour, dice: Dice, clips: FittedClips, spawns: boolean): BotBehaviour {
  const spawner = spawns ? { spawner: new Spawner(dice) } : {}
  if (kind === 'walk') return new ComposedBehaviour(dice, 1_500, spawner)
  if (kind === 'drag') return new ComposedBehaviour(dice, 800, { carrier: new Carrier(dice, POINTER), ...spawner })
  return new ComposedBehaviour(dice, 4_000, {
    clipPlayer: new MotionClipPlayer(dice, clips),
    carrier: new Carrier(dice, RIGHT_HAND),
    ...spawner,
  })
}

/**
 * Creates a bot's behaviour by name and seed. `walk` walks from place to place. `drag` drags props about. `mocap` moves
 * by motion clips and sometimes grabs a prop. `mixed` is one of the three, chosen by the seed, and also spawns props.
 */
export function createBehaviour(name: BehaviourName, seed: number, clips: FittedClips): BotBehaviour {
  const dice = new Dice(seed)
  const kind: SingleBehaviour = name === 'mixed' ? (dice.pick(['walk', 'drag', 'mocap'] as const) ?? 'walk') : name
  return composed(kind, dice, clips, name === 'mixed')
}
