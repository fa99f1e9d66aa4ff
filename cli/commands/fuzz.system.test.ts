import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { temporaryDirectory } from '../../test/harness/cleanup.ts'
import { runCli } from '../../test/harness/run-cli.ts'
import { recordCase } from '../../testing/properties/saved-case.ts'
import { sessionFrames } from '../../testing/sessions/session.ts'
import { physicsOf } from '../../testing/physics/physics.ts'
import { DEFAULT_DEFINITION, loadEngine } from '../../sim/index.ts'

const directory = temporaryDirectory()

test('fuzz checks as many sessions as --runs says, from the seed, and reports them as JSON', async () => {
  const { code, json } = await runCli(['fuzz', '--runs', '6', '--seed', '1', '--jobs', '2', '--json'])
  expect(json()).toMatchObject({ schema: 'otherworld/fuzz/1', ok: true, seed: 1, runs: 6, failure: null })
  expect(code).toBe(0)
})

test('fuzz checks properties on recordings', async () => {
  const physics = physicsOf(await loadEngine())
  const session = {
    definition: DEFAULT_DEFINITION,
    players: 1,
    permissions: 31,
    ticks: 20,
    segments: [],
    checkpointTick: 0,
  }
  const frames = sessionFrames(session)
  const file = join(directory, 'short.owr')
  writeFileSync(
    file,
    recordCase({ definition: DEFAULT_DEFINITION, frames, otherArrival: frames, checkpointTicks: [0] }, physics),
  )
  const { code, out } = await runCli(['fuzz', file, '--property', 'restoring'])
  expect(out).toBe(`✓ ${file}: restoring holds\n`)
  expect(code).toBe(0)
})

test('fuzz refuses a property that does not exist, with those that do', async () => {
  const { code, errors } = await runCli(['fuzz', '--property', 'gravity', '--runs', '1'])
  expect(errors).toContain('--property is "gravity"; there are permissions, conservation')
  expect(code).toBe(2)
})

test('fuzz refuses a file that is not a recording, with exit code 3', async () => {
  const file = join(directory, 'text.owr')
  writeFileSync(file, 'no recording')
  expect((await runCli(['fuzz', file])).code).toBe(3)
})

test('fuzz refuses options of random sessions together with files, and a folder that cannot be written', async () => {
  const file = join(directory, 'any.owr')
  writeFileSync(file, '')
  const both = await runCli(['fuzz', file, '--runs', '5'])
  expect(both).toMatchObject({ code: 2, errors: expect.stringContaining('--runs is for random sessions') })
  const unwritable = await runCli(['fuzz', '--seconds', '60', '--save', join(file, 'cases')])
  expect(unwritable).toMatchObject({ code: 2, errors: expect.stringContaining('a part of its path is a file') })
})
