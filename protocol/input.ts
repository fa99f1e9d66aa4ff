/** Converts inputs between the wire and sim/types.ts. */
import {
  ACCESS_MAX,
  REFUSALS,
  type Command,
  type HandId,
  type Input,
  type PackedPose,
  type PropSpec,
  type Refusal,
} from '../sim/types.ts'
import { finite, inside, integer, name, ownBytes, present, quat, vec3 } from './check.ts'
import { otherworld } from './generated/otherworld.js'
import {
  COMMAND_BYTES_MAX,
  NAME_BYTES_MAX,
  PACKAGE_BYTES_MAX,
  POSE_BONES_MAX,
  POSE_BONE_BYTES,
  POSE_FIXED_BYTES,
  SERVER_MESSAGE_BYTES_MAX,
} from './limits.ts'
import { hexBytes } from './hex.ts'
import {
  HASH_FIELD,
  PACKAGE_LAYOUT,
  readBodyChoice,
  readHash,
  readOptionalHash,
  readPhysics,
  toWireBodyChoice,
  toWirePhysics,
} from './package.ts'
import { attempt, Invalid, within, type Result } from './result.ts'
import { fromWireProp, PROP_LAYOUT, toWireProp } from './prop.ts'
import { layout, scan } from './scan.ts'

const POSE_BYTES_MAX = POSE_FIXED_BYTES + POSE_BONE_BYTES * POSE_BONES_MAX

export const INPUT_LAYOUT = layout({
  3: { name: 'join', bytesMax: 256, layout: layout({ 2: { name: 'name', bytesMax: NAME_BYTES_MAX } }) },
  8: { name: 'pose', bytesMax: 256, layout: layout({ 1: { name: 'bytes', bytesMax: POSE_BYTES_MAX } }) },
  9: {
    name: 'spawn',
    bytesMax: SERVER_MESSAGE_BYTES_MAX,
    layout: layout({ 1: { name: 'prop', bytesMax: SERVER_MESSAGE_BYTES_MAX, layout: PROP_LAYOUT }, 5: HASH_FIELD }),
  },
  15: { name: 'package', bytesMax: PACKAGE_BYTES_MAX, layout: PACKAGE_LAYOUT },
  16: { name: 'wear', bytesMax: 64, layout: layout({ 3: HASH_FIELD }) },
})

function toWireSpawn({ prop, ...rest }: Extract<Command, { type: 'spawn' }>): otherworld.Spawn.$Properties {
  return typeof prop === 'string' ? { ...rest, package: hexBytes(prop) } : { ...rest, prop: toWireProp(prop) }
}

export function toWireInput({ player, sequence, command }: Input): otherworld.Input.$Properties {
  switch (command.type) {
    case 'join':
      return { player, sequence, join: command }
    case 'leave':
      return { player, sequence, leave: command }
    case 'teleport':
      return { player, sequence, teleport: command }
    case 'permit':
      return { player, sequence, permit: command }
    case 'move':
      return { player, sequence, move: command }
    case 'pose':
      return { player, sequence, pose: command.pose }
    case 'spawn':
      return { player, sequence, spawn: toWireSpawn(command) }
    case 'despawn':
      return { player, sequence, despawn: command }
    case 'grab':
      return { player, sequence, grab: command }
    case 'drag':
      return { player, sequence, drag: command }
    case 'release':
      return { player, sequence, release: command }
    case 'scale':
      return { player, sequence, scale: command }
    case 'package':
      return { player, sequence, package: { hash: hexBytes(command.hash), ...toWirePhysics(command.physics) } }
    case 'wear':
      return { player, sequence, wear: { player: command.player, ...toWireBodyChoice(command.body) } }
    case 'access':
      return { player, sequence, access: command }
    case 'refused':
      return { player, sequence, refused: command }
  }
}

function hand(value: number | null | undefined): HandId {
  if (value === undefined || value === null || value === 0) return 0
  if (value === 1 || value === 2) return value
  throw new Invalid('out-of-range', 'hand', `is ${value}; expected 0 (left), 1 (right) or 2 (pointer)`)
}

function bonesIn(mask: number): number {
  let count = 0
  for (let rest = mask; rest !== 0; rest &= rest - 1) count += 1
  return count
}

function readPose(wire: otherworld.Pose.$Properties): PackedPose {
  const boneMask = integer(wire.boneMask, 'boneMask', 0, 2 ** POSE_BONES_MAX - 1)
  const needed = POSE_FIXED_BYTES + POSE_BONE_BYTES * bonesIn(boneMask)
  const given = wire.bytes?.length ?? 0
  if (given !== needed)
    throw new Invalid('out-of-range', 'bytes', `has ${given} bytes; expected ${needed} for ${bonesIn(boneMask)} bones`)
  return { bytes: ownBytes(wire.bytes), boneMask }
}

function readMove(wire: otherworld.Move.$Properties): Command {
  return {
    type: 'move',
    x: finite(wire.x, 'x'),
    y: finite(wire.y, 'y'),
    z: finite(wire.z, 'z'),
    yaw: finite(wire.yaw, 'yaw'),
    jump: wire.jump ?? false,
    run: wire.run ?? false,
    fly: wire.fly ?? false,
  }
}

