import { afterEach, beforeAll, expect, test } from 'vitest'
import { free, loadEngine, type Engine, type Realm, type RealmDefinition } from '../../../sim/index.ts'
import { RecordingFault } from '../../../storage/recordings/index.ts'
import { INPUTS_PER_FRAME_MAX } from '../../../server/limits.ts'
import { UndeliveredOutcomes } from '../../../server/realm/recorder/undelivered-outcomes.ts'
import { StageClient, RealmStage, walk } from '../../harness/server-stage.ts'

let engine: Engine

beforeAll(async () => {
  engine = await loadEngine()
})

const realms = new Set<Realm>()

afterEach(() => {
  for (const realm of realms) free(realm)
  realms.clear()
})

function stageOf(
  changes: Partial<RealmDefinition> = {},
  from?: ConstructorParameters<typeof RealmStage>[2],
): RealmStage {
  const stage = new RealmStage(engine, changes, from)
  realms.add(stage.realm)
  return stage
}

test('INP-2: commands of a burst are acknowledged once the log has them, and all are carried out', async () => {
  const stage = stageOf()
  const ada = new StageClient(stage, 1, 1)
  await ada.play(300)
  const count = 3 * INPUTS_PER_FRAME_MAX
  for (let i = 0; i < count; i++) ada.session.command({ type: 'release', hand: 0 })
  ada.exchange()
  const recorded = (): number =>
    stage.frames.flatMap(({ inputs }) => inputs).filter(({ command }) => command.type === 'release').length
  const seen: number[] = []
  for (let tick = 0; tick < 6; tick++) {
    await stage.pass(1_000 / 60)
    ada.take()
    seen.push(recorded())
    expect(count - ada.session.unacknowledged).toBeLessThanOrEqual(recorded())
  }
  expect(seen).toContain(INPUTS_PER_FRAME_MAX)
  await ada.play(300)
  expect(ada.session.unacknowledged).toBe(0)
  expect(ada.messages.filter(({ type }) => type === 'commandRejected')).toHaveLength(count)
})

test('a tick that cannot be written waits with its inputs, and nothing of it is sent', async () => {
  const stage = stageOf()
  const ada = new StageClient(stage, 1, 1)
  await ada.play(500)
  const tick = stage.realm.tick
  const sampled = ada.snapshots
  stage.writeFault = new RecordingFault('no-space', '/disk', 'the disk is full')
  ada.session.command({ type: 'release', hand: 0 })
  await ada.play(6_000)
  expect(stage.realm.tick).toBe(tick)
  expect(ada.snapshots).toBe(sampled)
  expect(ada.session.isSilent(stage.nowMs)).toBe(false)
  // A kill now would lose the command, so its sender must not consider it safe.
  expect(ada.session.unacknowledged).toBe(1)
  stage.writeFault = null
  await ada.play(200)
  expect(ada.session.unacknowledged).toBe(0)
  expect(stage.realm.tick).toBeGreaterThan(tick)
  expect(stage.frames.map((frame) => frame.tick)).toEqual(Array.from({ length: stage.realm.tick }, (_, i) => i + 1))
  expect(ada.last('commandRejected')?.reason).toBe('hand-empty')
  expect(stage.posted.filter(({ type }) => type === 'note')).toEqual([
    expect.objectContaining({ text: expect.stringContaining('does not tick') }),
    expect.objectContaining({ text: expect.stringContaining('ticks on') }),
  ])
})

test('a tick that is stepped is not sent until its hash is written', async () => {
  const stage = stageOf()
  const ada = new StageClient(stage, 1, 1)
  await ada.play(500)
  const { tick } = stage.realm
  stage.hashFault = new RecordingFault('no-space', '/disk', 'the disk is full')
  ada.session.command({ type: 'release', hand: 0 })
  await ada.play(1_500)
  expect(stage.realm.tick).toBe(tick + 1)
  expect(stage.status).toMatchObject({ tick, stateHash: stage.hashes.get(tick) })
  expect(ada.last('commandRejected')).toBeUndefined()
  stage.hashFault = null
  await ada.play(200)
  expect(ada.messages.filter(({ type }) => type === 'commandRejected')).toHaveLength(1)
  expect(stage.frames.map((frame) => frame.tick)).toEqual(Array.from({ length: stage.realm.tick }, (_, i) => i + 1))
})

test('another fault of the log ends the realm', async () => {
  const stage = stageOf()
  stage.writeFault = new RecordingFault('io', '/disk', 'the disk reported an error')
  await stage.pass(100)
  await expect(stage.end()).rejects.toThrow('the disk reported an error')
})

test('slow steps are counted and logged, and no tick is skipped', async () => {
  const stage = stageOf()
  await stage.pass(1_000)
  stage.workMs = 40
  await stage.pass(4_000)
  stage.workMs = 0
  await stage.pass(6_000)
  expect(stage.status?.overruns).toBeGreaterThan(50)
  expect(stage.status?.delayedMs).toBeGreaterThan(1_000)
  expect(stage.status?.tickMsP99).toBeGreaterThanOrEqual(40)
  expect(stage.frames.map(({ tick }) => tick)).toEqual(Array.from({ length: stage.realm.tick }, (_, i) => i + 1))
  expect(stage.posted.find(({ type }) => type === 'note')).toMatchObject({
    isWarning: true,
    text: expect.stringMatching(/^overloaded: \d+ of \d+ ticks took longer than 16\.7 ms/),
  })
})

test('SES-5: after a crash a session continues from the log, and no command is carried out twice', async () => {
  const stage = stageOf()
  const ada = new StageClient(stage, 1, 1)
  await ada.play(300)
  ada.session.latest(walk)
  ada.session.command({ type: 'release', hand: 0 })
  ada.exchange()
  await stage.pass(50)
  // The acknowledgement is lost with the server; the realm and its log remain.
  const sequence = stage.log.sequences.all.get(1)?.ackCommand ?? 0
  const undelivered = new UndeliveredOutcomes()
  undelivered.record(stage.realm.tick, [
    { type: 'rejected', player: 1, sequence, command: 'release', reason: 'hand-empty' },
  ])
  const after = stageOf({}, { realm: stage.realm, sequences: stage.log.sequences, undelivered })
  await after.pass(600)
  const stood = after.realm.players.get(1)?.position.z ?? 0
  await after.pass(1_000)
  expect(after.realm.players.get(1)?.position.z).toBeCloseTo(stood, 3)
  const returned = new StageClient(after, 5, 1, ada.session)
  await returned.play(300)
  expect(returned.last('welcome')).toMatchObject({ resumed: true, avatar: ada.last('welcome')?.avatar })
  expect(ada.session.unacknowledged).toBe(0)
  const releases = [...stage.frames, ...after.frames]
    .flatMap(({ inputs }) => inputs)
    .filter(({ command }) => command.type === 'release')
  expect(releases).toHaveLength(1)
  expect(returned.messages.filter(({ type }) => type === 'commandRejected')).toEqual([
    expect.objectContaining({ sequence, reason: 'hand-empty' }),
  ])
  ada.session.command({ type: 'release', hand: 1 })
  await returned.play(300)
  expect(returned.last('commandRejected')?.reason).toBe('hand-empty')
})
