/**
 * Derives from a skeleton at rest which way along Z it faces. glTF 2.0, section 3.4: a model's front is +Z, up is +Y.
 * So the left of a model that faces +Z is at +X.
 */
import type { Node } from '@gltf-transform/core'
import type { Vec3 } from '../../../sim/index.ts'
import { length, sub, vec } from '../../../sim/maths/maths.ts'
import { frameOf } from '../node-frame.ts'

/** 1: +Z, -1: -Z, 0: neither, or unknown. */
export type Way = 1 | -1 | 0

export interface Facing {
  /** By the sides of legs and arms, if both agree: left to right, across up. */
  readonly sides: Way
  /** By the toes in front of the ankles, if both feet agree. */
  readonly feet: Way
}

/** Cosine of the largest angle between a direction and its axis: 60 degrees. */
const ALONG_MIN = 0.5
/** Shorter vectors have no direction, as a share of the distance from hips to head: 1 cm for a person. */
const SHARE_MIN = 0.02
const UNKNOWN: Facing = { sides: 0, feet: 0 }

/** From one bone to another, metres; null if one is missing. */
function between(humanoid: ReadonlyMap<string, Node>, from: string, to: string): Vec3 | null {
  const [start, end] = [humanoid.get(from), humanoid.get(to)]
  return start && end ? sub(frameOf(end).position, frameOf(start).position) : null
}

/** The way of a direction, without its height. */
function wayOf(direction: Vec3 | null, least: number): Way {
  if (!direction) return 0
  const flat = length(vec(direction.x, 0, direction.z))
  if (!(flat > least) || Math.abs(direction.z) < ALONG_MIN * flat) return 0
  return direction.z > 0 ? 1 : -1
}

const agreed = (one: Way, other: Way): Way => (one === other ? one : 0)

/** The skeleton must be upright; a lying one faces neither way. */
export function facingOf(humanoid: ReadonlyMap<string, Node>): Facing {
  const trunk = between(humanoid, 'hips', 'head')
  if (!trunk || !(trunk.y > ALONG_MIN * length(trunk))) return UNKNOWN
  const least = SHARE_MIN * length(trunk)
  const across = (bone: string): Way => {
    const side = between(humanoid, `right${bone}`, `left${bone}`)
    // The cross product of the way to the left and up.
    return wayOf(side && vec(-side.z, 0, side.x), least)
  }
  const foot = (side: string): Way => wayOf(between(humanoid, `${side}Foot`, `${side}Toes`), least)
  return { sides: agreed(across('UpperLeg'), across('UpperArm')), feet: agreed(foot('left'), foot('right')) }
}

/** True if legs, arms and feet agree that the skeleton faces -Z. */
export function facesBack(humanoid: ReadonlyMap<string, Node>): boolean {
  const { sides, feet } = facingOf(humanoid)
  return sides === -1 && feet === -1
}

const TURN = 'Turn the model so that it faces +Z (-Y in Blender), apply its rotation, then export again'
const SWAP = 'Swap the names of the left and right bones, or the entries of the map'

/** The warning's text for a skeleton that faces -Z, or that has left and right swapped. `isLeftOnRight`: of the legs. */
export function backwardsText({ feet }: Facing, isLeftOnRight: boolean): string {
  if (!isLeftOnRight)
    return `The feet point to -Z, but the left leg is on the left of +Z: the model faces -Z, and its left and right are swapped. ${TURN}. ${SWAP}.`
  if (feet === 1)
    return `The left leg is on the right side, but the feet point to +Z: left and right are swapped. ${SWAP}.`
  if (feet === -1) return `The left leg is on the right side, and the feet point to -Z: the model faces -Z. ${TURN}.`
  return `The left leg is on the right side, and no toes show the front: the model faces -Z, or left and right are swapped. ${TURN}, or: ${SWAP.toLowerCase()}.`
}
