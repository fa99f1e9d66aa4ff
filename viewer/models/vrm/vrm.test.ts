import { MToonMaterial } from '@pixiv/three-vrm'
import { BoxGeometry, Group, Mesh, MeshStandardMaterial, Object3D, SkinnedMesh, Texture } from 'three'
import { expect, test } from 'vitest'
import { solveSkeleton } from '../../../sim/avatar/skeleton.ts'
import { yawRotation } from '../../../sim/maths/maths.ts'
import { DEFAULT_BODY } from '../../../sim/index.ts'
import { BONES, type Bone } from '../../../sim/types.ts'
import type { PackageJoint } from '../../../packages/manifest.ts'
import { poseOf, STANDING } from '../../render/gait.ts'
import type { PosedAvatar } from '../../render/posed-avatars.ts'
import type { ShownAvatar } from '../../app/world.ts'
import { Figure } from '../figure.ts'
import { modelOf, parseModel, type Model } from '../model.ts'
import { presetOf, robotWithTail, TAIL, type RobotOptions } from './robot.fixture.ts'

const FRAME = { seconds: 1 / 60, nowMs: 2_000, still: false }

/** The skeleton as a manifest has it, with the nodes of the file as it is. */
const SKELETON: readonly PackageJoint[] = (
  [
    ['hips', 'hips', null],
    ['spine', 'spine', 'hips'],
    ['chest', 'chest', 'spine'],
    ['neck', 'neck', 'chest'],
    ['head', 'head', 'neck'],
  ] as const
).map(([humanoid, joint, parent]) => ({ humanoid, joint, parent, name: joint, rest: { x: 0, y: 1, z: 0, w: 0 } }))

const parse = (options: RobotOptions = {}): Promise<Model> =>
  parseModel(robotWithTail({ withoutTextures: true, ...options }).buffer, 'avatar')

const figureOf = (model: Model): Figure => new Figure(model, SKELETON)

function standing(turned: Partial<Record<Bone, number>> = {}): PosedAvatar {
  const still = { pitch: 0, turn: 0, reachFor: null, airborne: false, time: 0 }
  const bones = solveSkeleton(DEFAULT_BODY, poseOf(DEFAULT_BODY, STANDING, still)).map((bone, i) => {
    const angle = turned[BONES[i] ?? 'hips']
    return angle === undefined ? bone : { ...bone, rotation: yawRotation(angle) }
  })
  return { avatar: { element: 1, yaw: 0 } as ShownAvatar, bones, speed: 0 }
}

/** Draws frames while the figure moves sideways at a speed, m/s. */
function play(figure: Figure, frames: number, speed: number, posed = standing()): void {
  for (let i = 0; i < frames; i++) {
    figure.group.position.x += speed * FRAME.seconds
    figure.pose(posed.bones)
    figure.move(posed, FRAME)
    figure.group.updateMatrixWorld()
  }
}

const nodeOf = (figure: Figure, name: string): Object3D =>
  figure.group.getObjectByName(name) ?? expect.fail(`there is no node ${name}`)
const swingOf = (figure: Figure): number => figure.motion?.swing ?? expect.fail('the figure has no motion')

test('a VRM has toon materials with outlines, and a plain reader of the same file has none', async () => {
  const model = await parse()
  expect(model.vrm?.toonMaterials).toBe(6)
  expect(model.materials.every(({ type }) => type === 'ShaderMaterial')).toBe(true)
  const plain = await parseModel(robotWithTail({ withoutTextures: true }).buffer, 'object')
  expect(plain.vrm).toBeNull()
  expect(plain.materials.every((material) => material instanceof MeshStandardMaterial)).toBe(true)
})

test('a VRM says who made it', async () => {
  expect((await parse()).vrm?.credit).toEqual({
    title: 'VRM Animation Debug Robot',
    authors: ['@saturday06'],
    copyright: '2025 @saturday06',
    licences: ['https://vrm.dev/licenses/1.0/'],
  })
})

test('springs trail behind a figure that moves, and come to rest when it stands', async () => {
  const figure = figureOf(await parse())
  expect(figure.motion?.springJoints).toBe(TAIL.length - 1)
  play(figure, 240, 0)
  const hanging = nodeOf(figure, 'tail0').quaternion.clone()
  play(figure, 60, 4)
  expect(nodeOf(figure, 'tail0').quaternion.angleTo(hanging)).toBeGreaterThan(0.2)
  play(figure, 240, 0)
  expect(nodeOf(figure, 'tail0').quaternion.angleTo(hanging)).toBeLessThan(0.02)
})

