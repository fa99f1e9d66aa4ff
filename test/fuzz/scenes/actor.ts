/**
 * The actions of guests at the edges of the rules. Each command is drawn from the seed and from what the guest sees.
 */
import {
  BONES,
  packPose,
  type BodyChoice,
  type Command,
  type ElementId,
  type HandId,
  type PackageHash,
  type PlayerId,
  type Pose,
  type RealmDefinition,
  type Vec3,
} from '../../../sim/index.ts'
import type { Draw } from './edge-numbers.ts'
import { body, rotation } from './shapes.ts'
import type { CommandKind, Style } from './styles.ts'
import type { FittedProp } from './edge-props.ts'
import { drawScale, propsOf } from './spawned-props.ts'

const { fround } = Math
/** Every permission: a builder's. */
export const PERMISSIONS_ALL = 31
const PACKAGES: readonly PackageHash[] = ['1a', '2b', '3c', '4d'].map((byte) => byte.repeat(32))
const HANDS: readonly HandId[] = [0, 1, 2]
/** Some metres, and very small distances. */
const NUDGES = [0, 0, 1e-7, 1e-4, 0.01, 0.5, 3]
/** Share of commands in which an empty hand is moved or opened. */
const EMPTY_SHARE = 0.1

/** A player that acts, and its position. */
export interface Standing {
  readonly at: Vec3
  /** Hands that hold something; null if unknown. */
  readonly hands: readonly HandId[] | null
}

/** Everything that a player can act on. */
export interface ActorView {
  readonly elements: readonly ElementId[]
  /** The position of each element; empty if unknown. */
  readonly places: readonly Vec3[]
}

export class Actor {
  readonly definition: RealmDefinition
  readonly style: Style
  readonly #draw: Draw
  readonly #nextProp: () => FittedProp
  /** The point at which props are put on top of each other. */
  readonly #point: Vec3

  constructor(draw: Draw, definition: RealmDefinition, style: Style) {
    this.#draw = draw
    this.definition = definition
    this.style = style
    this.#nextProp = propsOf(draw, style)
    this.#point = this.#anywhere()
  }

