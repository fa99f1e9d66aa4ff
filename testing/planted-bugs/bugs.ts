/**
 * Planted bugs: changes of the simulation's sources that the ready-made properties must find. Each is a mistake that a
 * developer could make. A test fails if an edit no longer fits the sources: adapt it with your change.
 */
import type { SourceEdit } from '../physics/copies.ts'

export interface PlantedBug {
  readonly name: string
  /** The mistake, in one sentence. */
  readonly about: string
  readonly edits: readonly SourceEdit[]
}

const edit = (file: string, find: string, replace: string): SourceEdit => ({ file: `sim/${file}`, find, replace })
const bug = (name: string, about: string, ...edits: readonly SourceEdit[]): PlantedBug => ({ name, about, edits })

const INPUTS = 'phases/inputs.ts'
const CHECKPOINT = 'state/checkpoint.ts'
const SERIALISE = 'state/serialise.ts'

/** Mistakes that make a machine or a run matter. */
const HOSTS: readonly PlantedBug[] = [
  bug(
    'unordered-map',
    "an avatar's bones are removed in the order of a container that has none",
    edit(
      'avatar/bones.ts',
      'avatar.bones?.forEach((bone) => {',
      'avatar.bones?.toSorted(() => Math.random() - 0.5).forEach((bone) => {',
    ),
  ),
  bug(
    'host-sine',
    'Math.sin instead of the own sine',
    edit('maths/maths.ts', 'let x = wrapAngle(angle)', 'return Math.sin(angle)\n  let x = wrapAngle(angle)'),
  ),
  bug(
    'wall-clock',
    'the pause of bones after a release depends on the clock',
    edit(
      'props/holds.ts',
      'realm.tick + BONES_PASS_TICKS',
      'realm.tick + BONES_PASS_TICKS + (Date.now() > 1.7e12 ? Date.now() % 7 : 0)',
    ),
  ),
  bug(
    'unseeded-random',
    'the random generator starts from Math.random',
    edit('realm.ts', 'seedRandom(definition.seed)', 'seedRandom(Math.random() * 4294967296)'),
  ),
  bug(
    'uninitialised-memory',
    'bones that a pose does not have are not written, and their memory is not cleared',
    edit(
      'avatar/avatars.ts',
      'trackFloats: new Float32Array(2 * POSE_FLOATS)',
      'trackFloats: new Float32Array(Uint8Array.from(Buffer.allocUnsafeSlow(8 * POSE_FLOATS)).buffer)',
    ),
    edit(
      'avatar/pose.ts',
      'for (const bone of pose.bones) rotation(bone ?? IDENTITY)',
      'for (const bone of pose.bones) if (bone) rotation(bone)\n    else at += 4',
    ),
  ),
  bug(
    'stale-cache',
    'the places of capsules are cached by the name of the body, outside the state',
    edit(
      'avatar/bones.ts',
      'const inBones = new WeakMap<AvatarBody, readonly CapsulePlace[]>()',
      'const byName = new Map()\nconst inBones = { get: ({ name }: AvatarBody) => byName.get(name), set: ({ name }: AvatarBody, places: readonly CapsulePlace[]) => byName.set(name, places) }',
    ),
  ),
  bug(
    'reused-memory',
    'all props share the memory of the last motion that was read',
    edit('props/props.ts', '  prop.motion.set(scratch)', '  Object.assign(prop, { motion: scratch })'),
  ),
]

/** Mistakes of checkpoints and of numbers in the state. */
const STATES: readonly PlantedBug[] = [
  bug(
    'missing-field',
    "a checkpoint does not restore the tick of a hold's last drag",
    edit(CHECKPOINT, 'velocity: r.vec(), dragTick: r.u32() }', 'velocity: r.vec(), dragTick: r.u32() * 0 }'),
  ),
  bug(
    'unsaved-field',
    'the checkpoint does not contain since when a prop was left behind',
    edit(SERIALISE, '  w.u32(p.ownerLeftTick)\n', ''),
    edit(CHECKPOINT, '= [r.u32(), r.u32(), r.u32()]\n  const motion', '= [r.u32(), r.u32(), 0]\n  const motion'),
  ),
  bug(
    'random-state',
    'a word of the random generator is restored wrongly',
    edit(
      CHECKPOINT,
      'Uint32Array.of(r.u32(), r.u32(), r.u32(), r.u32())',
      'Uint32Array.of(r.u32(), r.u32(), r.u32(), r.u32() | 1)',
    ),
  ),
  bug(
    'double-precision',
    'velocities keep 64 bits, and their state bytes have 32',
    edit('avatar/steering.ts', 'velocity: froundVec(vec(velocity.x', 'velocity: (vec(velocity.x'),
  ),
  bug(
    'sleep-not-restored',
    'restored bodies are awake',
    edit(CHECKPOINT, '  readMotion(prop)\n  // A broken', '  body.wakeUp()\n  readMotion(prop)\n  // A broken'),
  ),
  bug(
    'pose-precision',
    'a pose between two poses keeps 64 bits in the track',
    edit(
      'avatar/pose.ts',
      'const from = { ...now, bones',
      'const from = { ...now, head: { ...now.head, position: { ...now.head.position, x: now.head.position.x / 3 } }, bones',
    ),
  ),
  bug(
    'insertion-order',
    'a scaled prop moves to the end of the map',
    edit(
      'props/props.ts',
      '  prop.scale = scale\n',
      '  realm.props.delete(prop.id)\n  realm.props.set(prop.id, prop)\n  prop.scale = scale\n',
    ),
  ),
  bug(
    'handle-as-id',
    "a prop's id is made of the engine's handle, which the engine uses again",
    edit(
      'props/props.ts',
      'id: realm.nextElement++,',
      'id: 3 + (new Uint32Array(Float64Array.of(body.handle).buffer)[0] ?? 0) + 0 * realm.nextElement++,',
    ),
  ),
  bug('lost-jump', 'a restored avatar forgets that it runs', edit(CHECKPOINT, 'run: bit(3)', 'run: bit(3) && bit(0)')),
]