test('two figures of one model swing apart, and the model itself stays at rest', async () => {
  const model = await parse()
  const [one, other] = [figureOf(model), figureOf(model)]
  play(one, 60, 4)
  play(other, 60, 0)
  expect(swingOf(one) - swingOf(other)).toBeGreaterThan(0.1)
  expect(model.scene.getObjectByName('tail0')?.quaternion.angleTo(new Object3D().quaternion)).toBe(0)
})

test('springs are at rest after a pause and after a teleport', async () => {
  const figure = figureOf(await parse())
  play(figure, 60, 4)
  figure.motion?.pause()
  expect(swingOf(figure)).toBe(0)
  play(figure, 60, 4)
  const swinging = swingOf(figure)
  figure.group.position.z += 30
  play(figure, 1, 0)
  expect(swingOf(figure)).toBeLessThan(swinging / 4)
})

test('a spring on a bone of the pose leaves the bone to the pose', async () => {
  const figure = figureOf(
    await parse({
      change: ({ extensions }) =>
        Object.assign(extensions['VRMC_springBone'] ?? {}, {
          springs: [{ joints: [{ node: 7 }, { node: 5 }, { node: 77 }] }],
        }),
    }),
  )
  const plain = figureOf(await parseModel(robotWithTail({ withoutTextures: true }).buffer, 'object'))
  const posed = standing({ head: 0.4 })
  play(figure, 60, 4, posed)
  play(plain, 60, 4, posed)
  expect(figure.motion?.springJoints).toBe(0)
  expect(nodeOf(figure, 'head').quaternion.angleTo(nodeOf(plain, 'head').quaternion)).toBeLessThan(1e-4)
})

test('eyes keep their direction while the head turns, and then follow it', async () => {
  const figure = figureOf(await parse())
  play(figure, 30, 0)
  const ahead = nodeOf(figure, 'eyeL').quaternion.clone()
  play(figure, 1, 0, standing({ head: 0.5 }))
  const turned = nodeOf(figure, 'eyeL').quaternion.angleTo(ahead)
  expect(turned).toBeGreaterThan(0.02)
  play(figure, 120, 0, standing({ head: 0.5 }))
  expect(nodeOf(figure, 'eyeL').quaternion.angleTo(ahead)).toBeLessThan(0.001)
})

test('eyes follow a head over several frames also on a computer that draws one in a second', async () => {
  const figure = figureOf(await parse())
  play(figure, 30, 0)
  const turned = standing({ head: 0.5 })
  const offsets = Array.from({ length: 3 }, () => {
    figure.pose(turned.bones)
    figure.move(turned, { ...FRAME, seconds: 1 })
    return Math.abs(figure.motion?.eyesLeft ?? 0)
  })
  expect(offsets[0]).toBeGreaterThan(10)
  expect(offsets[2]).toBeGreaterThan(1)
  expect(offsets[2]).toBeLessThan(offsets[1] ?? 0)
})

test('a constraint turns its node with its source', async () => {
  const figure = figureOf(
    await parse({
      change: ({ nodes }) => {
        const link = nodes.find(({ name }) => name === 'link 0') ?? {}
        link['extensions'] = {
          VRMC_node_constraint: { specVersion: '1.0', constraint: { rotation: { source: 5 } } },
        }
      },
    }),
  )
  play(figure, 1, 0)
  const before = nodeOf(figure, 'link_0').quaternion.clone()
  play(figure, 1, 0, standing({ head: 0.5 }))
  expect(nodeOf(figure, 'link_0').quaternion.angleTo(before)).toBeGreaterThan(0.3)
})

test('an expression that changes a material changes that of its own figure', async () => {
  const red = [1, 0, 0, 1]
  const model = await parse({
    change: (json) => {
      presetOf(json)['neutral'] = { materialColorBinds: [{ material: 0, type: 'color', targetValue: red }] }
    },
  })
  const figure = figureOf(model)
  play(figure, 1, 0)
  const colors = new Set<string>()
  figure.group.traverse((node) => {
    for (const material of [(node as Mesh).material ?? []].flat()) colors.add(JSON.stringify(material))
  })
  expect(figure.motion).not.toBeNull()
  expect(JSON.stringify([...colors])).toContain('16711680')
  expect(JSON.stringify(model.materials)).not.toContain('16711680')
  figure.dispose()
})

