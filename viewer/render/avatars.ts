/** Draws avatars as rounded characters: the capsules of their bodies on their posed bones, and a visor that shows where they look. */
import { Color } from 'three'
import { add, conjugate, multiply, rotate, scaled, sub, yawRotation } from '../../sim/maths/maths.ts'
import type { JointTransform } from '../../sim/avatar/pose.ts'
import {
  BONES,
  type AvatarBody,
  type Bone,
  type BoneCapsule,
  type ElementId,
  type Quat,
  type Vec3,
} from '../../sim/types.ts'
import type { ContactShadows } from './contact-shadows.ts'
import { playerColors, type PlayerColors } from './palette.ts'
import type { PosedAvatar } from './posed-avatars.ts'
import { MATT, RoundedBatch, type Finish } from './rounded-batch.ts'
import type { ShownAvatar } from '../app/world.ts'

/** Shapes of avatars drawn at once, near and far: 200 bodies of 24 capsules. */
const SHAPES_MAX = 200 * 24
/** Visors, eyes and seams of as many. */
const FACES_MAX = 200 * 6
/** The own body is not drawn when the eye is nearer than this, metres. */
export const FIRST_PERSON_METRES = 0.7

const HEAD = BONES.indexOf('head')
const VISOR: Finish = { glow: 0, gloss: 1 }
const EYES: Finish = { glow: 1, gloss: 0 }

const TONES: Readonly<Partial<Record<Bone, keyof PlayerColors>>> = {
  head: 'head',
  neck: 'end',
  leftHand: 'end',
  rightHand: 'end',
  leftFoot: 'end',
  rightFoot: 'end',
  leftUpperArm: 'limb',
  leftLowerArm: 'limb',
  rightUpperArm: 'limb',
  rightLowerArm: 'limb',
  leftUpperLeg: 'leg',
  leftLowerLeg: 'leg',
  rightUpperLeg: 'leg',
  rightLowerLeg: 'leg',
  hips: 'leg',
}

/** A capsule in its bone's space in the batch's form: centre, rotation from Y to its axis, half length. */
interface Part {
  readonly bone: number
  readonly centre: Vec3
  readonly turn: Quat
  readonly half: number
  readonly radius: number
  readonly tone: keyof PlayerColors
}

function partOf(capsule: BoneCapsule): Part {
  const axis = sub(capsule.b, capsule.a)
  const length = Math.hypot(axis.x, axis.y, axis.z)
  const turn = length < 1e-5 ? { x: 0, y: 0, z: 0, w: 1 } : turnFromUp(scaled(axis, 1 / length))
  const bone = BONES[capsule.bone]
  return {
    bone: capsule.bone,
    centre: scaled(add(capsule.a, capsule.b), 0.5),
    turn,
    half: length / 2,
    radius: capsule.radius,
    tone: (bone && TONES[bone]) ?? 'torso',
  }
}

/** The shortest turn from +Y to a unit vector. */
function turnFromUp(to: Vec3): Quat {
  if (to.y < -0.9999) return { x: 1, y: 0, z: 0, w: 0 }
  const length = Math.hypot(to.z, to.x, 1 + to.y)
  return { x: to.z / length, y: 0, z: -to.x / length, w: (1 + to.y) / length }
}

/** A seam of the trunk: fills the waist between the capsules of a bone and its parent, so that the body is one piece. */
interface Seam {
  readonly lower: Part
  readonly upper: Part
  readonly width: number
  readonly radius: number
}

const TRUNK: readonly (readonly [Bone, Bone])[] = [
  ['hips', 'spine'],
  ['spine', 'chest'],
  ['chest', 'upperChest'],
]

function seamsOf(parts: readonly Part[]): Seam[] {
  const partAt = (bone: Bone): Part | undefined => parts.find((part) => BONES[part.bone] === bone)
  return TRUNK.flatMap(([below, above]) => {
    const [lower, upper] = [partAt(below), partAt(above)]
    return lower && upper
      ? [{ lower, upper, width: (lower.half + upper.half) / 2, radius: Math.min(lower.radius, upper.radius) * 0.985 }]
      : []
  })
}

interface Figure {
  readonly parts: readonly Part[]
  readonly seams: readonly Seam[]
  readonly head: Part | null
}

function figureOf(body: AvatarBody): Figure {
  const parts = body.capsules.map(partOf)
  return { parts, seams: seamsOf(parts), head: parts.find(({ bone }) => bone === HEAD) ?? null }
}

