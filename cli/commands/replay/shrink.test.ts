import { execFile } from 'node:child_process'
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { capturedTerminal } from '../../../test/harness/captured-terminal.ts'
import { temporaryDirectory } from '../../../test/harness/cleanup.ts'
import { recordSession } from '../../../test/harness/recording-example.ts'
import { readRecording, simulationOf } from '../../../replay/index.ts'
import { loadEngine } from '../../../sim/index.ts'
import { failureInRecording } from '../../../testing/index.ts'
import { parseArguments, UsageError } from '../../command.ts'
import { command, runShrink } from './shrink.ts'

const simulation = simulationOf(await loadEngine())
const directory = temporaryDirectory()
const session = join(directory, 'session.owr')
writeFileSync(session, recordSession(simulation, { ticks: 200, players: 5, checkpointEvery: 50, seed: 3 }))
const REJECTED = 'event rejected command=grab player=2'

async function shrink(argv: readonly string[]): Promise<{ code: number; said: string }> {
  const { to, said } = capturedTerminal()
  return {
    code: await runShrink(parseArguments(command, [session, ...argv]), to, async () => simulation),
    said: said.out,
  }
}

test('it writes a recording in which the condition becomes true, and says how small it is', async () => {
  const out = join(directory, 'json')
  const { code, said } = await shrink(['--fails', REJECTED, '--out', out, '--json'])
  expect(code).toBe(0)
  const report = JSON.parse(said) as { recording: string; test: string }
  expect(report).toMatchObject({
    schema: 'otherworld/replay-shrink/1',
    ok: true,
    after: { ticks: 1, players: 1, inputs: 1 },
  })
  const bytes = readFileSync(report.recording)
  expect(await failureInRecording(bytes, REJECTED)).toEqual({ tick: expect.any(Number), reason: '' })
  expect(await failureInRecording(bytes, 'event rejected command=scale')).toBeNull()
})

test('a module may have the condition, and its test imports it', async () => {
  const module = join(directory, 'condition.mjs')
  writeFileSync(module, `export const fails = ({ events }) => events.some(({ type }) => type === 'spawned')\n`)
  const out = join(directory, 'module')
  const { code, said } = await shrink(['--fails', module, '--out', out])
  expect(code).toBe(0)
  expect(said).toContain('1 input,')
  expect(readFileSync(join(out, 'session-shrunk.test.ts'), 'utf8')).toContain(
    'import { fails } from "../condition.mjs"',
  )
})

test('a condition that never becomes true is exit code 1, and nothing is written', async () => {
  const out = join(directory, 'never')
  const { code, said } = await shrink(['--fails', 'element 4000 exists', '--out', out])
  expect(code).toBe(1)
  expect(said).toContain('"element 4000 exists" never becomes true in 1 recording')
  expect(() => readFileSync(join(out, 'session-shrunk.owr'))).toThrow('ENOENT')
})

test('an early end of the tries gives a larger recording, and no error', async () => {
  for (const tries of ['1', '2', '5']) {
    const { code } = await shrink(['--fails', REJECTED, '--tries', tries, '--out', join(directory, `tries-${tries}`)])
    expect(code).toBe(0)
  }
})

test('a module that throws, or returns something else than true or false, is refused with its tick', async () => {
  for (const [name, body, message] of [
    ['throws', `{ throw new Error('boo') }`, 'threw at tick'],
    ['object', '({})', 'returned a value of type object at tick'],
  ] as const) {
    const module = join(directory, `${name}.mjs`)
    writeFileSync(module, `export const fails = () => ${body}\n`)
    await expect(shrink(['--fails', module, '--out', join(directory, name)])).rejects.toThrow(message)
  }
})

test('a condition with a field that no element has says so', async () => {
  const { code, said } = await shrink(['--fails', 'any prop postion.y < 0', '--out', join(directory, 'misspelt')])
  expect(code).toBe(1)
  expect(said).toContain('has had the field "postion.y"; did you mean "position.y"?; the fields are ')
})

test('a condition about a name that nobody has says which names there are', async () => {
  const { said } = await shrink(['--fails', 'player "plaayer 1" position.y > 100', '--out', join(directory, 'nobody')])
  expect(said).toContain('There was no player "plaayer 1"; did you mean "player 1"?; the players are player 1')
})

test('a condition that is true from the start is not called one that never becomes true', async () => {
  const { code, said } = await shrink(['--fails', 'realm tick >= 0', '--out', join(directory, 'start')])
  expect(code).toBe(1)
  expect(said).toMatch(
    /"realm tick >= 0" is true from the start of .*session\.owr: no recording shows how it became true/,
  )
  expect(said).not.toContain('never')
})

test('a second run into the same folder is refused before the search', async () => {
  const out = join(directory, 'twice')
  expect((await shrink(['--fails', REJECTED, '--out', out])).said).toMatch(/session-shrunk\.owr, fails at tick \d+\n/)
  const never = ['--fails', 'element 4000 exists', '--out', out]
  await expect(shrink(never)).rejects.toThrow('session-shrunk.owr exists already; name another folder for --out')
})

test.each([
  [['--fails', 'event flew', '--out', 'x'], '--fails: "flew" is no event'],
  [['--fails', './absent.mjs', '--out', 'x'], '--fails: cannot load ./absent.mjs'],
  [['--fails', REJECTED], 'it takes a recording, a condition and a folder'],
])('%j is refused', async (argv, message) => {
  await expect(shrink(argv)).rejects.toThrow(UsageError)
  await expect(shrink(argv)).rejects.toThrow(message)
})

test('the test that it writes runs in a project of its own, and fails for the condition', async () => {
  const project = join(directory, 'project')
  const root = fileURLToPath(new URL('../../../', import.meta.url))
  mkdirSync(join(project, 'node_modules'), { recursive: true })
  symlinkSync(root, join(project, 'node_modules', 'otherworld'))
  symlinkSync(join(root, 'node_modules', 'vitest'), join(project, 'node_modules', 'vitest'))
  writeFileSync(join(project, 'package.json'), '{ "type": "module" }')
  await shrink(['--fails', REJECTED, '--out', project])
  const outcome = await new Promise<{ code: unknown; output: string }>((resolve) =>
    execFile(
      process.execPath,
      [join(root, 'node_modules/vitest/vitest.mjs'), 'run', '--root', project],
      {
        env: {
          ...process.env,
          NO_COLOR: '1',
          VITEST: undefined,
          VITEST_POOL_ID: undefined,
          VITEST_WORKER_ID: undefined,
        },
      },
      (error, stdout, stderr) => resolve({ code: error?.code ?? 0, output: stdout + stderr }),
    ),
  )
  expect(outcome.output).toContain('session-shrunk.owr has no moment of the kind: event rejected command=grab player=2')
  expect(outcome.output).toContain('to be null')
  expect(outcome.code).toBe(1)
  const { value } = readRecording(readFileSync(join(project, 'session-shrunk.owr'))) as {
    value: { header: { recordedBy: string } }
  }
  expect(value.header.recordedBy).toBe('otherworld replay shrink')
})
