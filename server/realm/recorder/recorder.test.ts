import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, beforeEach, expect, test } from 'vitest'
import { temporaryDirectory } from '../../../test/harness/cleanup.ts'
import { simulationOf } from '../../../replay/index.ts'
import { DEFAULT_DEFINITION, free, hash, loadEngine, type Engine } from '../../../sim/index.ts'
import { elementOf } from '../../../storage/archive/archive.fixture.ts'
import {
  listRecordings,
  nodePlatform,
  resumeRecording,
  type Platform,
  type RecordingEntry,
  type RecoveryPlan,
} from '../../../storage/recordings/index.ts'
import { Champion } from './recorder.ts'
import { runTicks } from './recorder.fixture.ts'
import { removable } from './retention.ts'
import type { SavedStart } from '../../both-threads/archive-messages.ts'

/** This machine, except that a test may forbid to remove files. */
let unlinkFails = false
const platform: Platform = {
  ...nodePlatform,
  removeLater: async (path) => {
    if (unlinkFails) throw Object.assign(new Error('EACCES: injected'), { code: 'EACCES' })
    await nodePlatform.removeLater(path)
  },
}

let engine: Engine
let recordings = ''
let notes: string[] = []
let warnings: string[] = []
beforeAll(async () => {
  engine = await loadEngine()
})
beforeEach(() => {
  recordings = temporaryDirectory()
  notes = []
  warnings = []
  unlinkFails = false
})

const open = (
  changes: Partial<typeof DEFAULT_DEFINITION> = {},
  keepBytes = 1e9,
  segmentBytesMax = 1e9,
  plan?: RecoveryPlan,
): Promise<Champion> =>
  Champion.open({
    engine,
    segmentBytesMax,
    start: {
      definition: { ...DEFAULT_DEFINITION, ...changes },
      recordings,
      keepBytes,
      recordedBy: 'test',
      ...(plan ? { plan } : {}),
    },
    note: (text, level) => {
      notes.push(text)
      if (level === 'warning') warnings.push(text)
    },
    platform,
  })

test('a realm that was closed continues with the same state and the sequences of its players', async () => {
  const first = await open()
  runTicks(first, 1, () => [[0, { type: 'join', player: 4, user: 4, name: 'Ada', body: 0, permissions: 7 }]])
  runTicks(first, 40, () => [[4, { type: 'release', hand: 1 }]])
  const before = hash(first.realm)
  await first.close()
  free(first.realm)

  const second = await open()
  expect(second.epoch).toBe(2)
  expect(second.realm.tick).toBe(41)
  expect(hash(second.realm)).toBe(before)
  expect([...second.sequences.all]).toEqual([[4, { sequence: 410, ackCommand: 410 }]])
  await second.close()
  free(second.realm)

  // No player sent anything in the second epoch: the numbers were carried over.
  const third = await open()
  expect([...third.sequences.all]).toEqual([[4, { sequence: 410, ackCommand: 410 }]])
  await third.close()
  free(third.realm)
})

test('outcomes of the last commands are sent again after a crash', async () => {
  const first = await open()
  runTicks(first, 1, () => [[0, { type: 'join', player: 4, user: 4, name: 'Ada', body: 0, permissions: 7 }]])
  runTicks(first, 3, () => [[4, { type: 'release', hand: 1 }]])

  const second = await open()
  expect(second.undelivered.of(4)).toEqual(
    [2, 3, 4].map((tick) => ({ type: 'commandRejected', sequence: tick * 10, reason: 'hand-empty', tick })),
  )
  expect(second.undelivered.of(5)).toEqual([])
  await second.close()
  await first.close()
  free(first.realm)
  free(second.realm)
})

test('outcomes that were not acknowledged survive a second crash and an orderly end', async () => {
  const first = await open()
  runTicks(first, 1, () => [[0, { type: 'join', player: 4, user: 4, name: 'Ada', body: 0, permissions: 7 }]])
  runTicks(first, 2, () => [[4, { type: 'release', hand: 1 }]])
  const answers = [2, 3].map(
    (tick) => ({ type: 'commandRejected', sequence: tick * 10, reason: 'hand-empty', tick }) as const,
  )

  const second = await open()
  runTicks(second, 5)
  const third = await open()
  expect(third.undelivered.of(4)).toEqual(answers)
  third.trackUndelivered(
    () => new Map([[4, [...answers, { type: 'commandDone', sequence: 50, element: 7, tick: 8 } as const]]]),
  )
  runTicks(third, 5)
  await third.close()

  const fourth = await open()
  expect(fourth.undelivered.of(4)).toEqual([...answers, { type: 'commandDone', sequence: 50, element: 7, tick: 8 }])
  for (const champion of [fourth, second, first]) await champion.close()
  for (const { realm } of [first, second, third, fourth]) free(realm)
})

test('ticks that are lost are a warning that counts them', async () => {
  const first = await open()
  runTicks(first, 5)
  await first.close()
  free(first.realm)
  const [entry] = await listRecordings(recordings, DEFAULT_DEFINITION.id)
  const path = entry?.path ?? ''
  const plan = {
    path,
    tick: 4,
    leavesOut: false,
    goesBack: true,
    props: [],
    players: [],
    reason: 'a trap',
    attempts: 1,
  }
  const second = await open({}, 1e9, 1e9, plan)
  expect(warnings).toContain('1 tick after tick 4 could not be recovered')
  await second.close()
  free(second.realm)
})

