/** The scene behind the join card: figures around a slow carousel of the shapes. */
import { add, conjugate, multiply, rotate, sub, yawRotation } from '../../sim/maths/maths.ts'
import { DEFAULT_BODY } from '../../sim/avatar/body.ts'
import type { Quat, Vec3 } from '../../sim/types.ts'
import { poseOf, STANDING } from './gait.ts'
import { SHAPES } from '../app/starter-shapes.ts'
import type { ShownAvatar, ShownProp, ShownWorld } from '../app/world.ts'

const RING = 2.5
const CAROUSEL = 1.05
const TURN_PER_SECOND = 0.22
const SCALES = [1.05, 1.15, 1.2, 1.5]

const tilt = (angle: number): Quat => ({ x: Math.sin(angle / 2), y: 0, z: 0, w: Math.cos(angle / 2) })

function shapeAt(index: number, seconds: number): ShownProp | null {
  const spec = SHAPES[index]
  if (!spec) return null
  const angle = (index / SHAPES.length) * 2 * Math.PI + seconds * TURN_PER_SECOND
  const position = {
    x: Math.cos(angle) * CAROUSEL,
    y: 1.5 + Math.sin(seconds * 0.9 + index * 1.7) * 0.12,
    z: Math.sin(angle) * CAROUSEL,
  }
  return {
    element: 100 + index,
    spec,
    package: null,
    owner: 0,
    access: 0,
    position,
    rotation: multiply(yawRotation(seconds * 0.4 + index), tilt(index === 3 ? 0.12 : 0.5)),
    scale: SCALES[index] ?? 1,
    holder: index + 1,
  }
}

/** A figure that reaches for its shape and turns after it. */
function figureAt(index: number, target: Vec3, seconds: number): ShownAvatar {
  const angle = ((index + 0.06) / SHAPES.length) * 2 * Math.PI + seconds * TURN_PER_SECOND
  const position = { x: Math.cos(angle) * RING, y: 0, z: Math.sin(angle) * RING }
  const yaw = Math.atan2(position.x, position.z)
  const reachFor = rotate(conjugate(yawRotation(yaw)), sub(target, position))
  // Once round in half a minute at this distance is a slow sidestep.
  const gait = { ...STANDING, phase: (seconds * 3.1 + index) % (2 * Math.PI), x: -TURN_PER_SECOND * RING }
  const pose = poseOf(DEFAULT_BODY, gait, {
    pitch: 0.06,
    turn: Math.sin(seconds * 0.5 + index) * 0.2,
    reachFor: add(reachFor, { x: 0, y: 0.05, z: 0 }),
    airborne: false,
    time: seconds + index,
  })
  return {
    element: index + 1,
    player: index + 1,
    user: 0,
    name: '',
    package: null,
    body: DEFAULT_BODY,
    scale: 1,
    position,
    yaw,
    grounded: true,
    flying: false,
    pose,
  }
}

/** The scene at a time, the same for everybody. */
export function titleScene(seconds: number): ShownWorld {
  const props = SHAPES.map((_, index) => shapeAt(index, seconds)).filter((prop) => prop !== null)
  return { props, avatars: props.map((prop, index) => figureAt(index, prop.position, seconds)) }
}
