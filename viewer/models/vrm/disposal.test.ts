/** Counts what a VRM holds on the graphics processor, and what is freed. */
import { MToonMaterial } from '@pixiv/three-vrm'
import { Mesh, SkinnedMesh, Texture, type BufferGeometry, type Material, type Object3D } from 'three'
import { expect, test, vi } from 'vitest'
import { DEFAULT_BODY } from '../../../sim/index.ts'
import { solveSkeleton } from '../../../sim/avatar/skeleton.ts'
import type { PackageJoint } from '../../../packages/manifest.ts'
import type { PackageInfo } from '../../api/package-info.ts'
import { poseOf, STANDING } from '../../render/gait.ts'
import type { PosedAvatar } from '../../render/posed-avatars.ts'
import type { ShownAvatar } from '../../app/world.ts'
import { Library } from '../library.ts'
import { ModelView } from '../model-view.ts'
import { modelOf, parseModel, type Model } from '../model.ts'
import { texturesOf } from '../textures.ts'
import { presetOf, robotWithTail, type VrmJson } from './robot.fixture.ts'

type Resource = BufferGeometry | Material | Texture

/** Node decodes no images, so the model gets a texture in each material after it is read. */
async function texturedRobot(): Promise<Model> {
  const { scene, animations, vrm } = await parseModel(
    robotWithTail({ withoutTextures: true, change: smile }).buffer,
    'avatar',
  )
  const maps = new Map<string, Texture>()
  scene.traverse((node) => {
    for (const material of [(node as Mesh).material ?? []].flat()) {
      if (!(material instanceof MToonMaterial)) continue
      // A surface and its outline share their texture.
      const name = material.name.replace(' (Outline)', '')
      material.map = maps.get(name) ?? new Texture()
      maps.set(name, material.map)
    }
  })
  return { ...modelOf(scene, animations), vrm }
}

/** All that a renderer would upload to draw the object. */
function resourcesOf(object: Object3D): ReadonlySet<Resource> {
  const found = new Set<Resource>()
  object.traverse((node) => {
    if (!(node instanceof Mesh)) return
    const { geometry, material } = node as Mesh
    found.add(geometry)
    for (const each of [material].flat()) for (const one of [each, ...texturesOf(each)]) found.add(one)
    if (node instanceof SkinnedMesh && node.skeleton.boneTexture) found.add(node.skeleton.boneTexture)
  })
  return found
}

/** Counts how often each resource is freed from now on. */
function watch(resources: Iterable<Resource>): ReadonlyMap<Resource, number> {
  const counts = new Map<Resource, number>()
  for (const resource of resources) {
    counts.set(resource, 0)
    const count = (): void => void counts.set(resource, (counts.get(resource) ?? 0) + 1)
    ;(resource as Texture).addEventListener('dispose', count)
  }
  return counts
}

/** A smile that colours one material of each figure, and moves the texture of another. */
function smile(json: VrmJson): void {
  presetOf(json)['neutral'] = {
    materialColorBinds: [{ material: 0, type: 'color', targetValue: [1, 0, 0, 1] }],
    textureTransformBinds: [{ material: 1, offset: [0.5, 0], scale: [1, 1] }],
  }
}

const SKELETON: readonly PackageJoint[] = [
  { humanoid: 'hips', joint: 'hips', parent: null, name: 'hips', rest: { x: 0, y: 0, z: 0, w: 1 } },
]
const file = (sha256: string): PackageInfo['models'][number] => ({
  sha256,
  bytes: 10,
  triangles: 12,
  metresMin: 0,
  link: { url: `/${sha256}`, expiresAtMs: 0 },
})
const infoOf = (hash: string): PackageInfo => ({
  hash,
  kind: 'avatar',
  name: 'Robot',
  bounds: { min: { x: -0.5, y: 0, z: -0.5 }, max: { x: 0.5, y: 1.5, z: 0.5 } },
  models: [file(hash)],
  skeleton: SKELETON,
  colliders: [],
  body: DEFAULT_BODY,
})
const wearing = (element: number, hash: string): PosedAvatar => ({
  avatar: { element, yaw: 0, package: hash, position: { x: element, y: 0, z: 3 } } as ShownAvatar,
  bones: solveSkeleton(
    DEFAULT_BODY,
    poseOf(DEFAULT_BODY, STANDING, { pitch: 0, turn: 0, reachFor: null, airborne: false, time: 0 }),
  ),
  speed: 0,
})