function readRefusal(reason: string | null | undefined): Refusal {
  const known = REFUSALS.find((one) => one === reason)
  if (known === undefined) throw new Invalid('out-of-range', 'reason', `is none of ${REFUSALS.join(', ')}`)
  return known
}

/** The template that a spawn names: a spec, or the hash of a package. */
function readTemplate({ prop, package: hash }: otherworld.Spawn.$Properties): PropSpec | string {
  const named = readOptionalHash(hash, 'package')
  if (named === null) return inside(prop, 'prop', fromWireProp)
  if (prop) throw new Invalid('out-of-range', 'package', 'comes with a prop; expected only one of them')
  return named
}

function readSpawn(wire: otherworld.Spawn.$Properties): Command {
  return {
    type: 'spawn',
    prop: readTemplate(wire),
    position: vec3(wire.position, 'position'),
    rotation: quat(wire.rotation, 'rotation'),
    scale: finite(wire.scale, 'scale'),
    access: integer(wire.access, 'access', 0, ACCESS_MAX),
    owner: integer(wire.owner, 'owner'),
  }
}

function readServerCommand(wire: otherworld.Input): Command {
  switch (wire.command) {
    case 'join':
      return {
        type: 'join',
        player: integer(wire.join?.player, 'player', 1),
        name: name(wire.join?.name, 'name'),
        user: integer(wire.join?.user, 'user', 1),
        body: integer(wire.join?.body, 'body'),
        permissions: integer(wire.join?.permissions, 'permissions'),
        ...(wire.join?.share ? { share: integer(wire.join.share, 'share') } : {}),
      }
    case 'leave':
      return { type: 'leave', player: integer(wire.leave?.player, 'player', 1) }
    case 'teleport':
      return {
        type: 'teleport',
        player: integer(wire.teleport?.player, 'player', 1),
        position: vec3(wire.teleport?.position, 'position'),
        yaw: finite(wire.teleport?.yaw, 'yaw'),
      }
    case 'permit':
      return {
        type: 'permit',
        player: integer(wire.permit?.player, 'player', 1),
        permissions: integer(wire.permit?.permissions, 'permissions'),
      }
    case 'package':
      return {
        type: 'package',
        hash: readHash(wire.package?.hash, 'hash'),
        physics: readPhysics(present(wire.package, '') as otherworld.Package),
      }
    default:
      throw new Invalid('missing', '', 'the command is missing or of a kind that this version does not know')
  }
}

function readCommand(wire: otherworld.Input): Command {
  switch (wire.command) {
    case 'move':
      return readMove(present(wire.move, ''))
    case 'pose':
      return { type: 'pose', pose: readPose(present(wire.pose, '')) }
    case 'spawn':
      return readSpawn(present(wire.spawn, ''))
    case 'despawn':
      return { type: 'despawn', element: integer(wire.despawn?.element, 'element') }
    case 'grab':
      return { type: 'grab', element: integer(wire.grab?.element, 'element'), hand: hand(wire.grab?.hand) }
    case 'drag':
      return {
        type: 'drag',
        hand: hand(wire.drag?.hand),
        position: vec3(wire.drag?.position, 'position'),
        rotation: quat(wire.drag?.rotation, 'rotation'),
      }
    case 'release':
      return { type: 'release', hand: hand(wire.release?.hand) }
    case 'scale':
      return {
        type: 'scale',
        element: integer(wire.scale?.element, 'element'),
        scale: finite(wire.scale?.scale, 'scale'),
      }
    case 'wear':
      return {
        type: 'wear',
        player: integer(wire.wear?.player, 'player'),
        body: readBodyChoice(present(wire.wear, '')),
      }
    case 'access':
      return {
        type: 'access',
        element: integer(wire.access?.element, 'element'),
        access: integer(wire.access?.access, 'access', 0, ACCESS_MAX),
      }
    case 'refused':
      return { type: 'refused', reason: readRefusal(wire.refused?.reason) }
    default:
      return readServerCommand(wire)
  }
}

export function fromWireInput(given: otherworld.Input.$Properties): Input {
  const wire = given as otherworld.Input
  const player = integer(wire.player, 'player')
  const sequence = integer(wire.sequence, 'sequence', 1)
  try {
    return { player, sequence, command: readCommand(wire) }
  } catch (error) {
    throw within(wire.command ?? 'command', error)
  }
}

/** Encodes one input. The same input gives the same bytes. */
export function encodeInput(input: Input): Uint8Array {
  return otherworld.Input.encode(toWireInput(input)).finish()
}

/** Decodes one input of at most COMMAND_BYTES_MAX bytes. */
export function decodeInput(bytes: Uint8Array): Result<Input> {
  return attempt(() => {
    scan(bytes, COMMAND_BYTES_MAX, INPUT_LAYOUT)
    return fromWireInput(otherworld.Input.decode(bytes))
  })
}
