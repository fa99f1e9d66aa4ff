/** Converts packages between the wire and sim/types.ts. */
import {
  BONES,
  type AvatarBody,
  type BodyChoice,
  type BoneCapsule,
  type PackageHash,
  type PackagePhysics,
} from '../sim/types.ts'
import { finite, inside, integer, label, list, vec3 } from './check.ts'
import type { otherworld } from './generated/otherworld.js'
import { hexBytes, hexText } from './hex.ts'
import { BODY_CAPSULES_MAX, LABEL_BYTES_MAX, PACKAGE_BYTES_MAX, PACKAGE_HASH_BYTES } from './limits.ts'
import { Invalid } from './result.ts'
import { fromWireProp, PROP_LAYOUT, toWireProp } from './prop.ts'
import { layout, type FieldLimits } from './scan.ts'

/** Layout of a field that holds a package's hash or is empty. */
export const HASH_FIELD: FieldLimits = { name: 'package', bytesMax: PACKAGE_HASH_BYTES }

const BODY_LAYOUT = layout({
  1: { name: 'name', bytesMax: LABEL_BYTES_MAX },
  2: { name: 'offsets', bytesMax: 32, repeatsMax: BONES.length },
  3: { name: 'capsules', bytesMax: 64, repeatsMax: BODY_CAPSULES_MAX },
})

export const PACKAGE_LAYOUT = layout({
  1: { name: 'hash', bytesMax: PACKAGE_HASH_BYTES },
  2: { name: 'prop', bytesMax: PACKAGE_BYTES_MAX, layout: PROP_LAYOUT },
  3: { name: 'body', bytesMax: PACKAGE_BYTES_MAX, layout: BODY_LAYOUT },
})

type Bytes = Uint8Array | null | undefined

/** A hash that must be present. */
export const readHash = (bytes: Bytes, where: string): PackageHash => hexText(bytes, where, PACKAGE_HASH_BYTES)

/** A hash, or null for an empty field. */
export const readOptionalHash = (bytes: Bytes, where: string): PackageHash | null =>
  bytes && bytes.length > 0 ? readHash(bytes, where) : null

/** The hash's field, or no field. */
export const toWireHash = (hash: PackageHash | null): { package: Uint8Array } | Record<string, never> =>
  hash === null ? {} : { package: hexBytes(hash) }

/** The body that a `wear` names: a package if present, otherwise an index. */
export function readBodyChoice({ body, package: hash }: otherworld.Wear.$Properties): BodyChoice {
  const named = readOptionalHash(hash, 'package')
  const index = integer(body, 'body')
  if (named !== null && index !== 0)
    throw new Invalid('out-of-range', 'body', `is ${index} with a package; expected only one of them`)
  return named ?? index
}

export const toWireBodyChoice = (choice: BodyChoice): { body: number } | { package: Uint8Array } =>
  typeof choice === 'number' ? { body: choice } : { package: hexBytes(choice) }

function readCapsule(wire: otherworld.BoneCapsule.$Properties): BoneCapsule {
  return {
    bone: integer(wire.bone, 'bone', 0, BONES.length - 1),
    a: vec3(wire.a, 'a'),
    b: vec3(wire.b, 'b'),
    radius: finite(wire.radius, 'radius'),
  }
}

function readBody(wire: otherworld.AvatarBody.$Properties): AvatarBody {
  return {
    name: label(wire.name, 'name'),
    offsets: list(wire.offsets, 'offsets', BONES.length, BONES.length, (offset) => vec3(offset, '')),
    capsules: list(wire.capsules, 'capsules', 0, BODY_CAPSULES_MAX, readCapsule),
  }
}

export function toWirePhysics(physics: PackagePhysics): Pick<otherworld.Package.$Properties, 'prop' | 'body'> {
  if (physics.kind === 'object') return { prop: toWireProp(physics.prop) }
  const { name, offsets, capsules } = physics.body
  return { body: { name, offsets: [...offsets], capsules: [...capsules] } }
}

export function readPhysics(wire: otherworld.Package): PackagePhysics {
  switch (wire.physics) {
    case 'prop':
      return { kind: 'object', prop: inside(wire.prop, 'prop', fromWireProp) }
    case 'body':
      return { kind: 'avatar', body: inside(wire.body, 'body', readBody) }
    default:
      throw new Invalid('missing', 'physics', 'is missing or of a kind that this version does not know')
  }
}
