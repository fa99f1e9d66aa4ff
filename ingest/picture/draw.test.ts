import { expect, test } from 'vitest'
import { asset, colours, glbWith, tetrahedron } from '../glb.fixture.ts'
import { ingest } from '../ingest.ts'
import { writeGlb } from '../preflight/container.ts'
import type { IngestOutcome, Picture } from '../types.ts'
import { drawPicture } from './draw.ts'

const REFUSED: IngestOutcome = { accepted: false, rejections: [], warnings: [], milliseconds: 0 }

const bytesOf = (picture: Picture): Uint8Array => {
  if ('reason' in picture) throw new Error(picture.reason)
  return picture.webp
}

test('a package has a picture of what devices draw', async () => {
  const upload = asset('objects/BoxTextured.glb')
  const outcome = await ingest(upload)
  expect(outcome.accepted).toBe(true)
  expect(new TextDecoder().decode(bytesOf(await drawPicture(outcome, upload)).subarray(8, 12))).toBe('WEBP')
})

test('an accepted model of points has no picture, and the reason is given', async () => {
  const { json, bin } = tetrahedron()
  const points = { meshes: [{ primitives: [{ attributes: { POSITION: 0 }, mode: 0 }] }] }
  const upload = writeGlb({ ...json, ...points }, bin)
  const outcome = await ingest(upload)
  expect(outcome.accepted).toBe(true)
  expect(await drawPicture(outcome, upload)).toEqual({ reason: 'it has no triangles' })
})

test('a refused model that passes the checks has a picture of its source', async () => {
  const upload = colours()
  const outcome = await ingest(upload)
  expect(outcome).toMatchObject({ accepted: false, rejections: [{ rule: 'MATERIALS' }] })
  expect(bytesOf(await drawPicture(outcome, upload)).length).toBeGreaterThan(100)
})

test('a hidden node is not drawn', async () => {
  const hidden = { mesh: 0, translation: [3, 0, 0], extensions: { KHR_node_visibility: { visible: false } } }
  const nodes = { scenes: [{ nodes: [0, 1] }], nodes: [{ mesh: 0 }, hidden], extensionsUsed: ['KHR_node_visibility'] }
  const [alone, withHidden] = [await drawPicture(REFUSED, glbWith({})), await drawPicture(REFUSED, glbWith(nodes))]
  expect(bytesOf(withHidden)).toEqual(bytesOf(alone))
})

test.each(['node_cycle.glb', 'sparse_2e9.glb', 'zeros_accessor_2e9.glb', 'png_bomb_32k.glb'])(
  'the hostile file %s is not drawn',
  async (name) => {
    const reason = 'the file did not pass the checks'
    expect(await drawPicture(REFUSED, asset(`hostile/${name}`))).toEqual({ reason })
  },
)

test('a file of other bytes, or without a mesh, gives a reason instead of a picture', async () => {
  const { json, bin } = tetrahedron()
  const reasons = await Promise.all([
    drawPicture(REFUSED, new Uint8Array(40)),
    drawPicture(REFUSED, writeGlb({ ...json, nodes: [{ name: 'Nothing' }] }, bin)),
  ])
  expect(reasons).toEqual([{ reason: 'the file did not pass the checks' }, { reason: 'it has no triangles' }])
})
