import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { loadBuild } from '../../builds/load-build.ts'
import { clipRecording, readRecording, simulationOf, verify, type Recording } from '../../../replay/index.ts'
import { loadEngine } from '../../../sim/index.ts'
import { capturedTerminal } from '../../../test/harness/captured-terminal.ts'
import { temporaryDirectory } from '../../../test/harness/cleanup.ts'
import { recordSession } from '../../../test/harness/recording-example.ts'
import { buildVariant } from '../../../test/harness/simulation-variant.ts'
import { parseArguments, UsageError } from '../../command.ts'
import { command, runMigrate } from './migrate.ts'

const simulation = simulationOf(await loadEngine())
const directory = temporaryDirectory()
const path = (name: string): string => join(directory, name)
const RULE = 'const step = scaled(velocity, 1 / tickRate)'
const variant = (name: string, version: number, patches: Readonly<Record<string, readonly [string, string]>>) =>
  buildVariant(path(name), { version, patches })
const [same, pushing, strict] = await Promise.all([
  variant('same', 99, {}),
  variant('pushing', 98, {
    'sim/avatar/locomotion.ts': [RULE, 'const step = scaled(velocity, (realm.tick === 90 ? 3 : 1) / tickRate)'],
  }),
  variant('strict', 97, {
    'sim/phases/inputs.ts': [
      'return spawn(realm, input, avatar, command)',
      "return realm.tick > 60 ? reject(realm, input, 'out-of-reach') : spawn(realm, input, avatar, command)",
    ],
  }),
])
const options = { ticks: 120, players: 3, sampleEvery: 30, checkpointEvery: 60 }
const of = async (build: string, more = {}): Promise<Uint8Array> =>
  recordSession((await loadBuild(build)).simulation, { ...options, ...more })

function file(name: string, bytes: Uint8Array): string {
  writeFileSync(path(name), bytes)
  return path(name)
}

const old = { same: file('same.owr', await of(same)), pushing: file('pushing.owr', await of(pushing)) }

function opened(name: string): Recording {
  const read = readRecording(readFileSync(name))
  if (!read.ok) throw read.error
  return read.value
}

let runs = 0
async function migrate(argv: readonly string[], out = path(`new-${runs++}.owr`)) {
  const { to, said } = capturedTerminal()
  const exit = await runMigrate(parseArguments(command, [...argv, '--out', out]), to, async () => simulation)
  return { exit, out, text: said.out }
}

const first = (text: string): unknown => (JSON.parse(text) as { files: readonly unknown[] }).files[0]

test('a recording of another version with the same rules becomes one of this version with the same hashes', async () => {
  const { exit, out, text } = await migrate([old.same, '--build', same])
  expect(exit).toBe(0)
  expect(text).toContain(`version 99 → ${simulation.version}, ticks 1 to 120, 2 s`)
  expect(text).toContain('No state differs: the hashes of 121 states are equal.')
  const made = opened(out)
  const verified = await verify(made, simulation)
  expect(verified.ok && verified.value).toMatchObject({ ok: true, ticksExecuted: 120 })
  expect(made.hash(120)).toBe(opened(old.same).hash(120))
  expect(made.header).toMatchObject({ simVersion: simulation.version, start: 'genesis', epoch: 1, segment: 1 })
})

test('the report names the first difference, the moves and the commands that only one version rejects', async () => {
  const { exit, text, out } = await migrate([old.pushing, '--build', pushing, '--json'])
  expect(exit).toBe(1)
  expect(first(text)).toMatchObject({
    outcome: 'changed',
    difference: { tick: 90, phase: 'locomotion', field: expect.stringMatching(/^position\./) },
    movedTick: 120,
    moved: expect.arrayContaining([
      expect.objectContaining({ kind: 'avatar', name: expect.stringMatching(/^player \d$/) }),
    ]),
  })
  expect(opened(out).lastTick).toBe(120)
  const { text: rejecting } = await migrate([file('strict.owr', await of(strict)), '--build', strict, '--json'])
  const { rejections } = first(rejecting) as {
    rejections: { onlyBefore: { tick: number; command: string; reason: string }[]; onlyNow: unknown[] }
  }
  expect(rejections.onlyBefore.length).toBeGreaterThan(0)
  const [one] = rejections.onlyBefore.filter(({ command: type }) => type === 'spawn')
  expect(one).toMatchObject({ reason: 'out-of-reach' })
  expect(one?.tick).toBeGreaterThan(60)
  const { text: shown } = await migrate([path('strict.owr'), '--build', strict])
  expect(shown).toMatch(
    /commands? (?:is|are) not rejected any more:\n {4}tick \d+ +spawn of player \d, input \d+: out-of-reach/,
  )
})

test('without the build, the first hash that differs is named, and what is not known', async () => {
  expect(await migrate([old.same])).toMatchObject({ exit: 0 })
  const { exit, text } = await migrate([old.pushing])
  expect(exit).toBe(1)
  expect(text).toContain('The states first differ at tick 90 (1.5 s). The fields are not known.')
  expect(text).toContain('--build PATH, the Otherworld that made it')
})

