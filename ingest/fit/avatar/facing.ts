/**
 * Derives from a skeleton at rest which way it faces, and whether its left and right are swapped. glTF 2.0, section 3.4:
 * a model's front is +Z, up is +Y. So the left of a model that faces +Z is at +X.
 */
import type { Node } from '@gltf-transform/core'
import type { Vec3 } from '../../../sim/index.ts'
import { add, dot, length, scaled, sub, vec, ZERO } from '../../../sim/maths/maths.ts'
import type { IngestWarning } from '../../types.ts'
import { frameOf } from '../node-frame.ts'

/** Parts of the body whose left and right show a front. */
const LIMBS = ['leg', 'arm'] as const
type Limb = (typeof LIMBS)[number]
const UPPER_BONE = { leg: 'UpperLeg', arm: 'UpperArm' } as const

/** Fronts, each a horizontal vector of length 1; null if the skeleton does not show it. */
interface Facing {
  /** By the feet and limbs together. Limbs that are swapped count the other way round. */
  readonly front: Vec3 | null
  /** By the toes in front of the ankles, of both feet. */
  readonly feet: Vec3 | null
  /** By the left and the right joint: to the left, across up. */
  readonly limbs: Readonly<Record<Limb, Vec3 | null>>
  /** Limbs whose left joint is on the right side of a body whose toes point to the front. */
  readonly swapped: readonly Limb[]
}

/** Cosine of the largest angle between a front and its axis: 26 degrees. */
const ALONG_MIN = 0.9
/** Two directions with a larger cosine agree, and with a smaller negative one oppose each other: 60 degrees. */
const AGREE_MIN = 0.5
/** Cosine of the largest angle between an upright trunk and up: 60 degrees. */
const UPRIGHT_MIN = 0.5
/** Shorter vectors have no direction, as a share of the distance from hips to head: 1 cm for a person. */
const SHARE_MIN = 0.02

/** From one bone to another, metres; null if one is missing. */
function between(humanoid: ReadonlyMap<string, Node>, from: string, to: string): Vec3 | null {
  const [start, end] = [humanoid.get(from), humanoid.get(to)]
  return start && end ? sub(frameOf(end).position, frameOf(start).position) : null
}

/** The direction without its height, of length 1; null if it is not longer than `least`. */
function level(direction: Vec3 | null, least: number): Vec3 | null {
  if (!direction) return null
  const flat = vec(direction.x, 0, direction.z)
  const size = length(flat)
  return size > least ? scaled(flat, 1 / size) : null
}

/** The mean direction of those that are known; null if there is none, or if they cancel each other. */
function mean(directions: readonly (Vec3 | null)[]): Vec3 | null {
  const known = directions.filter((each) => each !== null)
  return level(known.reduce(add, ZERO), AGREE_MIN)
}

/** The skeleton must be upright. */
function facingOf(humanoid: ReadonlyMap<string, Node>, trunk: Vec3): Facing {
  const least = SHARE_MIN * length(trunk)
  const across = (bone: string): Vec3 | null => {
    const side = between(humanoid, `right${bone}`, `left${bone}`)
    // The cross product of the way to the left and up.
    return level(side && vec(-side.z, 0, side.x), least)
  }
  const toes = (side: string): Vec3 | null => level(between(humanoid, `${side}Foot`, `${side}Toes`), least)
  const [left, right] = [toes('left'), toes('right')]
  const feet = left && right && mean([left, right])
  const limbs = { leg: across(UPPER_BONE.leg), arm: across(UPPER_BONE.arm) }
  const swapped = LIMBS.filter((limb) => feet && opposes(limbs[limb], feet))
  const unswapped = LIMBS.map((limb) => {
    const way = limbs[limb]
    return way && swapped.includes(limb) ? scaled(way, -1) : way
  })
  return { front: mean([feet, ...unswapped]), feet, limbs, swapped }
}

const opposes = (a: Vec3 | null, b: Vec3 | null): boolean => a !== null && b !== null && dot(a, b) < -AGREE_MIN
const agrees = (a: Vec3 | null, b: Vec3 | null): boolean => a !== null && b !== null && dot(a, b) > AGREE_MIN

