import { Document, type Material, type Mesh, type Node } from '@gltf-transform/core'
import { KHRMaterialsUnlit, KHRTextureTransform } from '@gltf-transform/extensions'
import { expect, test } from 'vitest'
import { encodePng, type Pixels } from '../pixels/png.ts'
import { drawn, PICTURE_SIDE, pictureOf } from './picture.ts'

const COLOURS = {
  right: [1, 0, 0],
  left: [0, 1, 1],
  top: [0, 1, 0],
  bottom: [1, 0, 1],
  front: [0, 0, 1],
  back: [1, 1, 0],
} as const
type Side = keyof typeof COLOURS
type Axes = readonly (readonly [x: number, y: number, z: number])[]

/** Normal, and the directions in which the corners of a side run: counter-clockwise from outside. */
const SIDES: Readonly<Record<Side, Axes>> = {
  right: [
    [1, 0, 0],
    [0, 0, -1],
    [0, 1, 0],
  ],
  left: [
    [-1, 0, 0],
    [0, 0, 1],
    [0, 1, 0],
  ],
  top: [
    [0, 1, 0],
    [1, 0, 0],
    [0, 0, -1],
  ],
  bottom: [
    [0, -1, 0],
    [1, 0, 0],
    [0, 0, 1],
  ],
  front: [
    [0, 0, 1],
    [1, 0, 0],
    [0, 1, 0],
  ],
  back: [
    [0, 0, -1],
    [-1, 0, 0],
    [0, 1, 0],
  ],
}
const QUAD = [
  [-1, -1],
  [1, -1],
  [1, 1],
  [-1, 1],
] as const

/** Places in the picture of a cube: of the middle of its front, right and top side, pixels. */
const FRONT = [66, 112] as const
const RIGHT = [148, 105] as const
const TOP = [96, 39] as const

interface Scene {
  readonly document: Document
  readonly material: Material
  readonly mesh: Mesh
  readonly node: Node
}

/** A cube of 1 m with a colour on each side and no light. The texture runs over each side once. */
function cube(): Scene {
  const document = new Document()
  const buffer = document.createBuffer()
  const data = (
    type: 'VEC2' | 'VEC3' | 'SCALAR',
    array: Float32Array | Uint16Array,
  ): ReturnType<Document['createAccessor']> => document.createAccessor().setType(type).setArray(array).setBuffer(buffer)
  const sides = Object.entries(SIDES) as [Side, Axes][]
  const points = sides.flatMap(([, [n, u, v]]) =>
    QUAD.flatMap(([a, b]) => [0, 1, 2].map((i) => 0.5 * ((n?.[i] ?? 0) + a * (u?.[i] ?? 0) + b * (v?.[i] ?? 0)))),
  )
  const colours = sides.flatMap(([side]) => QUAD.flatMap(() => COLOURS[side]))
  const uvs = sides.flatMap(() => QUAD.flatMap(([a, b]) => [(a + 1) / 2, (1 - b) / 2]))
  const indices = sides.flatMap((_, i) => [0, 1, 2, 0, 2, 3].map((corner) => 4 * i + corner))
  const unlit = document.createExtension(KHRMaterialsUnlit).createUnlit()
  const material = document.createMaterial().setExtension('KHR_materials_unlit', unlit)
  const primitive = document
    .createPrimitive()
    .setAttribute('POSITION', data('VEC3', Float32Array.from(points)))
    .setAttribute('COLOR_0', data('VEC3', Float32Array.from(colours)))
    .setAttribute('TEXCOORD_0', data('VEC2', Float32Array.from(uvs)))
    .setIndices(data('SCALAR', Uint16Array.from(indices)))
    .setMaterial(material)
  const mesh = document.createMesh().addPrimitive(primitive)
  const node = document.createNode().setMesh(mesh)
  document.createScene().addChild(node)
  return { document, material, mesh, node }
}

const at = ({ width, data }: Pixels, [x, y]: readonly [number, number]): number[] => [
  ...data.subarray(4 * (y * width + x), 4 * (y * width + x) + 3),
]
const bytesOf = (side: Side): number[] => COLOURS[side].map((share) => 255 * share)

/** The image of one row of opaque pixels. */
const png = (...colors: readonly (readonly number[])[]): Uint8Array =>
  encodePng({ width: colors.length, height: 1, data: Uint8Array.from(colors.flatMap((one) => [...one, 255])) })

test('a cube is seen from the front, the right and above, in its own colours', async () => {
  const pixels = await drawn(cube().document)
  expect([pixels.width, pixels.height]).toEqual([PICTURE_SIDE, PICTURE_SIDE])
  expect([at(pixels, FRONT), at(pixels, RIGHT), at(pixels, TOP)]).toEqual([
    bytesOf('front'),
    bytesOf('right'),
    bytesOf('top'),
  ])
  const [grey] = at(pixels, [3, 3])
  expect(at(pixels, [3, 3])).toEqual([grey, grey, grey])
})

test('a model of any size and place fills the picture in the same way', async () => {
  const { document, node } = cube()
  const small = await drawn(document)
  node.setScale([4096, 4096, 4096]).setTranslation([1024, -2048, 512])
  expect(Buffer.compare((await drawn(document)).data, small.data)).toBe(0)
})