/** Draws avatars with the robot; `models` are those that were loaded. */
function stage(): { readonly models: Model[]; readonly view: ModelView; show(avatars: readonly PosedAvatar[]): void } {
  const models: Model[] = []
  const library = new Library({
    api: { package: (hash) => Promise.resolve(infoOf(hash)) },
    bytes: { fetch: () => Promise.resolve(new ArrayBuffer(0)) },
    parse: texturedRobot,
    prepare: (model) => Promise.resolve(void models.push(model)),
  })
  const view = new ModelView(library)
  let nowMs = 0
  const show = (avatars: readonly PosedAvatar[]): void => {
    nowMs += 100
    view.draw([], avatars, {
      eye: { x: 0, y: 1, z: 0 },
      nowMs,
      seconds: 0.1,
      pointed: null,
      hidden: null,
      budget: { trianglesMax: 1e6, metresMax: 50 },
      still: true,
    })
  }
  return { models, view, show }
}

async function shown(avatars: readonly PosedAvatar[], { show, view }: ReturnType<typeof stage>): Promise<void> {
  await vi.waitFor(
    () => {
      show(avatars)
      for (const { avatar } of avatars) expect(view.vrmOf(avatar.element)).not.toBeNull()
    },
    { timeout: 60_000 },
  )
}

/** Resources of single figures. Those of the model are shared. */
const ownOf = (view: ModelView, models: readonly Model[]): readonly Resource[] => {
  const shared = new Set(models.flatMap(({ scene }) => [...resourcesOf(scene)]))
  return [...resourcesOf(view.group)].filter((each) => !shared.has(each))
}

test('a model frees each geometry, material and texture of its VRM once', async () => {
  const model = await texturedRobot()
  const resources = resourcesOf(model.scene)
  const kinds = (is: (one: Resource) => boolean): number => [...resources].filter(is).length
  expect(kinds((one) => 'isTexture' in one)).toBe(3)
  expect(kinds((one) => 'isMaterial' in one)).toBe(6)
  const freed = watch(resources)
  model.dispose()
  expect([...freed.values()].every((count) => count === 1)).toBe(true)
})

test('when an avatar leaves, its own materials and textures are freed, and those of its model stay', async () => {
  const world = stage()
  const [one, other] = [wearing(1, 'a'), wearing(2, 'a')]
  await shown([one, other], world)
  const own = ownOf(world.view, world.models)
  // Each figure has its own copies of the two materials that its smile changes, and of the texture that it moves.
  expect(own.filter((each) => 'isMaterial' in each)).toHaveLength(4)
  expect(own.filter((each) => 'isTexture' in each)).toHaveLength(2)
  const shared = watch(world.models.flatMap(({ scene }) => [...resourcesOf(scene)]))
  const freed = watch(own)
  world.show([other])
  expect([...freed.values()].filter((count) => count === 1)).toHaveLength(own.length / 2)
  world.show([])
  expect([...freed.values()].every((count) => count === 1)).toBe(true)
  expect([...shared.values()].every((count) => count === 0)).toBe(true)
  expect(resourcesOf(world.view.group).size).toBe(0)
})

test('when an avatar changes its model, what the old figure had of its own is freed', async () => {
  const world = stage()
  await shown([wearing(1, 'a')], world)
  const before = ownOf(world.view, world.models)
  const freed = watch(before)
  await vi.waitFor(
    () => {
      world.show([wearing(1, 'b')])
      expect(ownOf(world.view, world.models).some((each) => before.includes(each))).toBe(false)
      expect(world.view.vrmOf(1)).not.toBeNull()
    },
    { timeout: 60_000 },
  )
  expect(before.length).toBeGreaterThan(0)
  expect([...freed.values()].every((count) => count === 1)).toBe(true)
})
