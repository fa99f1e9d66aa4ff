/**
 * The tutorials about playing, followed literally: your own controller, a custom avatar, a shared room. A second player
 * sees what each does.
 */
import { cpSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, test, vi } from 'vitest'
import type { RenderClient } from '../../../netcode/index.ts'
import { Access, DEFAULT_DEFINITION, type PropSpec } from '../../../sim/index.ts'
import { cleanup, joined, serveHere, temporaryDirectory } from '../../harness/server-harness.ts'
import { grantRole, UploadUser } from '../../harness/upload-user.ts'
import { ROOT } from './page-files.ts'
import { Game, projectOf, uploadFigure } from './tutorial-project.ts'

// Godot's editor imports each project on a busy machine.
vi.setConfig({ testTimeout: 900_000 })

const clean = cleanup()
afterEach(() => clean.all())

type Avatar = ReturnType<RenderClient['sample']>['avatars'][number]
type Prop = ReturnType<RenderClient['sample']>['props'][number]

const avatarAt = (client: RenderClient, name: string): Avatar | undefined =>
  client.sample().avatars.find((avatar) => avatar.name === name)
const propAt = (client: RenderClient, label: string): Prop | undefined =>
  client.sample().props.find(({ spec }) => spec.name === label)

/** A cube with a name. */
const cube = (name: string): PropSpec => ({
  ...(DEFAULT_DEFINITION.props.find(({ prop }) => prop.name === 'crate')?.prop ?? expect.fail('no crate')),
  name,
})

const accessOf = (drag: number, scale: number, despawn: number): number => drag | (scale << 2) | (despawn << 4)
const OWNER_ONLY = accessOf(Access.owner, Access.owner, Access.owner)
const speedOf = ({ velocity }: Avatar): number => Math.hypot(velocity.x, velocity.z)
const reasonOf = async (outcome: ReturnType<RenderClient['grab']>): Promise<string> => {
  const result = await outcome
  return result.ok ? 'ok' : result.reason
}

/** A realm in which everyone arrives within a metre, so that all props are in reach. */
const NEAR = { definition: { ...DEFAULT_DEFINITION, spawn: { ...DEFAULT_DEFINITION.spawn, radius: 1 } } }

test('your own controller walks, runs, jumps, and carries the nearest prop that it may, with the camera above', async () => {
  const { url } = await serveHere(clean, NEAR)
  const bob = await joined(clean, url, 'Bob')
  const game = new Game(clean, projectOf(clean, 'tutorials/controller.md', 'controller.tscn', url))
  const ada = (): Avatar => avatarAt(bob, 'Ada') ?? expect.fail('Ada is not there')
  await game.until('Bob sees Ada', () => avatarAt(bob, 'Ada'), 400_000)
  const start = ada().position
  game.step('press Right')
  await game.until('Ada has walked to the right', () => ada().position.x > start.x + 1.5)
  expect(Math.sin(ada().yaw)).toBeCloseTo(-1, 3)
  expect(Math.abs(ada().position.z - start.z)).toBeLessThan(0.3)
  game.step('press Shift')
  await game.until('Ada runs', () => ada().velocity.x > 3)
  game.step('release Shift', 'release Right')
  await game.until('Ada stops', () => speedOf(ada()) < 0.05)
  game.step('press Space')
  await game.until('Ada jumps', () => !ada().grounded)
  game.step('release Space', 'camera')
  await game.shows(/^camera: \(0\.00, 9\.00, 6\.00\) from the avatar$/m)

  const { x, z } = ada().position
  const addCube = async (name: string, metres: number, access: number): Promise<void> => {
    const place = { position: { x: x + metres, y: 0.3, z: z + 1 }, access }
    expect(await bob.spawn(cube(name), place)).toMatchObject({ ok: true })
  }
  await addCube('locked', 0.6, OWNER_ONLY)
  await addCube('free', 1.2, 0)
  await game.until('the cubes have fallen', () => propAt(bob, 'free')?.asleep)
  game.step('press E', 'release E')
  await game.until('Ada holds the free cube', () => propAt(bob, 'free')?.holder === ada().player)
  expect(propAt(bob, 'locked')?.holder).toBe(0)
  game.step('press Up')
  await game.until('Ada has carried it away', () => (propAt(bob, 'free')?.position.z ?? z) < z - 1.5)
  game.step('press E', 'release E')
  await game.until('Ada has put it down', () => propAt(bob, 'free')?.holder === 0)
  expect(speedOf(ada())).toBeGreaterThan(1)
  game.step('pause')
  await game.until('a paused game stops Ada', () => speedOf(ada()) < 0.05)
  await game.end()
})

