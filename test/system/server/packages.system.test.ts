/** Packages in a realm's worker: which inputs wait for them, in which order they continue, and what the sender gets. */
import { afterEach, beforeAll, expect, test } from 'vitest'
import { PACKAGE_WAIT_MS_MAX, WANTED_BURST_MAX } from '../../../server/limits.ts'
import {
  avatars,
  DEFAULT_BODY,
  free,
  loadEngine,
  props,
  type Command,
  type Engine,
  type PackagePhysics,
  type PropSpec,
  type Realm,
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

const IDENTITY = { x: 0, y: 0, z: 0, w: 1 }
const CUP: PropSpec = {
  name: 'cup',
  motion: 'dynamic',
  colliders: [{ shape: { type: 'sphere', radius: 0.125 }, position: { x: 0, y: 0, z: 0 }, rotation: IDENTITY }],
  density: 200,
  friction: 0.5,
  restitution: 0,
  color: 0xffffff,
}
const OBJECT: PackagePhysics = { kind: 'object', prop: CUP }
const AVATAR: PackagePhysics = { kind: 'avatar', body: DEFAULT_BODY }
const [CUP_HASH, BODY_HASH] = ['c0'.repeat(32), 'ad'.repeat(32)] as const
const hashOf = (i: number): string => i.toString(16).padStart(64, '0')
const spawn = (prop: string): Command => ({
  type: 'spawn',
  prop,
  position: { x: 0, y: 1, z: 3 },
  rotation: IDENTITY,
  scale: 1,
  access: 0,
  owner: 0,
})
const wear = (body: string): Command => ({ type: 'wear', player: 0, body })

async function meeting(...players: number[]): Promise<{ readonly stage: RealmStage; readonly guests: StageClient[] }> {
  const stage = new RealmStage(engine, { props: [] })
  realms.add(stage.realm)
  const guests = players.map((player, i) => new StageClient(stage, i + 1, player))
  await playAll(stage, guests, 500)
  stage.posted.length = 0
  return { stage, guests }
}

async function alone(): Promise<{ readonly stage: RealmStage; readonly ada: StageClient }> {
  const {
    stage,
    guests: [ada],
  } = await meeting(7)
  if (!ada) throw new Error('nobody came')
  return { stage, ada }
}

const commandsOf = (stage: RealmStage, player: number): Command[] =>
  stage.frames.flatMap(({ inputs }) => inputs.filter((input) => input.player === player).map(({ command }) => command))
const answersOf = (guest: StageClient) =>
  guest.messages.filter((message) => message.type === 'commandDone' || message.type === 'commandRejected')

test('INP-13: a command that names a package waits until the realm has it, and so do later inputs of the player', async () => {
  const { stage, ada } = await alone()
  ada.session.command(spawn(CUP_HASH))
  ada.session.command({ type: 'release', hand: 0 })
  ada.session.latest(walk)
  await ada.play(500)
  expect(stage.packageRequests()).toEqual([
    { type: 'package-request', hash: CUP_HASH, player: 7, uid: expect.any(String) as string },
  ])
  expect(commandsOf(stage, 7)).toEqual([])
  expect(answersOf(ada)).toEqual([])
  stage.answer(7, CUP_HASH, { ok: true, physics: OBJECT })
  await ada.play(200)
  const frame = stage.frames.find(({ inputs }) => inputs.some(({ command }) => command.type === 'package'))
  expect(frame?.inputs.map(({ player, command }) => [player, command.type])).toEqual([
    [0, 'package'],
    [7, 'spawn'],
    [7, 'release'],
    [7, 'move'],
  ])
  expect(answersOf(ada).map(({ type }) => type)).toEqual(['commandDone', 'commandRejected'])
  expect(props(stage.realm)[0]).toMatchObject({ package: CUP_HASH, owner: 7 })
  expect(ada.last('propAdded')).toMatchObject({
    package: CUP_HASH,
    owner: 7,
    prop: { name: 'cup', colliders: [{ shape: { type: 'box', halfExtents: { x: 0.125 } } }] },
  })
})

test('INP-13: other players continue, known packages are not requested again, and grants are cached for a while', async () => {
  const { stage, guests } = await meeting(7, 8)
  const [ada, bob] = guests
  ada?.session.command(spawn(CUP_HASH))
  bob?.session.command({ type: 'release', hand: 0 })
  await playAll(stage, guests, 200)
  expect(commandsOf(stage, 8).map(({ type }) => type)).toEqual(['release'])
  stage.answer(7, CUP_HASH, { ok: true, physics: OBJECT })
  await playAll(stage, guests, 200)
  stage.packageRequests()
  for (let i = 0; i < 3; i++) ada?.session.command(spawn(CUP_HASH))
  bob?.session.command(spawn(CUP_HASH))
  await playAll(stage, guests, 200)
  expect(stage.packageRequests().map(({ player }) => player)).toEqual([8])
  stage.answer(8, CUP_HASH, { ok: false, reason: 'not-permitted' })
  await playAll(stage, guests, 200)
  expect(props(stage.realm)).toHaveLength(4)
  expect(commandsOf(stage, 0).filter(({ type }) => type === 'package')).toHaveLength(1)
  expect(bob?.last('commandRejected')).toMatchObject({ reason: 'not-permitted' })
})

test('INP-13: without an answer the command is rejected after two seconds, and later inputs are carried out', async () => {
  const { stage, ada } = await alone()
  ada.session.command(wear(BODY_HASH))
  ada.session.command(spawn(CUP_HASH))
  await ada.play(PACKAGE_WAIT_MS_MAX - 200)
  expect(answersOf(ada)).toEqual([])
  await ada.play(400)
  expect(answersOf(ada)).toEqual([expect.objectContaining({ type: 'commandRejected', reason: 'unknown-package' })])
  // The late answer is ignored; the next request is answered in time.
  stage.answer(7, BODY_HASH, { ok: true, physics: AVATAR })
  stage.answer(7, CUP_HASH, { ok: true, physics: OBJECT })
  await ada.play(200)
  expect(answersOf(ada)).toHaveLength(2)
  expect(props(stage.realm)).toHaveLength(1)
  expect(avatars(stage.realm)[0]?.package).toBeNull()
})

test('INP-14, MSG-4: everyone gets the package that a player wears, also later players', async () => {
  const { stage, guests } = await meeting(7, 8)
  const [ada, bob] = guests
  ada?.session.command(wear(BODY_HASH))
  await playAll(stage, guests, 200)
  stage.answer(7, BODY_HASH, { ok: true, physics: AVATAR })
  await playAll(stage, guests, 200)
  expect(ada?.last('commandDone')).toMatchObject({ element: ada?.last('welcome')?.avatar })
  expect(bob?.last('avatarChanged')).toMatchObject({
    element: ada?.last('welcome')?.avatar,
    body: 0,
    package: BODY_HASH,
  })
  const eve = new StageClient(stage, 3, 9)
  await playAll(stage, [...guests, eve], 300)
  expect(eve.messages.filter(({ type }) => type === 'avatarAdded')).toContainEqual(
    expect.objectContaining({ player: 7, user: 7, package: BODY_HASH }),
  )
})

test("INP-10: the archive's and the realm's reasons of a rejection reach the sender", async () => {
  const { stage, ada } = await alone()
  const ask = async (hash: string, answer: Parameters<RealmStage['answer']>[2]): Promise<string | undefined> => {
    ada.session.command(spawn(hash))
    await ada.play(200)
    stage.answer(7, hash, answer)
    await ada.play(200)
    return ada.last('commandRejected')?.reason
  }
  const huge = Array.from({ length: 30_000 }, (_, i) => (i % 3 === 0 ? i : (i * 7) % 11) / 1000)
  const mesh: PackagePhysics = {
    kind: 'object',
    prop: {
      ...CUP,
      motion: 'static',
      colliders: [
        {
          shape: {
            type: 'trimesh',
            vertices: huge,
            indices: Array.from({ length: 90_000 }, (_, i) => (i * 13) % 10_000),
          },
          position: { x: 0, y: 0, z: 0 },
          rotation: IDENTITY,
        },
      ],
    },
  }
  expect(await ask(hashOf(1), { ok: false, reason: 'unknown-package' })).toBe('unknown-package')
  expect(await ask(hashOf(2), { ok: false, reason: 'archive-away' })).toBe('archive-away')
  expect(await ask(hashOf(3), { ok: true, physics: mesh })).toBe('package-limit')
  expect(await ask(hashOf(4), { ok: true, physics: { kind: 'object', prop: { ...CUP, density: 0 } } })).toBe(
    'invalid-value',
  )
  expect(await ask(hashOf(5), { ok: true, physics: AVATAR })).toBe('wrong-kind')
})

test("LIM-1: a player's package requests are limited, and the rest of its inputs waits", async () => {
  const { stage, ada } = await alone()
  for (let i = 0; i < WANTED_BURST_MAX + 20; i++) ada.session.command(wear(hashOf(i)))
  let asked = 0
  for (let passed = 0; passed < 2_000; passed += 50) {
    await ada.play(50)
    for (const { hash } of stage.packageRequests()) {
      asked++
      stage.answer(7, hash, { ok: false, reason: 'unknown-package' })
    }
  }
  expect(asked).toBeGreaterThanOrEqual(WANTED_BURST_MAX)
  expect(asked).toBeLessThanOrEqual(WANTED_BURST_MAX + 15)
  expect(answersOf(ada)).toHaveLength(asked)
})

test('a player that leaves while it waits leaves nothing behind', async () => {
  const { stage, guests } = await meeting(7, 8)
  const [ada, bob] = guests
  ada?.session.command(spawn(CUP_HASH))
  await playAll(stage, guests, 200)
  ada?.session.goodbye('enough', stage.nowMs)
  await playAll(stage, guests, 200)
  stage.answer(7, CUP_HASH, { ok: true, physics: OBJECT })
  await playAll(stage, guests, 200)
  expect(props(stage.realm)).toEqual([])
  expect(bob?.goodbye).toBeNull()
})

test('INP-15: everyone gets the access byte', async () => {
  const { stage, guests } = await meeting(7, 8)
  const [ada, bob] = guests
  ada?.session.command({
    type: 'spawn',
    prop: CUP,
    position: { x: 0, y: 1, z: 3 },
    rotation: IDENTITY,
    scale: 1,
    access: 2,
    owner: 0,
  })
  await playAll(stage, guests, 200)
  const element = ada?.last('commandDone')?.element ?? 0
  expect(bob?.last('propAdded')).toMatchObject({ element, owner: 7, access: 2 })
  bob?.session.command({ type: 'grab', element, hand: 0 })
  await playAll(stage, guests, 200)
  ada?.session.command({ type: 'access', element, access: 0 })
  await playAll(stage, guests, 200)
  expect(bob?.last('commandRejected')).toMatchObject({ reason: 'not-permitted' })
  expect(bob?.last('propChanged')).toMatchObject({ element, access: 0 })
})
