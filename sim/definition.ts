/**
 * Parses a realm definition from JSON. Every error names its place, and an accepted definition never makes the engine
 * trap.
 */
import { isObject, type JsonObject } from './json.ts'
import { isFiniteNumber } from './maths/maths.ts'
import { nameFault, shownName } from './name.ts'
import { BODY_OFFSET_MAX, CAPSULE_RADIUS_MAX, CAPSULE_RADIUS_MIN, CAPSULES_MAX } from './props/packages.ts'
import { STATE_BYTES_MAX } from './limits/prop-limits.ts'
import { RANGES, type RangeName } from './limits/ranges.ts'
import { checkProp, checkScale, COLLIDERS_MAX, isUnitQuat } from './props/shapes.ts'
import { PHYSICS_COST_MAX } from './limits/physics-cost.ts'
import {
  BONES,
  PERMISSIONS_MAX,
  type AvatarBody,
  type Collider,
  type PlacedProp,
  type PropSpec,
  type Quat,
  type RealmDefinition,
  type RejectReason,
  type Shape,
  type Vec3,
} from './types.ts'

/** An error in a definition. `where` is a JSON pointer. */
export interface DefinitionError {
  readonly where: string
  readonly message: string
}

const PLAYERS_MAX = 1024
export const ELEMENTS_MAX = 16_384
const BODIES_MAX = 64
/** Characters (code points) of a name: what fits on a label of the page. */
const NAME_CHARACTERS_MAX = 64
const EXTENT_MAX = 10_000

/** Collects errors while it reads. A wrong value is replaced by a harmless one. */
class DefinitionReader {
  readonly errors: DefinitionError[] = []

  fault(where: string, message: string): void {
    if (this.errors.length < 100) this.errors.push({ where, message })
  }
  object(value: unknown, where: string): JsonObject {
    if (isObject(value)) return value
    this.fault(where, `needs an object, has ${describe(value)}`)
    return {}
  }
  list<T>(value: unknown, where: string, countMax: number, read: (item: unknown, where: string) => T): T[] {
    if (!Array.isArray(value)) this.fault(where, `needs a list, has ${describe(value)}`)
    else if (value.length > countMax) this.fault(where, `has ${value.length} entries; ${countMax} are allowed`)
    else return value.map((item, i) => read(item, `${where}/${i}`))
    return []
  }
  number(value: unknown, where: string, min: number, max: number, whole = false): number {
    const good =
      typeof value === 'number' &&
      isFiniteNumber(value) &&
      value >= min &&
      value <= max &&
      (!whole || Number.isInteger(value))
    if (good) return value
    this.fault(where, `needs ${whole ? 'a whole number' : 'a number'} from ${min} to ${max}, has ${describe(value)}`)
    return min
  }
  text(value: unknown, where: string, pattern: RegExp, what: string): string {
    if (typeof value === 'string' && pattern.test(value)) return value
    this.fault(where, `needs ${what}, has ${describe(value)}`)
    return 'x'
  }
  name(value: unknown, where: string): string {
    const fault = typeof value === 'string' ? nameFault(value, NAME_CHARACTERS_MAX) : 'is missing'
    if (typeof value === 'string' && fault === null) return value
    this.fault(
      where,
      `needs a name of 1 to ${NAME_CHARACTERS_MAX} characters that can be seen, has ${describe(value)}: it ${fault}`,
    )
    return 'x'
  }
  vec(value: unknown, where: string, limit = EXTENT_MAX): Vec3 {
    const o = this.object(value, where)
    return {
      x: this.number(o.x, `${where}/x`, -limit, limit),
      y: this.number(o.y, `${where}/y`, -limit, limit),
      z: this.number(o.z, `${where}/z`, -limit, limit),
    }
  }
  quat(value: unknown, where: string): Quat {
    const o = this.object(value, where)
    const q = { ...this.vec(o, where, 1), w: this.number(o.w, `${where}/w`, -1, 1) }
    if (!isUnitQuat(q)) this.fault(where, `needs a quaternion of length 1`)
    return q
  }
}

function describe(value: unknown): string {
  if (value === undefined) return 'nothing'
  const json = JSON.stringify(value) ?? typeof value
  return json.length > 40 ? `${json.slice(0, 40)}…` : json
}

function readShape(r: DefinitionReader, value: unknown, where: string): Shape {
  const o = r.object(value, where)
  const numbers = (field: string): number[] =>
    r.list(o[field], `${where}/${field}`, 400_000, (x, at) => r.number(x, at, -EXTENT_MAX, EXTENT_MAX))
  const metres = (field: string): number => r.number(o[field], `${where}/${field}`, 1e-4, EXTENT_MAX)
  switch (o.type) {
    case 'box':
      return { type: 'box', halfExtents: r.vec(o.halfExtents, `${where}/halfExtents`) }
    case 'sphere':
      return { type: 'sphere', radius: metres('radius') }
    case 'capsule':
      return { type: 'capsule', halfHeight: metres('halfHeight'), radius: metres('radius') }
    case 'convex':
      return { type: 'convex', points: numbers('points') }
    case 'trimesh':
      return { type: 'trimesh', vertices: numbers('vertices'), indices: numbers('indices') }
    default:
      r.fault(`${where}/type`, `needs box, sphere, capsule, convex or trimesh, has ${describe(o.type)}`)
      return { type: 'sphere', radius: 1 }
  }
}

