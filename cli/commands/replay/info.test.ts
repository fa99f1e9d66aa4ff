import { copyFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { capturedTerminal } from '../../../test/harness/captured-terminal.ts'
import { temporaryDirectory } from '../../../test/harness/cleanup.ts'
import { recordSession } from '../../../test/harness/recording-example.ts'
import { loadEngine, type Realm } from '../../../sim/index.ts'
import { clipRecording, readRecording, simulationOf, type Simulation } from '../../../replay/index.ts'
import { parseArguments } from '../../command.ts'
import { command, runInfo } from './info.ts'

const simulation = simulationOf(await loadEngine())
const folder = temporaryDirectory()

async function run(
  argv: readonly string[],
  load: () => Promise<Simulation<Realm>> = () => Promise.resolve(simulation),
) {
  const { to, said } = capturedTerminal()
  return { exit: await runInfo(parseArguments(command, argv), to, load, join(folder, 'cache')), ...said }
}

const never = () => Promise.reject(new Error('nothing has to be replayed'))
const json = ({ out }: { readonly out: string }) => JSON.parse(out) as Record<string, unknown>

/** A copy of a fixture in the folder of the test. */
function copied(name: string, as: string): string {
  const path = join(folder, as)
  copyFileSync(`fixtures/replays/${name}.owr`, path)
  return path
}

test('info lists players without a replay, and says what needs one', async () => {
  const path = copied('scripted/hand-over', 'one.owr')
  const { out } = await run([path], never)
  expect(out).toMatch(/player +number +joined +left +inputs +a second\n/)
  expect(out).toMatch(/player 2 +2 +0\.0 s +stays +63 +14\.6\n/)
  expect(out).toContain('Holds, elements and rejections need a replay: --replay\n')
  expect(existsSync(`${path}.index`)).toBe(false)
})

test('info --replay shows holds and rejections, and keeps an index that the next info reads', async () => {
  const path = copied('scripted/hand-over', 'two.owr')
  const { out } = await run([path, '--replay'])
  expect(out).toMatch(/rejected +3: 2 held-by-another, 1 not-permitted\n/)
  expect(out).toMatch(/player 2 +2 +0\.0 s +stays +63 +14\.6 +1 +thing 1 s\n/)
  expect((await run([path], never)).out).toBe(out)
  expect((await run([path, '--replay'], never)).out).toBe(out)
})

test('info --details lists sizes, elements and holds', async () => {
  const { out } = await run([copied('scripted/hand-over', 'three.owr'), '--replay', '--details'])
  for (const line of [
    /frame +65 +\d\.\d+ KiB +\d+\.\d % +\d\.\d+ MiB\n/,
    /held-by-another +2 +27\.7\n/,
    /6 +thing +0\.1 s +player 1 +stays\n/,
    /43 +1\.0 +player 2 +right +"thing" \(element 6\)\n/,
    /engine +[0-9a-f]{64}\n/,
  ])
    expect(out).toMatch(line)
})

test('info --json has people, props, holds, rejections and the bytes of each kind of chunk', async () => {
  const path = copied('scripted/hand-over', 'four.owr')
  const few = json(await run([path, '--json'], never))
  expect(few).toMatchObject({ players: 3, eventsTo: 0, missing: 'no replay was made', holds: [], rejections: {} })
  const all = json(await run([path, '--json', '--replay']))
  expect(all).toMatchObject({
    schema: 'otherworld/replay-info/1',
    players: 3,
    elements: 6,
    eventsTo: 260,
    missing: null,
    rejections: { 'held-by-another': 2, 'not-permitted': 1 },
    inputsASecondMax: 44,
    segments: { before: 0, after: 0 },
  })
  expect(all['people']).toHaveLength(3)
  expect(all['people']).toContainEqual(
    expect.objectContaining({
      name: 'player 2',
      player: 2,
      user: 2,
      rejected: 1,
      inputs: 63,
      joined: 1,
    }),
  )
  const sizes = all['sizes'] as Readonly<Record<string, { readonly chunks: number; readonly bytes: number }>>
  expect(sizes).toMatchObject({
    header: { chunks: 1 },
    hash: { chunks: 260 },
    frame: { chunks: 65 },
    footer: { bytes: 18 },
  })
  const preamble = 12
  expect(Object.values(sizes).reduce((sum, { bytes }) => sum + bytes, preamble)).toBe(all['bytes'])
})

test('players of the starting state are counted, and a replay names them', async () => {
  const path = copied('recovered', 'five.owr')
  expect((await run([path])).out).toContain('3 players were in the realm at the start: --replay shows their names\n')
  const { out } = await run([path, '--replay'])
  expect(out).toMatch(/bot 1 +\d +at the start +/)
  expect(out).not.toContain('were in the realm at the start')
})

test('info --replay of another version says why events are missing', async () => {
  const path = join(folder, 'other.owr')
  writeFileSync(path, recordSession({ ...simulation, version: simulation.version + 1 }, { ticks: 20, players: 2 }))
  const ran = await run([path, '--replay'])
  expect(ran.exit).toBe(0)
  expect(ran.out).toContain('Holds, elements and rejections are not known: the recording was made by version ')
})

test('info counts the recordings of the realm before and after it in the folder', async () => {
  const data = temporaryDirectory()
  for (const [epoch, segment] of [
    [1, 1],
    [1, 2],
    [2, 1],
  ] as const) {
    const path = join(data, `yard-e00000${epoch}-s000${segment}.owr`)
    writeFileSync(path, recordSession(simulation, { ticks: 2, players: 1 }))
  }
  const first = await run([join(data, 'yard-e000001-s0001.owr')])
  expect(first.out).toMatch(/segment 1; 2 after it in this folder\n/)
  expect(json(await run([data, '--json']))).toMatchObject({ segments: expect.any(Object) })
})

test('the busiest second is left out if players were there at the start and no replay was made', async () => {
  const whole = copied('scripted/hand-over', 'whole.owr')
  expect((await run([whole], never)).out).toMatch(/ a second, at most \d/)
  const recording = readRecording(readFileSync(whole))
  if (!recording.ok) throw recording.error
  const clip = await clipRecording(recording.value, simulation, { from: 120, to: recording.value.lastTick })
  if (!clip.ok) throw clip.error
  const path = join(folder, 'clip.owr')
  writeFileSync(path, clip.value)
  expect((await run([path], never)).out).not.toContain('at most')
})
