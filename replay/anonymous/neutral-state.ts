/** Removes identities and poses from a realm's state. */
import { setBody } from '../../sim/avatar/avatars.ts'
import { defined } from '../../sim/assert.ts'
import { packageFromJson } from '../../sim/props/packages.ts'
import { positionOf, rotationOf, templateFromJson, templateOfPackage } from '../../sim/props/props.ts'
import { asciiJson } from '../../sim/state/bytes.ts'
import type { Avatar, Package, Prop, Realm } from '../../sim/state/state.ts'
import type { RealmDefinition } from '../../sim/index.ts'
import { coarsePlace, coarseRotation, coarseYaw } from './coarse.ts'
import type { Hands } from './hands.ts'
import type { Pseudonyms } from './pseudonyms.ts'

const STILL = { x: 0, y: 0, z: 0, jump: false, run: false, fly: false }

/**
 * The realm with neutral names, numbers and bodies. Its avatars have no pose: they stand with their arms down. It takes
 * over the physics world of `realm`, which must not be used or freed after that. The engine's own state still has contacts
 * with the former bones: they end with the next step.
 */
export function neutralState(realm: Realm, definition: RealmDefinition, names: Pseudonyms, hands: Hands): Realm {
  const packages = [...realm.packages.values()].map((one) => neutralPackage(realm, one, names))
  const neutral: Realm = {
    ...realm,
    definition,
    avatars: new Map(),
    players: new Map(),
    props: new Map(),
    packages: new Map(packages.map((one) => [one.hash, one])),
    events: [],
  }
  for (const avatar of realm.avatars.values()) {
    const changed = neutralAvatar(avatar, names)
    neutral.avatars.set(changed.id, changed)
    neutral.players.set(changed.player, changed)
    // Without bones of the old body.
    setBody(neutral, changed, 0, 1)
  }
  for (const prop of realm.props.values()) neutral.props.set(prop.id, neutralProp(neutral, prop, names, hands))
  for (const [hash, { physics }] of neutral.packages) if (physics.kind === 'avatar') neutral.packages.delete(hash)
  return neutral
}

function neutralPackage(realm: Realm, { hash, physics }: Package, names: Pseudonyms): Package {
  return packageFromJson(realm, names.package(hash), asciiJson(names.physics(physics)))
}

const neutralAvatar = (avatar: Avatar, names: Pseudonyms): Avatar => ({
  ...avatar,
  player: names.player(avatar.player),
  user: names.user(avatar.user),
  share: names.share(avatar.share, avatar.user),
  name: names.nameOf(avatar.user),
  yaw: coarseYaw(avatar.yaw),
  intent: { ...STILL, fly: avatar.flying },
  moveSequence: 0,
  track: null,
  trackFloats: new Float32Array(avatar.trackFloats.length),
  boneMask: 0,
})

function neutralProp(realm: Realm, prop: Prop, names: Pseudonyms, hands: Hands): Prop {
  const template =
    prop.package === null
      ? templateFromJson(realm, asciiJson(names.prop(prop.spec)))
      : templateOfPackage(
          defined(realm.packages.get(names.package(prop.package)), 'the realm has the package of a prop'),
        )
  const { hold } = prop
  return {
    ...prop,
    ...defined(template, 'the package of a prop is an object'),
    owner: names.user(prop.owner),
    share: names.share(prop.share, prop.owner),
    hold: hold && {
      player: names.player(hold.player),
      hand: hands.of(hold.player, hold.hand),
      position: coarsePlace(positionOf(prop)),
      rotation: coarseRotation(rotationOf(prop)),
      velocity: { x: 0, y: 0, z: 0 },
      dragTick: hold.dragTick,
    },
  }
}
