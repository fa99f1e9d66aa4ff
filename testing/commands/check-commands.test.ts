import { expect, test } from 'vitest'
import { loadEngine } from '../../sim/index.ts'
import { bundleSimulation, copyOf } from '../physics/copies.ts'
import { OWN_HOST } from '../physics/hosts.ts'
import { checkCommands } from './check-commands.ts'

test('the realm and the model of its rules agree on random commands', async () => {
  await checkCommands({ runs: 60 })
})

test('a realm that answers against the rules is found, with the shortest commands', async () => {
  const find = "  if (inHand && inHand !== prop) return 'hand-full'\n"
  const script = await bundleSimulation([{ file: 'sim/props/holds.ts', find, replace: '' }])
  const physics = copyOf(script, await loadEngine(), OWN_HOST)
  const error: unknown = await checkCommands({ physics, seed: 1, runs: 200 }).catch((reason: unknown) => reason)
  expect(String(error)).toContain('Property failed')
  expect(String(error)).toMatch(/\[server: join .*,player \d: grab .*,player \d: grab /)
})
