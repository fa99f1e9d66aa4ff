import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { beforeEach, expect, test } from 'vitest'
import { buildEntry } from '../../../test/harness/build-entry.ts'
import { capturedTerminal } from '../../../test/harness/captured-terminal.ts'
import { temporaryDirectory } from '../../../test/harness/cleanup.ts'
import { recordSession } from '../../../test/harness/recording-example.ts'
import { loadEngine, type Realm } from '../../../sim/index.ts'
import { simulationOf, type Simulation } from '../../../replay/index.ts'
import { STAMP_BYTES } from '../../../replay/search/index.ts'
import { parseArguments, UsageError } from '../../command.ts'
import { command, runSearch } from './search.ts'

const simulation = simulationOf(await loadEngine())
const session = recordSession(simulation, { ticks: 240, players: 3 })
const other = recordSession({ ...simulation, version: simulation.version + 1 }, { ticks: 120, players: 2 })

let folder = ''
let good = ''
let cacheFolder = ''
beforeEach(() => {
  folder = temporaryDirectory()
  good = put('good.owr', session)
  cacheFolder = join(folder, 'cache')
})

function put(name: string, bytes: Uint8Array): string {
  const path = join(folder, name)
  writeFileSync(path, bytes)
  return path
}

async function run(
  argv: readonly string[],
  load: () => Promise<Simulation<Realm>> = () => Promise.resolve(simulation),
) {
  const { to, said } = capturedTerminal()
  return { exit: await runSearch(parseArguments(command, argv), to, { load, cacheFolder }), ...said }
}

const never = () => Promise.reject(new Error('nothing has to be replayed'))
const json = ({ out }: { readonly out: string }) =>
  JSON.parse(out) as {
    readonly total: number
    readonly matches: readonly Record<string, unknown>[]
    readonly files: readonly Record<string, unknown>[]
  }

test('search prints each match with its tick, its time, a sentence, and the commands to look at it', async () => {
  const ran = await run(['joined by "player 2"', good])
  expect(ran).toMatchObject({ exit: 0, err: '' })
  expect(ran.out).toBe(
    [
      good,
      '  tick 1  player 2 joined (0.0 s, 2026-01-01 00:00:00 UTC)',
      `  otherworld replay seek ${good} --tick 1`,
      '',
      `To cut out the first: otherworld replay clip ${good} --from 0 --to 121 --out moment.owr`,
      '1 match in 1 recording',
      '',
    ].join('\n'),
  )
  expect((await run(['quarantined', good])).out).toBe('no match in 1 recording\n')
})

test('search prints one object with matches, files and times', async () => {
  const ran = json(await run(['grabbed then released', folder, '--json']))
  expect(ran).toMatchObject({ schema: 'otherworld/replay-search/1', query: 'grabbed then released' })
  expect(ran.files).toEqual([
    {
      file: good,
      startTick: 0,
      lastTick: 240,
      eventsTo: 240,
      missing: null,
      incomplete: false,
      index: 'beside',
      indexed: true,
    },
  ])
  expect(ran.total).toBeGreaterThan(0)
  expect(ran.matches).toHaveLength(ran.total)
  expect(ran.matches[0]).toMatchObject({
    file: good,
    time: expect.stringMatching(/^2026-01-01T00:00:0\d\.\d+Z$/),
    text: expect.stringMatching(/^player \d grabbed .* later player \d released /),
    steps: [
      { event: 'grabbed', elementName: expect.stringContaining('element') },
      { event: 'released', detail: expect.any(String) },
    ],
    seek: expect.stringContaining(`--element `),
    clip: expect.stringContaining(`replay clip ${good} --from `),
  })
})

test('a second search reads the index and replays nothing', async () => {
  const first = await run(['grabbed', good])
  expect(existsSync(`${good}.index`)).toBe(true)
  expect(await run(['grabbed', good], never)).toEqual(first)
})

test('an index that is damaged, or of other bytes of the recording, is made again', async () => {
  const first = await run(['grabbed', good])
  const bytes = readFileSync(`${good}.index`)
  writeFileSync(`${good}.index`, bytes.subarray(0, 50))
  expect(await run(['grabbed', good])).toEqual(first)
  expect(readFileSync(`${good}.index`)).toEqual(bytes)
  put('good.owr', recordSession(simulation, { ticks: 120, players: 1, seed: 3 }))
  expect(json(await run(['joined', good, '--json'])).files).toMatchObject([{ lastTick: 120, indexed: true }])
})

