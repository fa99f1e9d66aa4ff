/**
 * What the player holds, drawn in the hand at once: it follows where it is dragged by the simulation's own rule, instead
 * of by answers that are a round trip and more old. Where the server's thing stays away from where ours was at that time
 * (a wall, another body), ours is drawn towards it; when it is let go, it is blended into what the server shows.
 */
import { add, distance, IDENTITY, length, limited, nlerp, scaled, sub, ZERO } from '../../../sim/maths/maths.ts'
import { FOLLOW, FOLLOW_SPEED_MAX } from '../../../sim/props/follow.ts'
import type { ElementId, HandId, PlayerId, Quat, Vec3 } from '../../../sim/types.ts'
import type { PropSample } from '../types.ts'

/** Time in which what is let go gets to where the server shows it but for 1/e, ms. */
const BLEND_MS = 150
/** After this long nothing of the difference is left to see, ms. */
const FADED_MS = 1_000
/** Differences to the server's thing that are not corrected: what sending 15 times a second leaves, metres, and seconds of its speed. */
const SLACK_METRES = 0.05
const SLACK_SECONDS = 0.08
/** How quickly ours is drawn to the server's beyond that: time to 1/e, ms. */
const PULL_MS = 120
/** How long the server may take to say who holds it, ms. */
const CONFIRM_MS = 1_500
/** Where ours was is remembered as long as an answer may take, ms, and at most so many drawn frames. */
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
  /** Where it is in the hand, before it is drawn towards the server's; null until it is drawn. */
  drawn: GripTransform | null
  drawnMs: number
  history: { readonly atMs: number; readonly position: Vec3 }[]
  pull: Vec3
  /** The server has said that it is ours. */
  confirmed: boolean
}

/** What was let go, and how it was drawn then. */
interface Fading {
  readonly sinceMs: number
  readonly from: GripTransform
  /** The difference to what the server showed then; null until it is drawn. */
  offset: Vec3 | null
}

export class Grips {
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

  /** The server did not let the hand take the thing. */
  refused(hand: HandId, element: ElementId, nowMs: number): void {
    if (this.#grips.get(hand)?.element === element) this.released(hand, nowMs)
  }

  /** The hand is empty. */
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

  /** The props as they are to be drawn. `lagMs`: how old the drag is that `props` show; `head`, `reach`: what limits the hand. */
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

  /** As sim/props/holds.ts moves what is held: a share of the way in each tick, not faster than it may. */
  #follow(grip: HandGrip, { position, rotation }: GripTransform, nowMs: number, target: Vec3): void {
    const seconds = Math.max(0, nowMs - grip.drawnMs) / 1_000
    const share = 1 - (1 - FOLLOW) ** (seconds * this.#tickRate)
    const step = limited(scaled(sub(target, position), share), FOLLOW_SPEED_MAX * seconds)
    grip.drawn = { position: add(position, step), rotation: nlerp(rotation, grip.target?.rotation ?? IDENTITY, share) }
    grip.history.push({ atMs: nowMs, position: grip.drawn.position })
    if (grip.history.length > HISTORY_MAX || (grip.history[0]?.atMs ?? nowMs) < nowMs - HISTORY_MS) grip.history.shift()
  }

  /** Compares where the server's thing is with where ours was at that time. */
  #pull(grip: HandGrip, { position }: GripTransform, nowMs: number, lagMs: number): void {
    const elapsedMs = Math.max(0, nowMs - grip.drawnMs)
    grip.drawnMs = nowMs
    const at = grip.history.findLastIndex(({ atMs }) => atMs <= nowMs - lagMs)
    const [then, after] = [grip.history[at], grip.history[at + 1]]
    // What the server shows is from before the grab, or from before it said that it is ours.
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
