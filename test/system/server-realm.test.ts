import { afterEach, beforeAll, expect, test } from 'vitest'
import { RESUME_MS_MAX, SILENCE_MS_MAX } from '../../netcode/session/index.ts'
import { encodeClientPacket, encodeInput, PROTOCOL_VERSION } from '../../protocol/index.ts'
import {
  DEFAULT_DEFINITION,
  free,
  loadEngine,
  type Engine,
  type PropSpec,
  type Realm,
  type RealmDefinition,
} from '../../sim/index.ts'
import { RecordingFault } from '../../storage/recordings/index.ts'
import { HELLO_MS_MAX, INPUTS_PER_FRAME_MAX } from '../../server/limits.ts'
import { UndeliveredOutcomes } from '../../server/recorder/undelivered-outcomes.ts'
import { Guest, hello, playAll, Stage, walk } from '../harness/server-stage.ts'

let engine: Engine
beforeAll(async () => {
  engine = await loadEngine()
})

const realms = new Set<Realm>()
afterEach(() => {
  for (const realm of realms) free(realm)
  realms.clear()
})

function stageOf(changes: Partial<RealmDefinition> = {}, from?: ConstructorParameters<typeof Stage>[2]): Stage {
  const stage = new Stage(engine, changes, from)
  realms.add(stage.realm)
  return stage
}

const BALL: PropSpec = {
  name: 'ball',
  motion: 'dynamic',
  density: 100,
  friction: 0.5,
  restitution: 0.5,
  color: 0xff0000,
  colliders: [
    { shape: { type: 'sphere', radius: 0.25 }, position: { x: 0, y: 0, z: 0 }, rotation: { x: 0, y: 0, z: 0, w: 1 } },
  ],
}
test('SES-3, MSG-6: a player says hello, is welcomed with the world, walks, and hears what became of its commands', async () => {
  const stage = stageOf()
  const ada = new Guest(stage, 1, 7)
  await ada.play(500)
  const avatar = stage.realm.players.get(7)
  expect(ada.last('welcome')).toMatchObject({
    player: 7,
    avatar: avatar?.id,
    realm: 'yard',
    tickRate: 60,
    resumed: false,
  })
  expect(ada.messages.filter(({ type }) => type === 'propAdded')).toHaveLength(DEFAULT_DEFINITION.props.length)
  expect(ada.last('avatarAdded')).toMatchObject({ player: 7, name: 'Player 7' })
  expect(ada.snapshots).toBeGreaterThan(5)

  const before = avatar?.position.z ?? 0
  ada.session.latest(walk)
  const grab = ada.session.command({ type: 'grab', element: 9_999, hand: 2 })
  const spawn = ada.session.command({ type: 'despawn', element: 8_888 })
  await ada.play(1_000)
  expect(before - (stage.realm.players.get(7)?.position.z ?? 0)).toBeGreaterThan(0.8)
  expect(grab.ok && spawn.ok).toBe(true)
  expect(ada.messages.filter(({ type }) => type === 'commandRejected')).toEqual([
    expect.objectContaining({ reason: 'unknown-element' }),
    expect.objectContaining({ reason: 'unknown-element' }),
  ])
  expect(ada.last('hashSample')?.hash).toBe(stage.hashes.get(ada.last('hashSample')?.tick ?? 0))
})

test('MSG-4: others are told of who comes, what is held, and who leaves', async () => {
  const stage = stageOf()
  const ada = new Guest(stage, 1, 1)
  const bob = new Guest(stage, 2, 2)
  await playAll(stage, [ada, bob], 500)
  expect(ada.messages).toContainEqual(expect.objectContaining({ type: 'avatarAdded', player: 2 }))
  const position = stage.realm.players.get(2)?.position ?? { x: 0, y: 0, z: 0 }
  expect(
    bob.session.command({
      type: 'spawn',
      prop: BALL,
      position,
      rotation: { x: 0, y: 0, z: 0, w: 1 },
      scale: 1,
      access: 0,
      owner: 0,
    }).ok,
  ).toBe(true)
  await playAll(stage, [ada, bob], 200)
  const element = bob.last('commandDone')?.element ?? 0
  expect(ada.last('propAdded')).toMatchObject({ element, owner: 2 })
  bob.session.command({ type: 'grab', element, hand: 2 })
  await playAll(stage, [ada, bob], 200)
  expect(ada.last('propChanged')).toEqual({ type: 'propChanged', element, scale: 1, holder: 2, access: 0 })
  bob.session.goodbye('had enough', stage.nowMs)
  await playAll(stage, [ada, bob], 200)
  expect(ada.last('elementRemoved')?.element).toBe(bob.last('welcome')?.avatar)
  expect(ada.last('propChanged')).toMatchObject({ element, holder: 0 })
  expect(stage.closes.get(2)).toBe('had enough')
})

