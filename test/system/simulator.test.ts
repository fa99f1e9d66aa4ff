/** One simulated world, so that a first run of the tests has seen the simulator. `simulator.system.test.ts` has the others. */
import { expect, test } from 'vitest'
import { simulate } from '../../testing/index.ts'

test('the same seed gives the same world to the byte, and all invariants hold in it', async () => {
  // `twice` adds a violation if the second world differs.
  const { violations, packagesLogged } = await simulate(17, { players: 3, seconds: 8, twice: true })
  expect(violations).toEqual([])
  expect(packagesLogged).toBeGreaterThan(0)
})
