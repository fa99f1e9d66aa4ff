import { afterEach, beforeAll, expect, test } from 'vitest'
import { encodeClientPacket, encodeInput, PROTOCOL_VERSION } from '../../../protocol/index.ts'
import { free, loadEngine, type Engine, type Realm, type RealmDefinition } from '../../../sim/index.ts'
import { RecordingFault } from '../../../storage/recordings/index.ts'
import { HELLO_MS_MAX } from '../../../server/limits.ts'
import { StageClient, hello, playAll, RealmStage } from '../../harness/server-stage.ts'

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

test.each([
  ['another version of the protocol', hello('render', PROTOCOL_VERSION + 1), 'the client is newer than this server'],
  ["lockstep with a player's token", hello('lockstep'), 'role "observer"'],
  ['a body that the realm does not have', hello('render', PROTOCOL_VERSION, 99), 'There is no body 99'],
])('SES-2, VER-1: %s is refused with a message, and nobody joins', async (_, bytes, words) => {
  const stage = stageOf()
  const guest = new StageClient(stage, 1, 1)
  stage.receive(1, bytes)
  await stage.pass(200)
  guest.take()
  expect(guest.goodbye).toContain(words)
  expect(stage.realm.players.size).toBe(0)
  expect(stage.frames.flatMap(({ inputs }) => inputs)).toEqual([])
})

test('SES-2: a full realm refuses a player, and admits the next when there is room', async () => {
  const stage = stageOf({ playersMax: 1 })
  const ada = new StageClient(stage, 1, 1)
  await ada.play(300)
  const bob = new StageClient(stage, 2, 2)
  await playAll(stage, [ada, bob], 300)
  expect(bob.goodbye).toBe('The realm is full: 1 player is in it. Try again later.')
  ada.session.goodbye('bye', stage.nowMs)
  await ada.play(200)
  const cid = new StageClient(stage, 3, 3)
  await cid.play(300)
  expect(cid.last('welcome')).toBeDefined()
})

test('while the disk is almost full nobody new is admitted, and players continue', async () => {
  const stage = stageOf()
  const ada = new StageClient(stage, 1, 1)
  await ada.play(300)
  stage.isSpaceLow = true
  const bob = new StageClient(stage, 2, 2)
  await playAll(stage, [ada, bob], 300)
  expect(bob.goodbye).toContain('disk is almost full')
  ada.reconnect(3)
  await ada.play(300)
  expect(ada.last('welcome')).toMatchObject({ resumed: true })
})

test('while the realm does not tick nobody new is admitted', async () => {
  const stage = stageOf()
  await stage.pass(100)
  stage.writeFault = new RecordingFault('no-space', '/disk', 'the disk is full')
  await stage.pass(100)
  const bob = new StageClient(stage, 2, 2)
  await bob.play(300)
  expect(bob.goodbye).toContain('disk is almost full')
  stage.writeFault = null
  await bob.play(300)
  expect(stage.realm.players.size).toBe(0)
})

test('SES-1: inputs before the Welcome end the session and are dropped', async () => {
  const stage = stageOf()
  const ada = new StageClient(stage, 1, 1)
  await ada.play(300)
  stage.put({ type: 'closed', link: 1, reason: 'gone' })
  stage.open(2, 1)
  const release = encodeInput({ player: 0, sequence: 9, command: { type: 'release', hand: 0 } })
  stage.receive(
    2,
    encodeClientPacket(
      { packet: 1, ackPacket: 0, ackBits: 0, ackMessage: 0, clientTimeMs: 0, control: null },
      [release],
      [],
    ),
  )
  await stage.pass(1_500)
  expect(stage.closes.get(2)).toBe('Inputs were sent before the Welcome.')
  expect(stage.frames.flatMap(({ inputs }) => inputs).filter(({ command }) => command.type === 'release')).toEqual([])
})

test('SES-1: a link without packets is closed and takes no place', async () => {
  const stage = stageOf()
  stage.open(1, 1)
  stage.open(2, 2, 'observer')
  await stage.pass(HELLO_MS_MAX + 200)
  expect([...stage.closes.keys()].toSorted()).toEqual([1, 2])
})
