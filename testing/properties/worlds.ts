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
    if (stored && Buffer.compare(physics.checkpoint(realm), stored.bytes) !== 0)
      return { tick: frame.tick, message: 'the states of the physics engine differ, although their hashes are equal' }
  }
  return null
}

const runOther = (physics: Physics, { definition }: PhysicsCase, frames: readonly InputFrame[], trace: Trace): Found =>
  withRealm(physics, physics.genesis(definition), (realm) => firstDifference(physics, realm, frames, trace))

/** The same frames give the same states and events on another machine. */
export const determinism: PhysicsProperty = {
  name: 'determinism',
  about:
    'the same frames give the same states in a hostile host: other clocks, transcendental functions and random numbers',
  compare: (sample, trace, { hostile }) => runOther(hostile, sample, sample.frames, trace),
}

const isSameOrder = ({ inputs }: InputFrame, other: InputFrame | undefined): boolean =>
  inputs.every(({ player, sequence }, i) => {
    const input = other?.inputs[i]
    return input?.player === player && input.sequence === sequence
  })

/** Inputs of a tick that arrive in another order give the same states. */
export const arrivalOrder: PhysicsProperty = {
  name: 'arrival-order',
  about: 'inputs of a tick that arrive in another order give the same states',
  // Equal frames need no second run.
  compare: (sample, trace, { plain }) =>
    sample.frames.every((frame, i) => isSameOrder(frame, sample.otherArrival[i]))
      ? null
      : runOther(plain, sample, sample.otherArrival, trace),
}

/** A checkpoint restores to the same bytes and fields, and continues to the same states. */
export const restoring: PhysicsProperty = {
  name: 'restoring',
  about: 'a checkpoint restores to the same bytes and fields in another process, and continues to the same states',
  compare(sample, trace, { hostile }) {
    for (const [tick, stored] of trace.checkpoints) {
      const found = withRealm(hostile, hostile.restore(sample.definition, stored.bytes), (realm): Found => {
        const [first] = fieldDifferences(stored.fields, hostile.fields(realm))
        if (first)
          return {
            tick,
            message: `${first.field} of element ${first.element} is ${fieldText(first.actual)}; it was ${fieldText(first.expected)}`,
          }
        if (Buffer.compare(hostile.checkpoint(realm), stored.bytes) !== 0)
          return { tick, message: 'the restored realm has another checkpoint than the one that it was restored from' }
        return firstDifference(hostile, realm, sample.frames.slice(tick), trace)
      })
      if (found) return { tick: found.tick, message: `restored from tick ${tick}: ${found.message}` }
    }
    return null
  },
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