test('without the build, a checkpoint that this program can restore gives the field and the moves', async () => {
  const bytes = recordSession(
    {
      ...simulation,
      engine: 'f'.repeat(64),
      step: (realm, frame, onPhase) => {
        const events = simulation.step(realm, frame, onPhase)
        const [avatar] = realm.avatars.values()
        if (frame.tick === 70 && avatar) avatar.position = { ...avatar.position, x: Math.fround(avatar.position.x + 1) }
        return events
      },
    },
    options,
  )
  const { exit, text } = await migrate([file('engine.owr', bytes), '--json'])
  expect(exit).toBe(1)
  expect(first(text)).toMatchObject({
    difference: { tick: 70, phase: null, fieldsTick: 120, element: expect.any(Number) },
    movedTick: 120,
    rejections: null,
  })
})

test('a version that hashes its states in another way is compared by its fields, or not at all', async () => {
  const hashing = await variant('hashing', 96, {
    'sim/state/hash.ts': [
      'return realm.engine.hash64(w.bytes).toString(16)',
      'return (realm.engine.hash64(w.bytes) ^ 1n).toString(16)',
    ],
  })
  const session = file('hashing.owr', await of(hashing))
  const compared = await migrate([session, '--build', hashing])
  expect(compared).toMatchObject({ exit: 0, text: expect.stringContaining('No field of 121 states differs.') })
  expect(await migrate([session])).toMatchObject({ exit: 1, text: expect.stringContaining('could not be compared') })
})

test('a note at the start says what it was migrated from, and the notes of the recording are kept', async () => {
  const { out } = await migrate([old.same])
  const { header, notes } = opened(out)
  expect(header.recordedBy).toBe('otherworld replay migrate')
  expect(notes).toEqual([
    {
      tick: 0,
      kind: 'otherworld.migrate',
      text: `migrated from ${header.realm}, epoch 1, segment 1, recorded by "a test" with version 99 of the simulation and physics engine ${header.engine}`,
    },
  ])
})

test('a recording that starts from a checkpoint of another version is refused, with a way out', async () => {
  const { simulation: by } = await loadBuild(same)
  const clipped = await clipRecording(opened(old.same), by, { from: 30, to: 90 })
  if (!clipped.ok) throw clipped.error
  const { exit, text, out } = await migrate([file('clip.owr', clipped.value), '--build', same])
  expect(exit).toBe(4)
  expect(text).toContain('starts from a checkpoint of version 99')
  expect(text).toContain('use a recording that starts from genesis')
  expect(existsSync(out)).toBe(false)
})

test('a build that did not make the recording is refused, and one that does not replay it too', async () => {
  const other = await migrate([old.same, '--build', pushing])
  expect(other).toMatchObject({ exit: 4, text: expect.stringContaining('the build has version 98') })
  const liar = await variant('liar', 99, {
    'sim/avatar/locomotion.ts': [RULE, 'const step = scaled(velocity, 2 / tickRate)'],
  })
  const lying = await migrate([old.same, '--build', liar])
  expect(lying).toMatchObject({
    exit: 1,
    text: expect.stringContaining('the build does not replay the recording: tick '),
  })
  expect([existsSync(other.out), existsSync(lying.out)]).toEqual([false, false])
})

test('a folder is migrated into a folder; recordings of this version are left out', async () => {
  mkdirSync(path('many'))
  for (const [name, bytes] of [
    ['many/a.owr', readFileSync(old.same)],
    ['many/b.owr', readFileSync(old.pushing)],
    ['many/now.owr', recordSession(simulation, options)],
  ] as const)
    file(name, bytes)
  const { exit, text, out } = await migrate([path('many'), '--json'], path('migrated'))
  expect(exit).toBe(1)
  expect(JSON.parse(text)).toMatchObject({
    files: [{ outcome: 'same' }, { outcome: 'changed' }, { outcome: 'current' }],
  })
  expect([existsSync(join(out, 'a.owr')), existsSync(join(out, 'now.owr'))]).toEqual([true, false])
  await expect(migrate([path('many')], path('migrated'))).rejects.toThrow('a.owr exists already')
  await expect(migrate([old.same], old.pushing)).rejects.toThrow(UsageError)
})

test('a step that fails in this version ends the new recording', async () => {
  const { to, said } = capturedTerminal()
  const trapping = {
    ...simulation,
    step: (...[realm, frame, onPhase]: Parameters<typeof simulation.step>) => {
      if (frame.tick === 100) throw new Error('tick 100: unreachable')
      return simulation.step(realm, frame, onPhase)
    },
  }
  const out = path('trapped.owr')
  const args = parseArguments(command, [old.same, '--build', same, '--out', out])
  expect(await runMigrate(args, to, async () => trapping)).toBe(1)
  expect(said.out).toContain('  The simulation fails at tick 100: unreachable\n')
  expect(opened(out)).toMatchObject({ lastTick: 99, truncated: true })
})
