/** Properties of how things move. Their bounds are constants with a unit, and are stated in docs/testing.md. */
import { RANGES, type PropView, type Realm, type Vec3 } from '../../sim/index.ts'
import { conjugate, dot, length, multiply, rotate } from '../../sim/maths/maths.ts'
import type { Prop } from '../../sim/state/state.ts'
import type { PhysicsProperty, WatchedTick } from './property.ts'

const areFinite = (...values: readonly object[]): boolean =>
  values.every((value) => Object.values(value).every(Number.isFinite))

const inside = ({ x, y, z }: Vec3, { min, max }: { readonly min: Vec3; readonly max: Vec3 }): boolean =>
  x >= min.x && x <= max.x && y >= min.y && y <= max.y && z >= min.z && z <= max.z

/** Numbers stay finite and scales in range, and elements outside the bounds are returned in the next tick. */
export const bounds: PhysicsProperty = {
  name: 'bounds',
  about: 'numbers stay finite, scales within range, and an element outside the realm is returned in the next tick',
  watch(definition) {
    let outside: readonly number[] = []
    return (tick) => {
      const now: number[] = []
      for (const { id, position, rotation, linvel, angvel, scale, asleep } of tick.props()) {
        if (!areFinite(position, rotation, linvel, angvel)) return `prop ${id} has a number that is not finite`
        if (scale < Math.fround(RANGES.scale.min) || scale > RANGES.scale.max) return `prop ${id} has scale ${scale}`
        if (!asleep && !inside(position, definition.bounds)) now.push(id)
      }
      for (const { id, position, velocity, yaw } of tick.avatars()) {
        if (!areFinite(position, velocity, { yaw })) return `avatar ${id} has a number that is not finite`
        if (!inside(position, definition.bounds)) now.push(id)
      }
      const returned = new Set(tick.events.map((event) => (event.type === 'returned' ? event.element : 0)))
      const left = now.find((id) => outside.includes(id) && !returned.has(id))
      outside = now
      return left === undefined ? null : `element ${left} is outside the realm for a second tick`
    }
  },
}

/** Ticks at the beginning of the rest, in which overlapping props are pushed apart and holds end. */
const UNREST_TICKS = 60
/** Mass of another prop, as a multiple of the own mass, that may squeeze a prop into what it lies on. */
const SQUEEZING_MASSES = 10

/**
 * The deepest contact of a prop, metres. `ignored`: bodies that it may overlap, by handle. 0 if a far heavier prop
 * touches it.
 */
function depthOf(realm: Realm, { body }: Prop, ignored: ReadonlySet<number> = new Set()): number {
  let [deepest, isSqueezed] = [0, false]
  for (let i = 0; i < body.numColliders(); i++) {
    const collider = body.collider(i)
    realm.world.contactPairsWith(collider, (other) => {
      const touched = other.parent()
      if (!touched || ignored.has(touched.handle)) return
      realm.world.contactPair(collider, other, (manifold) => {
        for (let c = 0; c < manifold.numContacts(); c++) deepest = Math.max(deepest, -manifold.contactDist(c))
        if (manifold.numContacts() > 0 && touched.mass() > SQUEEZING_MASSES * body.mass()) isSqueezed = true
      })
    })
  }
  return isSqueezed ? 0 : deepest
}

/**
 * Energy that a world without inputs may gain, as the height of all its mass, metres. To this comes the way of the fastest
 * prop in one tick, because a contact begins within a tick.
 */
const ENERGY_GAIN_METRES = 0.1
/** Overlap from which on props do not count as pushed apart, metres. */
const APART_METRES = 0.02
/** Ticks for which props must be apart. */
const APART_TICKS = 30

/** Potential and kinetic energy of a dynamic prop, J. */
function energyOf({ body }: Prop, gravity: Vec3): { readonly joule: number; readonly kilogram: number } {
  const kilogram = body.mass()
  const inertia = body.principalInertia()
  const axes = multiply(body.rotation(), body.principalInertiaLocalFrame())
  const spin = rotate(conjugate(axes), body.angvel())
  const spinning = inertia.x * spin.x * spin.x + inertia.y * spin.y * spin.y + inertia.z * spin.z * spin.z
  const speed = body.linvel()
  return { joule: kilogram * (dot(speed, speed) / 2 - dot(gravity, body.worldCom())) + spinning / 2, kilogram }
}

const movable = (realm: Realm): Prop[] =>
  [...realm.props.values()].filter(({ spec, frozen }) => spec.motion === 'dynamic' && frozen === null)