function readCollider(r: DefinitionReader, value: unknown, where: string): Collider {
  const o = r.object(value, where)
  return {
    shape: readShape(r, o.shape, `${where}/shape`),
    position: r.vec(o.position, `${where}/position`),
    rotation: r.quat(o.rotation, `${where}/rotation`),
  }
}

function readProp(r: DefinitionReader, value: unknown, where: string): PropSpec {
  const o = r.object(value, where)
  const motion = o.motion === 'static' || o.motion === 'dynamic' || o.motion === 'kinematic' ? o.motion : null
  if (!motion) r.fault(`${where}/motion`, `needs static, dynamic or kinematic, has ${describe(o.motion)}`)
  return {
    name: r.name(o.name, `${where}/name`),
    motion: motion ?? 'static',
    colliders: r.list(o.colliders, `${where}/colliders`, COLLIDERS_MAX, (item, at) => readCollider(r, item, at)),
    density: r.number(o.density, `${where}/density`, RANGES.density.min, RANGES.density.max),
    friction: r.number(o.friction, `${where}/friction`, 0, 10),
    restitution: r.number(o.restitution, `${where}/restitution`, 0, 1),
    color: r.number(o.color, `${where}/color`, 0, 0xffffff, true),
  }
}

const limits = (name: RangeName): string => `${RANGES[name].min} to ${RANGES[name].max} ${RANGES[name].unit}`.trim()

/** Messages for the author of a definition, with the ranges of a prop's numbers. */
const FAULTS: Readonly<Partial<Record<RejectReason, string>>> = {
  'size-out-of-range': `extents of a collider are ${limits('shapeExtent')}, and its least half width times the scale is ${limits('scaledExtent')}`,
  'degenerate-shape': `a collider needs a volume and is at most ${RANGES.slenderness.max} times as long as it is thin`,
  'mass-out-of-range': `a dynamic prop has ${limits('mass')} at its scale`,
  'scale-out-of-range': `scale is ${limits('scale')}, and the radius of the whole prop ${limits('scaledRadius')}`,
  'trimesh-not-static': 'only static props may have a mesh',
}

function readPlaced(r: DefinitionReader, value: unknown, where: string): PlacedProp {
  const o = r.object(value, where)
  const before = r.errors.length
  const placed = {
    prop: readProp(r, o.prop, `${where}/prop`),
    position: r.vec(o.position, `${where}/position`),
    rotation: r.quat(o.rotation, `${where}/rotation`),
    scale: r.number(o.scale, `${where}/scale`, RANGES.scale.min, RANGES.scale.max),
  }
  if (r.errors.length > before) return placed
  const reason = checkProp(placed.prop) ?? checkScale(placed.prop, placed.scale)
  if (reason) r.fault(where, `the prop "${placed.prop.name}" is not possible: ${FAULTS[reason] ?? reason} (${reason})`)
  return placed
}

function readBody(r: DefinitionReader, value: unknown, where: string): AvatarBody {
  const o = r.object(value, where)
  const offsets = r.list(o.offsets, `${where}/offsets`, BONES.length, (item, at) => r.vec(item, at, BODY_OFFSET_MAX))
  if (offsets.length !== BONES.length)
    r.fault(`${where}/offsets`, `needs ${BONES.length} offsets, one for each bone, has ${offsets.length}`)
  return {
    name: r.name(o.name, `${where}/name`),
    offsets,
    capsules: r.list(o.capsules, `${where}/capsules`, CAPSULES_MAX, (item, at) => {
      const c = r.object(item, at)
      return {
        bone: r.number(c.bone, `${at}/bone`, 0, BONES.length - 1, true),
        a: r.vec(c.a, `${at}/a`, BODY_OFFSET_MAX),
        b: r.vec(c.b, `${at}/b`, BODY_OFFSET_MAX),
        radius: r.number(c.radius, `${at}/radius`, CAPSULE_RADIUS_MIN, CAPSULE_RADIUS_MAX),
      }
    }),
  }
}

/** The default rule: props are kept for ten minutes, then removed when the realm is full. */
const LEFT_BEHIND: RealmDefinition['leftBehind'] = { seconds: 600, remove: 'when-full' }
const LEFT_BEHIND_SECONDS_MAX = 365 * 24 * 60 * 60

