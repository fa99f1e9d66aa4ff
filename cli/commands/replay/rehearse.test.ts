import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { simulationOf } from '../../../replay/index.ts'
import { loadEngine } from '../../../sim/index.ts'
import { capturedTerminal } from '../../../test/harness/captured-terminal.ts'
import { temporaryDirectory } from '../../../test/harness/cleanup.ts'
import { recordSession } from '../../../test/harness/recording-example.ts'
import { buildVariant } from '../../../test/harness/simulation-variant.ts'
import { parseArguments, UsageError } from '../../command.ts'
import { command, runRehearse } from './rehearse.ts'

const simulation = simulationOf(await loadEngine())
const directory = temporaryDirectory()
const RULE = 'const step = scaled(velocity, 1 / tickRate)'
const variant = (name: string, rule: string): Promise<string> =>
  buildVariant(join(directory, name), { version: 99, patches: { 'sim/avatar/locomotion.ts': [RULE, rule] } })
const pushing = await variant('pushing', 'const step = scaled(velocity, (realm.tick === 90 ? 2 : 1) / tickRate)')
const trapping = await variant('trapping', `${RULE}\n  if (realm.tick === 70) throw new Error('unreachable')`)

function file(name: string, bytes: Uint8Array): string {
  writeFileSync(join(directory, name), bytes)
  return join(directory, name)
}

const walk = file('walk.owr', recordSession(simulation, { ticks: 120, players: 2 }))
const short = file('short.owr', recordSession(simulation, { ticks: 60, players: 2 }))
const text = file('text.owr', new TextEncoder().encode('no recording'))

async function run(...argv: readonly string[]) {
  const { to, said } = capturedTerminal()
  return { exit: await runRehearse(parseArguments(command, argv), to, async () => simulation), out: said.out }
}

const files = (out: string) => (JSON.parse(out) as { files: unknown[] }).files

test('rehearse names what another build changes in each recording', async () => {
  const { exit, out } = await run(short, walk, '--build', pushing, '--json')
  expect(exit).toBe(1)
  expect(files(out)).toMatchObject([
    { file: short, outcome: 'same', tick: null, ticksExecuted: 60 },
    { file: walk, outcome: 'changed', tick: 90, phase: 'locomotion', field: expect.stringMatching(/^position\./) },
  ])
  expect((await run(walk, '--build', pushing)).out).toMatch(
    /^✗ changed {3}.*walk\.owr: tick 90, phase "locomotion", element \d+ position\.[xz]\n$/,
  )
})

test('rehearse reports a build that traps, and files that it cannot use', async () => {
  const { exit, out } = await run(walk, text, '--build', trapping, '--json')
  expect(exit).toBe(1)
  expect(files(out)).toMatchObject([
    { outcome: 'faulted', tick: 70, trap: expect.stringContaining('unreachable') },
    { outcome: 'unusable', error: { reason: 'not-a-recording' } },
  ])
  expect(await run(text, '--build', trapping)).toMatchObject({ exit: 3 })
})

test('rehearse of sessions that stay the same ends with 0', async () => {
  expect(await run(short, '--build', pushing)).toMatchObject({
    exit: 0,
    out: expect.stringMatching(/^✓ same .*1 s replayed\n$/),
  })
  await expect(run(short)).rejects.toThrow(UsageError)
})