/** Mistakes of the rules. */
const RULES: readonly PlantedBug[] = [
  bug(
    'order-of-inputs',
    "a player's inputs of one tick have no order",
    edit('input-order.ts', 'a.player - b.player || a.sequence - b.sequence', 'a.player - b.player'),
  ),
  bug(
    'one-player-too-many',
    'the limit of players is off by one',
    edit(
      INPUTS,
      'realm.players.size >= realm.definition.playersMax',
      'realm.players.size > realm.definition.playersMax',
    ),
  ),
  bug(
    'one-element-too-many',
    'the limit of elements is off by one',
    edit('limits/prop-limits.ts', 'if (props.used >= props.max)', 'if (props.used > props.max)'),
  ),
  bug(
    'hold-survives-leave',
    'a player who leaves keeps what it holds',
    edit('avatar/avatars.ts', "is in the realm')\n  releaseAll(realm, avatar.player)\n", "is in the realm')\n"),
    edit('props/holds.ts', 'return !avatar || distance', 'return !!avatar && distance'),
  ),
  bug(
    'hold-survives-return',
    'a prop that is returned to its place stays in the hand',
    edit('phases/bounds.ts', '    releaseProp(realm, prop, false)\n', ''),
  ),
  bug(
    'spawn-permission',
    'the permission to spawn is not checked',
    edit(INPUTS, "  if (avatar && !(avatar.permissions & Permission.spawn)) return 'not-permitted'\n", ''),
  ),
  bug(
    'access-ignored',
    'everyone may do everything with every prop',
    edit('props/access.ts', 'return access === Access.everyone ||', 'return access >= 0 ||'),
  ),
  bug(
    'flight-permission',
    'a player who lost the permission flies on',
    edit(
      'avatar/locomotion.ts',
      'avatar.intent.fly && (avatar.permissions & Permission.fly) !== 0',
      'avatar.intent.fly',
    ),
  ),
  bug(
    'despawn-from-hand',
    "a prop is removed from another player's hand",
    edit(
      INPUTS,
      "return 'not-permitted'\n  if (avatar && prop.hold && prop.hold.player !== avatar.player) return 'held-by-another'",
      "return 'not-permitted'",
    ),
  ),
  bug(
    'two-in-one-hand',
    'a hand that is full grabs another prop',
    edit('props/holds.ts', "  if (inHand && inHand !== prop) return 'hand-full'\n", ''),
  ),
  bug(
    'event-twice',
    'a scale is reported twice',
    edit(
      INPUTS,
      '  requestMotion(prop)\n  realm.events.push(',
      "  requestMotion(prop)\n  realm.events.push({ type: 'scaled', player: input.player, sequence: input.sequence, element })\n  realm.events.push(",
    ),
  ),
  bug(
    'scale-unchecked',
    'a scale beyond the range is accepted',
    edit(
      INPUTS,
      '  const reason = checkScale(prop.spec, wanted)\n  if (reason) return reason\n  if (!rescaleProp',
      '  if (!rescaleProp',
    ),
  ),
]

/** Mistakes of the motion. */
const MOTION: readonly PlantedBug[] = [
  bug(
    'zero-normalised',
    'a vector of length 0 is divided by its length',
    edit('maths/maths.ts', 'return l > limit ? scaled(a, limit / l) : a', 'return scaled(a, min(l, limit) / l)'),
  ),
  bug(
    'bounds-unchecked',
    'avatars are not returned to the realm',
    edit(
      'phases/bounds.ts',
      'if (inBounds(realm.definition.bounds, avatar.position)) continue',
      'if (avatar.id > 0) continue',
    ),
  ),
  bug(
    'weightless',
    'a released prop falls upwards',
    edit('props/holds.ts', 'prop.body.setGravityScale(1, true)', 'prop.body.setGravityScale(-1, true)'),
  ),
  bug(
    'bouncy',
    'props bounce higher than they fell',
    edit('props/shapes.ts', '.setRestitution(spec.restitution)', '.setRestitution(spec.restitution * 4)'),
  ),
  bug(
    'wrong-groups',
    'a prop passes through the ground after it was held',
    edit('props/holds.ts', 'setGroups(prop, Groups.dynamic)', 'setGroups(prop, Groups.bone)'),
  ),
  bug(
    'restless',
    'every 64th tick wakes all props',
    edit(
      'realm.ts',
      'for (const prop of realm.props.values()) readMotion(prop)',
      'for (const prop of realm.props.values()) {\n    if (realm.tick % 64 === 0) prop.body.wakeUp()\n    readMotion(prop)\n  }',
    ),
  ),
]

export const PLANTED_BUGS: readonly PlantedBug[] = [...HOSTS, ...STATES, ...RULES, ...MOTION]
