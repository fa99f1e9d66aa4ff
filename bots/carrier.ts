/**
 * Grabs a prop nearby, carries it, sometimes scales it, and throws it. If a command is rejected, it continues with
 * another prop.
 */
import { add, distance, rotate, yawRotation } from '../sim/maths/maths.ts'
import type { ElementId, HandId, Vec3 } from '../sim/index.ts'
import { ahead } from './heading.ts'
import type { Actions, Dice, ActionResult, SeenProp, Perception } from './bot-behaviour.ts'

/** Maximum distance of a prop to grab, metres. */
const INTEREST_METRES = 10
/** Share of the reach at which a bot grabs and holds, because its own position may be a few ticks old. */
const REACH_SHARE = 0.6
const APPROACH_MS_MAX = 6_000
/** A command without an outcome is abandoned after this time, ms. */
const ANSWER_MS_MAX = 5_000
/** Duration of a throw, ms, and its distance from behind to ahead, metres. */
const SWING_MS = 250
const SWING_METRES = 1.2
const SCALE_MIN = 0.4
const SCALE_MAX = 2.5

type State =
  | { readonly name: 'bored'; readonly untilMs: number }
  | { readonly name: 'near'; readonly element: ElementId; readonly untilMs: number }
  | { readonly name: 'asked'; readonly element: ElementId; readonly sequence: number; readonly untilMs: number }
  | { readonly name: 'carry'; readonly element: ElementId; readonly untilMs: number; readonly scaleAtMs: number }
  | { readonly name: 'swing'; readonly element: ElementId; readonly startMs: number }

export interface CarrierOptions {
  readonly hand: HandId
  /** Time between two props, ms: minimum and maximum. */
  readonly pauseMs: readonly [number, number]
  /** Share of carried props that are scaled. */
  readonly scaleShare: number
}

export class Carrier {
  readonly #dice: Dice
  readonly #options: CarrierOptions
  #state: State = { name: 'bored', untilMs: 0 }
  #nowMs = 0

  constructor(dice: Dice, options: CarrierOptions) {
    this.#dice = dice
    this.#options = options
  }

  /** Position of the prop that it wants to approach. */
  approachTarget(perception: Perception): Vec3 | null {
    return this.#state.name === 'near' ? (propOf(perception, this.#state.element)?.position ?? null) : null
  }

  get holding(): boolean {
    return this.#state.name === 'carry' || this.#state.name === 'swing'
  }

  /** `grip`: position of the hand in root space. */
  step(nowMs: number, perception: Perception, actions: Actions, yaw: number, grip: Vec3): void {
    this.#nowMs = nowMs
    const state = this.#state
    switch (state.name) {
      case 'bored':
        if (nowMs >= state.untilMs) this.#choose(perception)
        return
      case 'near':
        return this.#approach(state.element, state.untilMs, perception, actions)
      case 'asked':
        if (nowMs > state.untilMs) this.#rest()
        return
      case 'carry':
        return this.#carry(state, perception, actions, yaw, grip)
      case 'swing':
        return this.#swing(state, perception, actions, yaw, grip)
    }
  }

  actionEnded(outcome: ActionResult): void {
    const state = this.#state
    if (state.name !== 'asked' || outcome.sequence !== state.sequence) return
    if (!outcome.ok) return this.#rest()
    const untilMs = this.#nowMs + this.#dice.between(1_000, 4_000)
    const scaleAtMs = this.#dice.chance(this.#options.scaleShare)
      ? this.#nowMs + this.#dice.between(200, 1_000)
      : Infinity
    this.#state = { name: 'carry', element: state.element, untilMs, scaleAtMs }
  }

  #rest(): void {
    this.#state = { name: 'bored', untilMs: this.#nowMs + this.#dice.between(...this.#options.pauseMs) }
  }

  #choose(perception: Perception): void {
    const near = [...perception.props()]
      .filter(
        ({ spec, holder, position }) =>
          spec.motion !== 'static' && holder === 0 && distance(position, perception.position) < INTEREST_METRES,
      )
      .toSorted((a, b) => distance(a.position, perception.position) - distance(b.position, perception.position))
    const chosen = this.#dice.pick(near.slice(0, 4))
    if (chosen) this.#state = { name: 'near', element: chosen.element, untilMs: this.#nowMs + APPROACH_MS_MAX }
    else this.#rest()
  }

  #approach(element: ElementId, untilMs: number, perception: Perception, actions: Actions): void {
    const prop = propOf(perception, element)
    if (!prop || prop.holder !== 0 || this.#nowMs > untilMs) return this.#rest()
    if (distance(prop.position, eyes(perception)) > perception.definition.reach * REACH_SHARE) return
    const sequence = actions.command({ type: 'grab', element, hand: this.#options.hand })
    this.#state = { name: 'asked', element, sequence, untilMs: this.#nowMs + ANSWER_MS_MAX }
  }

  #carry(
    state: Extract<State, { name: 'carry' }>,
    perception: Perception,
    actions: Actions,
    yaw: number,
    grip: Vec3,
  ): void {
    const prop = propOf(perception, state.element)
    if (!prop) return this.#rest()
    actions.drag(this.#options.hand, this.#place(perception, yaw, grip, 0), yawRotation(yaw))
    if (this.#nowMs >= state.scaleAtMs) {
      actions.command({ type: 'scale', element: state.element, scale: this.#newScale(prop) })
      this.#state = { ...state, scaleAtMs: Infinity }
    } else if (this.#nowMs >= state.untilMs)
      this.#state = { name: 'swing', element: state.element, startMs: this.#nowMs }
  }

  #newScale({ scale }: SeenProp): number {
    return Math.fround(Math.min(SCALE_MAX, Math.max(SCALE_MIN, scale * this.#dice.between(0.7, 1.5))))
  }

  #swing(
    state: Extract<State, { name: 'swing' }>,
    perception: Perception,
    actions: Actions,
    yaw: number,
    grip: Vec3,
  ): void {
    const share = (this.#nowMs - state.startMs) / SWING_MS
    if (share <= 1) {
      actions.drag(
        this.#options.hand,
        this.#place(perception, yaw, grip, (share - 0.5) * SWING_METRES),
        yawRotation(yaw),
      )
      return
    }
    actions.command({ type: 'release', hand: this.#options.hand })
    this.#rest()
  }

  /** Position of the hand in the world, moved `forward` metres ahead and limited to the reach. */
  #place(perception: Perception, yaw: number, grip: Vec3, forward: number): Vec3 {
    const look = ahead(yaw)
    const at = add(perception.position, rotate(yawRotation(yaw), grip))
    const wished = { x: at.x + look.x * forward, y: at.y + Math.max(0, forward) * 0.4, z: at.z + look.z * forward }
    const from = eyes(perception)
    const share = Math.min(1, (perception.definition.reach * REACH_SHARE) / Math.max(distance(wished, from), 1e-6))
    const along = (a: number, b: number): number => Math.fround(a + (b - a) * share)
    return { x: along(from.x, wished.x), y: along(from.y, wished.y), z: along(from.z, wished.z) }
  }
}

/** Reach is measured from about this position. */
const eyes = ({ position }: Perception): Vec3 => ({ x: position.x, y: position.y + 1.5, z: position.z })

function propOf(perception: Perception, element: ElementId): SeenProp | undefined {
  for (const prop of perception.props()) if (prop.element === element) return prop
  return undefined
}
