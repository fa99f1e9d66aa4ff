/** A beam of light beads from the holder to the held prop, so that everybody sees who holds it. */
import { Color } from 'three'
import { add, lerp, rotate, yawRotation } from '../../sim/maths/maths.ts'
import type { ElementId, PlayerId, Vec3 } from '../../sim/types.ts'
import { playerColors, TOO_FAR } from './palette.ts'
import { RoundedBatch } from './rounded-batch.ts'
import type { ShownWorld } from '../app/world.ts'

const BEADS = 9
/** Beads drawn at once, metres of one's radius, and how fast they run, shares of the thread per second. */
const BEADS_MAX = BEADS * 128
const RADIUS = 0.017
const FLOW = 0.55
const UPRIGHT = { x: 0, y: 0, z: 0, w: 1 } as const
const GLOW = { glow: 1, gloss: 0 } as const

export interface BeamFrame {
  /** Seconds; 0 where the user wants less motion. */
  readonly time: number
  /** Colour of the own beam while the target is out of reach. */
  readonly strained: PlayerId | null
}

/** About where a body's right hand reaches from, over the ground point. */
const handOf = (position: Vec3, yaw: number): Vec3 =>
  add(position, rotate(yawRotation(yaw), { x: 0.2, y: 1.28, z: -0.42 }))

export class BeamView {
  readonly #batch = new RoundedBatch(2, [false, false, false], BEADS_MAX)
  readonly #tooFar = new Color(TOO_FAR)
  readonly mesh = this.#batch.mesh

  constructor() {
    this.mesh.castShadow = false
  }

  draw(world: ShownWorld, frame: BeamFrame): void {
    this.#batch.begin()
    const held = world.props.filter(({ holder }) => holder !== 0)
    if (held.length > 0) {
      const holders = new Map(world.avatars.map((avatar) => [avatar.player, avatar]))
      for (const prop of held) {
        const avatar = holders.get(prop.holder)
        if (avatar) this.#thread(prop.element, handOf(avatar.position, avatar.yaw), prop.position, prop.holder, frame)
      }
    }
    this.#batch.end()
  }

  /** A shallow arc of beads, smaller towards its ends. */
  #thread(element: ElementId, from: Vec3, to: Vec3, player: PlayerId, { time, strained }: BeamFrame): void {
    const color = strained === player ? this.#tooFar : playerColors(player).eye
    const middle = add(lerp(from, to, 0.5), { x: 0, y: 0.22, z: 0 })
    for (let i = 0; i < BEADS; i++) {
      const t = ((i + ((time * FLOW * BEADS + element * 0.37) % 1)) / BEADS) % 1
      const place = lerp(lerp(from, middle, t), lerp(middle, to, t), t)
      this.#batch.add(place, UPRIGHT, 0, 0, 0, RADIUS * (0.35 + 0.65 * Math.sin(Math.PI * t)), color, GLOW)
    }
  }
}
