import { afterEach, beforeAll, expect, test } from 'vitest'
import { RESUME_MS_MAX, SILENCE_MS_MAX } from '../../../netcode/session/index.ts'
import {
  DEFAULT_DEFINITION,
  free,
  loadEngine,
  type Engine,
  type PropSpec,
  type Realm,
  type RealmDefinition,
} from '../../../sim/index.ts'
import { StageClient, playAll, RealmStage, walk } from '../../harness/server-stage.ts'

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

test('SES-3, MSG-6: a player says hello, gets the Welcome with the world, walks, and gets the outcomes of its commands', async () => {
  const stage = stageOf()
  const ada = new StageClient(stage, 1, 7)
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

test('MSG-4: other players get joins, holds and leaves', async () => {
  const stage = stageOf()
  const ada = new StageClient(stage, 1, 1)
  const bob = new StageClient(stage, 2, 2)
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

test('INP-8: a prop that slips from a hand is reported to everyone, and is not the outcome of a command', async () => {
  const stage = stageOf()
  const ada = new StageClient(stage, 1, 1)
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

test('SES-5, SES-6: after silence the avatar stands and waits, and a player who returns in time gets it back', async () => {
  const stage = stageOf()
  const ada = new StageClient(stage, 1, 1)
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

test('SES-5: a player who does not return within 30 seconds leaves', async () => {
  const stage = stageOf()
  const ada = new StageClient(stage, 1, 1)
  await ada.play(300)
  stage.put({ type: 'closed', link: 1, reason: 'gone' })
  await stage.pass(RESUME_MS_MAX - 500)
  expect(stage.realm.players.size).toBe(1)
  await stage.pass(1_000)
  expect(stage.realm.players.size).toBe(0)
  expect(stage.frames.flatMap(({ inputs }) => inputs).at(-1)?.command).toEqual({ type: 'leave', player: 1 })
})

/** Spawns a ball at the player's avatar and grabs it. Returns the ball's element. */
async function grabBall(stage: RealmStage, player: StageClient): Promise<number> {
  const position = stage.realm.players.get(player.player)?.position ?? { x: 0, y: 0, z: 0 }
  const rotation = { x: 0, y: 0, z: 0, w: 1 }
  player.session.command({ type: 'spawn', prop: BALL, position, rotation, scale: 1, access: 0, owner: 0 })
  await player.play(200)
  const element = player.last('commandDone')?.element ?? 0
  player.session.command({ type: 'grab', element, hand: 2 })
  await player.play(200)
  return element
}

test('SES-5: a lost player keeps the prop in its hand until it returns', async () => {
  const stage = stageOf()
  const ada = new StageClient(stage, 1, 1)
  const bob = new StageClient(stage, 2, 2)
  await playAll(stage, [ada, bob], 300)
  const element = await grabBall(stage, ada)
  stage.put({ type: 'closed', link: 1, reason: 'gone' })
  await bob.play(RESUME_MS_MAX - 5_000)
  bob.session.command({ type: 'grab', element, hand: 2 })
  await bob.play(200)
  expect(bob.last('commandRejected')).toMatchObject({ reason: 'held-by-another' })

  ada.reconnect(3)
  await playAll(stage, [ada, bob], 300)
  expect(ada.messages.findLast((message) => message.type === 'propAdded' && message.element === element)).toMatchObject(
    {
      holder: 1,
    },
  )
})

test('SES-5: a prop in the hand of a player who does not return is released', async () => {
  const stage = stageOf()
  const ada = new StageClient(stage, 1, 1)
  const bob = new StageClient(stage, 2, 2)
  await playAll(stage, [ada, bob], 300)
  const element = await grabBall(stage, ada)
  stage.put({ type: 'closed', link: 1, reason: 'gone' })
  await bob.play(RESUME_MS_MAX + 1_000)
  expect(bob.last('propChanged')).toMatchObject({ element, holder: 0 })
})

test('LIM-1, PKT-8: only a faulty client ends, with the reason', async () => {
  const stage = stageOf()
  const ada = new StageClient(stage, 1, 1)
  const eve = new StageClient(stage, 2, 2)
  await playAll(stage, [ada, eve], 300)
  stage.receive(2, Uint8Array.of(0xff, 0xff, 0xff))
  await playAll(stage, [ada, eve], 300)
  expect(eve.goodbye).toContain('not valid')
  await playAll(stage, [ada], 1_500)
  expect(stage.closes.get(2)).toContain('not valid')
  expect([...stage.realm.players.keys()]).toEqual([1])
  expect(ada.goodbye).toBeNull()
})

test('SES-8: the newer of two links of a session continues, and the older gets the reason', async () => {
  const stage = stageOf()
  const ada = new StageClient(stage, 1, 1)
  await ada.play(300)
  const again = new StageClient(stage, 2, 1)
  await playAll(stage, [again], 300)
  ada.take()
  expect(ada.goodbye).toBe('This session continues on another connection.')
  expect(stage.closes.get(1)).toBeUndefined()
  await again.play(1_000)
  expect(stage.closes.get(1)).toBe('This session continues on another connection.')
  expect(again.last('welcome')?.avatar).toBe(ada.last('welcome')?.avatar)
  stage.put({ type: 'closed', link: 1, reason: 'late news of the old link' })
  await again.play(300)
  again.session.latest(walk)
  const z = stage.realm.players.get(1)?.position.z ?? 0
  await again.play(500)
  expect(z - (stage.realm.players.get(1)?.position.z ?? 0)).toBeGreaterThan(0.3)
})

test('SES-7: a stopping realm says goodbye, keeps all avatars, and closes its log', async () => {
  const stage = stageOf()
  const ada = new StageClient(stage, 1, 1)
  await ada.play(300)
  stage.stop('The server stops.')
  await ada.play(300)
  await stage.end()
  expect(ada.goodbye).toBe('The server stops.')
  expect(stage.closed).toBe(true)
  expect(stage.realm.players.size).toBe(1)
})
