/** Properties that compare the world under test with another world. Each is independent of the machine. */
import type { Command, InputFrame, Realm, Vec3 } from '../../sim/index.ts'
import { fieldDifferences, fieldText } from '../../replay/fields.ts'
import type { Physics } from '../physics/physics.ts'
import type { PhysicsCase, PhysicsProperty, Trace, Violation } from './property.ts'

type Found = Omit<Violation, 'property'> | null

/** Runs `use`, and frees the realm. */
function withRealm<T>(physics: Physics, realm: Realm, use: (realm: Realm) => T): T {
  try {
    return use(realm)
  } finally {
    physics.free(realm)
  }
}

/** Steps a realm through frames, and returns where it first differs from the trace. */
function firstDifference(
  physics: Physics,
  realm: Realm,
  frames: readonly InputFrame[],
  { hashes, events, checkpoints }: Trace,
  beforeStep?: (frame: InputFrame) => void,
): Found {
  for (const frame of frames) {
    beforeStep?.(frame)
    const happened = JSON.stringify(physics.step(realm, frame))
    const [hash, expected] = [physics.hash(realm), hashes[frame.tick - 1]]
    if (hash !== expected)
      return { tick: frame.tick, message: `the hash is ${hash} in the other world, and ${expected ?? 'none'} in this` }
    if (happened !== events[frame.tick - 1])
      return {
        tick: frame.tick,
        message: `the events are ${happened} in the other world, and ${events[frame.tick - 1] ?? 'none'} in this`,
      }
    const stored = checkpoints.get(frame.tick)
    if (stored && Buffer.compare(physics.checkpoint(realm), stored) !== 0)
      return { tick: frame.tick, message: 'the states of the physics engine differ, although their hashes are equal' }
  }
  return null
}

const runOther = (physics: Physics, { definition }: PhysicsCase, frames: readonly InputFrame[], trace: Trace): Found =>
  withRealm(physics, physics.genesis(definition), (realm) => firstDifference(physics, realm, frames, trace))

/** The same frames give the same states and events on another machine. */
export const determinism: PhysicsProperty = {
  name: 'determinism',
  about: 'the same frames give the same states in a hostile host: other clocks, last bits and random numbers',
  compare: (sample, trace, { hostile }) => runOther(hostile, sample, sample.frames, trace),
}

/** Inputs of a tick that arrive in another order give the same states. */
export const arrivalOrder: PhysicsProperty = {
  name: 'arrival-order',
  about: 'inputs of a tick that arrive in another order give the same states',
  compare: (sample, trace, { plain }) => runOther(plain, sample, sample.otherArrival, trace),
}

/** A checkpoint restores to the same bytes and fields, and continues to the same states. */
export const restoring: PhysicsProperty = {
  name: 'restoring',
  about: 'a checkpoint restores to the same bytes and fields in another process, and continues to the same states',
  compare(sample, trace, { plain, hostile }) {
    for (const [tick, bytes] of trace.checkpoints) {
      const found = withRealm(hostile, hostile.restore(sample.definition, bytes), (realm): Found => {
        if (Buffer.compare(hostile.checkpoint(realm), bytes) !== 0)
          return { tick, message: 'the restored realm has another checkpoint than the one that it was restored from' }
        return (
          differentField(sample, tick, plain, [...hostile.fields(realm)]) ??
          firstDifference(hostile, realm, sample.frames.slice(tick), trace)
        )
      })
      if (found) return { tick: found.tick, message: `restored from tick ${tick}: ${found.message}` }
    }
    return null
  },
}

/** The first field in which a restored realm differs from the realm that was never stored. */
function differentField(
  { definition, frames }: PhysicsCase,
  tick: number,
  plain: Physics,
  restored: ReturnType<Physics['fields']>,
): Found {
  return withRealm(plain, plain.genesis(definition), (realm) => {
    for (const frame of frames.slice(0, tick)) plain.step(realm, frame)
    const [first] = fieldDifferences(plain.fields(realm), restored)
    return first
      ? {
          tick,
          message: `${first.field} of element ${first.element} is ${fieldText(first.actual)}; it was ${fieldText(first.expected)}`,
        }
      : null
  })
}

const shifted = ({ x, y, z }: Vec3): Vec3 => ({ x: z, y: y + 0.25, z: x })

/** A command of a similar world: the same names and ids, other numbers. */
function altered(command: Command): Command {
  switch (command.type) {
    case 'move':
      return { ...command, x: command.z, z: command.x }
    case 'spawn':
      return { ...command, position: shifted(command.position) }
    case 'package':
      return {
        ...command,
        physics:
          command.physics.kind === 'object'
            ? { kind: 'object', prop: { ...command.physics.prop, density: 500, friction: 0.25 } }
            : {
                kind: 'avatar',
                body: {
                  ...command.physics.body,
                  capsules: command.physics.body.capsules.map((capsule) => ({
                    ...capsule,
                    a: shifted(capsule.a),
                    radius: 0.05,
                  })),
                },
              },
      }
    default:
      return command
  }
}

/**
 * Another world in the same process changes nothing. It has the same names and ids and other numbers, and steps by
 * turns with the compared world, so that caches and reused memory meet.
 */
export const isolation: PhysicsProperty = {
  name: 'isolation',
  about: 'a similar world that steps in the same process changes nothing',
  compare: (sample, trace, { hostile }) =>
    withRealm(hostile, hostile.genesis({ ...sample.definition, seed: sample.definition.seed + 1 }), (similar) =>
      withRealm(hostile, hostile.genesis(sample.definition), (realm) =>
        firstDifference(hostile, realm, sample.frames, trace, ({ tick, inputs }) => {
          hostile.step(similar, {
            tick,
            inputs: inputs.map((input) => ({ ...input, command: altered(input.command) })),
          })
        }),
      ),
    ),
}
