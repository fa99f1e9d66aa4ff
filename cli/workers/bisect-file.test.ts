import { pathToFileURL } from 'node:url'
import { join } from 'node:path'
import { writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { loadEngine, type Realm } from '../../sim/index.ts'
import { simulationOf, type Simulation } from '../../replay/index.ts'
import { buildEntry } from '../../test/harness/build-entry.ts'
import { capturedTerminal } from '../../test/harness/captured-terminal.ts'
import { temporaryDirectory } from '../../test/harness/cleanup.ts'
import { recordSession } from '../../test/harness/recording-example.ts'
import { bisect, runBisect } from '../commands/replay/bisect.ts'
import { parseArguments } from '../command.ts'
import { bisectFile } from './bisect-file.ts'
import { inThisThread } from './verify-files.ts'

const simulation = simulationOf(await loadEngine())
const workerFile = pathToFileURL(await buildEntry(new URL('./replay-worker.ts', import.meta.url), 'replay-worker'))
const directory = temporaryDirectory()

function moved(realm: Realm, metres: number): void {
  const [avatar] = realm.avatars.values()
  if (avatar) avatar.position = { ...avatar.position, x: Math.fround(avatar.position.x + metres) }
}

/** A session that a build with a fault recorded. */
function recorded(name: string, fault: Partial<Simulation<Realm>>): string {
  const path = join(directory, name)
  const options = { ticks: 2_800, players: 1, checkpointEvery: 400 }
  writeFileSync(path, recordSession({ ...simulation, ...fault }, options))
  return path
}

const sound = recorded('sound.owr', {})
const run = recorded('run.owr', {
  step: (realm, frame, onPhase) =>
    simulation.step(realm, frame, (phase) => {
      if (frame.tick === 1_620 && phase === 'bones') moved(realm, 1)
      onPhase?.(phase)
    }),
})
const hash = recorded('hash.owr', {
  hash: (realm) => (realm.tick === 1_377 ? 'f'.repeat(16) : simulation.hash(realm)),
})
const checkpoint = recorded('checkpoint.owr', {
  checkpoint: (realm) => {
    const fault = realm.tick === 2_000 ? 1 : 0
    const [avatar] = realm.avatars.values()
    const position = avatar?.position
    moved(realm, fault)
    const bytes = simulation.checkpoint(realm)
    if (avatar && position) avatar.position = position
    return bytes
  },
})

async function bisected(...argv: readonly string[]) {
  const { to, said } = capturedTerminal()
  const args = parseArguments(bisect, argv)
  return { exit: await runBisect(args, to, async () => simulation, { workerFile }), ...said }
}

test.each([
  ['a run', run, { kind: 'run', tick: 1_620, phase: 'bones', equalAgainTick: null }],
  ['a hash', hash, { kind: 'run', tick: 1_377, phase: null, equalAgainTick: 1_378 }],
  ['a checkpoint', checkpoint, { kind: 'checkpoint', tick: 2_000, field: 'position.x', compared: { from: 1_600 } }],
])('bisect in threads finds the fault of %s, as one thread does', async (_what, file, expected) => {
  const threads = await bisected(file, '--jobs', '2', '--json')
  const single = await bisected(file, '--jobs', '1', '--json')
  const report = JSON.parse(threads.out) as { compared: { from: number } }
  expect({ exit: threads.exit, report }).toMatchObject({ exit: 1, report: expected })
  // A part begins at its checkpoint.
  expect({ ...report, compared: null }).toEqual({ ...(JSON.parse(single.out) as object), compared: null })
})

test('bisect says what it did not replay if a checkpoint is damaged', async () => {
  const { out } = await bisected(checkpoint, '--jobs', '1')
  expect(out).toContain('✗ the checkpoint of tick 2000 restores to another state than the recorded one (33 s)')
  expect(out).toContain('Ticks 0 to 1600 were not replayed; --to 1600 compares them.')
})

test('bisect says that the run is equal after a tick whose hash is damaged', async () => {
  expect((await bisected(hash, '--jobs', '1')).out).toContain('Only this tick differs: from tick 1378 on')
})

test('a damaged checkpoint is found without a replay of the ticks before it', async () => {
  const found = await bisectFile(checkpoint, inThisThread(simulation), { range: {}, onProgress: () => undefined })
  expect(found).toMatchObject({ found: { ticksExecuted: 400, firstDivergence: { kind: 'checkpoint', tick: 2_000 } } })
})

test('bisect --from --to replays from the checkpoint before, and ends with 0 if these ticks are equal', async () => {
  for (const jobs of ['1', '2']) {
    const before = await bisected(run, '--to', '1619', '--jobs', jobs)
    expect({ exit: before.exit, out: before.out }).toMatchObject({
      exit: 0,
      out: expect.stringContaining('1,620 states'),
    })
    const within = await bisected(run, '--from', '1500', '--to', '1800', '--jobs', jobs, '--json')
    expect(JSON.parse(within.out)).toMatchObject({ tick: 1_620, compared: { from: 1_200, to: 1_620 } })
    expect((await bisected(run, '--from', '1650', '--jobs', jobs)).exit).toBe(1)
    expect((await bisected(run, '--from', '2100', '--jobs', jobs)).exit).toBe(0)
  }
  await expect(bisected(run, '--from', '9', '--to', '8')).rejects.toThrow('--to is 8, before --from, which is 9')
  await expect(bisected(run, '--from', '2801')).rejects.toThrow(`${run} has ticks 0 to 2800`)
})

test('bisect of a sound recording ends with 0 in threads', async () => {
  expect((await bisected(sound, '--jobs', '2')).exit).toBe(0)
})

test('a thread that ends while it replays is reported', async () => {
  const ending = pathToFileURL(await buildEntry(new URL('./jobs.fixture.ts', import.meta.url), 'jobs-fixture'))
  const { to, said } = capturedTerminal()
  const args = parseArguments(bisect, [sound, '--jobs', '2', '--json'])
  expect(await runBisect(args, to, async () => simulation, { workerFile: ending })).toBe(1)
  expect(JSON.parse(said.out)).toMatchObject({
    error: { reason: 'thread', message: expect.stringContaining('code 7') },
  })
})
