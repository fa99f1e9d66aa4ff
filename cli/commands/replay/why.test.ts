import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { capturedTerminal } from '../../../test/harness/captured-terminal.ts'
import { temporaryDirectory } from '../../../test/harness/cleanup.ts'
import { recordSession } from '../../../test/harness/recording-example.ts'
import { simulationOf, type Simulation } from '../../../replay/index.ts'
import { DEFAULT_DEFINITION, loadEngine, type Command, type Realm } from '../../../sim/index.ts'
import { parseArguments, UsageError } from '../../command.ts'
import { command, runWhy } from './why.ts'

const simulation = simulationOf(await loadEngine())
const session = join(temporaryDirectory(), 'session.owr')
const join1: Command = { type: 'join', player: 1, user: 1, name: 'Ann', body: 0, permissions: 31 }
const teleport: Command = { type: 'teleport', player: 1, position: { x: 8, y: 0, z: 8 }, yaw: 0 }
const frames = Array.from({ length: 120 }, (_, i) => ({
  tick: i + 1,
  inputs: [
    ...(i + 1 === 1 ? [{ player: 0, sequence: 1, command: join1 }] : []),
    ...(i + 1 === 70 ? [{ player: 0, sequence: 2, command: teleport }] : []),
  ],
}))
const definition = { ...DEFAULT_DEFINITION, props: [] }
writeFileSync(session, recordSession(simulation, { ticks: 120, players: 1, definition, frames, checkpointEvery: 60 }))

async function askedOf(by: Simulation<Realm>, ...argv: readonly string[]) {
  const { to, said } = capturedTerminal()
  const code = await runWhy(parseArguments(command, [session, ...argv]), to, async () => by)
  return { code, said: said.out }
}

const asked = (...argv: readonly string[]) => askedOf(simulation, ...argv)

test('the answer in JSON has the fact, the inputs and the chain', async () => {
  const { code, said } = await asked('--element', '3', '--tick', '110', '--json')
  expect(code).toBe(0)
  expect(JSON.parse(said)).toMatchObject({
    schema: 'otherworld/replay-why/1',
    element: 3,
    field: null,
    tick: 110,
    cause: 'inputs',
    inputs: [{ tick: 70, player: 0, sequence: 2, command: teleport }],
    chain: [
      { tick: 70, text: 'the server moved Ann to (8.00, 0.00, 8.00)' },
      { tick: 70, text: 'from here on it is so' },
    ],
    minimal: true,
  })
})

test('the answer for people says seconds, names and how much the place may differ', async () => {
  const { said } = await asked('--element', '3', '--tick', '110')
  expect(said).toContain('At tick 110, element 3 is within 0.25 m of (8.00, ')
  expect(said).toContain('1.17 s  the server moved Ann to')
})

test('a field that the element does not have is an error of usage', async () => {
  await expect(asked('--element', '3', '--field', 'mass', '--tick', '110')).rejects.toThrow(UsageError)
})

test('when the time is up, the exit code is 5 and the answer says that some inputs may not matter', async () => {
  const slow: Simulation<Realm> = {
    ...simulation,
    step: (realm, frame, onPhase) => {
      const until = performance.now() + 5
      while (performance.now() < until);
      return simulation.step(realm, frame, onPhase)
    },
  }
  const late = (...argv: readonly string[]) =>
    askedOf(slow, '--element', '3', '--tick', '110', '--seconds', '0.1', ...argv)
  const text = await late()
  expect(text.code).toBe(5)
  expect(text.said).toContain('the time was up')
  expect(JSON.parse((await late('--json')).said)).toMatchObject({ minimal: false })
})