test('INP-8: a thing that slips from a hand is told to all, and is no outcome of a command', async () => {
  const stage = stageOf()
  const ada = new Guest(stage, 1, 1)
  await ada.play(300)
  ada.session.command({
    type: 'spawn',
    prop: BALL,
    position: stage.realm.players.get(1)?.position ?? { x: 0, y: 0, z: 0 },
    rotation: { x: 0, y: 0, z: 0, w: 1 },
    scale: 1,
    access: 0,
    owner: 0,
  })
  await ada.play(200)
  const element = ada.last('commandDone')?.element ?? 0
  ada.session.command({ type: 'grab', element, hand: 2 })
  ada.session.latest({ ...walk, run: true })
  await ada.play(5_000)
  expect(ada.messages.filter(({ type }) => type === 'propChanged')).toEqual([
    { type: 'propChanged', element, scale: 1, holder: 1, access: 0 },
    { type: 'propChanged', element, scale: 1, holder: 0, access: 0 },
  ])
  expect(ada.messages.filter(({ type }) => type === 'commandDone')).toHaveLength(2)
})

test('SES-5, SES-6: silence ends a connection, the avatar stands and waits, and comes back to who returns in time', async () => {
  const stage = stageOf()
  const ada = new Guest(stage, 1, 1)
  await ada.play(300)
  ada.session.latest({ ...walk, run: true })
  await ada.play(300)
  await stage.pass(SILENCE_MS_MAX + 300)
  expect(stage.closes.has(1)).toBe(true)
  await stage.pass(1_000)
  const stood = stage.realm.players.get(1)?.position
  await stage.pass(RESUME_MS_MAX - 5_000)
  expect(stage.realm.players.get(1)?.position).toEqual(stood)

  const { avatar } = ada.last('welcome') ?? {}
  ada.reconnect(2)
  await ada.play(300)
  expect(ada.last('welcome')).toMatchObject({ avatar, resumed: true })
  expect(ada.messages.filter(({ type }) => type === 'welcome')).toHaveLength(2)
})

test('SES-5: who does not return within 30 seconds leaves', async () => {
  const stage = stageOf()
  const ada = new Guest(stage, 1, 1)
  await ada.play(300)
  stage.put({ type: 'closed', link: 1, reason: 'gone' })
  await stage.pass(RESUME_MS_MAX - 500)
  expect(stage.realm.players.size).toBe(1)
  await stage.pass(1_000)
  expect(stage.realm.players.size).toBe(0)
  expect(stage.frames.flatMap(({ inputs }) => inputs).at(-1)?.command).toEqual({ type: 'leave', player: 1 })
})

test('LIM-1, PKT-8: a faulty client is told why and ends alone', async () => {
  const stage = stageOf()
  const ada = new Guest(stage, 1, 1)
  const eve = new Guest(stage, 2, 2)
  await playAll(stage, [ada, eve], 300)
  stage.receive(2, Uint8Array.of(0xff, 0xff, 0xff))
  await playAll(stage, [ada, eve], 300)
  expect(eve.goodbye).toContain('not valid')
  await playAll(stage, [ada], 1_500)
  expect(stage.closes.get(2)).toContain('not valid')
  expect([...stage.realm.players.keys()]).toEqual([1])
  expect(ada.goodbye).toBeNull()
})

test.each([
  ['another version of the protocol', hello('render', PROTOCOL_VERSION + 1), 'the client is newer than this server'],
  ["lockstep with a player's token", hello('lockstep'), 'role "observer"'],
  ['a body that the realm does not have', hello('render', PROTOCOL_VERSION, 99), 'There is no body 99'],
])('SES-2, VER-1: %s is refused in words, and nobody joins', async (_, bytes, words) => {
  const stage = stageOf()
  const guest = new Guest(stage, 1, 1)
  stage.receive(1, bytes)
  await stage.pass(200)
  guest.take()
  expect(guest.goodbye).toContain(words)
  expect(stage.realm.players.size).toBe(0)
  expect(stage.frames.flatMap(({ inputs }) => inputs)).toEqual([])
})

test('SES-2: a full realm says so, and lets the next one in when there is room', async () => {
  const stage = stageOf({ playersMax: 1 })
  const ada = new Guest(stage, 1, 1)
  await ada.play(300)
  const bob = new Guest(stage, 2, 2)
  await playAll(stage, [ada, bob], 300)
  expect(bob.goodbye).toBe('The realm is full: 1 players are in it. Try again later.')
  ada.session.goodbye('bye', stage.nowMs)
  await ada.play(200)
  const cid = new Guest(stage, 3, 3)
  await cid.play(300)
  expect(cid.last('welcome')).toBeDefined()
})

test('nobody new is let in while the disk is almost full; who plays goes on', async () => {
  const stage = stageOf()
  const ada = new Guest(stage, 1, 1)
  await ada.play(300)
  stage.isSpaceLow = true
  const bob = new Guest(stage, 2, 2)
  await playAll(stage, [ada, bob], 300)
  expect(bob.goodbye).toContain('disk is almost full')
  ada.reconnect(3)
  await ada.play(300)
  expect(ada.last('welcome')).toMatchObject({ resumed: true })
})

