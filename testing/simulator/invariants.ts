/** Invariants of every simulated world, checked while it runs and after everything has come to rest. */
import {
  boxOf,
  props,
  avatars,
  type AvatarView,
  type PropSpec,
  type PropView,
  type Quat,
  type Realm,
  type Vec3,
} from '../../sim/index.ts'
import type { AvatarSample, PropSample, WorldSample } from '../../netcode/client/types.ts'

/** Invariants by name, with their texts for the table in docs/testing.md. */
export const INVARIANTS = {
  rejoined: 'when the faults are over, every client and peer is joined again',
  converged:
    'and each world that a client draws is the realm: the same elements, names, bodies, packages, owners, access, holders and scales, positions and rotations within the steps of the wire',
  'outcome-once':
    'each command that a client issued ends as done or as rejected, as the log has it, and never in two ways',
  'logged-once': 'no command is in the log twice',
  'acked-kept':
    'a command that was acknowledged is in the log, whatever crashed since (after a loss of power: unless it was acknowledged within the last 100 ms)',
  'ticks-kept':
    'a tick that was sent is there after a crash, with its hash (after a loss of power: unless it was sent within the last 100 ms)',
  lockstep: "lockstep peers have the server's hash at every tick",
  'recording-verifies': 'every recording replays to its own hashes',
  queues: 'every queue stays within its limit',
  reasons: 'no session ends without a reason, nor for one that nobody planned',
  bytes: 'bytes of each client stay within its budget',
  'draw-forward': 'the moment that a client draws does not go back between two welcomes',
  deterministic: 'the same seed gives the same bytes at the same times',
} as const
export type Invariant = keyof typeof INVARIANTS

export interface Violation {
  readonly invariant: Invariant
  readonly tick: number
  readonly atMs: number
  readonly message: string
}

/**
 * Tolerance of a position, metres: a millimetre from the wire each way, and the creep of a resting body between two
 * snapshots.
 */
const REST_METRES_MAX = 0.005
/** Interpolation delay, seconds: a moving element may be drawn this far behind. */
const LATE_SECONDS_MAX = 0.6
const MOVING_METRES = 0.05
/** Tolerance of a rotation sent in 32 bits and of a yaw in 16: 1 - |dot|, radians. */
const REST_DOT_MAX = 1e-4
const YAW_MAX = 0.002

const apart = (a: Vec3, b: Vec3): number => Math.hypot(a.x - b.x, a.y - b.y, a.z - b.z)
const turned = (a: Quat, b: Quat): number => 1 - Math.abs(a.x * b.x + a.y * b.y + a.z * b.z + a.w * b.w)
const yawApart = (a: number, b: number): number =>
  Math.abs(((((a - b + Math.PI) % (2 * Math.PI)) + 2 * Math.PI) % (2 * Math.PI)) - Math.PI)

/** Describes a difference between a drawn world and the realm; null if they are equal. */
export function differenceOf(sample: WorldSample, realm: Realm): string | null {
  return (
    firstDifference(sample.avatars, avatars(realm), differenceOfAvatar) ??
    firstDifference(sample.props, props(realm), differenceOfProp)
  )
}

function firstDifference<S extends { readonly element: number }, T extends { readonly id: number }>(
  drawn: readonly S[],
  there: readonly T[],
  differ: (drawn: S, there: T) => string | null,
): string | null {
  const byId = new Map(drawn.map((one) => [one.element, one]))
  if (byId.size !== drawn.length) return 'an element is drawn twice'
  for (const truth of there) {
    const shown = byId.get(truth.id)
    byId.delete(truth.id)
    const difference = shown === undefined ? 'is not drawn' : differ(shown, truth)
    if (difference !== null) return `element ${truth.id} ${difference}`
  }
  const [ghost] = byId.keys()
  return ghost === undefined ? null : `element ${ghost} is drawn and is not there`
}

function differenceOfAvatar(drawn: AvatarSample, there: AvatarView): string | null {
  if (drawn.name !== there.name || drawn.player !== there.player || drawn.user !== there.user)
    return `is drawn as ${drawn.name} of player ${drawn.player}, and is ${there.name} of player ${there.player}`
  if (
    drawn.body !== there.body ||
    drawn.package !== there.package ||
    drawn.headMetres !== there.headMetres ||
    drawn.scale !== there.scale
  )
    return `is drawn in body ${drawn.package ?? drawn.body} at scale ${drawn.scale}, and wears ${there.package ?? there.body} at scale ${there.scale}`
  const speed = Math.hypot(there.velocity.x, there.velocity.y, there.velocity.z)
  const far = apart(drawn.position, there.position)
  if (far > allowance(speed, false)) return `is drawn ${far.toFixed(3)} m from where it is`
  const yaw = yawApart(drawn.yaw, there.yaw)
  return yaw > YAW_MAX ? `is drawn turned by ${yaw.toFixed(4)} rad` : null
}

function differenceOfProp(drawn: PropSample, there: PropView): string | null {
  if (
    drawn.scale !== there.scale ||
    drawn.holder !== there.holder ||
    drawn.owner !== there.owner ||
    drawn.access !== there.access
  )
    return `is drawn with scale ${drawn.scale}, holder ${drawn.holder} owner ${drawn.owner} and access ${drawn.access}, and has ${there.scale}, ${there.holder}, ${there.owner} and ${there.access}`
  if (
    drawn.package !== there.package ||
    wired(drawn.spec) !== wired(there.package === null ? there.spec : boxOf(there.spec))
  )
    return 'is drawn as another element'
  const speed = Math.hypot(there.linvel.x, there.linvel.y, there.linvel.z)
  const far = apart(drawn.position, there.position)
  if (far > allowance(speed, !there.asleep && there.spec.motion === 'dynamic'))
    return `is drawn ${far.toFixed(3)} m from where it is`
  const turn = turned(drawn.rotation, there.rotation)
  return there.asleep && turn > REST_DOT_MAX ? `is drawn turned (1 - |dot| = ${turn.toExponential(1)})` : null
}

/** Numbers travel with 32 bits. */
const wired = (spec: PropSpec): string =>
  JSON.stringify(spec, (_, value: unknown) => (typeof value === 'number' ? Math.fround(value) : value))
const allowance = (speed: number, awake: boolean): number =>
  REST_METRES_MAX + speed * LATE_SECONDS_MAX + (awake ? MOVING_METRES : 0)