test('a change in the middle of a recording is noticed, and a copy keeps its index', async () => {
  const first = await run(['grabbed', good])
  const later = new Date(Date.now() + 60_000)
  utimesSync(good, later, later)
  expect(await run(['grabbed', good], never)).toEqual(first)
  const longer = recordSession(simulation, { ticks: 2_400, players: 3 })
  const path = put('long.owr', longer)
  await run(['grabbed', path])
  const middle = longer.length / 2
  expect(middle).toBeGreaterThan(STAMP_BYTES)
  put('long.owr', longer.slice().fill(7, middle, middle + 10))
  utimesSync(path, later, later)
  expect(await run(['grabbed', path])).toMatchObject({ exit: 3, err: expect.stringContaining('is left out') })
})

test('the output is the same for any number of threads', async () => {
  const workerFile = pathToFileURL(
    await buildEntry(new URL('../../workers/replay-worker.ts', import.meta.url), 'replay-worker'),
  )
  put('corrupt.owr', session.slice().fill(0, 4_000, 4_010))
  put('other.owr', other)
  for (let i = 0; i < 4; i++) put(`${i}.owr`, recordSession(simulation, { ticks: 120, players: 2, seed: i }))
  const searched = async (jobs: string) => {
    for (const name of readdirSync(folder)) if (name.endsWith('.index')) rmSync(join(folder, name))
    const { to, said } = capturedTerminal()
    const args = parseArguments(command, ['grabbed or joined', folder, '--jobs', jobs])
    return { exit: await runSearch(args, to, { load: async () => simulation, cacheFolder, workerFile }), ...said }
  }
  const one = await searched('1')
  expect(one.exit).toBe(3)
  for (const jobs of ['2', '3', '8']) expect(await searched(jobs)).toEqual(one)
})

test('an index that cannot be written beside the recording is in the cache folder, or in memory only', async () => {
  mkdirSync(`${good}.index`)
  const ran = await run(['grabbed', good])
  expect(ran.err).toContain('1 index could not be written beside the recording; it is in your cache folder')
  expect((await run(['grabbed', good], never)).out).toBe(ran.out)
  cacheFolder = put('no-folder', new Uint8Array(0))
  const again = await run(['grabbed', good])
  expect(again.err).toContain('1 index could not be written, so the next search replays the recording again')
  expect(again.out).toBe(ran.out)
})

test('in a recording of another version, search finds joins and inputs, and says that events are missing', async () => {
  const path = put('other.owr', other)
  expect(await run(['joined', path])).toMatchObject({ exit: 0, err: '', out: expect.stringContaining('2 matches') })
  const ran = await run(['grabbed', good, path])
  expect(ran.exit).toBe(4)
  expect(ran.err).toContain(`${path}: events of the simulation are missing, only inputs, joins and notes were searched`)
  expect(json(await run(['grabbed', path, '--json'])).files).toMatchObject([{ incomplete: true, eventsTo: 0 }])
  const matching = { ...simulation, version: simulation.version + 1 }
  expect((await run(['grabbed', path], () => Promise.resolve(matching))).exit).toBe(0)
})

test('files that cannot be read are named, and the others are searched', async () => {
  const corrupt = put('corrupt.owr', session.slice().fill(0, 4_000, 4_010))
  const ran = await run(['joined', folder])
  expect(ran.exit).toBe(3)
  expect(ran.err).toContain(`${corrupt} is left out: `)
  expect(ran.out).toContain('3 matches in 1 recording\n')
})

test('search prints at most --limit matches, and says how many there are', async () => {
  const ran = await run(['joined', good, '--limit', '2'])
  expect(ran.out).toContain('3 matches in 1 recording; the first 2 are shown, --limit shows more\n')
  expect(ran.out.match(/ {2}tick 1 /g)).toHaveLength(2)
})

test('names that no recording has are named, with those that there are', async () => {
  const ran = await run(['joined by "plaayer 1"', good])
  expect(ran).toMatchObject({ exit: 0, out: 'no match in 1 recording\n' })
  expect(ran.err).toContain(
    'no recording has a player "plaayer 1"; did you mean "player 1"?; the players are player 1, player 2, player 3\n',
  )
  expect((await run(['grabbed cratte', good])).err).toContain('no recording has a prop "cratte"; did you mean "crate"?')
  expect((await run(['left by "player 1"', good])).err).toBe('')
  await expect(run(['released reason sliped', good])).rejects.toThrow('did you mean "slipped"?')
})

test('a query that is not understood is a usage error that marks the place', async () => {
  await expect(run(['grabed', good])).rejects.toThrow(UsageError)
  await expect(run(['joined by Ann grabed', good])).rejects.toThrow(
    /character 15 of the query: [^]*\n {2}joined by Ann grabed\n {16}\^{6}/,
  )
  for (const argv of [[], ['joined'], ['joined', join(folder, 'missing.owr')]])
    await expect(run(argv)).rejects.toThrow(UsageError)
  mkdirSync(join(folder, 'bare'))
  await expect(run(['joined', join(folder, 'bare')])).rejects.toThrow('there is no .owr file in')
})