test('a changed definition under the same id is reported, and the recorded one is kept', async () => {
  const first = await open()
  runTicks(first, 5)
  await first.close()
  free(first.realm)
  const second = await open({ name: 'Another Yard' })
  expect(second.realm.definition.name).toBe(DEFAULT_DEFINITION.name)
  expect(warnings.join('\n')).toContain('a realm keeps what it began with')
  expect(warnings.join('\n')).not.toContain('continues at tick')
  await second.close()
  free(second.realm)
})

test('recordings beyond the limit are removed, oldest first, but not the two newest', async () => {
  for (let epoch = 1; epoch <= 4; epoch++) {
    const champion = await open({}, epoch === 4 ? 1 : 1e9)
    runTicks(champion, 10)
    await champion.close()
    free(champion.realm)
  }
  expect(readdirSync(recordings)).toEqual(['yard-e000003-s0001.owr', 'yard-e000004-s0001.owr'])
  expect(notes.filter((note) => note.startsWith('removed'))).toHaveLength(2)
  expect(existsSync(join(recordings, 'yard-e000001-s0001.owr'))).toBe(false)
})

test('the search index of a removed recording is removed with it', async () => {
  for (let epoch = 1; epoch <= 3; epoch++) {
    const champion = await open({}, epoch === 3 ? 1 : 1e9)
    runTicks(champion, 3)
    await champion.close()
    free(champion.realm)
    writeFileSync(join(recordings, `yard-e00000${epoch}-s0001.owr.index`), 'an index')
  }
  expect(readdirSync(recordings)).toEqual([
    'yard-e000002-s0001.owr',
    'yard-e000002-s0001.owr.index',
    'yard-e000003-s0001.owr',
    'yard-e000003-s0001.owr.index',
  ])
})

test('a segment that cannot start is reported once and tried again later', async () => {
  const champion = await open({}, 1e9, 1)
  runTicks(champion, 3)
  // Another process has begun the next file.
  const taken = champion.path.replace('s0001', 's0002')
  writeFileSync(taken, 'taken')
  for (let i = 0; i < 50; i++) {
    champion.rollIfDue()
    runTicks(champion, 1)
  }
  expect(notes.filter((note) => note.includes('s0002'))).toHaveLength(1)
  rmSync(taken)
  runTicks(champion, 600)
  champion.rollIfDue()
  expect(champion.path).toBe(taken)
  await champion.close()
  free(champion.realm)
})

test('recordings that cannot be removed are reported, and the realm runs', async () => {
  for (let epoch = 1; epoch <= 3; epoch++) {
    const champion = await open()
    runTicks(champion, 3)
    await champion.close()
    free(champion.realm)
  }
  unlinkFails = true
  const champion = await open({}, 1)
  expect(notes.join('\n')).toContain('old recordings could not be removed')
  runTicks(champion, 3)
  await champion.close()
  free(champion.realm)
})

test('the limit is counted from the newest recording on', () => {
  const entry = (epoch: number, segment: number): RecordingEntry => ({
    realm: 'yard',
    epoch,
    segment,
    path: `${epoch}-${segment}`,
    bytes: 100,
    summary: null,
    unreadable: null,
  })
  const entries = [entry(5, 1), entry(4, 2), entry(4, 1), entry(3, 2), entry(3, 1), entry(2, 1)]
  expect(removable(entries, 5, 400).map(({ path }) => path)).toEqual(['2-1', '3-1'])
  expect(removable(entries, 5, 0).map(({ path }) => path)).toEqual(['2-1', '3-1', '3-2', '4-1'])
  expect(removable(entries, 5, 1e9)).toEqual([])
  // A server that runs for months has one epoch, so older segments are removed as well.
  const long = [entry(7, 4), entry(7, 3), entry(7, 2), entry(7, 1), entry(6, 9), entry(6, 8)]
  expect(removable(long, 7, 250).map(({ path }) => path)).toEqual(['6-8', '7-1', '7-2'])
})

test('a realm is restored from the archive before its recording starts, and again if the server ended before', async () => {
  const saved: SavedStart = {
    newestEpoch: 6,
    at: { realm: DEFAULT_DEFINITION.id, epoch: 5, tick: 99 },
    packages: [],
    elements: Array.from({ length: 300 }, (_, i) =>
      elementOf(i + 1, {
        spec: DEFAULT_DEFINITION.props[0]?.prop,
        position: { x: (i % 60) / 3 - 10, y: 3 + Math.floor(i / 60) / 8, z: -5 },
        rotation: { x: 0, y: 0, z: 0, w: 1 },
        scale: 1,
        owner: 9,
        access: 2,
      }),
    ),
  }
  const begin = (bringsBack: boolean): Promise<Champion> =>
    Champion.open({
      engine,
      note: (text) => {
        notes.push(text)
        if (!bringsBack && text.includes('there was no recording')) throw new Error('killed')
      },
      start: {
        definition: { ...DEFAULT_DEFINITION, elementsMax: 4_000 },
        recordings,
        keepBytes: 1e9,
        recordedBy: 'test',
        saved,
      },
    })
  await expect(begin(false)).rejects.toThrow('killed')
  expect(readdirSync(recordings)).toEqual([])

  const champion = await begin(true)
  expect(champion.epoch).toBe(7)
  expect(notes).toEqual(
    Array.from(
      { length: 2 },
      () => "there was no recording: 300 props were restored from the archive's save at tick 99 of epoch 5",
    ),
  )
  // As after kill -9: nothing more is written, and everything is there.
  const resumed = await resumeRecording(recordings, DEFAULT_DEFINITION.id, simulationOf(engine))
  if (resumed.status !== 'resumed') throw new Error(resumed.status)
  expect([resumed.realm.props.size, hash(resumed.realm)]).toEqual([300, hash(champion.realm)])
  await champion.close()
  free(champion.realm)
  free(resumed.realm)
})
