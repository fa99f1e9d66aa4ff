/** Fits an avatar's capsules: one per bone from the surface at rest, then refined to fill the enclosed volume. */
import type { Document, Node } from '@gltf-transform/core'
import { CAPSULES_MAX, checkPhysics } from '../../../sim/index.ts'
import { assert } from '../../../sim/assert.ts'
import { sub, unit } from '../../../sim/maths/maths.ts'
import { RANGES } from '../../../sim/limits/ranges.ts'
import type { PackageCapsule } from '../../../packages/manifest.ts'
import type { AvatarFit, FitAvatar, Warn } from '../../types.ts'
import { checkExtent, surfaceSide } from './extent.ts'
import { fixedBody, humanoidBody, type PlacedCapsule } from './body.ts'
import { fitCapsule, type Capsule } from './capsule.ts'
import { frameOf, intoFrame, quantised, quantisedVec } from '../node-frame.ts'
import { humanoidGroups, jointGroups, samplesOf, type Group, type SurfaceSample } from './surface-groups.ts'
import { checkHumanoid } from './humanoid.ts'
import { COARSE, FINE, ownersOf, refine } from '../refine.ts'
import { voxelise, type VoxelSolid } from '../object/voxelise.ts'
import { boundsOf, nodesOf, surfaceOf, type Surface } from '../surface.ts'

/** Cells along the longest side of an avatar: about 4 cm and 2 cm for a person. */
const CELLS = { coarse: 40, fine: 80 } as const
/** A bone with less than this share of the surface gets no capsule. */
const SHARE_MIN = 0.002
/**
 * If less than this share of its box is enclosed, the surface is open, and the capsules stay as the surface gave them.
 */
const SOLID_MIN = 0.005

const areaOf = ({ weights }: Group): number => weights.reduce((sum, w) => sum + w, 0)

function boneDirection({ node, tip }: Group): { x: number; y: number; z: number } | null {
  const way = tip && sub(tip, frameOf(node).position)
  const direction = way && unit(way, { x: 0, y: 0, z: 0 })
  return direction && (direction.x !== 0 || direction.y !== 0 || direction.z !== 0) ? direction : null
}

/** Owner of every inside cell: the group of the nearest sample. */
function cellOwners(solid: VoxelSolid, groups: readonly Group[]): Int16Array {
  return ownersOf(
    solid,
    groups.flatMap(({ points }, i) => points.map((p) => [p, i] as const)),
  )
}

/** The capsules refined to fill the enclosed volume; unchanged for an open surface. */
function filled(first: readonly Capsule[], groups: readonly Group[], surface: Surface): readonly Capsule[] {
  const coarse = voxelise(surface, CELLS.coarse)
  if (coarse.count < SOLID_MIN * coarse.inside.length) return first
  const near = refine(first, first, coarse, cellOwners(coarse, groups), COARSE)
  const fine = voxelise(surface, CELLS.fine)
  return refine(near, first, fine, cellOwners(fine, groups), FINE)
}

/** Fits the capsules of groups, in the scene's space. */
function capsulesOf(groups: readonly Group[], surface: Surface): { group: Group; capsule: Capsule }[] {
  const total = groups.reduce((sum, group) => sum + areaOf(group), 0)
  const kept = groups.filter((group) => areaOf(group) >= SHARE_MIN * total)
  const first = kept
    .map((group) => fitCapsule(group, boneDirection(group)))
    .map((c) => ({ ...c, r: Math.max(c.r, RANGES.boneRadius.min) }))
  const capsules = filled(first, kept, surface)
  return kept.flatMap((group, i) => {
    const capsule = capsules[i]
    return capsule ? [{ group, capsule }] : []
  })
}

const packageCapsule = ({ group, capsule }: { group: Group; capsule: Capsule }): PackageCapsule => {
  const frame = frameOf(group.node)
  const [a, b] = [quantisedVec(intoFrame(frame, capsule.a)), quantisedVec(intoFrame(frame, capsule.b))]
  return {
    bone: group.bone,
    joint: group.node.getName(),
    a: [a.x, a.y, a.z],
    b: [b.x, b.y, b.z],
    r: Math.max(quantised(capsule.r), RANGES.boneRadius.min),
  }
}

/** All joints of all skins. */
export const jointsOf = (document: Document): Set<Node> =>
  new Set(
    document
      .getRoot()
      .listSkins()
      .flatMap((skin) => skin.listJoints()),
  )

function samplesAndSurface(document: Document): { surface: Surface; samples: SurfaceSample[]; height: number } {
  const surface = surfaceOf(nodesOf(document))
  const box = boundsOf(surface.points)
  const side = surfaceSide(box, surface.triangles.length)
  return { surface, samples: samplesOf(surface, side / CELLS.fine), height: box.max.y - box.min.y }
}

/** See FitAvatar in ingest/types.ts. */
export const fitAvatar = ((document: Document, humanoid: ReadonlyMap<string, Node>, warn: Warn): AvatarFit => {
  if (humanoid.size > 0) checkHumanoid(document, humanoid, warn)
  const { surface, samples, height } = samplesAndSurface(document)
  const groups =
    humanoid.size > 0 ? humanoidGroups(samples, humanoid) : jointGroups(samples, jointsOf(document), CAPSULES_MAX)
  const placed = capsulesOf(groups, surface)
  const bare: PlacedCapsule[] = placed.map(({ group, capsule }) => ({ bone: group.bone, ...capsule }))
  const { body, rest } =
    humanoid.size > 0 ? humanoidBody(humanoid, bare, samples, warn) : { body: fixedBody(bare, height), rest: new Map() }
  checkExtent(body, height)
  assert(checkPhysics({ kind: 'avatar', body }) === null, 'a body of allowed sizes is accepted')
  return { capsules: placed.map(packageCapsule), body, rest }
}) satisfies FitAvatar