  /** The next kind of command to draw. */
  nextKind(): CommandKind {
    return this.#draw.weighted(
      Object.entries(this.style.commandWeights).map(([name, weight]) => [weight, name as CommandKind] as const),
    )
  }

  /** A command of the server itself, or one after a player joined, left or uploaded. */
  order(player: Standing & { readonly id: PlayerId; readonly permissions: number }): Command {
    const draw = this.#draw
    const { wild } = this.style
    return draw.weighted<() => Command>([
      [
        4,
        () => ({
          type: 'package',
          hash: draw.of(PACKAGES),
          physics: draw.chance(0.5)
            ? { kind: 'object', prop: this.#nextProp().spec }
            : { kind: 'avatar', body: body(draw, wild) },
        }),
      ],
      [1, () => ({ type: 'leave', player: player.id })],
      [
        2,
        () => ({
          type: 'join',
          player: player.id,
          user: player.id,
          name: 'Again',
          body: 0,
          permissions: player.permissions,
        }),
      ],
      [
        2,
        () => ({
          type: 'teleport',
          player: player.id,
          position: this.place(player, []),
          yaw: draw.of([0, 4, -4, 1e-38]),
        }),
      ],
      [1, () => ({ type: 'permit', player: player.id, permissions: draw.whole(0, PERMISSIONS_ALL) })],
    ])()
  }

  /** One command of a player. */
  command(kind: Exclude<CommandKind, 'server'>, player: Standing, view: ActorView): Command {
    const draw = this.#draw
    const { wild } = this.style
    const element = (): ElementId => this.#element(player, view)
    const isIdle = player.hands?.length === 0 && (kind === 'drag' || kind === 'release') && !draw.chance(EMPTY_SHARE)
    switch (isIdle ? 'grab' : kind) {
      case 'spawn': {
        const { spec, scale } = this.#nextProp()
        const prop = draw.chance(0.05) ? draw.of(PACKAGES) : spec
        return {
          type: 'spawn',
          prop,
          position: this.place(player, view.places),
          rotation: rotation(draw, wild),
          scale,
          access: draw.chance(0.2) ? draw.below(64) : 0,
          owner: 0,
        }
      }
      case 'scale':
        return { type: 'scale', element: element(), scale: drawScale(draw, 1) }
      case 'grab':
        return { type: 'grab', element: element(), hand: draw.of(HANDS) }
      case 'drag':
        return {
          type: 'drag',
          hand: this.#hand(player),
          position: this.reach(player, view.places),
          rotation: rotation(draw, 1),
        }
      case 'release':
        return { type: 'release', hand: this.#hand(player) }
      case 'despawn':
        return { type: 'despawn', element: element() }
      case 'move':
        return this.move()
      case 'pose':
        return this.pose()
      case 'wear':
        return { type: 'wear', player: 0, body: draw.of<BodyChoice>([0, ...PACKAGES]) }
      case 'access':
        return { type: 'access', element: element(), access: draw.below(65) }
    }
  }

  /** Prefers the newest elements, on which something is happening. Elements nearby can be grabbed. */
  #element({ at }: Standing, { elements, places }: ActorView): ElementId {
    const draw = this.#draw
    if (elements.length === 0 || draw.chance(0.04)) return draw.whole(0, 2_000)
    if (places.length === 0 || draw.chance(0.3)) return draw.of(draw.chance(0.5) ? elements.slice(-8) : elements)
    const some = [0, 1, 2, 3, 4, 5].map(() => draw.below(elements.length))
    const metres = (i: number): number =>
      Math.hypot((places[i]?.x ?? 0) - at.x, (places[i]?.y ?? 0) - at.y - 1.6, (places[i]?.z ?? 0) - at.z)
    return elements[some.reduce((nearest, i) => (metres(i) < metres(nearest) ? i : nearest))] ?? 0
  }

  #hand({ hands }: Standing): HandId {
    return this.#draw.of(hands === null || hands.length === 0 || this.#draw.chance(EMPTY_SHARE) ? HANDS : hands)
  }

  move(): Command {
    const draw = this.#draw
    const wish = (): number =>
      draw.chance(0.5) ? draw.of([0, 1, -1, -0]) : draw.chance(0.2) ? draw.edge() : draw.float(-1, 1)
    const yaw = draw.chance(0.2) ? draw.of([10_000, -10_000, 10_000.001, 1e-38]) : draw.float(-4, 4)
    return {
      type: 'move',
      x: wish(),
      y: wish(),
      z: wish(),
      yaw: fround(yaw),
      jump: draw.chance(0.3),
      run: draw.chance(0.5),
      fly: draw.chance(0.3),
    }
  }

  pose(): Command {
    const draw = this.#draw
    const part = (): number => draw.of([0, 1, -1, 32.767, -32.768, 0.001])
    const joint = (): Pose['head'] => ({ position: { x: part(), y: part(), z: part() }, rotation: rotation(draw, 1) })
    return {
      type: 'pose',
      pose: packPose({
        head: joint(),
        left: joint(),
        right: joint(),
        bones: BONES.map(() => (draw.chance(0.5) ? rotation(draw, 1) : null)),
      }),
    }
  }

  /** Within the bounds, on their faces, or a step beyond. */
  #anywhere(): Vec3 {
    const draw = this.#draw
    const { min, max } = this.definition.bounds
    const on = (low: number, high: number): number =>
      draw.weighted<() => number>([
        [4, () => draw.float(Math.max(low, -10), Math.min(high, 10))],
        [1, () => draw.float(low, high)],
        [0.7, () => fround(draw.of([low, high]))],
        [0.5, () => fround(draw.of([0, -0, 1e-38, 0.5]))],
        [0.03, () => draw.edge()],
      ])()
    return { x: on(min.x, max.x), y: on(Math.max(min.y, -1), Math.min(max.y, 5)), z: on(min.z, max.z) }
  }

  #nudged({ x, y, z }: Vec3): Vec3 {
    const by = (): number => this.#draw.of(NUDGES) * this.#draw.of([1, -1])
    return { x: fround(x + by()), y: fround(y + by()), z: fround(z + by()) }
  }

  place(player: Standing, places: readonly Vec3[]): Vec3 {
    const draw = this.#draw
    if (draw.chance(this.style.gathers)) return draw.chance(0.7) ? this.#point : this.#nudged(this.#point)
    return draw.weighted<() => Vec3>([
      [4, () => this.#nudged(player.at)],
      [2, () => this.#anywhere()],
      [1, () => this.#point],
      [places.length > 0 ? 2 : 0, () => this.#nudged(draw.of(places))],
    ])()
  }

  /** The target of a hand: the end of its reach, a step farther, inside another prop, or anywhere. */
  reach(player: Standing, places: readonly Vec3[]): Vec3 {
    const draw = this.#draw
    if (draw.chance(0.2)) return this.place(player, places)
    const far = this.definition.reach * draw.of([0, 0.3, 0.7, 0.9, 0.999, 1, 1.001])
    const [x, y, z] = [draw.between(-1, 1), draw.between(-1, 1), draw.between(-1, 1)]
    const length = Math.hypot(x, y, z) || 1
    return {
      x: fround(player.at.x + (x / length) * far),
      y: fround(player.at.y + 1.6 + (y / length) * far),
      z: fround(player.at.z + (z / length) * far),
    }
  }
}
