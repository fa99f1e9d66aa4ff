/** The phase that applies a frame's inputs. An illegal command causes a `rejected` event, never an exception. */
import { dropForbidden, isAccess, manages, mayAct, owns } from '../props/access.ts'
import { bodyOf, createAvatar, placeAvatar, removeAvatar, setBody } from '../avatar/avatars.ts'
import { reject } from '../events.ts'
import { drag, grab, handOf, release } from '../props/holds.ts'
import { clamp, fround, froundQuat, froundVec, isFiniteNumber, wrapAngle } from '../maths/maths.ts'
import { continueTrack, isPackedPose, boneMaskOf, POSE_FLOATS, unpackPose, writePose } from '../avatar/pose.ts'
import { addPackage } from '../props/packages.ts'
import { inBounds } from '../props/extent.ts'
import { createProp, templateOf, removeProp, rescaleProp } from '../props/props.ts'
import { guestReason, makeRoom } from '../limits/prop-limits.ts'
import { requestMotion } from '../props/freeze.ts'
import { checkScale, isPosition, isUnitQuat } from '../props/shapes.ts'
import { inRange } from '../limits/ranges.ts'
import { Permission, type Command, type Input, type RejectReason } from '../types.ts'
import type { Avatar, Realm } from '../state/state.ts'

type Of<T extends Command['type']> = Extract<Command, { type: T }>
/** Reason of a rejection; null if the command was applied. */
type Outcome = RejectReason | null

function join(
  realm: Realm,
  input: Input,
  { player, user, share, name, body: bodyChoice, permissions }: Of<'join'>,
): Outcome {
  if (realm.players.has(player)) return 'already-joined'
  if (player === 0 || user === 0) return 'invalid-value'
  if (realm.players.size >= realm.definition.playersMax) return 'realm-full'
  const body = bodyOf(realm, bodyChoice, 1)
  if (typeof body === 'string') return body
  const avatar = createAvatar(realm, {
    player,
    user,
    share: share ?? user,
    name,
    bodyChoice,
    scale: 1,
    body,
    permissions,
  })
  realm.events.push({
    type: 'joined',
    player: input.player,
    sequence: input.sequence,
    joined: player,
    element: avatar.id,
  })
  return null
}

function leave(realm: Realm, input: Input, { player }: Of<'leave'>): Outcome {
  const avatar = realm.players.get(player)
  if (!avatar) return 'unknown-player'
  removeAvatar(realm, avatar)
  realm.events.push({ type: 'left', player: input.player, sequence: input.sequence, left: player, element: avatar.id })
  return null
}

function teleport(realm: Realm, input: Input, { player, position, yaw }: Of<'teleport'>): Outcome {
  const avatar = realm.players.get(player)
  if (!avatar) return 'unknown-player'
  if (!isPosition(position) || !inBounds(realm.definition.bounds, position) || !inRange('yaw', yaw))
    return 'invalid-value'
  placeAvatar(realm, avatar, position, wrapAngle(yaw))
  realm.events.push({ type: 'teleported', player: input.player, sequence: input.sequence, moved: player })
  return null
}

function permit(realm: Realm, input: Input, { player, permissions }: Of<'permit'>): Outcome {
  const avatar = realm.players.get(player)
  if (!avatar) return 'unknown-player'
  avatar.permissions = permissions
  for (const prop of realm.props.values()) if (prop.hold?.player === player) dropForbidden(realm, prop)
  realm.events.push({ type: 'permitted', player: input.player, sequence: input.sequence, changed: player })
  return null
}

function definePackage(realm: Realm, input: Input, { hash, physics }: Of<'package'>): Outcome {
  const reason = addPackage(realm, hash, physics)
  if (!reason) realm.events.push({ type: 'packaged', player: input.player, sequence: input.sequence, hash })
  return reason
}

function changeBody(realm: Realm, input: Input, avatar: Avatar | undefined, { body }: Of<'wear'>): Outcome {
  if (!avatar) return 'unknown-player'
  const reason = setBody(realm, avatar, body, avatar.scale)
  if (!reason)
    realm.events.push({
      type: 'bodyChanged',
      player: input.player,
      sequence: input.sequence,
      changed: avatar.player,
      element: avatar.id,
    })
  return reason
}

