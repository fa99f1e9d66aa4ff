/** The commands that show and compare states of recordings: seek, diff, bisect, clip. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { capturedTerminal } from '../../../test/harness/captured-terminal.ts'
import { temporaryDirectory } from '../../../test/harness/cleanup.ts'
import { readRecording, simulationOf, type Recording, type Simulation } from '../../../replay/index.ts'
import { DEFAULT_DEFINITION, loadEngine, type Realm } from '../../../sim/index.ts'
import { recordSession, type SessionOptions } from '../../../test/harness/recording-example.ts'
import { parseArguments, UsageError, type Arguments, type CliCommand } from '../../command.ts'
import type { Terminal } from '../../output.ts'
import { command as clip, runClip } from './clip.ts'
import { bisect, runBisect } from './bisect.ts'
import { diff, runDiff } from './diff.ts'
import { command as seek, runSeek } from './seek.ts'

const simulation = simulationOf(await loadEngine())
const directory = temporaryDirectory()
const OPTIONS: SessionOptions = { ticks: 240, players: 3, sampleEvery: 30, checkpointEvery: 60 }

/** A build that moves the first avatar by 1 m at a tick. */
const pushing = (tick: number): Simulation<Realm> => ({
  ...simulation,
  step: (realm, frame, onPhase) =>
    simulation.step(realm, frame, (phase) => {
      const [avatar] = realm.avatars.values()
      if (frame.tick === tick && phase === 'bones' && avatar)
        avatar.position = { ...avatar.position, x: Math.fround(avatar.position.x + 1) }
      onPhase?.(phase)
    }),
})

function file(name: string, bytes: Uint8Array): string {
  const path = join(directory, name)
  writeFileSync(path, bytes)
  return path
}

const good = file('good.owr', recordSession(simulation, OPTIONS))
const pushed = file('pushed.owr', recordSession(pushing(120), OPTIONS))
/** Its next checkpoint, of tick 120, is of the diverged run. */
const early = file('early.owr', recordSession(pushing(70), OPTIONS))
const elsewhere = file(
  'elsewhere.owr',
  recordSession(simulation, { ticks: 2, players: 1, definition: { ...DEFAULT_DEFINITION, id: 'elsewhere' } }),
)
const newer = file('newer.owr', recordSession({ ...simulation, version: simulation.version + 1 }, OPTIONS))
const text = file('text.owr', new TextEncoder().encode('no recording'))
const recording = opened(good)

function opened(path: string): Recording {
  const read = readRecording(readFileSync(path))
  if (!read.ok) throw read.error
  return read.value
}

const COMMANDS = {
  seek: [seek, runSeek],
  diff: [diff, runDiff],
  bisect: [bisect, runBisect],
  clip: [clip, runClip],
} as const

async function run(which: keyof typeof COMMANDS, ...argv: readonly string[]) {
  const { to, said } = capturedTerminal()
  const [command, runs]: readonly [
    CliCommand,
    (args: Arguments, to: Terminal, load: () => Promise<Simulation<Realm>>) => Promise<number>,
  ] = COMMANDS[which]
  const exit = await runs(parseArguments(command, argv), to, async () => simulation)
  return { exit, ...said }
}

const json = (out: string): Record<string, unknown> => JSON.parse(out) as Record<string, unknown>

test('seek shows players, elements and places at a tick', async () => {
  const { exit, out } = await run('seek', good, '--tick', '150')
  expect(exit).toBe(0)
  expect(out).toContain(`state hash  ${recording.hash(150)}`)
  expect(out).toMatch(/\n3 players, \d+ elements\n/)
  expect(out).toMatch(/avatar "player 1" +at -?\d+\.\d{3}, -?\d+\.\d{3}, -?\d+\.\d{3}/)
})

test('seek --json has every field of every element, and who holds what', async () => {
  const state = json((await run('seek', good, '--tick', '150', '--json')).out)
  expect(state).toMatchObject({ schema: 'otherworld/replay-seek/1', tick: 150, hash: recording.hash(150) })
  expect(state['players']).toHaveLength(3)
  const elements = state['elements'] as { element: number; kind: string; fields: Record<string, unknown> }[]
  expect(new Set(elements.map(({ kind }) => kind))).toEqual(new Set(['realm', 'plane', 'marker', 'avatar', 'prop']))
  expect(elements[0]).toMatchObject({ element: 0, fields: { tick: 150 } })
  for (const { player, element } of state['holds'] as { player: number; element: number }[])
    expect(elements.find((each) => each.element === element)?.fields).toMatchObject({ holder: player })
})

