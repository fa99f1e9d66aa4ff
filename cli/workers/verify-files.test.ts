import { pathToFileURL } from 'node:url'
import { join } from 'node:path'
import { writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { loadEngine } from '../../sim/index.ts'
import { simulationOf } from '../../replay/index.ts'
import { buildEntry } from '../../test/harness/build-entry.ts'
import { capturedTerminal } from '../../test/harness/captured-terminal.ts'
import { temporaryDirectory } from '../../test/harness/cleanup.ts'
import { recordSession } from '../../test/harness/recording-example.ts'
import { command, runVerify } from '../commands/replay/verify.ts'
import { parseArguments } from '../command.ts'

const simulation = simulationOf(await loadEngine())
const workerFile = pathToFileURL(await buildEntry(new URL('./replay-worker.ts', import.meta.url), 'replay-worker'))
const directory = temporaryDirectory()

function file(name: string, bytes: Uint8Array): string {
  const path = join(directory, name)
  writeFileSync(path, bytes)
  return path
}

const session = recordSession(simulation, { ticks: 4_000, players: 1, checkpointEvery: 400 })
const long = file('long.owr', session)
const short = file('short.owr', recordSession(simulation, { ticks: 30, players: 2 }))
const diverged = file(
  'diverged.owr',
  recordSession(
    { ...simulation, genesis: (definition) => simulation.genesis({ ...definition, gravity: { x: 0, y: -9, z: 0 } }) },
    { ticks: 60, players: 2 },
  ),
)
const damaged = file(
  'damaged.owr',
  session.map((byte, i) => (i === session.length >> 1 ? byte ^ 1 : byte)),
)

const run = (...argv: readonly string[]) => runIn(workerFile, ...argv)

async function runIn(bundle: URL, ...argv: readonly string[]) {
  const { to, said } = capturedTerminal(true)
  return { exit: await runVerify(parseArguments(command, argv), to, { workerFile: bundle }), ...said }
}

const files = ({ out }: { readonly out: string }) =>
  (JSON.parse(out) as { files: Record<string, unknown>[] }).files.map((each) => ({ ...each, realTimeFactor: 0 }))

test('verify in threads gives the results of one thread, in the order of the files', async () => {
  const paths = [short, long, diverged, damaged, short]
  const threads = await run(...paths, '--jobs', '2', '--json')
  const single = await run(...paths, '--jobs', '1', '--json')
  expect(threads.exit).toBe(1)
  expect(files(threads)).toEqual(files(single))
  expect(threads.err).toContain('verifying 5 recordings')
})

test('verify --from --to replays from the last checkpoint before, and leaves out files without these ticks', async () => {
  for (const jobs of ['1', '2']) {
    const ran = await run(long, short, '--from', '1900', '--to', '2000', '--jobs', jobs, '--json')
    expect(files(ran)).toMatchObject([{ file: long, ok: true, from: 1_600, to: 2_000, ticksExecuted: 400 }])
  }
  await expect(run(short, '--from', '31')).rejects.toThrow(`no recording has a tick of --from and --to: ${short} has`)
  await expect(run(short, '--from', '9', '--to', '8')).rejects.toThrow('--to is 8, before --from, which is 9')
})

test('verify in threads ends with 5 when the timeout passes', async () => {
  const ran = await run(long, short, '--jobs', '2', '--timeout-seconds', '0.05', '--json')
  expect(ran.exit).toBe(5)
  expect(files(ran)).toMatchObject([
    { timedOut: true, ok: false },
    { timedOut: true, ok: false },
  ])
})

test('a thread that ends while it verifies is reported for its file', async () => {
  const ending = pathToFileURL(await buildEntry(new URL('./jobs.fixture.ts', import.meta.url), 'jobs-fixture'))
  const ran = await runIn(ending, short, damaged, '--jobs', '2', '--json')
  expect(ran.exit).toBe(1)
  expect(files(ran)).toMatchObject([
    { file: short, ok: false, error: { reason: 'thread', message: expect.stringContaining('exit code 7') } },
    { file: damaged, ok: false, error: { reason: 'corrupt' } },
  ])
})
