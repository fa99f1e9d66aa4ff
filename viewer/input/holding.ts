/** The prop that the player holds: grabs, drags, scales and releases it through the client, and notices when it slips away. */
import type { RenderClient } from '../../netcode/index.ts'
import { Hand, type ElementId, type PlayerId, type Vec3 } from '../../sim/types.ts'
import { dragTarget, hold, wheelHeld, type DragTarget, type Held } from './drag.ts'
import type { Hit, PointerRay } from './picking.ts'
import { footprint } from '../render/props.ts'
import { rejectionMessage } from '../ui/messages.ts'
import type { ShownProp } from '../app/world.ts'

/** Least time between two scale commands, ms: each is a command of its own. */
const SCALE_INTERVAL_MS = 70
/** Longest wait until the server shows us as the holder, ms. */
const CONFIRM_MS = 3_000

export type HoldClient = Pick<RenderClient, 'grab' | 'drag' | 'release' | 'scale'>

interface Grip {
  held: Held
  readonly by: 'pointer' | 'key'
  readonly sinceMs: number
  /** The server has shown us as its holder. */
  shown: boolean
  target: DragTarget | null
  /** Target scale, and the scale that was sent. */
  sentScale: number
  scaledAtMs: number
}

export class Holding {
  readonly #client: HoldClient
  readonly #showMessage: (text: string) => void
  #grip: Grip | null = null

  constructor(client: HoldClient, showMessage: (text: string) => void) {
    this.#client = client
    this.#showMessage = showMessage
  }

  get element(): ElementId | null {
    return this.#grip?.held.element ?? null
  }

  get by(): 'pointer' | 'key' | null {
    return this.#grip?.by ?? null
  }

  /** Target of the drag; null before the first frame. */
  get target(): DragTarget | null {
    return this.#grip?.target ?? null
  }

  take(hit: Hit, by: 'pointer' | 'key', yaw: number, nowMs: number): void {
    const grip: Grip = {
      held: hold(hit, yaw, lowestOrigin(hit.prop)),
      by,
      sinceMs: nowMs,
      shown: false,
      target: null,
      sentScale: hit.prop.scale,
      scaledAtMs: 0,
    }
    this.#grip = grip
    void this.#grab(grip)
  }

  async #grab(grip: Grip): Promise<void> {
    const outcome = await this.#client.grab(grip.held.element, Hand.pointer)
    if (outcome.ok || this.#grip !== grip) return
    this.#grip = null
    this.#showMessage(rejectionMessage(outcome.reason))
  }

  /** Releases the prop; a moving prop keeps its velocity. */
  release(): void {
    if (!this.#grip) return
    this.#grip = null
    void this.#client.release(Hand.pointer)
  }

  /** Forgets the prop; the hand is already empty. */
  forget(): void {
    this.#grip = null
  }

  /** Scales it, or with `shift` moves it nearer or farther. */
  wheel(notches: number, shift: boolean, reach: number, eyeToHead: number): void {
    if (this.#grip) this.#grip.held = wheelHeld(this.#grip.held, notches, shift, reach, eyeToHead)
  }

  /** Once a frame: sends where it should be and how large. */
  frame(
    ray: PointerRay,
    yaw: number,
    head: Vec3,
    reach: number,
    props: readonly ShownProp[],
    own: PlayerId,
    nowMs: number,
  ): void {
    const grip = this.#grip
    if (!grip || !this.#stillOurs(grip, props, own, nowMs)) return
    grip.target = dragTarget(grip.held, ray, yaw, head, reach)
    this.#client.drag(Hand.pointer, fround(grip.target.position), froundQuat(grip.target.rotation))
    const { scale, element } = grip.held
    if (scale === grip.sentScale || nowMs - grip.scaledAtMs < SCALE_INTERVAL_MS) return
    grip.sentScale = scale
    grip.scaledAtMs = nowMs
    void this.#scale(element, scale)
  }

  async #scale(element: ElementId, scale: number): Promise<void> {
    const outcome = await this.#client.scale(element, scale)
    if (!outcome.ok && outcome.reason !== 'lost') this.#showMessage(rejectionMessage(outcome.reason))
  }

  #stillOurs(grip: Grip, props: readonly ShownProp[], own: PlayerId, nowMs: number): boolean {
    const prop = props.find(({ element }) => element === grip.held.element)
    if (prop?.holder === own) {
      grip.shown = true
      return true
    }
    if (prop && !grip.shown && nowMs - grip.sinceMs < CONFIRM_MS) return true
    this.#grip = null
    this.#showMessage(prop ? 'It slipped out of your hand.' : 'It is gone.')
    return false
  }
}

/** Least height of a prop's origin at which it does not sink into the ground. */
function lowestOrigin(prop: ShownProp): number {
  const below = prop.spec.colliders.map(
    (collider) => footprint(collider, prop.rotation, prop.scale).below - collider.position.y * prop.scale,
  )
  return Math.max(0.02, Math.min(...below))
}

const fround = ({ x, y, z }: Vec3): Vec3 => ({ x: Math.fround(x), y: Math.fround(y), z: Math.fround(z) })
const froundQuat = ({
  x,
  y,
  z,
  w,
}: {
  x: number
  y: number
  z: number
  w: number
}): { x: number; y: number; z: number; w: number } => ({
  x: Math.fround(x),
  y: Math.fround(y),
  z: Math.fround(z),
  w: Math.fround(w),
})