function serverCommand(realm: Realm, input: Input): Outcome {
  const { command } = input
  switch (command.type) {
    case 'join':
      return join(realm, input, command)
    case 'leave':
      return leave(realm, input, command)
    case 'teleport':
      return teleport(realm, input, command)
    case 'permit':
      return permit(realm, input, command)
    case 'package':
      return definePackage(realm, input, command)
    case 'wear':
      return changeBody(realm, input, realm.players.get(command.player), command)
    case 'access':
      return changeAccess(realm, input, null, command)
    case 'spawn':
      return spawn(realm, input, null, command)
    case 'despawn':
      return despawn(realm, input, null, command)
    case 'move':
    case 'pose':
    case 'grab':
    case 'drag':
    case 'release':
    case 'scale':
    case 'refused':
      return 'unknown-player'
  }
}

function move(avatar: Avatar, input: Input, { x, y, z, yaw, jump, run, fly }: Of<'move'>): Outcome {
  if (![x, y, z].every(isFiniteNumber) || !inRange('yaw', yaw)) return 'invalid-value'
  if (fly && !(avatar.permissions & Permission.fly)) return 'not-permitted'
  avatar.yaw = fround(wrapAngle(yaw))
  avatar.intent = { x: fround(clamp(x, -1, 1)), y: fround(clamp(y, -1, 1)), z: fround(clamp(z, -1, 1)), jump, run, fly }
  avatar.moveSequence = input.sequence
  return null
}

function pose(realm: Realm, avatar: Avatar, { pose: packed }: Of<'pose'>): Outcome {
  const unpacked = isPackedPose(packed) ? unpackPose(packed) : null
  if (!unpacked) return 'invalid-value'
  avatar.track = continueTrack(avatar.track, unpacked, realm.tick)
  avatar.boneMask = boneMaskOf(unpacked)
  writePose(avatar.track.from, avatar.trackFloats.subarray(0, POSE_FLOATS))
  writePose(avatar.track.to, avatar.trackFloats.subarray(POSE_FLOATS))
  return null
}

function spawn(
  realm: Realm,
  input: Input,
  avatar: Avatar | null,
  { prop: wanted, position, rotation, scale, access, owner }: Of<'spawn'>,
): Outcome {
  if (avatar && !(avatar.permissions & Permission.spawn)) return 'not-permitted'
  if (avatar && owner !== 0) return 'server-only'
  const template = templateOf(realm, wanted)
  if (typeof template === 'string') return template
  const reason = checkScale(template.spec, scale)
  if (reason) return reason
  if (
    !isPosition(position) ||
    !inBounds(realm.definition.bounds, position) ||
    !isUnitQuat(rotation) ||
    !isAccess(access)
  )
    return 'invalid-value'
  const noRoom =
    (avatar && !manages(avatar) ? guestReason(realm, template.spec, { position, rotation, scale }) : null) ??
    makeRoom(realm, avatar, template.spec)
  if (noRoom) return noRoom
  const prop = createProp(realm, template, {
    position,
    rotation,
    scale,
    access,
    owner: avatar?.user ?? owner,
    share: avatar?.share ?? owner,
  })
  if (!prop) return 'degenerate-shape'
  realm.events.push({ type: 'spawned', player: input.player, sequence: input.sequence, element: prop.id })
  return null
}

function despawn(realm: Realm, input: Input, avatar: Avatar | null, { element }: Of<'despawn'>): Outcome {
  const prop = realm.props.get(element)
  if (!prop) return 'unknown-element'
  if (avatar && !mayAct(avatar, prop, 'despawn')) return 'not-permitted'
  if (avatar && prop.hold && prop.hold.player !== avatar.player) return 'held-by-another'
  removeProp(realm, prop)
  realm.events.push({ type: 'despawned', player: input.player, sequence: input.sequence, element })
  return null
}

function grabProp(realm: Realm, input: Input, avatar: Avatar, command: Of<'grab'>): Outcome {
  const prop = realm.props.get(command.element)
  const hand = handOf(command.hand)
  if (!(avatar.permissions & Permission.grab)) return 'not-permitted'
  if (!prop) return 'unknown-element'
  if (!mayAct(avatar, prop, 'drag')) return 'not-permitted'
  if (hand === null) return 'invalid-value'
  const reason = grab(realm, avatar, prop, hand)
  if (!reason && prop.frozen === 'unstable') requestMotion(prop)
  if (!reason) realm.events.push({ type: 'grabbed', player: input.player, sequence: input.sequence, element: prop.id })
  return reason
}

