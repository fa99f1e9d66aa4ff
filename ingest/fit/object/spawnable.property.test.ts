import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import { NodeIO } from '@gltf-transform/core'
import { guestSpecReason } from '../../../sim/limits/prop-limits.ts'
import { checkProp, checkScale } from '../../../sim/props/shapes.ts'
import { prism } from '../../glb.fixture.ts'
import { fitObject } from './object.ts'

/** Metres, uniform in the logarithm. */
const metres = (least: number, most: number): fc.Arbitrary<number> =>
  fc.double({ min: Math.log(least), max: Math.log(most), noNaN: true }).map(Math.exp)

const things = fc
  .record({
    sides: fc.integer({ min: 3, max: 20 }),
    radius: metres(1e-6, 25),
    height: metres(1e-6, 50),
    lean: fc.double({ min: 0, max: 1.5, noNaN: true }),
    suffix: fc.constantFrom('', '-convcol'),
  })
  .filter(({ radius, height }) => Math.max(1.5 * radius, height) >= 0.01)

describe('a prism between 1 cm and 50 m large, however thin', () => {
  test.prop([things], { numRuns: 100 })(
    'gets colliders that a guest can spawn at scale 1',
    async ({ sides, radius, height, lean, suffix }) => {
      const document = await new NodeIO().readBinary(
        prism(sides, radius, height, lean, { nodes: [{ name: `Thing${suffix}`, mesh: 0 }] }),
      )
      const { colliders, prop } = await fitObject(
        document,
        { shapes: [], bodies: new Map(), meshes: [] },
        () => undefined,
      )
      const spec = { name: 'thing', colliders, ...prop }
      expect(checkProp(spec) ?? checkScale(spec, 1) ?? guestSpecReason(spec)).toBeNull()
    },
  )
})
