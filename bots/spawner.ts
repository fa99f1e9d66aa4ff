/** Spawns a basic shape now and then, and removes its oldest prop when it has several. */
import { add, IDENTITY } from '../sim/maths/maths.ts'
import type { ElementId, PropSpec, Shape } from '../sim/index.ts'
import { ahead } from './heading.ts'
import type { Actions, Dice, ActionResult, Perception } from './bot-behaviour.ts'

/** Maximum number of props that a bot has spawned. */
const OWN_MAX = 2
const PAUSE_MS: readonly [number, number] = [1_500, 5_000]
const COLOURS = [0xe07a5f, 0x3d85c6, 0x81b29a, 0xf2cc8f, 0x9b72cf]

/** A tetrahedron's four corners. */
const CORNERS = [0.25, 0.25, 0.25, -0.25, -0.25, 0.25, -0.25, 0.25, -0.25, 0.25, -0.25, -0.25]

const SHAPES: readonly { readonly name: string; readonly shapes: readonly Shape[] }[] = [
  { name: 'box', shapes: [{ type: 'box', halfExtents: { x: 0.25, y: 0.25, z: 0.25 } }] },
  { name: 'ball', shapes: [{ type: 'sphere', radius: 0.25 }] },
  { name: 'capsule', shapes: [{ type: 'capsule', halfHeight: 0.25, radius: 0.125 }] },
  { name: 'tetrahedron', shapes: [{ type: 'convex', points: CORNERS }] },
  {
    name: 'dumb-bell',
    shapes: [
      { type: 'sphere', radius: 0.25 },
      { type: 'box', halfExtents: { x: 0.5, y: 0.125, z: 0.125 } },
    ],
  },
]

export class Spawner {
  readonly #dice: Dice
  readonly #own: ElementId[] = []
  readonly #pendingSpawns = new Set<number>()
  #nextMs: number | null = null

  constructor(dice: Dice) {
    this.#dice = dice
  }

  step(nowMs: number, perception: Perception, actions: Actions, yaw: number): void {
    this.#nextMs ??= nowMs + this.#dice.between(...PAUSE_MS)
    if (nowMs < this.#nextMs) return
    this.#nextMs = nowMs + this.#dice.between(...PAUSE_MS)
    const oldest = this.#own.length >= OWN_MAX ? this.#own.shift() : undefined
    if (oldest !== undefined) actions.command({ type: 'despawn', element: oldest })
    const look = ahead(yaw)
    const { x, y, z } = add(perception.position, { x: look.x, y: 1.5, z: look.z })
    const position = { x: Math.fround(x), y: Math.fround(y), z: Math.fround(z) }
    this.#pendingSpawns.add(
      actions.command({
        type: 'spawn',
        prop: this.#spec(),
        position,
        rotation: IDENTITY,
        scale: Math.fround(this.#dice.between(0.5, 1.5)),
        access: 0,
        owner: 0,
      }),
    )
  }

  actionEnded(outcome: ActionResult): void {
    if (this.#pendingSpawns.delete(outcome.sequence) && outcome.ok) this.#own.push(outcome.element)
  }

  #spec(): PropSpec {
    const { name, shapes } = this.#dice.pick(SHAPES) ?? { name: 'box', shapes: [] }
    return {
      name,
      motion: 'dynamic',
      colliders: shapes.map((shape) => ({ shape, position: { x: 0, y: 0, z: 0 }, rotation: IDENTITY })),
      density: 250,
      friction: 0.75,
      restitution: 0.25,
      color: this.#dice.pick(COLOURS) ?? 0,
    }
  }
}