/** A world without inputs gains no energy. */
export const energy: PhysicsProperty = {
  name: 'energy',
  about: `without inputs, the props gain at most the energy that lifts them ${ENERGY_GAIN_METRES} m and the way of one tick`,
  needsRest: true,
  watch({ gravity, tickRate }) {
    let [ticks, least, apartTicks, fastest] = [0, Infinity, 0, 0]
    return ({ realm, isRest, events }) => {
      if (!isRest) return null
      if (events.length > 0) [ticks, least, apartTicks, fastest] = [0, Infinity, 0, 0]
      if (++ticks <= UNREST_TICKS - APART_TICKS) return null
      const props = movable(realm)
      // Overlapping props, as after a spawn into others, are pushed apart, and this lifts them.
      if (apartTicks < APART_TICKS)
        apartTicks = props.every((prop) => depthOf(realm, prop) < APART_METRES) ? apartTicks + 1 : 0
      if (apartTicks < APART_TICKS) return null
      let [joule, kilogram] = [0, 0]
      for (const prop of props) {
        const part = energyOf(prop, gravity)
        joule += part.joule
        kilogram += part.kilogram
        fastest = Math.max(fastest, length(prop.body.linvel()))
      }
      least = Math.min(least, joule)
      const gained = (joule - least) / (kilogram * Math.max(length(gravity), 1e-3))
      return kilogram > 0 && gained > ENERGY_GAIN_METRES + fastest / tickRate
        ? `the props gained ${(joule - least).toFixed(2)} J without an input, as much as lifting all of them ${gained.toFixed(3)} m`
        : null
    }
  },
}

/** Bodies of all other props, by handle. */
const immovable = (realm: Realm): ReadonlySet<number> =>
  new Set(
    [...realm.props.values()]
      .filter(({ spec, frozen }) => spec.motion !== 'dynamic' || frozen !== null)
      .map(({ body }) => body.handle),
  )

/** Share of a prop's radius by which resting props may overlap others, and the least that is permitted, metres. */
const DEPTH_SHARE = 0.5
const DEPTH_METRES_MIN = 0.05

/** Sleeping props do not lie in one another or in the ground. */
export const penetration: PhysicsProperty = {
  name: 'penetration',
  about: `a prop at rest, with nothing far heavier on it, overlaps nothing by more than ${100 * DEPTH_SHARE} % of its radius`,
  needsRest: true,
  watch(definition) {
    let ticks = 0
    return (tick) => {
      if (!tick.isRest || ++ticks < UNREST_TICKS || ticks % UNREST_TICKS !== 0) return null
      const ignored = immovable(tick.realm)
      for (const prop of movable(tick.realm)) {
        const [x, y, z] = prop.motion as unknown as [number, number, number]
        const isOver = Math.abs(x) < definition.ground.x && Math.abs(z) < definition.ground.z
        if (isOver && y + prop.radius < 0) return `prop ${prop.id} is below the ground, at ${y.toFixed(3)} m`
        if (!prop.asleep) continue
        const depth = depthOf(tick.realm, prop, ignored)
        const allowed = Math.max(DEPTH_METRES_MIN, DEPTH_SHARE * prop.radius)
        if (depth > allowed)
          return `prop ${prop.id} has come to rest ${depth.toFixed(3)} m deep in another; ${allowed.toFixed(3)} m are allowed`
      }
      return null
    }
  },
}

const placeOf = ({ position: p, rotation: q }: PropView): string => [p.x, p.y, p.z, q.x, q.y, q.z, q.w].join(' ')

/** A sleeping world stays asleep, in place. */
export const sleep: PhysicsProperty = {
  name: 'sleep',
  about: 'once all props sleep and nobody is there, none of them wakes or moves',
  needsRest: true,
  watch() {
    let [ticks, asleep]: [number, ReadonlyMap<number, string> | null] = [0, null]
    const look = (tick: WatchedTick): string | null => {
      const props = tick.props().filter(({ spec }) => spec.motion === 'dynamic')
      if (asleep)
        for (const view of props) {
          if (!view.asleep && view.frozen === null) return `prop ${view.id} woke; nothing was put in`
          if (asleep.get(view.id) !== placeOf(view)) return `prop ${view.id} moved in its sleep`
        }
      asleep = props.every((view) => view.asleep || view.frozen !== null)
        ? new Map(props.map((view) => [view.id, placeOf(view)]))
        : null
      return null
    }
    return (tick) => {
      if (tick.isRest && ++ticks > UNREST_TICKS && tick.events.length === 0) return look(tick)
      asleep = null
      return null
    }
  },
}
