/**
 * Packages in a realm: what the simulation knows of uploads. The server's `package` inputs add them. They are state, so
 * that frames and checkpoints suffice to continue.
 */
import { ascii, asciiJson } from '../state/bytes.ts'
import { inRange, RANGES } from '../limits/ranges.ts'
import { checkProp } from './shapes.ts'
import { restHeadHeight } from '../avatar/skeleton.ts'
import type { Package, Realm } from '../state/state.ts'
import {
  BONES,
  type AvatarBody,
  type Command,
  type PackageHash,
  type PackagePhysics,
  type RejectReason,
  type Vec3,
} from '../types.ts'

/** Packages of a realm at once: more kinds of props than a realm shows. */
export const PACKAGES_MAX = 256
/**
 * Characters of their JSON together. Every checkpoint contains them, and a checkpoint must fit into a lockstep peer's
 * first message.
 */
export const PACKAGES_CHARACTERS_MAX = 3_145_728

export const CAPSULES_MAX = 24
/** Largest distance of a bone from its parent, or of a capsule's end from its bone, metres on each axis. */
export const BODY_OFFSET_MAX = RANGES.boneOffset.max
export const CAPSULE_RADIUS_MIN = RANGES.boneRadius.min
export const CAPSULE_RADIUS_MAX = RANGES.boneRadius.max

const isNear = ({ x, y, z }: Vec3): boolean =>
  inRange('boneOffset', x) && inRange('boneOffset', y) && inRange('boneOffset', z)

/** Returns why an avatar cannot have this body, or null. */
export function checkBody({ offsets, capsules }: AvatarBody): RejectReason | null {
  if (offsets.length !== BONES.length || !offsets.every(isNear) || capsules.length > CAPSULES_MAX)
    return 'invalid-value'
  for (const { bone, a, b, radius } of capsules) {
    if (!Number.isInteger(bone) || bone < 0 || bone >= BONES.length || !isNear(a) || !isNear(b)) return 'invalid-value'
    if (!inRange('boneRadius', radius)) return 'invalid-value'
  }
  return inRange('headHeight', restHeadHeight({ name: '', offsets, capsules })) ? null : 'invalid-value'
}

const HASH = /^[0-9a-f]{64}$/
export const isPackageHash = (hash: string): boolean => HASH.test(hash)

/** Returns why a realm cannot accept such physics, or null. The ingest and the simulation share this check. */
export const checkPhysics = (physics: PackagePhysics): RejectReason | null =>
  physics.kind === 'object' ? checkProp(physics.prop) : checkBody(physics.body)

/** The package that a command adds or names, or null. */
export function packageOf(command: Command): PackageHash | null {
  if (command.type === 'package') return command.hash
  const named = command.type === 'spawn' ? command.prop : command.type === 'wear' ? command.body : null
  return typeof named === 'string' ? named : null
}

/** A package from its JSON. JSON has no -0, and one sign can change a trajectory. */
export const packageFromJson = ({ engine }: Pick<Realm, 'engine'>, hash: PackageHash, json: string): Package => ({
  hash,
  physics: JSON.parse(json) as PackagePhysics,
  json,
  identity: engine.hash64(ascii(hash + json)),
})

/** Hashes of the packages in use. */
function packagesInUse(realm: Realm): ReadonlySet<unknown> {
  const hashes = new Set<unknown>()
  for (const { bodyChoice } of realm.avatars.values()) hashes.add(bodyChoice)
  for (const prop of realm.props.values()) hashes.add(prop.package)
  return hashes
}

/** The oldest unused packages that must be evicted to make room, or null if that does not suffice. */
function packagesToEvict(realm: Realm, characters: number): readonly PackageHash[] | null {
  let [count, sum] = [realm.packages.size + 1, characters]
  for (const { json } of realm.packages.values()) sum += json.length
  const isFull = (): boolean => count > PACKAGES_MAX || sum > PACKAGES_CHARACTERS_MAX
  if (!isFull()) return []
  const needed = packagesInUse(realm)
  const gone: PackageHash[] = []
  for (const { hash, json } of realm.packages.values()) {
    if (!isFull()) break
    if (needed.has(hash)) continue
    gone.push(hash)
    count--
    sum -= json.length
  }
  return isFull() ? null : gone
}

/** Characters of a package's physics, as PACKAGES_CHARACTERS_MAX counts them. */
export const charactersOf = (physics: PackagePhysics): number => asciiJson(physics).length

/** True if the realm has room for a package of `characters`. */
export const hasRoom = (realm: Realm, characters: number): boolean => packagesToEvict(realm, characters) !== null

/** Adds a package as the newest. A package that the realm already has becomes the newest again. */
export function addPackage(realm: Realm, hash: PackageHash, physics: PackagePhysics): RejectReason | null {
  if (!isPackageHash(hash)) return 'invalid-value'
  let known = realm.packages.get(hash)
  if (!known) {
    const reason = checkPhysics(physics)
    if (reason) return reason
    known = packageFromJson(realm, hash, asciiJson(physics))
    const gone = packagesToEvict(realm, known.json.length)
    if (!gone) return 'package-limit'
    for (const old of gone) realm.packages.delete(old)
  }
  realm.packages.delete(hash)
  realm.packages.set(hash, known)
  return null
}