test('seek prints one field of one element, with its bits', async () => {
  const { players } = json((await run('seek', good, '--tick', '100', '--json')).out)
  const [{ element }] = players as [{ element: number }]
  const asked = ['seek', good, '--tick', '100', '--element', String(element), '--field', 'position.x'] as const
  const { value, bits } = json((await run(...asked, '--json')).out) as { value: number; bits: string }
  expect(bits).toMatch(/^0x[0-9a-f]{8}$/)
  expect((await run(...asked)).out).toBe(`${value} (${bits})\n`)
})

test('seek --json has the bits of values that JSON does not hold', async () => {
  type Told = { element: number; fields: Record<string, number | null>; bits: Record<string, string> }[]
  const odd: Simulation<Realm> = {
    ...simulation,
    fields: function* (realm) {
      yield* simulation.fields(realm)
      yield { element: 0, field: 'zero', value: -0 }
      yield { element: 0, field: 'none', value: Number.NaN }
      yield { element: 0, field: 'half', value: 0.5 }
    },
  }
  const args = parseArguments(seek, [good, '--tick', '9', '--element', '0', '--json'])
  const { to, said } = capturedTerminal()
  expect(await runSeek(args, to, async () => odd)).toBe(0)
  const [realm] = json(said.out)['elements'] as Told
  expect(realm?.fields).toMatchObject({ zero: 0, none: null, half: 0.5 })
  expect(realm?.bits).toEqual({ zero: '0x80000000', none: '0x7fc00000' })
})

test('the newest of several files that have a tick is used, in any order, and errors name the file', async () => {
  const parts = [
    [1, 1, 100],
    [1, 2, 160],
    [2, 1, 160],
  ] as const
  const segments = parts.map(([epoch, segment, ticks]) =>
    file(`e${epoch}s${segment}.owr`, recordSession(simulation, { ...OPTIONS, ticks, header: { epoch, segment } })),
  )
  const [one = '', two = '', three = ''] = segments
  const fileOf = async (paths: readonly string[], tick: string) =>
    json((await run('seek', ...paths, '--tick', tick, '--json')).out)['file']
  expect(await fileOf([one, two], '100')).toBe(two)
  expect(await fileOf([two, one], '100')).toBe(two)
  expect(await fileOf([three, one, two], '160')).toBe(three)
  expect(await fileOf([one, two, three], '40')).toBe(three)
  const bytes = Uint8Array.from(readFileSync(two))
  bytes[bytes.length - 1_000] = (bytes[bytes.length - 1_000] ?? 0) ^ 1
  const broken = file('broken.owr', bytes)
  expect(await run('seek', broken, '--tick', '160')).toMatchObject({
    exit: 3,
    err: expect.stringContaining(`otherworld replay seek: ${broken}: the recording's`),
  })
})

test('seek names what a recording does not have', async () => {
  await expect(run('seek', good, '--tick', '241')).rejects.toThrow(
    `no recording has tick 241: ${good} has ticks 0 to 240`,
  )
  await expect(run('seek', good, '--tick', '9', '--element', '999')).rejects.toThrow('there is no element 999')
  await expect(run('seek', good, '--tick', '9', '--field', 'yaw')).rejects.toThrow('--field needs --element')
  await expect(run('seek', good, '--tick', '9', '--element', '0', '--field', 'yaw')).rejects.toThrow(
    'element 0 has no field "yaw"; it has tick,',
  )
  await expect(run('seek', good)).rejects.toThrow(UsageError)
  expect((await run('seek', text, '--tick', '1')).exit).toBe(3)
  expect((await run('seek', text, good, '--tick', '241')).exit).toBe(3)
  expect(await run('seek', text, good, '--tick', '9')).toMatchObject({
    exit: 0,
    err: expect.stringContaining(`${text} is left out: this is not an Otherworld recording`),
  })
  await expect(run('seek', good, '--tick', '9', '--element', '0', '--field', 'constructor')).rejects.toThrow(
    'element 0 has no field "constructor"',
  )
})

test('seek behind a divergence ends with 1 instead of a state that never was', async () => {
  const { exit, err } = await run('seek', early, '--tick', '90')
  expect(exit).toBe(1)
  expect(err).toContain(
    'differs from the recording before tick 90, so the state there is not known; `otherworld replay bisect` says where',
  )
})