function dragHeld(realm: Realm, avatar: Avatar, { hand: number, position, rotation }: Of<'drag'>): Outcome {
  const hand = handOf(number)
  if (hand === null || !isPosition(position) || !isUnitQuat(rotation)) return 'invalid-value'
  return drag(realm, avatar, hand, froundVec(position), froundQuat(rotation))
}

function releaseHand(realm: Realm, input: Input, avatar: Avatar, { hand: number }: Of<'release'>): Outcome {
  const hand = handOf(number)
  if (hand === null) return 'invalid-value'
  const prop = release(realm, avatar, hand)
  if (!prop) return 'hand-empty'
  realm.events.push({ type: 'released', player: input.player, sequence: input.sequence, element: prop.id })
  return null
}

function rescaleAvatar(realm: Realm, input: Input, avatar: Avatar, scale: number): Outcome {
  const reason = setBody(realm, avatar, avatar.bodyChoice, scale)
  if (!reason) realm.events.push({ type: 'scaled', player: input.player, sequence: input.sequence, element: avatar.id })
  return reason
}

/** Changes the size of a prop, or of the player's own avatar. */
function rescale(realm: Realm, input: Input, avatar: Avatar, { element, scale: wanted }: Of<'scale'>): Outcome {
  if (!(avatar.permissions & Permission.scale)) return 'not-permitted'
  if (element === avatar.id) return rescaleAvatar(realm, input, avatar, fround(wanted))
  const prop = realm.props.get(element)
  if (!prop) return realm.avatars.has(element) ? 'not-permitted' : 'unknown-element'
  if (!mayAct(avatar, prop, 'scale')) return 'not-permitted'
  if (prop.spec.motion === 'static') return 'not-movable'
  if (prop.hold && prop.hold.player !== avatar.player) return 'held-by-another'
  const reason = checkScale(prop.spec, wanted)
  if (reason) return reason
  if (!rescaleProp(realm, prop, fround(wanted))) return 'degenerate-shape'
  requestMotion(prop)
  realm.events.push({ type: 'scaled', player: input.player, sequence: input.sequence, element })
  return null
}

function changeAccess(realm: Realm, input: Input, avatar: Avatar | null, { element, access }: Of<'access'>): Outcome {
  const prop = realm.props.get(element)
  if (!prop) return 'unknown-element'
  if (avatar && !owns(avatar, prop) && !manages(avatar)) return 'not-permitted'
  if (!isAccess(access)) return 'invalid-value'
  prop.access = access
  realm.events.push({ type: 'accessChanged', player: input.player, sequence: input.sequence, element })
  dropForbidden(realm, prop)
  return null
}

function playerCommand(realm: Realm, input: Input): Outcome {
  const avatar = realm.players.get(input.player)
  if (!avatar) return 'unknown-player'
  const { command } = input
  switch (command.type) {
    case 'move':
      return move(avatar, input, command)
    case 'pose':
      return pose(realm, avatar, command)
    case 'spawn':
      return spawn(realm, input, avatar, command)
    case 'despawn':
      return despawn(realm, input, avatar, command)
    case 'grab':
      return grabProp(realm, input, avatar, command)
    case 'drag':
      return dragHeld(realm, avatar, command)
    case 'release':
      return releaseHand(realm, input, avatar, command)
    case 'scale':
      return rescale(realm, input, avatar, command)
    case 'wear':
      return command.player === 0 ? changeBody(realm, input, avatar, command) : 'server-only'
    case 'access':
      return changeAccess(realm, input, avatar, command)
    case 'refused':
      return command.reason
    case 'join':
    case 'leave':
    case 'teleport':
    case 'permit':
    case 'package':
      return 'server-only'
  }
}

export function applyInputs(realm: Realm, inputs: readonly Input[]): void {
  for (const input of inputs) {
    const reason = input.player === 0 ? serverCommand(realm, input) : playerCommand(realm, input)
    if (reason) reject(realm, input, reason)
  }
}