test('a model whose front is -Z is turned to the viewer', async () => {
  const pixels = await drawn(cube().document, true)
  expect([at(pixels, FRONT), at(pixels, RIGHT)]).toEqual([bytesOf('back'), bytesOf('left')])
})

test('a skinned model is in its rest pose, whatever its node says', async () => {
  const { document, mesh, node } = cube()
  const [primitive] = mesh.listPrimitives()
  const joints = document
    .createAccessor()
    .setType('VEC4')
    .setArray(new Uint8Array(4 * 24))
  const weights = Float32Array.from({ length: 4 * 24 }, (_, i) => (i % 4 === 0 ? 1 : 0))
  primitive
    ?.setAttribute('JOINTS_0', joints)
    .setAttribute('WEIGHTS_0', document.createAccessor().setType('VEC4').setArray(weights))
  // A quarter turn about Y: the left side comes to the front.
  const joint = document.createNode().setRotation([0, Math.SQRT1_2, 0, Math.SQRT1_2])
  document.getRoot().listScenes()[0]?.addChild(joint)
  node.setSkin(document.createSkin().addJoint(joint)).setRotation([1, 0, 0, 0])
  const pixels = await drawn(document)
  expect([at(pixels, FRONT), at(pixels, RIGHT)]).toEqual([bytesOf('left'), bytesOf('front')])
})

test('a texture is multiplied with the base colour, and moved by its transform', async () => {
  const { document, material, mesh } = cube()
  mesh.listPrimitives()[0]?.setAttribute('COLOR_0', null)
  const image = png([255, 0, 0], [0, 0, 255])
  material
    .setBaseColorFactor([1, 1, 0, 1])
    .setBaseColorTexture(document.createTexture().setImage(image).setMimeType('image/png'))
  const [left, right] = [
    [FRONT[0] - 20, FRONT[1] - 5],
    [FRONT[0] + 20, FRONT[1] + 5],
  ] as const
  const plain = await drawn(document)
  expect([at(plain, left), at(plain, right)]).toEqual([
    [255, 0, 0],
    [0, 0, 0],
  ])
  const moved = document.createExtension(KHRTextureTransform).createTransform().setOffset([0.5, 0])
  material.getBaseColorTextureInfo()?.setExtension('KHR_texture_transform', moved)
  const shifted = await drawn(document)
  expect([at(shifted, left), at(shifted, right)]).toEqual([
    [0, 0, 0],
    [255, 0, 0],
  ])
})

test('blended parts are drawn from far to near, in whatever order the file has them', async () => {
  const pictures = await Promise.all(
    [0.5, -0.5].map((z) => {
      const { document, material, node } = cube()
      material.setAlphaMode('BLEND').setBaseColorFactor([1, 1, 1, 0.5])
      node.setTranslation([0, 0, z])
      const other = document.createNode().setMesh(node.getMesh()).setTranslation([0, 0, -z])
      document.getRoot().listScenes()[0]?.addChild(other)
      return drawn(document)
    }),
  )
  const [first, second] = pictures.map(({ data }) => data)
  expect(first && second && Buffer.compare(first, second)).toBe(0)
})

test.each([
  ['a strip', 5, [0, 1, 3, 2]],
  ['a fan', 6, [0, 1, 2, 3]],
] as const)('triangles in %s are drawn', async (_, mode, corners) => {
  const { document, mesh } = cube()
  const [primitive] = mesh.listPrimitives()
  const front = corners.map((corner) => 16 + corner)
  primitive?.setMode(mode).getIndices()?.setArray(Uint16Array.from(front))
  const pixels = await drawn(document)
  expect(at(pixels, [PICTURE_SIDE / 2, PICTURE_SIDE / 2])).toEqual(bytesOf('front'))
})

test('a model with KTX2 textures has its base colour', async () => {
  const { document, material } = cube()
  material.setBaseColorTexture(document.createTexture().setImage(new Uint8Array(8)).setMimeType('image/ktx2'))
  expect(at(await drawn(document), FRONT)).toEqual(bytesOf('front'))
})

test.each([
  ['no triangles', ({ mesh }: Scene) => void mesh.listPrimitives()[0]?.setMode(1), 'it has no triangles'],
  ['no size', ({ node }: Scene) => void node.setScale([0, 0, 0]), 'it has no size'],
  [
    'a size without end',
    ({ node }: Scene) => void node.setTranslation([Infinity, 0, 0]),
    'it has no size, or one without end',
  ],
  [
    'too many triangles in a strip',
    ({ mesh }: Scene) => void mesh.listPrimitives()[0]?.setMode(5).getIndices()?.setArray(new Uint32Array(250_003)),
    'it has 250,001 triangles; a picture is drawn of at most 250,000',
  ],
  [
    'too many triangles',
    ({ mesh }: Scene) => void mesh.listPrimitives()[0]?.getIndices()?.setArray(new Uint32Array(750_036)),
    'it has 250,012 triangles; a picture is drawn of at most 250,000',
  ],
])('a model with %s has no picture, and the error says why', async (_, change, why) => {
  const scene = cube()
  change(scene)
  await expect(pictureOf(scene.document)).rejects.toThrow(why)
})

test('a picture has a few kilobytes', async () => {
  expect((await pictureOf(cube().document)).length).toBeLessThan(10_000)
})