test('bisect names tick, phase, element and field of a divergence', async () => {
  const { exit, out } = await run('bisect', pushed, '--json')
  expect(exit).toBe(1)
  expect(json(out)).toMatchObject({
    schema: 'otherworld/replay-bisect/1',
    diverged: true,
    tick: 120,
    phase: 'bones',
    field: 'position.x',
    fieldsTick: 120,
    expectedBits: expect.stringMatching(/^0x/),
    actualBits: expect.stringMatching(/^0x/),
  })
  expect((await run('bisect', pushed)).out).toContain(
    '✗ the states first differ after phase "bones" of tick 120 (2 s)\n',
  )
})

test('bisect of a sound recording ends with 0', async () => {
  const { exit, out } = await run('bisect', good)
  expect({ exit, out }).toEqual({
    exit: 0,
    out: `✓ ${good} replays as it was recorded: the hashes of 241 states are equal\n`,
  })
  const equal = json((await run('bisect', good, '--json')).out)
  expect(equal).toMatchObject({ diverged: false, tick: null, field: null, compared: { from: 0, to: 240 } })
  const different = json((await run('bisect', pushed, '--json')).out)
  expect(Object.keys(equal)).toEqual(Object.keys(different))
  await expect(run('bisect', directory)).rejects.toThrow('it is a folder; name a file')
})

test('diff compares two recordings, in both directions', async () => {
  const one = json((await run('diff', good, pushed, '--json')).out)
  const other = json((await run('diff', pushed, good, '--json')).out)
  expect(one).toMatchObject({ diverged: true, tick: 120, field: 'position.x', inputsTick: null })
  expect([other['expected'], other['actual']]).toEqual([one['actual'], one['expected']])
  expect((await run('diff', good, pushed)).out).toMatch(/\nBoth recordings have the ticks \d+ to \d+\.\n$/)
  expect(await run('diff', good, good)).toMatchObject({
    exit: 0,
    out: `✓ ${good} and ${good} agree in the ticks that both have, 0 to 240: the hashes of 241 states are equal\n`,
  })
  await expect(run('diff', good, elsewhere)).rejects.toThrow('compare recordings of one realm')
  expect((await run('diff', good, newer)).exit).toBe(4)
  await expect(run('diff', good)).rejects.toThrow('it takes two recordings')
})

test('clip writes a recording that bisect and seek read, and never replaces a file', async () => {
  const out = join(directory, 'clip.owr')
  const done = await run('clip', good, '--from', '70', '--to', '130', '--out', out)
  expect(done).toMatchObject({ exit: 0, out: expect.stringContaining(`${out}: 60 ticks (71 to 130), 1 s, `) })
  expect(await run('bisect', out)).toMatchObject({ exit: 0 })
  expect(json((await run('seek', out, '--tick', '130', '--json')).out)['hash']).toBe(recording.hash(130))
  await expect(run('clip', good, '--from', '70', '--out', out)).rejects.toThrow(`${out} exists already`)
  await expect(run('clip', good, '--from', '240', '--out', `${out}2`)).rejects.toThrow('has no tick after it')
  await expect(run('clip', good, '--from', '9', '--to', '241', '--out', `${out}2`)).rejects.toThrow(
    `--to is 241; ${good} ends with tick 240, and a clip is a part of one file`,
  )
  await expect(run('clip', good, '--from', '9', '--to', '9', '--out', `${out}2`)).rejects.toThrow(UsageError)
  expect(existsSync(`${out}2`)).toBe(false)
})

test('clip --anonymous writes a run of its own, which verifies and has no names', async () => {
  const out = join(directory, 'anonymous.owr')
  const done = await run('clip', good, '--from', '70', '--to', '130', '--anonymous', '--out', out)
  expect(done).toMatchObject({ exit: 0, out: expect.stringContaining(`${out}: 60 ticks (71 to 130), 1 s, `) })
  expect(done.out).toMatch(/avatars +at most \d\.\d m from where they were/)
  expect(await run('bisect', out)).toMatchObject({ exit: 0 })
  const state = json((await run('seek', out, '--tick', '130', '--json')).out)
  expect(state['hash']).not.toBe(recording.hash(130))
  expect(state['players']).toMatchObject([{ name: 'person 1' }, { name: 'person 2' }, { name: 'person 3' }])
  const asJson = json(
    (await run('clip', good, '--from', '0', '--to', '9', '--anonymous', '--json', '--out', `${out}.9`)).out,
  )
  expect(asJson).toMatchObject({ from: 0, to: 9, ticks: 9, anonymous: { leftOut: 0, putBack: 0 } })
  await expect(run('clip', good, '--from', '70', '--anonymous', '--out', out)).rejects.toThrow(`${out} exists already`)
})