test('an expression changes a material once, however many meshes have it', async () => {
  const [r, g, b] = [0.5, 0.25, 0.125]
  const figure = figureOf(
    await parse({
      change: (json) => {
        presetOf(json)['neutral'] = {
          materialColorBinds: [{ material: 0, type: 'shadeColor', targetValue: [r, g, b, 1] }],
        }
      },
    }),
  )
  play(figure, 2, 0)
  const shades = new Set<string>()
  figure.group.traverse((node) => {
    const { material } = node as Mesh
    const [surface] = [material ?? []].flat()
    if (surface instanceof MToonMaterial)
      shades.add(
        surface.shadeColorFactor
          .toArray()
          .map((each) => each.toFixed(3))
          .join(),
      )
  })
  expect([...shades]).toContain('0.500,0.250,0.125')
  expect(shades.size).toBe(2)
})

test('the textures of a toon material are counted and freed with its model', () => {
  const [map, shade] = [new Texture(), new Texture()]
  const disposed: Texture[] = []
  for (const texture of [map, shade]) texture.addEventListener('dispose', ({ target }) => disposed.push(target))
  const material = new MToonMaterial({ map, shadeMultiplyTexture: shade })
  const model = modelOf(new Group().add(new Mesh(new BoxGeometry(), material)), [])
  expect(model.textures).toEqual([map, shade])
  model.dispose()
  expect(disposed).toEqual([map, shade])
})

const springsWith = (springs: unknown): RobotOptions => ({
  change: ({ extensions }) => void Object.assign(extensions['VRMC_springBone'] ?? {}, { springs }),
})
const HOSTILE: Readonly<Record<string, RobotOptions>> = {
  'a joint that is no node': springsWith([{ joints: [{ node: 77 }, { node: 4_000_000 }] }]),
  'a joint by a text': springsWith([{ joints: [{ node: '__proto__' }, { node: 77 }] }]),
  'a node that is its own tail': springsWith([{ joints: [{ node: 78 }, { node: 78 }] }]),
  'a centre below its joint': springsWith([{ center: 79, joints: [{ node: 77 }, { node: 78 }] }]),
  'a hundred thousand springs': springsWith(
    Array.from({ length: 1e5 }, () => ({ joints: [{ node: 77 }, { node: 78 }] })),
  ),
  'forces beyond all numbers': springsWith([
    { joints: [77, 78].map((node) => ({ node, stiffness: 1e308, gravityPower: 1e308, gravityDir: [1e308, 0, 0] })) },
  ]),
  'springs that are no list': springsWith({ length: 5 }),
  'constraints in a circle': {
    change: ({ nodes }) => {
      const on = (source: number): unknown => ({
        VRMC_node_constraint: { specVersion: '1.0', constraint: { rotation: { source } } },
      })
      Object.assign(nodes[77] ?? {}, { extensions: on(79) })
      Object.assign(nodes[79] ?? {}, { extensions: on(77) })
    },
  },
  'an expression on a node without a mesh': {
    change: (json) => {
      presetOf(json)['blink'] = { morphTargetBinds: [{ node: 75, index: 3 }, { node: 9e9, index: 0 }, null] }
    },
  },
  'a humanoid without bones': {
    change: ({ extensions }) => Object.assign(extensions['VRMC_vrm'] ?? {}, { humanoid: null }),
  },
  'toon materials of nonsense': {
    change: ({ materials }) => {
      for (const material of materials)
        material['extensions'] = {
          VRMC_materials_mtoon: {
            specVersion: '1.0',
            shadeColorFactor: 'pink',
            outlineWidthFactor: 1e30,
            outlineWidthMode: 'worldCoordinates',
            renderQueueOffsetNumber: 1e9,
            matcapTexture: { index: 12 },
          },
        }
    },
  },
}

test('a VRM that the library cannot read is drawn as plain glTF, and the model says why', async () => {
  const model = await parse(HOSTILE['a humanoid without bones'])
  expect(model).toMatchObject({ vrm: null, problem: expect.stringMatching(/VRM data cannot be read.*hips/) })
})

test.each(Object.entries(HOSTILE))('%s: the figure is drawn, and every joint has a rotation', async (_, options) => {
  const figure = figureOf(await parse(options))
  play(figure, 20, 4)
  expect(figure.motion?.springJoints ?? 0).toBeLessThanOrEqual(512)
  figure.group.traverse(({ matrixWorld }) => expect(matrixWorld.elements.every(Number.isFinite)).toBe(true))
  figure.group.traverse((node) => expect(node).not.toBeInstanceOf(SkinnedMesh))
  figure.dispose()
})