/** From the hips to the head, if that is upwards. */
function uprightTrunk(humanoid: ReadonlyMap<string, Node>): Vec3 | null {
  const trunk = between(humanoid, 'hips', 'head')
  return trunk && trunk.y > UPRIGHT_MIN * length(trunk) ? trunk : null
}

/** True if legs, arms and feet agree that the skeleton faces -Z, within 26 degrees. */
export function facesBack(humanoid: ReadonlyMap<string, Node>): boolean {
  const trunk = uprightTrunk(humanoid)
  if (!trunk) return false
  const { front, feet, limbs } = facingOf(humanoid, trunk)
  return (
    front !== null &&
    front.z <= -ALONG_MIN &&
    agrees(limbs.leg, feet) &&
    agrees(limbs.arm, feet) &&
    agrees(limbs.leg, limbs.arm)
  )
}

const TURN = 'Turn the model so that it faces +Z (-Y in Blender), apply its rotation, then export again'
const SWAP = 'Swap the names of the left and right bones, or the entries of the map'

/** Returns warnings about swapped sides and about the direction that a skeleton faces, in the scene of the package. */
export function facingWarnings(humanoid: ReadonlyMap<string, Node>): IngestWarning[] {
  const trunk = uprightTrunk(humanoid)
  if (!trunk) return lyingWarning(humanoid)
  const facing = facingOf(humanoid, trunk)
  const backwards = backwardsText(facing)
  const rule = 'HUMANOID_BACKWARDS'
  const where = facing.swapped.length === 1 && facing.swapped[0] === 'arm' ? 'leftUpperArm' : 'leftUpperLeg'
  return [...(backwards === null ? [] : [{ rule, where, message: backwards }]), ...sidewaysWarning(facing)]
}

function lyingWarning(humanoid: ReadonlyMap<string, Node>): IngestWarning[] {
  const trunk = between(humanoid, 'hips', 'head')
  if (!trunk) return []
  const lean = degrees(Math.atan2(length(vec(trunk.x, 0, trunk.z)), trunk.y))
  return [
    {
      rule: 'HUMANOID_LYING',
      where: 'head',
      message: `The line from the hips to the head leans ${lean}° from upright, so the avatar does not stand. Rotate the model so that it stands (up is +Y in glTF, and +Z in Blender), apply its rotation, then export again.`,
    },
  ]
}

const degrees = (radians: number): number => Math.round((180 / Math.PI) * radians)

function sidewaysWarning({ front }: Facing): IngestWarning[] {
  if (!front || Math.abs(front.z) >= ALONG_MIN) return []
  const angle = degrees(Math.atan2(Math.abs(front.x), front.z))
  return [
    {
      rule: 'HUMANOID_SIDEWAYS',
      where: 'hips',
      message: `The model faces ${angle}° away from +Z, towards ${front.x > 0 ? '+X' : '-X'}, so it does not look where it walks. ${TURN}.`,
    },
  ]
}

/** The text for a skeleton that faces -Z, or that has left and right swapped; null for others. */
function backwardsText({ front, feet, limbs, swapped }: Facing): string | null {
  const isBack = front !== null && front.z <= -ALONG_MIN
  if (swapped.length > 0) {
    const bones = swapped.map((limb) => `the left ${limb}`).join(' and ')
    const what = `${bones} ${swapped.length === 1 ? 'is' : 'are'} on the right side, by the direction of the toes`
    const result = `left and right are swapped${swapped.length === 1 ? `, for the ${swapped[0]}s only` : ''}`
    const turn = isBack ? ` The model also faces -Z. ${TURN}.` : ''
    return `T${what.slice(1)}: ${result}. ${SWAP}.${turn}`
  }
  if (!feet && opposes(limbs.leg, limbs.arm))
    return `The left leg and the left arm are on opposite sides, and no toes show the front: left and right are swapped, for the legs or for the arms. ${SWAP}.`
  if (!isBack) return null
  if (feet) return `By its legs, arms and feet, the model faces -Z. ${TURN}.`
  return `The left leg is on the right side, and no toes show the front: the model faces -Z, or left and right are swapped. ${TURN}, or: ${SWAP.toLowerCase()}.`
}
