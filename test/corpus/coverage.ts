/** What a set of recordings exercises: each command, event, rejection, shape, motion and body. */
import { RecordingPlayer, type Recording, type Simulation } from '../../replay/index.ts'
import { DELIVERY } from '../../protocol/index.ts'
import {
  EVENT_TYPES,
  packageOf,
  props,
  REFUSALS,
  REJECT_REASONS,
  type Command,
  type Motion,
  type Realm,
  type Shape,
  type SimEvent,
} from '../../sim/index.ts'

/** Objects with a key for each member of a union: a new member is a compile error here. */
const SHAPE_KINDS: Record<Shape['type'], true> = { box: true, sphere: true, capsule: true, convex: true, trimesh: true }
const MOTIONS: Record<Motion, true> = { static: true, dynamic: true, kinematic: true }

/** What no recording can exercise, and why. */
export const UNREACHABLE: ReadonlyMap<string, string> = new Map([
  ['frozen: unstable', 'only a fault of the physics engine makes a number that is not finite'],
])

const shapeName = (shape: string, motion: string): string => `${motion} ${shape}`

/** Everything that the corpus has to exercise, by name. */
export const WANTED: readonly string[] = [
  ...Object.keys(DELIVERY).map((type) => `command: ${type}`),
  ...EVENT_TYPES.map((type) => `event: ${type}`),
  ...REJECT_REASONS.map((reason) => `rejection: ${reason}`),
  ...REFUSALS.map((reason) => `refused by the server: ${reason}`),
  ...Object.keys(SHAPE_KINDS).flatMap((shape) =>
    Object.keys(MOTIONS)
      // Meshes stand still.
      .filter((motion) => shape !== 'trimesh' || motion === 'static')
      .map((motion) => `collider: ${shapeName(shape, motion)}`),
  ),
  'collider: several in one prop',
  'frozen: work',
  'frozen: unstable',
  'body: of the realm',
  'body: of a package',
  'prop: of a package',
  'pose: three points',
  'pose: bones',
  'hand: left',
  'hand: right',
  'hand: pointer',
  'recording: from genesis',
  'recording: from a checkpoint',
  'recording: cut off',
  'recording: several checkpoints',
]

const HANDS = ['left', 'right', 'pointer'] as const

function* commandFacts(command: Command): Iterable<string> {
  yield `command: ${command.type}`
  if (command.type === 'pose') yield command.pose.boneMask === 0 ? 'pose: three points' : 'pose: bones'
  if (command.type === 'grab') yield `hand: ${HANDS[command.hand]}`
  if (command.type === 'refused') yield `refused by the server: ${command.reason}`
  const named = packageOf(command)
  if (command.type === 'wear') yield named === null ? 'body: of the realm' : 'body: of a package'
  if (command.type === 'spawn' && named !== null) yield 'prop: of a package'
}

function* eventFacts(event: SimEvent): Iterable<string> {
  yield `event: ${event.type}`
  if (event.type === 'rejected') yield `rejection: ${event.reason}`
  if (event.type === 'frozen') yield `frozen: ${event.cause}`
}

/** What the file of a recording says without a replay. */
export function* recordingFacts(recording: Recording): Iterable<string> {
  yield recording.header.start === 'genesis' ? 'recording: from genesis' : 'recording: from a checkpoint'
  if (recording.truncated) yield 'recording: cut off'
  if (recording.checkpoints.length > 1) yield 'recording: several checkpoints'
}

function* propFacts(realm: Realm): Iterable<string> {
  for (const { spec } of props(realm)) {
    if (spec.colliders.length > 1) yield 'collider: several in one prop'
    for (const { shape } of spec.colliders) yield `collider: ${shapeName(shape.type, spec.motion)}`
  }
}

/** What a recording exercises, by its replay: a subset of WANTED. Throws if it cannot be replayed. */
export async function coverageOf(recording: Recording, simulation: Simulation<Realm>): Promise<Set<string>> {
  const opened = await RecordingPlayer.open(recording, simulation)
  if (!opened.ok) throw opened.error
  const player = opened.value
  const found = new Set(recordingFacts(recording))
  try {
    while (!player.done) {
      const played = player.step()
      if (!played.ok) throw played.error
      const { frame, events } = played.value
      for (const { command } of frame.inputs) for (const fact of commandFacts(command)) found.add(fact)
      for (const event of events) for (const fact of eventFacts(event)) found.add(fact)
      if (events.some(({ type }) => type === 'spawned') || player.tick === recording.startTick + 1)
        for (const fact of propFacts(player.realm)) found.add(fact)
    }
  } finally {
    player.free()
  }
  return found
}
