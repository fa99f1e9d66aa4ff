/** Scripted sessions: what players and the server do at which tick, written by hand. The same script gives the same bytes. */
import {
  BONES,
  DEFAULT_DEFINITION,
  packPose,
  Permission,
  type Command,
  type Pose,
  type PropSpec,
  type Quat,
  type RealmDefinition,
  type Shape,
  type Vec3,
} from '../../sim/index.ts'
import type { ScheduledCommand } from '../../testing/scenario.ts'

export interface ScriptedSession {
  /** The recording's file name without extension. */
  readonly name: string
  /** What happens, for the table. */
  readonly about: string
  readonly ticks: number
  /** Default: an empty realm. */
  readonly definition?: RealmDefinition
  /** Ticks between checkpoints; default: none. */
  readonly checkpointEvery?: number
  /** The recording has no end, as after `kill -9`. */
  readonly isCut?: boolean
  readonly play: (script: Script) => void
}

export const UPRIGHT: Quat = { x: 0, y: 0, z: 0, w: 1 }
/** A quarter turn about X, and a half one about Y. */
export const LYING: Quat = { x: Math.SQRT1_2, y: 0, z: 0, w: Math.SQRT1_2 }

export const at = (x: number, y: number, z: number): Vec3 => ({ x, y, z })

export const PERMISSIONS_ALL = Object.values(Permission).reduce((all, bit) => all | bit, 0)
/** What players may do by default: everything but manage. */
export const PERMISSIONS_GUEST = PERMISSIONS_ALL & ~Permission.manage

/** An empty realm, in which everybody starts at the same place. */
export const EMPTY: RealmDefinition = {
  ...DEFAULT_DEFINITION,
  id: 'corpus',
  name: 'Corpus',
  spawn: { position: at(0, 0, 0), yaw: 0, radius: 0 },
  props: [],
}

export const propOf = (shape: Shape | readonly Shape[], more: Partial<PropSpec> = {}): PropSpec => ({
  name: 'thing',
  motion: 'dynamic',
  density: 300,
  friction: 0.5,
  restitution: 0.25,
  color: 0xaa7744,
  colliders: [shape].flat().map((each, i) => ({ shape: each, position: at(0, 0.3 * i, 0), rotation: UPRIGHT })),
  ...more,
})

export const SHAPES = {
  box: { type: 'box', halfExtents: at(0.2, 0.2, 0.2) },
  sphere: { type: 'sphere', radius: 0.2 },
  capsule: { type: 'capsule', halfHeight: 0.2, radius: 0.1 },
  convex: { type: 'convex', points: [0, 0.3, 0, 0.2, 0, 0.2, -0.2, 0, 0.2, 0.2, 0, -0.2, -0.2, 0, -0.2] },
  trimesh: {
    type: 'trimesh',
    vertices: [-2, 0, -2, 2, 0, -2, 2, 0, 2, -2, 0, 2, 0, 0.6, 0],
    indices: [0, 4, 1, 1, 4, 2, 2, 4, 3, 3, 4, 0],
  },
} as const satisfies Record<Shape['type'], Shape>

/** Writes down commands at the current tick. */
export class Script {
  readonly acts: ScheduledCommand[] = []
  #tick = 1

  get tick(): number {
    return this.#tick
  }

  wait(ticks: number): this {
    this.#tick += ticks
    return this
  }

  player(player: number, ...commands: readonly Command[]): this {
    for (const command of commands) this.acts.push({ tick: this.#tick, player, command })
    return this
  }

  server(...commands: readonly Command[]): this {
    return this.player(0, ...commands)
  }

  /** Players 1 to `count` join. */
  join(count: number, permissions = PERMISSIONS_GUEST): this {
    for (let player = 1; player <= count; player++) this.server(join(player, { permissions }))
    return this
  }

  /** A held prop moves from one place to another in so many ticks. */
  carry(player: number, hand: 0 | 1 | 2, from: Vec3, to: Vec3, ticks: number): this {
    for (let i = 1; i <= ticks; i++) {
      const mix = (a: number, b: number): number => Math.fround(a + ((b - a) * i) / ticks)
      this.wait(1).player(player, {
        type: 'drag',
        hand,
        position: at(mix(from.x, to.x), mix(from.y, to.y), mix(from.z, to.z)),
        rotation: UPRIGHT,
      })
    }
    return this
  }
}

export const join = (
  player: number,
  more: Partial<Extract<Command, { type: 'join' }>> = {},
): Extract<Command, { type: 'join' }> => ({
  type: 'join',
  player,
  user: player,
  name: `player ${player}`,
  body: 0,
  permissions: PERMISSIONS_GUEST,
  ...more,
})

export const move = (more: Partial<Extract<Command, { type: 'move' }>> = {}): Command => ({
  type: 'move',
  x: 0,
  y: 0,
  z: 0,
  yaw: 0,
  jump: false,
  run: false,
  fly: false,
  ...more,
})

export const spawn = (
  prop: PropSpec | string,
  position: Vec3,
  more: Partial<Extract<Command, { type: 'spawn' }>> = {},
): Command => ({ type: 'spawn', prop, position, rotation: UPRIGHT, scale: 1, access: 0, owner: 0, ...more })

export const grab = (element: number, hand: 0 | 1 | 2 = 2): Command => ({ type: 'grab', element, hand })
export const release = (hand: 0 | 1 | 2 = 2): Command => ({ type: 'release', hand })
export const scale = (element: number, by: number): Command => ({ type: 'scale', element, scale: by })
export const despawn = (element: number): Command => ({ type: 'despawn', element })
export const access = (element: number, bits: number): Command => ({ type: 'access', element, access: bits })
export const teleport = (player: number, position: Vec3, yaw = 0): Command => ({
  type: 'teleport',
  player,
  position,
  yaw,
})

/** A standing person with the hands at these places, and with bone rotations if `bones` is given. */
export function pose(left: Vec3, right: Vec3, bones?: Quat): Command {
  const joint = (position: Vec3) => ({ position, rotation: UPRIGHT })
  const whole: Pose = {
    head: joint(at(0, 1.55, 0)),
    left: joint(left),
    right: joint(right),
    bones: BONES.map(() => bones ?? null),
  }
  return { type: 'pose', pose: packPose(whole) }
}