test('while the realm stands still nobody new is let in', async () => {
  const stage = stageOf()
  await stage.pass(100)
  stage.writeFault = new RecordingFault('no-space', '/disk', 'the disk is full')
  await stage.pass(100)
  const bob = new Guest(stage, 2, 2)
  await bob.play(300)
  expect(bob.goodbye).toContain('disk is almost full')
  stage.writeFault = null
  await bob.play(300)
  expect(stage.realm.players.size).toBe(0)
})

test('INP-2: a burst of commands is acknowledged only as far as the log has it, and all of it is carried out', async () => {
  const stage = stageOf()
  const ada = new Guest(stage, 1, 1)
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

test('SES-1: who sends inputs before the Welcome ends, and nothing of them is kept', async () => {
  const stage = stageOf()
  const ada = new Guest(stage, 1, 1)
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

test('a tick that cannot be written waits with its inputs, and nothing of it is sent', async () => {
  const stage = stageOf()
  const ada = new Guest(stage, 1, 1)
  await ada.play(500)
  const tick = stage.realm.tick
  const sampled = ada.snapshots
  stage.writeFault = new RecordingFault('no-space', '/disk', 'the disk is full')
  ada.session.command({ type: 'release', hand: 0 })
  await ada.play(6_000)
  expect(stage.realm.tick).toBe(tick)
  expect(ada.snapshots).toBe(sampled)
  expect(ada.session.isSilent(stage.nowMs)).toBe(false)
  // A kill now would lose the command: its sender must not believe that it is safe.
  expect(ada.session.unacknowledged).toBe(1)
  stage.writeFault = null
  await ada.play(200)
  expect(ada.session.unacknowledged).toBe(0)
  expect(stage.realm.tick).toBeGreaterThan(tick)
  expect(stage.frames.map((frame) => frame.tick)).toEqual(Array.from({ length: stage.realm.tick }, (_, i) => i + 1))
  expect(ada.last('commandRejected')?.reason).toBe('hand-empty')
  expect(stage.posted.filter(({ type }) => type === 'note')).toEqual([
    expect.objectContaining({ text: expect.stringContaining('stands still') }),
    expect.objectContaining({ text: expect.stringContaining('ticks on') }),
  ])
})

test('a tick that is stepped, but whose hash cannot be written, is not told of until it is', async () => {
  const stage = stageOf()
  const ada = new Guest(stage, 1, 1)
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

test('SES-8: the newer of two links of a session goes on, the older is told', async () => {
  const stage = stageOf()
  const ada = new Guest(stage, 1, 1)
  await ada.play(300)
  const again = new Guest(stage, 2, 1)
  await playAll(stage, [again], 300)
  ada.take()
  expect(ada.goodbye).toBe('This session goes on at another connection.')
  expect(stage.closes.get(1)).toBeUndefined()
  await again.play(1_000)
  expect(stage.closes.get(1)).toBe('This session goes on at another connection.')
  expect(again.last('welcome')?.avatar).toBe(ada.last('welcome')?.avatar)
  stage.put({ type: 'closed', link: 1, reason: 'late news of the old link' })
  await again.play(300)
  again.session.latest(walk)
  const z = stage.realm.players.get(1)?.position.z ?? 0
  await again.play(500)
  expect(z - (stage.realm.players.get(1)?.position.z ?? 0)).toBeGreaterThan(0.3)
})

test('SES-1: a link that never speaks is closed and takes no place', async () => {
  const stage = stageOf()
  stage.open(1, 1)
  stage.open(2, 2, 'observer')
  await stage.pass(HELLO_MS_MAX + 200)
  expect([...stage.closes.keys()].toSorted()).toEqual([1, 2])
})

test('SES-7: told to stop, the realm says goodbye, lets no avatar leave, and closes its log', async () => {
  const stage = stageOf()
  const ada = new Guest(stage, 1, 1)
  await ada.play(300)
  stage.stop('The server stops.')
  await ada.play(300)
  await stage.end()
  expect(ada.goodbye).toBe('The server stops.')
  expect(stage.closed).toBe(true)
  expect(stage.realm.players.size).toBe(1)
})

test('slow steps are counted, told to the operator, and no tick is skipped', async () => {
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
    text: expect.stringMatching(/^overloaded: \d+ of \d+ ticks took longer than 16\.7 ms/),
  })
})

test('SES-5: a session goes on over a crash where the log left it: no command is carried out twice', async () => {
  const stage = stageOf()
  const ada = new Guest(stage, 1, 1)
  await ada.play(300)
  ada.session.latest(walk)
  ada.session.command({ type: 'release', hand: 0 })
  ada.exchange()
  await stage.pass(50)
  // The acknowledgement is lost with the server; what is left is the realm and what its log holds.
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
  const returned = new Guest(after, 5, 1, ada.session)
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
