/** The tutorial about your own controller, followed literally. A second player sees what it does. */
import { afterEach, expect, test, vi } from 'vitest'
import type { RenderClient } from '../../../netcode/index.ts'
import { Access, DEFAULT_DEFINITION, type PropSpec } from '../../../sim/index.ts'
import { cleanup, joined, serveHere } from '../../harness/server-harness.ts'
import { Game, projectOf } from './tutorial-project.ts'

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