/** Parameters of a frame besides the avatars. */
export interface AvatarFrame {
  readonly eye: Vec3
  /** Bodies nearer than this are drawn with the finer mesh, metres. */
  readonly fineMetres: number
  /** Avatars that are not drawn: the own one if the eye is inside it, and those with models. */
  readonly hidden: ReadonlySet<ElementId>
}

export class AvatarRenderer {
  readonly #near = new RoundedBatch(3, [false, true, false], SHAPES_MAX)
  readonly #far = new RoundedBatch(2, [false, true, false], SHAPES_MAX)
  readonly #faces = new RoundedBatch(2, [true, true, false], FACES_MAX)
  readonly #figures = new WeakMap<AvatarBody, Figure>()
  readonly meshes = [this.#near.mesh, this.#far.mesh, this.#faces.mesh]

  draw(avatars: readonly PosedAvatar[], frame: AvatarFrame, shadows: ContactShadows): void {
    for (const batch of [this.#near, this.#far, this.#faces]) batch.begin()
    for (const posed of avatars) this.#drawOne(posed, frame, shadows)
    for (const batch of [this.#near, this.#far, this.#faces]) batch.end()
  }

  #drawOne({ avatar, bones }: PosedAvatar, frame: AvatarFrame, shadows: ContactShadows): void {
    const { position, yaw } = avatar
    shadows.add(position.x, position.z, position.y, 0.34 * avatar.scale, 0.3 * avatar.scale, yaw)
    if (frame.hidden.has(avatar.element)) return
    const turn = yawRotation(yaw)
    const away = Math.hypot(position.x - frame.eye.x, position.y - frame.eye.y, position.z - frame.eye.z)
    const batch = away < frame.fineMetres ? this.#near : this.#far
    const colors = playerColors(avatar.player)
    const figure = this.#figureOf(avatar.body)
    for (const part of figure.parts) {
      const bone = bones[part.bone]
      if (!bone) continue
      const local = add(bone.position, rotate(bone.rotation, part.centre))
      batch.add(
        add(position, rotate(turn, local)),
        multiply(turn, multiply(bone.rotation, part.turn)),
        0,
        part.half,
        0,
        part.radius,
        colors[part.tone],
        MATT,
      )
    }
    for (const seam of figure.seams) this.#drawSeam(seam, bones, position, turn, colors)
    this.#drawFace(avatar, figure.head, bones[HEAD], turn, colors)
  }

  #drawSeam(
    { lower, upper, width, radius }: Seam,
    bones: readonly JointTransform[],
    position: Vec3,
    turn: Quat,
    colors: PlayerColors,
  ): void {
    const [low, high] = [bones[lower.bone], bones[upper.bone]]
    if (!low || !high) return
    const from = add(low.position, rotate(low.rotation, lower.centre))
    const way = sub(add(high.position, rotate(high.rotation, upper.centre)), from)
    const length = Math.hypot(way.x, way.y, way.z)
    if (length < 1e-4) return
    const upright = turnFromUp(scaled(rotate(conjugate(high.rotation), way), 1 / length))
    this.#faces.add(
      add(position, rotate(turn, add(from, scaled(way, 0.5)))),
      multiply(turn, multiply(high.rotation, upright)),
      width,
      length / 2,
      0,
      radius,
      colors.torso,
      MATT,
    )
  }

  /** A dark visor with two lit eyes on the front of the head's capsule. */
  #drawFace(
    avatar: ShownAvatar,
    capsule: Part | null,
    head: JointTransform | undefined,
    turn: Quat,
    colors: PlayerColors,
  ): void {
    if (!head || !capsule) return
    const rotation = multiply(turn, head.rotation)
    const r = capsule.radius
    const at = (x: number, y: number, z: number): Vec3 =>
      add(
        avatar.position,
        rotate(turn, add(head.position, rotate(head.rotation, add(capsule.centre, { x: x * r, y: y * r, z: z * r })))),
      )
    const add1 = (place: Vec3, x: number, y: number, radius: number, color: Color, finish: Finish): void =>
      this.#faces.add(place, rotation, x * r, y * r, 0, radius * r, color, finish)
    add1(at(0, 0.1, -0.6), 0.4, 0.14, 0.46, colors.visor, VISOR)
    for (const side of [-1, 1]) add1(at(side * 0.36, 0.12, -1.02), 0, 0.09, 0.095, colors.eye, EYES)
  }

  #figureOf(body: AvatarBody): Figure {
    const known = this.#figures.get(body)
    if (known) return known
    const figure = figureOf(body)
    this.#figures.set(body, figure)
    return figure
  }
}
