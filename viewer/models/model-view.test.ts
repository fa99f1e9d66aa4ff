import { BoxGeometry, Group, Mesh, MeshStandardMaterial } from 'three'
import { expect, test } from 'vitest'
import { ApiError } from '../api/api.ts'
import type { ModelFile, PackageInfo } from '../api/package-info.ts'
import { SHAPES } from '../app/starter-shapes.ts'
import type { ShownProp } from '../app/world.ts'
import { Library } from './library.ts'
import { modelOf } from './model.ts'
import { ModelView, type ModelFrame } from './model-view.ts'

const CUP = 'c'.repeat(64)
const file = (sha256: string, metresMin: number, triangles: number): ModelFile => ({
  sha256,
  bytes: 10,
  triangles,
  metresMin,
  link: { url: `/${sha256}`, expiresAtMs: 0 },
})
const info: PackageInfo = {
  hash: CUP,
  kind: 'object',
  name: 'Cup',
  bounds: { min: { x: -0.5, y: 0, z: -0.5 }, max: { x: 0.5, y: 1, z: 0.5 } },
  models: [file('fine', 0, 12), file('coarse', 10, 12)],
  skeleton: [],
  colliders: [],
  body: null,
}
const cup = (element: number, z: number, hash: string | null = CUP): ShownProp => ({
  element,
  spec: SHAPES[0] ?? expect.fail('no shapes'),
  package: hash,
  owner: 1,
  access: 0,
  position: { x: 0, y: 0, z },
  rotation: { x: 0, y: 0, z: 0, w: 1 },
  scale: 1,
  holder: 0,
})

/** A view with files from a list; `asked` records the requests. */
function stage(
  answer: (url: string) => Promise<ArrayBuffer> = () => Promise.resolve(new ArrayBuffer(10)),
  fresh: PackageInfo = info,
): {
  readonly asked: string[]
  show(props: readonly ShownProp[], change?: Partial<ModelFrame>): Promise<ReadonlySet<number>>
  readonly library: Library
  readonly view: ModelView
} {
  const asked: string[] = []
  let told = 0
  const library = new Library({
    api: { package: () => Promise.resolve(told++ === 0 ? info : fresh) },
    bytes: { fetch: ({ link }) => (asked.push(link.url), answer(link.url)) },
    prepare: () => Promise.resolve(),
    parse: () => Promise.resolve(modelOf(new Group().add(new Mesh(new BoxGeometry(), new MeshStandardMaterial())), [])),
  })
  const view = new ModelView(library)
  let nowMs = 0
  const show = async (props: readonly ShownProp[], change: Partial<ModelFrame> = {}): Promise<ReadonlySet<number>> => {
    nowMs += 100
    const drawn = view.draw(props, [], {
      eye: { x: 0, y: 0, z: 0 },
      nowMs,
      seconds: 0.1,
      pointed: null,
      hidden: null,
      budget: { trianglesMax: 1_000, metresMax: 50 },
      still: true,
      ...change,
    })
    await new Promise((resolve) => setTimeout(resolve))
    return drawn
  }
  return { asked, show, library, view }
}

test('a placeholder is shown until the package and its model are loaded', async () => {
  const { show, asked } = stage()
  const props = [cup(5, 3), cup(6, 4, null)]
  expect([...(await show(props))]).toEqual([])
  expect([...(await show(props))]).toEqual([])
  expect([...(await show(props))]).toEqual([5])
  expect(asked).toEqual(['/fine'])
})

test('far away the simpler file is loaded, and shown until the finer one is loaded', async () => {
  const { show, asked, view } = stage((url) =>
    url === '/fine' ? new Promise(() => undefined) : Promise.resolve(new ArrayBuffer(10)),
  )
  for (let i = 0; i < 3; i++) await show([cup(5, 20)])
  expect(asked).toEqual(['/coarse'])
  expect([...(await show([cup(5, 2)]))]).toEqual([5])
  expect(asked).toEqual(['/coarse', '/fine'])
  expect(view.calls).toBe(1)
})

test('an expired link is refreshed', async () => {
  const renewed = {
    ...info,
    models: [{ ...file('fine', 0, 12), link: { url: '/fine?again', expiresAtMs: 9 } }],
  }
  const { show, asked } = stage(
    (url) =>
      url === '/fine'
        ? Promise.reject(new ApiError(403, 'download', 'Too old.'))
        : Promise.resolve(new ArrayBuffer(10)),
    renewed,
  )
  for (let i = 0; i < 3; i++) await show([cup(5, 3)])
  expect([...(await show([cup(5, 3)]))]).toEqual([5])
  expect(asked).toEqual(['/fine', '/fine?again'])
})

test('a damaged file leaves the placeholder and reports why', async () => {
  const { show, library } = stage(() => Promise.reject(new ApiError(422, 'download', 'The file is damaged.')))
  for (let i = 0; i < 4; i++) expect([...(await show([cup(5, 3)]))]).toEqual([])
  expect(library.problemOf(CUP)).toBe('The file is damaged.')
})

test('beyond the budget the farthest models are placeholders', async () => {
  const { show } = stage()
  const cups = [cup(5, 9), cup(6, 2), cup(7, 5)]
  for (let i = 0; i < 3; i++) await show(cups)
  expect([...(await show(cups, { budget: { trianglesMax: 24, metresMax: 50 } }))].toSorted()).toEqual([6, 7])
})
