/**
 * Predicts held props: a prop follows the player's hand at once, by the simulation's own rule, instead of by answers
 * that are a round trip old. If the server's prop stays away from the predicted place (a wall, another body), the
 * predicted one is pulled towards it. After the release it is blended into the server's state.
 */
import { add, distance, IDENTITY, length, limited, nlerp, scaled, sub, ZERO } from '../../../sim/maths/maths.ts'
import { FOLLOW, FOLLOW_SPEED_MAX } from '../../../sim/props/follow.ts'
import type { ElementId, HandId, PlayerId, Quat, Vec3 } from '../../../sim/types.ts'
import type { PropSample } from '../types.ts'

/** Time in which the error of a released prop shrinks to 1/e, ms. */
const BLEND_MS = 150
/** After this time no error is visible, ms. */
const FADED_MS = 1_000
/** Errors that are not corrected: what sending 15 times a second causes, metres, and seconds of the prop's speed. */
const SLACK_METRES = 0.05
const SLACK_SECONDS = 0.08
/** Time in which a larger error shrinks to 1/e, ms. */
const PULL_MS = 120
/** Time for the server to confirm the hold, ms. */
const CONFIRM_MS = 1_500
/** How long predicted places are remembered, ms: as long as an answer may take; and at most this many drawn frames. */
const HISTORY_MS = 1_500
const HISTORY_MAX = 256

interface GripTransform {
  readonly position: Vec3
  readonly rotation: Quat
}

interface HandGrip {
  readonly element: ElementId
  readonly sinceMs: number
  target: GripTransform | null
  /** The place in the hand, before it is pulled towards the server's; null until it is drawn. */
  drawn: GripTransform | null
  drawnMs: number
  history: { readonly atMs: number; readonly position: Vec3 }[]
  pull: Vec3
  /** True once the server has confirmed the hold. */
  confirmed: boolean
}

/** A released prop, and how it was drawn then. */
interface Fading {
  readonly sinceMs: number
  readonly from: GripTransform
  /** The difference to the server's state then; null until it is drawn. */
  offset: Vec3 | null
}

export class HeldPrediction {
  readonly #player: PlayerId
  readonly #tickRate: number
  readonly #grips = new Map<HandId, HandGrip>()
  readonly #fading = new Map<ElementId, Fading>()

  constructor(player: PlayerId, tickRate: number) {
    this.#player = player
    this.#tickRate = tickRate
  }

  grabbed(hand: HandId, element: ElementId, nowMs: number): void {
    this.released(hand, nowMs)
    this.#grips.set(hand, {
      element,
      sinceMs: nowMs,
      target: null,
      drawn: null,
      drawnMs: nowMs,
      history: [],
      pull: ZERO,
      confirmed: false,
    })
  }

  dragged(hand: HandId, position: Vec3, rotation: Quat): void {
    const grip = this.#grips.get(hand)
    if (grip !== undefined) grip.target = { position, rotation }
  }

  /** The server refused the grab. */
  refused(hand: HandId, element: ElementId, nowMs: number): void {
    if (this.#grips.get(hand)?.element === element) this.released(hand, nowMs)
  }

  /** The player released the hand. */
  released(hand: HandId, nowMs: number): void {
    const grip = this.#grips.get(hand)
    this.#grips.delete(hand)
    if (grip?.drawn)
      this.#fading.set(grip.element, {
        sinceMs: nowMs,
        from: { ...grip.drawn, position: add(grip.drawn.position, grip.pull) },
        offset: null,
      })
  }

  /**
   * Returns the props as they are to be drawn. `lagMs`: the age of the drag in `props`; `head`, `reach`: limit the
   * hand.
   */
  place(props: readonly PropSample[], nowMs: number, lagMs: number, head: Vec3, reach: number): readonly PropSample[] {
    if (this.#grips.size + this.#fading.size === 0) return props
    for (const [element, { sinceMs }] of this.#fading) if (nowMs - sinceMs > FADED_MS) this.#fading.delete(element)
    return props.map((prop) => this.#held(prop, nowMs, lagMs, head, reach) ?? this.#faded(prop, nowMs) ?? prop)
  }

  #held(prop: PropSample, nowMs: number, lagMs: number, head: Vec3, reach: number): PropSample | null {
    for (const [hand, grip] of this.#grips) {
      if (grip.element !== prop.element) continue
      grip.confirmed ||= prop.holder === this.#player
      const lost =
        prop.holder !== this.#player && (prop.holder !== 0 || grip.confirmed || nowMs - grip.sinceMs > CONFIRM_MS)
      if (lost) {
        this.released(hand, nowMs)
        return null
      }
      if (grip.target === null) return null
      this.#follow(grip, grip.drawn ?? prop, nowMs, add(head, limited(sub(grip.target.position, head), reach)))
      this.#pull(grip, prop, nowMs, lagMs)
      const { position, rotation } = grip.drawn ?? prop
      return { ...prop, position: add(position, grip.pull), rotation, asleep: false }
    }
    return null
  }

  /** Follows as sim/props/holds.ts: a share of the way in each tick, with a highest speed. */
  #follow(grip: HandGrip, { position, rotation }: GripTransform, nowMs: number, target: Vec3): void {
    const seconds = Math.max(0, nowMs - grip.drawnMs) / 1_000
    const share = 1 - (1 - FOLLOW) ** (seconds * this.#tickRate)
    const step = limited(scaled(sub(target, position), share), FOLLOW_SPEED_MAX * seconds)
    grip.drawn = { position: add(position, step), rotation: nlerp(rotation, grip.target?.rotation ?? IDENTITY, share) }
    grip.history.push({ atMs: nowMs, position: grip.drawn.position })
    if (grip.history.length > HISTORY_MAX || (grip.history[0]?.atMs ?? nowMs) < nowMs - HISTORY_MS) grip.history.shift()
  }

  /** Compares the server's place with the predicted one at that time. */
  #pull(grip: HandGrip, { position }: GripTransform, nowMs: number, lagMs: number): void {
    const elapsedMs = Math.max(0, nowMs - grip.drawnMs)
    grip.drawnMs = nowMs
    const at = grip.history.findLastIndex(({ atMs }) => atMs <= nowMs - lagMs)
    const [then, after] = [grip.history[at], grip.history[at + 1]]
    // The server's state is from before the grab, or before it confirmed the hold.
    if (then === undefined || !grip.confirmed) return
    const speed =
      after === undefined
        ? 0
        : distance(then.position, after.position) / Math.max(1e-3, (after.atMs - then.atMs) / 1_000)
    const error = sub(position, then.position)
    const slack = SLACK_METRES + SLACK_SECONDS * speed
    const wanted = length(error) > slack ? error : ZERO
    grip.pull = add(grip.pull, scaled(sub(wanted, grip.pull), 1 - Math.exp(-elapsedMs / PULL_MS)))
  }

  #faded(prop: PropSample, nowMs: number): PropSample | null {
    const fading = this.#fading.get(prop.element)
    if (fading === undefined) return null
    fading.offset ??= sub(fading.from.position, prop.position)
    const share = Math.exp(-(nowMs - fading.sinceMs) / BLEND_MS)
    return {
      ...prop,
      position: add(prop.position, scaled(fading.offset, share)),
      rotation: nlerp(prop.rotation, fading.from.rotation, share),
    }
  }
}