function readLeftBehind(r: DefinitionReader, value: unknown): RealmDefinition['leftBehind'] {
  if (value === undefined) return LEFT_BEHIND
  const o = r.object(value, '/leftBehind')
  const remove = o.remove === 'never' || o.remove === 'when-full' || o.remove === 'always' ? o.remove : null
  if (!remove) r.fault('/leftBehind/remove', `needs never, when-full or always, has ${describe(o.remove)}`)
  return {
    seconds: r.number(o.seconds, '/leftBehind/seconds', 0, LEFT_BEHIND_SECONDS_MAX, true),
    remove: remove ?? 'never',
  }
}

/** Checks the fields that depend on each other. */
function checkWhole(r: DefinitionReader, d: RealmDefinition): void {
  const { min, max } = d.bounds
  if (!(min.x < max.x && min.y < max.y && min.z < max.z)) r.fault('/bounds', 'needs min below max on every axis')
  const inside = ({ x, y, z }: Vec3): boolean =>
    x >= min.x && x <= max.x && y >= min.y && y <= max.y && z >= min.z && z <= max.z
  if (!inside(d.spawn.position)) r.fault('/spawn/position', 'lies outside the bounds')
  d.props.forEach(({ position }, i) => {
    if (!inside(position)) r.fault(`/props/${i}/position`, 'lies outside the bounds')
  })
  if (d.bodies.length === 0) r.fault('/bodies', 'needs at least one body')
  if (d.props.length > d.elementsMax)
    r.fault('/props', `holds ${d.props.length} props, more than elementsMax (${d.elementsMax})`)
}

/**
 * Parses a stored prop spec. Returns null if it is not one, or if the simulation refuses it. Names stored before the
 * rule of names are normalised.
 */
export function parseProp(json: unknown): PropSpec | null {
  const r = new DefinitionReader()
  const prop = readProp(
    r,
    isObject(json) && typeof json.name === 'string' ? { ...json, name: shownName(json.name) || 'unnamed' } : json,
    '',
  )
  return r.errors.length === 0 && checkProp(prop) === null ? prop : null
}

/** Returns the definition from parsed JSON, or all errors in it. */
export function parseDefinition(
  json: unknown,
):
  | { readonly ok: true; readonly definition: RealmDefinition }
  | { readonly ok: false; readonly errors: readonly DefinitionError[] } {
  const r = new DefinitionReader()
  const o = r.object(json, '')
  const [bounds, ground, spawn] = [
    r.object(o.bounds, '/bounds'),
    r.object(o.ground, '/ground'),
    r.object(o.spawn, '/spawn'),
  ]
  const definition: RealmDefinition = {
    id: r.text(o.id, '/id', /^[a-z0-9][a-z0-9-]{0,63}$/, 'an id of a-z, 0-9 and -'),
    name: r.name(o.name, '/name'),
    seed: r.number(o.seed, '/seed', 0, 0xffffffff, true),
    tickRate: r.number(o.tickRate, '/tickRate', 20, 120, true),
    gravity: r.vec(o.gravity, '/gravity', 100),
    bounds: { min: r.vec(bounds.min, '/bounds/min'), max: r.vec(bounds.max, '/bounds/max') },
    ground: { x: r.number(ground.x, '/ground/x', 1, EXTENT_MAX), z: r.number(ground.z, '/ground/z', 1, EXTENT_MAX) },
    spawn: {
      position: r.vec(spawn.position, '/spawn/position'),
      yaw: r.number(spawn.yaw, '/spawn/yaw', -4, 4),
      radius: r.number(spawn.radius, '/spawn/radius', 0, 100),
    },
    reach: r.number(o.reach, '/reach', 0.5, 100),
    permissions: r.number(o.permissions, '/permissions', 0, PERMISSIONS_MAX, true),
    playersMax: r.number(o.playersMax, '/playersMax', 1, PLAYERS_MAX, true),
    elementsMax: r.number(o.elementsMax, '/elementsMax', 1, ELEMENTS_MAX, true),
    workMax: o.workMax === undefined ? PHYSICS_COST_MAX : r.number(o.workMax, '/workMax', 100, 100_000, true),
    stateBytesMax:
      o.stateBytesMax === undefined
        ? STATE_BYTES_MAX
        : r.number(o.stateBytesMax, '/stateBytesMax', 100_000, 2 * STATE_BYTES_MAX, true),
    leftBehind: readLeftBehind(r, o.leftBehind),
    bodies: r.list(o.bodies, '/bodies', BODIES_MAX, (item, at) => readBody(r, item, at)),
    props: r.list(o.props, '/props', ELEMENTS_MAX, (item, at) => readPlaced(r, item, at)),
  }
  if (r.errors.length === 0) checkWhole(r, definition)
  return r.errors.length === 0 ? { ok: true, definition } : { ok: false, errors: r.errors }
}