test('a custom avatar follows its wearer if the server knows its bones, and everyone may wear it', async () => {
  const { url } = await serveHere(clean)
  const robot = await uploadFigure(url)
  const bob = await joined(clean, url, 'Bob')
  const game = new Game(clean, projectOf(clean, 'tutorials/avatar.md', 'avatar.tscn', url))
  const worn = (): string => avatarAt(bob, 'Ada')?.package ?? ''
  const folder = temporaryDirectory(clean)
  const model = join(folder, 'CesiumMan.GLB')
  writeFileSync(join(folder, 'CesiumMan.json'), '{ "frames": [1, 2] }')
  cpSync(join(ROOT, 'fixtures/assets/avatars/CesiumMan.glb'), model)
  await game.shows(/^shown: Avatars item: Robot$/m, 400_000)

  game.step(`drop ${model}`)
  await game.shows(/You wear CesiumMan, 1\.\d\d m high\. It plays its own animations\.[^]*NO_HUMANOID/, 300_000)
  await game.until('Bob sees Ada in it', () => worn() !== '')
  const still = worn()
  await game.shows(new RegExp(`^shown: Ada as ${still} at level 0$`, 'm'))
  game.step('nod Skeleton_neck_joint_2')
  const [, unmoved] = await game.shows(/^nodded: \w+ by (\d+) degrees$/m)
  expect(Number(unmoved)).toBeLessThan(5)

  cpSync(join(ROOT, 'fixtures/assets/humanoid/CesiumMan.json'), join(folder, 'CesiumMan.humanoid.json'))
  game.step(`drop ${model}`)
  await game.shows(/You wear CesiumMan, 1\.\d\d m high\. It follows your head and hands\./, 300_000)
  await game.until('Bob sees Ada in the other package', () => worn() !== still)
  const moving = worn()
  await game.shows(new RegExp(`^shown: Ada as ${moving} at level 0$`, 'm'))
  game.step('nod Skeleton_neck_joint_2')
  const [, moved] = await game.shows(/^nodded: .*\n[^]*^nodded: \w+ by (\d+) degrees$/m)
  expect(Number(moved)).toBeGreaterThan(20)

  expect(await bob.wear(moving)).toMatchObject({ ok: true })
  game.step('select Avatars Robot')
  await game.until('Ada wears the robot', () => worn() === robot)
  await game.end()
})

test('in a shared room, owner, access and roles decide who may drag, scale and remove a prop', async () => {
  const server = await serveHere(clean, NEAR)
  const user = await UploadUser.at(server.url, 'Bob')
  const bob = await user.join(clean)
  const game = new Game(clean, projectOf(clean, 'tutorials/room.md', 'room.tscn', server.url))
  await game.shows(/^shown: Message: Press 5 for a cup\.$/m, 500_000)
  game.step('click Furnish')
  const elementOf = (label: string): Promise<number> =>
    game.until(`Bob sees the ${label}`, () => propAt(bob, label)?.element)
  const [toy, table, lamp] = [await elementOf('toy'), await elementOf('table'), await elementOf('lamp')]
  await game.shows(/^shown: Props item: lamp of Ada: drag, scale, despawn$/m)
  const before = {
    toy: accessOf(Access.everyone, Access.everyone, Access.everyone),
    table: accessOf(Access.everyone, Access.owner, Access.owner),
    lamp: accessOf(Access.ownerAndManagers, Access.ownerAndManagers, Access.ownerAndManagers),
  }
  game.step('button Lock')
  for (const label of Object.keys(before))
    await game.until(`Ada has locked the ${label}`, () => propAt(bob, label)?.access === OWNER_ONLY)
  game.step('button Lock')
  for (const [label, access] of Object.entries(before))
    await game.until(`the ${label} has its access again`, () => propAt(bob, label)?.access === access)
  game.step('press Space')
  await game.until('the keyboard moves Ada after a click on a button', () => avatarAt(bob, 'Ada')?.grounded === false)
  game.step('release Space')
  const grabs = async (element: number): Promise<string> => {
    const reason = await reasonOf(bob.grab(element, 2))
    if (reason === 'ok') await bob.release(2)
    return reason
  }
  const rightsOn = async (element: number): Promise<readonly string[]> => [
    await grabs(element),
    await reasonOf(bob.scale(element, 1.1)),
    await reasonOf(bob.despawn(element)),
  ]
  expect(await rightsOn(toy)).toEqual(['ok', 'ok', 'ok'])
  expect(await rightsOn(table)).toEqual(['ok', 'not-permitted', 'not-permitted'])
  expect(await rightsOn(lamp)).toEqual(['not-permitted', 'not-permitted', 'not-permitted'])
  await grantRole(server, user.uid, 'builder')
  await game.until('Bob may drag the lamp', async () => (await grabs(lamp)) === 'ok')
  expect(await rightsOn(table)).toEqual(['ok', 'not-permitted', 'not-permitted'])
  expect(await rightsOn(lamp)).toEqual(['ok', 'ok', 'ok'])

  game.step('press 5', 'release 5')
  const cup = await game.until('Bob sees a cup', () => bob.sample().props.find((prop) => prop.package !== null))
  expect(cup).toMatchObject({
    owner: avatarAt(bob, 'Ada')?.user,
    access: accessOf(Access.everyone, Access.owner, Access.owner),
  })
  expect(await bob.spawn(cup.package ?? '', { position: cup.position })).toMatchObject({ ok: true })

  game.step('button Lock')
  await game.until('Ada has locked the table', () => propAt(bob, 'table')?.access === OWNER_ONLY)
  expect(await grabs(table)).toBe('not-permitted')

  const builders = accessOf(Access.ownerAndManagers, Access.ownerAndManagers, Access.owner)
  await bob.spawn(cube('box'), { position: cup.position, access: builders })
  await game.shows(/^shown: Props item: box of Bob: look$/m)
  const [, uid = ''] = await game.shows(/^shown: Role: (\S+) \(guest\)$/m)
  await grantRole(server, uid, 'builder')
  await game.shows(/^shown: Role: \S+ \(manager\)$/m)
  await game.shows(/^shown: Props item: box of Bob: drag, scale$/m)

  game.step('button Clear')
  await game.until("Ada's props are gone", () =>
    bob.sample().props.every(({ owner }) => owner === 0 || owner === user.user),
  )
  expect(propAt(bob, 'box')).toBeDefined()
  await bob.close('went home')
  await game.shows(/^shown: Props item: box of somebody who left: drag, scale$/m)
  await game.end()
})
