/** Arbitraries of realms for property tests: small ones, so that players meet their limits soon. */
import fc from 'fast-check'
import { DEFAULT_DEFINITION, type RealmDefinition } from '../../sim/index.ts'

/** Half width of a realm whose edge players reach on foot, metres. */
const NARROW = 7
const SLOW_TICK_RATE = 30
/** Elements that a full realm has room for beside its own props. */
const FREE_ELEMENTS = 4

const boundsOf = (half: number): RealmDefinition['bounds'] => ({
  min: { x: -half, y: -8, z: -half },
  max: { x: half, y: half, z: half },
})

/** Props of the default realm that fit into a narrow one. */
const PROPS = DEFAULT_DEFINITION.props.filter(
  ({ position: { x, z } }) => Math.abs(x) < NARROW - 1 && Math.abs(z) < NARROW - 1,
)

/**
 * Realms with up to eight props of the default realm, or all. Often everybody reaches everything. Sometimes a realm is
 * narrow, holds few players and elements, or removes props that were left behind.
 */
export function arbitraryRealm(): fc.Arbitrary<RealmDefinition> {
  return fc
    .record({
      seed: fc.nat(0xffff),
      tickRate: fc.constantFrom(DEFAULT_DEFINITION.tickRate, DEFAULT_DEFINITION.tickRate, SLOW_TICK_RATE),
      reach: fc.constantFrom(30, 30, DEFAULT_DEFINITION.reach),
      half: fc.constantFrom(64, NARROW),
      playersMax: fc.constantFrom(128, 3),
      elementsMax: fc.constantFrom(1024, null),
      spawn: fc.record({ z: fc.constantFrom(-3, -3, 5), radius: fc.constantFrom(3, 1) }),
      workMax: fc.constantFrom(DEFAULT_DEFINITION.workMax, 100),
      leftBehind: fc.constantFrom<RealmDefinition['leftBehind'][]>(
        DEFAULT_DEFINITION.leftBehind,
        { seconds: 0, remove: 'always' },
        { seconds: 0, remove: 'when-full' },
      ),
      props: fc.subarray(PROPS, { minLength: 2, maxLength: 8 }),
    })
    .map(({ half, elementsMax, spawn: { z, radius }, ...changes }) => ({
      ...DEFAULT_DEFINITION,
      ...changes,
      spawn: { position: { x: 0, y: 0, z }, yaw: 0, radius },
      elementsMax: elementsMax ?? changes.props.length + FREE_ELEMENTS,
      bounds: boundsOf(half),
    }))
}
