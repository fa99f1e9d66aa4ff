/** A package as the page draws it: its parsed manifest with a link for each model. */
import type { PackageJoint, PackageKind } from '../../packages/manifest.ts'
import {
  BONES,
  type AvatarBody,
  type BoneCapsule,
  type Collider,
  type Quat,
  type Shape,
  type Vec3,
} from '../../sim/types.ts'
import { readHash, readLink, type Link } from './answers.ts'
import { AnswerError, readList, readNumber, readObject, readOneOf, readOptional, readText } from './read.ts'

/** A model file that can be downloaded. */
export interface ModelFile {
  readonly sha256: string
  readonly bytes: number
  readonly triangles: number
  /** Distance from which this model is drawn, metres at scale 1. */
  readonly metresMin: number
  readonly link: Link
}

export interface PackageInfo {
  readonly hash: string
  readonly kind: PackageKind
  readonly name: string
  readonly bounds: { readonly min: Vec3; readonly max: Vec3 }
  /** The runtime model, then simpler ones, nearest first. */
  readonly models: readonly ModelFile[]
  readonly skeleton: readonly PackageJoint[]
  /** Motion of an object. */
  readonly colliders: readonly Collider[]
  /** Body of an avatar. */
  readonly body: AvatarBody | null
}

/** Longest list in a valid manifest. */
const POINTS_MAX = 400_000

function readVec(value: unknown, where: string): Vec3 {
  const o = Array.isArray(value)
    ? { x: value[0] as unknown, y: value[1] as unknown, z: value[2] as unknown }
    : readObject(value, where)
  return { x: readNumber(o.x, `${where}/x`), y: readNumber(o.y, `${where}/y`), z: readNumber(o.z, `${where}/z`) }
}

function readQuat(value: unknown, where: string): Quat {
  const o = readObject(value, where)
  return { ...readVec(o, where), w: readNumber(o.w, `${where}/w`) }
}

function readNumbers(value: unknown, where: string): readonly number[] {
  const numbers = readList(value, where, readNumber)
  if (numbers.length <= POINTS_MAX) return numbers
  throw new AnswerError(where, `at most ${POINTS_MAX} numbers`)
}

function readShape(value: unknown, where: string): Shape {
  const o = readObject(value, where)
  const type = readOneOf(o.type, ['box', 'sphere', 'capsule', 'convex', 'trimesh'], `${where}/type`)
  switch (type) {
    case 'box':
      return { type, halfExtents: readVec(o.halfExtents, `${where}/halfExtents`) }
    case 'sphere':
      return { type, radius: readNumber(o.radius, `${where}/radius`) }
    case 'capsule':
      return {
        type,
        halfHeight: readNumber(o.halfHeight, `${where}/halfHeight`),
        radius: readNumber(o.radius, `${where}/radius`),
      }
    case 'convex':
      return { type, points: readNumbers(o.points, `${where}/points`) }
    case 'trimesh':
      return {
        type,
        vertices: readNumbers(o.vertices, `${where}/vertices`),
        indices: readNumbers(o.indices, `${where}/indices`),
      }
  }
}

function readCollider(value: unknown, where: string): Collider {
  const o = readObject(value, where)
  return {
    shape: readShape(o.shape, `${where}/shape`),
    position: readVec(o.position, `${where}/position`),
    rotation: readQuat(o.rotation, `${where}/rotation`),
  }
}

function readCapsule(value: unknown, where: string): BoneCapsule {
  const o = readObject(value, where)
  const bone = readNumber(o.bone, `${where}/bone`)
  if (!Number.isInteger(bone) || bone < 0 || bone >= BONES.length)
    throw new AnswerError(`${where}/bone`, `0 to ${BONES.length - 1}`)
  return {
    bone,
    a: readVec(o.a, `${where}/a`),
    b: readVec(o.b, `${where}/b`),
    radius: readNumber(o.radius, `${where}/radius`),
  }
}

function readBody(value: unknown, where: string): AvatarBody {
  const o = readObject(value, where)
  return {
    name: readText(o.name, `${where}/name`),
    offsets: readList(o.offsets, `${where}/offsets`, readVec),
    capsules: readList(o.capsules, `${where}/capsules`, readCapsule),
  }
}

function readJoint(value: unknown, where: string): PackageJoint {
  const o = readObject(value, where)
  const humanoid = readOptional(o.humanoid, `${where}/humanoid`, readText)
  const rest = readOptional(o.rest, `${where}/rest`, readQuat)
  return {
    joint: readText(o.joint, `${where}/joint`),
    parent: readOptional(o.parent, `${where}/parent`, readText),
    name: readText(o.name, `${where}/name`),
    ...(humanoid === null ? {} : { humanoid }),
    ...(rest === null ? {} : { rest }),
  }
}

function readModels(files: unknown, links: unknown, triangles: number): readonly ModelFile[] {
  const [file, link] = [readObject(files, 'manifest/files'), readObject(links, 'files')]
  const linkOf = readList(link.levels, 'files/levels', readLink)
  const model = (value: unknown, where: string, to: Link): ModelFile => {
    const o = readObject(value, where)
    return {
      sha256: readHash(o.sha256, `${where}/sha256`),
      bytes: readNumber(o.bytes, `${where}/bytes`),
      link: to,
      triangles: readOptional(o.triangles, `${where}/triangles`, readNumber) ?? triangles,
      metresMin: readOptional(o.metresMin, `${where}/metresMin`, readNumber) ?? 0,
    }
  }
  const levels = readList(file.levels, 'manifest/files/levels', (value, where) => [value, where] as const)
  return [
    model(file.runtime, 'manifest/files/runtime', readLink(link.runtime, 'files/runtime')),
    ...levels.flatMap(([value, where], index) => {
      const to = linkOf[index]
      return to ? [model(value, where, to)] : []
    }),
  ]
}

/** Reads the answer of `GET /v1/packages/HASH`; throws AnswerError. */
export function readPackage(value: unknown): PackageInfo {
  const answer = readObject(value, 'the package')
  const manifest = readObject(answer.manifest, 'manifest')
  const physics = readObject(manifest.physics, 'manifest/physics')
  const counts = readObject(manifest.counts, 'manifest/counts')
  const bounds = readObject(manifest.bounds, 'manifest/bounds')
  const kind = readOneOf(manifest.kind, ['avatar', 'object'], 'manifest/kind')
  return {
    hash: readHash(answer.hash, 'hash'),
    kind,
    name: readText(manifest.name, 'manifest/name'),
    bounds: { min: readVec(bounds.min, 'manifest/bounds/min'), max: readVec(bounds.max, 'manifest/bounds/max') },
    models: readModels(manifest.files, answer.files, readNumber(counts.triangles, 'manifest/counts/triangles')),
    skeleton: readList(manifest.skeleton, 'manifest/skeleton', readJoint),
    colliders:
      kind === 'object'
        ? readList(
            readObject(physics.prop, 'manifest/physics/prop').colliders,
            'manifest/physics/prop/colliders',
            readCollider,
          )
        : [],
    body: kind === 'avatar' ? readBody(physics.body, 'manifest/physics/body') : null,
  }
}
