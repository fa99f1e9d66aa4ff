/** The realm's own state as bytes, in the order of ids. State hashes and checkpoints share this code. */
import type { ByteWriter } from './bytes.ts'
import type { Avatar, Prop, Realm } from './state.ts'

const flags = (...bits: readonly boolean[]): number => bits.reduce((sum, bit, i) => (bit ? sum | (1 << i) : sum), 0)

/** Writes the mutable state of an avatar. */
export function writeAvatar(w: ByteWriter, a: Avatar): void {
  w.u32(a.permissions)
  w.u32(a.share)
  w.f32(a.scale)
  w.vec(a.position)
  w.f32(a.yaw)
  w.vec(a.velocity)
  w.vec(a.intent)
  w.u8(flags(a.grounded, a.flying, a.intent.jump, a.intent.run, a.intent.fly, a.track !== null))
  w.u32(a.bones?.reduce((mask, bone, i) => (bone ? mask | (1 << i) : mask), 0) ?? 0)
  w.u32(a.moveSequence)
  if (!a.track) return
  w.u32(a.boneMask)
  w.u32(a.track.start)
  w.u32(a.track.durationTicks)
  w.floats(a.trackFloats)
}

/** Writes the mutable state of a prop without its body's motion. */
export function writeProp(w: ByteWriter, p: Prop): void {
  w.f32(p.scale)
  w.u8(p.access)
  w.u8(flags(p.asleep, p.hold !== null, p.frozen === 'work', p.frozen === 'unstable', p.frozen === 'new', p.broken))
  w.u32(p.bonesPassUntil)
  w.u32(p.share)
  w.u32(p.ownerLeftTick)
  if (p.broken) w.floats(p.motion)
  if (!p.hold) return
  w.u32(p.hold.player)
  w.u8(p.hold.hand)
  w.vec(p.hold.position)
  w.quat(p.hold.rotation)
  w.vec(p.hold.velocity)
  w.u32(p.hold.dragTick)
}

export function writeRealm(w: ByteWriter, realm: Realm): void {
  w.u32(realm.tick)
  w.u32(realm.nextElement)
  for (const word of realm.random) w.u32(word)
  w.u32(realm.avatars.size)
  w.u32(realm.props.size)
  w.u32(realm.packages.size)
}
