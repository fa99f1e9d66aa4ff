/** State hashes: xxHash64 (seed 0) of the realm's own state and of every body's motion. */
import { ByteWriter } from './bytes.ts'
import { motionFloats, readBody } from './props.ts'
import { writeAvatar, writeProp, writeRealm } from './serialise.ts'
import type { Realm } from './state.ts'

/** Reused: hashing every tick must not leave garbage. */
const writer = new ByteWriter()
const scratch = motionFloats()

function hashWith(realm: Realm, motionOf: (id: number) => Float32Array): string {
  const w = writer.reset()
  writeRealm(w, realm)
  for (const { identity } of realm.packages.values()) w.u64(identity)
  for (const avatar of realm.avatars.values()) {
    w.u32(avatar.id)
    w.u32(avatar.player)
    w.u32(avatar.user)
    if (typeof avatar.bodyChoice === 'number') w.u32(avatar.bodyChoice)
    else w.u64(realm.packages.get(avatar.bodyChoice)?.identity ?? 0n)
    writeAvatar(w, avatar)
  }
  for (const prop of realm.props.values()) {
    w.u32(prop.id)
    w.u64(prop.identity)
    w.u32(prop.owner)
    writeProp(w, prop)
    w.floats(motionOf(prop.id))
  }
  return realm.engine.hash64(w.bytes).toString(16).padStart(16, '0')
}

const NOTHING = motionFloats()

/** hash(t): 16 lower-case hex digits of the state after frame t. */
export const hash = (realm: Realm): string => hashWith(realm, (id) => realm.props.get(id)?.motion ?? NOTHING)

/** The same within a step, where bodies may have been changed since they were last read. */
export function phaseHash(realm: Realm): string {
  return hashWith(realm, (id) => {
    const prop = realm.props.get(id)
    // NaN has many bit patterns; which one it is may differ between machines.
    if (!prop || prop.broken) return prop?.motion ?? NOTHING
    readBody(prop.body, scratch)
    return scratch
  })
}
