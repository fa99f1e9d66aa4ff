/** State hashes: xxHash64 (seed 0) of the realm's own state and of every body's motion. */
import { defined } from '../assert.ts'
import { ByteWriter } from './bytes.ts'
import { motionFloats, readBody } from '../props/props.ts'
import { writeAvatar, writeProp, writeRealm } from './serialise.ts'
import type { Prop, Realm } from './state.ts'

/** Reused, so that hashing every tick leaves no garbage. */
const writer = new ByteWriter()
const scratch = motionFloats()

function hashWith(realm: Realm, motionOf: (prop: Prop) => Float32Array): string {
  const w = writer.reset()
  writeRealm(w, realm)
  for (const { identity } of realm.packages.values()) w.u64(identity)
  for (const avatar of realm.avatars.values()) {
    w.u32(avatar.id)
    w.u32(avatar.player)
    w.u32(avatar.user)
    if (typeof avatar.bodyChoice === 'number') w.u32(avatar.bodyChoice)
    else
      w.u64(defined(realm.packages.get(avatar.bodyChoice), "the realm has the package of every avatar's body").identity)
    writeAvatar(w, avatar)
  }
  for (const prop of realm.props.values()) {
    w.u32(prop.id)
    w.u64(prop.identity)
    w.u32(prop.owner)
    writeProp(w, prop)
    w.floats(motionOf(prop))
  }
  return realm.engine.hash64(w.bytes).toString(16).padStart(16, '0')
}

/** hash(t): 16 lower-case hex digits of the state after frame t. */
export const hash = (realm: Realm): string => hashWith(realm, (prop) => prop.motion)

/** The hash within a step. It reads every body's motion again, because bodies may have changed since the last step. */
export function phaseHash(realm: Realm): string {
  return hashWith(realm, (prop) => {
    // NaN has many bit patterns, and machines may produce different ones.
    if (prop.broken) return prop.motion
    readBody(prop.body, scratch)
    return scratch
  })
}
