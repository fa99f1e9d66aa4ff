import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, beforeEach, expect, test } from 'vitest'
import { temporaryDirectory } from '../../../test/harness/cleanup.ts'
import { CHECKPOINT_EVERY_TICKS, readRecording, simulationOf, verify, type Recording } from '../../../replay/index.ts'
import {
  checkpoint,
  DEFAULT_DEFINITION,
  free,
  hash,
  loadEngine,
  step,
  type Command,
  type Engine,
} from '../../../sim/index.ts'
import { Champion } from './recorder.ts'

let engine: Engine
let recordings = ''
let notes: string[] = []
beforeAll(async () => {
  engine = await loadEngine()
})
beforeEach(() => {
  recordings = temporaryDirectory()
  notes = []
})

interface Limits {
  readonly checkpointBytesMax?: number
  readonly segmentBytesMax?: number
}

const open = (limits: Limits = {}): Promise<Champion> =>
  Champion.open({
    engine,
    ...limits,
    start: { definition: DEFAULT_DEFINITION, recordings, keepBytes: 1e9, recordedBy: 'test' },
    note: (text) => notes.push(text),
  })

function run(champion: Champion, ticks: number, command?: Command): void {
  const { realm } = champion
  for (let i = 0; i < ticks; i++) {
    const tick = realm.tick + 1
    step(realm, champion.frame({ tick, inputs: i === 0 && command ? [{ player: 4, sequence: tick, command }] : [] }))
    champion.hash(tick, hash(realm))
    if (champion.checkpointDue(tick)) champion.checkpoint(tick, checkpoint(realm))
    champion.rollIfDue()
  }
}

function join4(champion: Champion): void {
  const { realm } = champion
  const tick = realm.tick + 1
  step(
    realm,
    champion.frame({
      tick,
      inputs: [
        { player: 0, sequence: 1, command: { type: 'join', player: 4, user: 4, name: 'Ada', body: 0, permissions: 7 } },
      ],
    }),
  )
  champion.hash(tick, hash(realm))
}

async function recordingsOf(): Promise<readonly Recording[]> {
  return Promise.all(
    readdirSync(recordings)
      .toSorted()
      .map(async (name) => {
        const read = readRecording(readFileSync(join(recordings, name)))
        if (!read.ok) throw read.error
        const verified = await verify(read.value, simulationOf(engine))
        if (!verified.ok) throw verified.error
        expect(verified.value.firstDivergence).toBeNull()
        return read.value
      }),
  )
}

const end = async (champion: Champion): Promise<void> => {
  await champion.close()
  free(champion.realm)
}

test('a state that is too large for a checkpoint is reported once, and the realm continues without one', async () => {
  const champion = await open({ checkpointBytesMax: 1_000 })
  run(champion, 2 * CHECKPOINT_EVERY_TICKS + 5)
  expect(champion.space().checkpoints).toMatchObject({
    tick: 0,
    skipped: 2,
    warning: expect.stringContaining('none was written since tick 0; remove props'),
  })
  expect(notes.filter((note) => note.includes('of a checkpoint'))).toHaveLength(1)
  const stateHash = hash(champion.realm)
  await end(champion)
  const [recording] = await recordingsOf()
  expect([recording?.truncated, recording?.checkpoints.length, recording?.lastTick]).toEqual([
    false,
    0,
    2 * CHECKPOINT_EVERY_TICKS + 5,
  ])

  const next = await open()
  expect([next.realm.tick, hash(next.realm)]).toEqual([2 * CHECKPOINT_EVERY_TICKS + 5, stateHash])
  await end(next)
})

test('a segment grows past its size while the state is too large, and the next starts when it fits', async () => {
  const champion = await open()
  const small = checkpoint(champion.realm).length
  await end(champion)
  rmSync(recordings, { recursive: true })

  const limited = await open({ checkpointBytesMax: small - 50, segmentBytesMax: 2_000 })
  run(limited, 700)
  expect(limited.path).toContain('s0001')
  expect(limited.space().checkpoints.warning).not.toBeNull()
  const everything = [...limited.realm.props.keys()]
  step(
    limited.realm,
    limited.frame({
      tick: 701,
      inputs: everything.map((element, i) => ({ player: 0, sequence: i + 1, command: { type: 'despawn', element } })),
    }),
  )
  limited.hash(701, hash(limited.realm))
  run(limited, 700)
  expect(limited.path).toContain('s0002')
  expect(limited.space().checkpoints.warning).toBeNull()
  expect(notes.join('\n')).toContain('fits into a checkpoint again')
  await end(limited)
  const [one, two] = await recordingsOf()
  expect(two?.startTick).toBe(one?.lastTick)
})

test('a recording of a state that is too large starts with the last checkpoint that fits and repeats the frames since', async () => {
  const first = await open()
  join4(first)
  run(first, CHECKPOINT_EVERY_TICKS + 30)
  run(first, 20, { type: 'release', hand: 1 })
  // As after kill -9.
  const stateHash = hash(first.realm)
  const size = checkpoint(first.realm).length
  const { tick } = first.realm

  const second = await open({ checkpointBytesMax: size - 1 })
  expect([second.realm.tick, hash(second.realm)]).toEqual([tick, stateHash])
  expect(notes.join('\n')).toContain('begins with that of tick 0')
  run(second, 20, { type: 'release', hand: 1 })
  const answers = second.undelivered.of(4)
  expect(answers).toHaveLength(1)
  const after = hash(second.realm)
  await end(second)
  const found = (await recordingsOf()).at(-1)
  expect([found?.startTick, found?.lastTick, found?.header.epoch, found?.checkpoints.length]).toEqual([
    0,
    tick + 20,
    2,
    0,
  ])

  const third = await open()
  expect([third.realm.tick, hash(third.realm)]).toEqual([tick + 20, after])
  expect([...third.sequences.all]).toEqual([[4, { sequence: tick + 1, ackCommand: tick + 1 }]])
  // Both are sent: the replay produced them again.
  expect(third.undelivered.of(4)).toEqual([answers[0], { ...answers[0], sequence: tick + 1, tick: tick + 1 }])
  await end(third)
  await end(first)
})
