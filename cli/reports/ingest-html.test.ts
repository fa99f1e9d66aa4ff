import { expect, test } from 'vitest'
import type { PackageManifest } from '../../packages/manifest.ts'
import { ingestHtml } from './ingest-html.ts'
import type { Ingested } from './ingest-report.ts'

const note = (rule: string, message = 'Do this.'): { rule: string; where: string; message: string } => ({
  rule,
  where: '/meshes/0',
  message,
})

const refused = (file: string, ...rules: string[]): Ingested => ({
  file,
  kept: null,
  outcome: {
    accepted: false,
    rejections: rules.map((rule) => ({ ...note(rule), value: null, limit: null })),
    warnings: [],
    milliseconds: 1,
    picture: { reason: 'it has no <triangles>' },
  },
})

function accepted(file: string, mobile: 'excellent' | 'verypoor', ...warnings: ReturnType<typeof note>[]): Ingested {
  const manifest = {
    kind: 'object',
    bounds: { min: { x: 0, y: 0, z: 0 }, max: { x: 1, y: 0.5, z: 2 } },
    counts: { triangles: 12_345, materials: 1, textures: 0, textureBytes: 0 },
    rank: { pc: 'excellent', mobile },
    files: { runtime: { bytes: 2048 } },
  } as unknown as PackageManifest
  const picture = { webp: Uint8Array.of(1, 2, 3) }
  return {
    file,
    kept: null,
    outcome: { accepted: true, hash: 'aa', manifest, warnings, milliseconds: 1, picture },
  }
}

/** Text of the page, without its style. */
const textOf = (html: string): string =>
  html
    .replace(/<style>.*<\/style>/s, '')
    .replaceAll(/<[^>]+>/g, ' ')
    .replaceAll(/\s+/g, ' ')

const library = [
  accepted('a/cup.glb', 'excellent'),
  refused('a/b.glb', 'TRIANGLES', 'MATERIALS'),
  accepted('a/pot.glb', 'verypoor', note('REDUCED')),
  refused('a/c.glb', 'MATERIALS'),
  refused('a/d.glb', 'TRIANGLES'),
]

test('the summary counts verdicts, ranks and reasons', () => {
  const text = textOf(ingestHtml(library))
  expect(text).toContain('2 of 5 models accepted 1 accepted as they are 1 accepted, reduced by --fit 3 refused')
  expect(text).toContain('PC Mobile excellent 2 1 good 0 0 medium 0 0 poor 0 0 very poor 0 1')
  expect(text).toContain('Reasons MATERIALS : 2 files TRIANGLES : 2 files Warnings REDUCED : 1 file')
})

test('models are grouped by verdict, and refused ones by their first reason', () => {
  const text = textOf(ingestHtml(library)).split('Warnings REDUCED').at(-1) ?? ''
  const order = [
    'Refused: 3',
    'c.glb',
    'b.glb',
    'd.glb',
    'reduced to the limits',
    'pot.glb',
    'as they are: 1',
    'cup.glb',
  ]
  const places = order.map((part) => text.indexOf(part))
  expect(places).toEqual(places.toSorted((a, b) => a - b))
  expect(places).not.toContain(-1)
})

test('a row has the picture, size, ranks and counts of its model', () => {
  const html = ingestHtml(library)
  expect(html).toContain('<img src="data:image/webp;base64,AQID" alt="The model in a/cup.glb"')
  expect(textOf(html)).toContain('cup.glb object , 1 × 0.5 × 2 m, 2 KiB excellent excellent 12,345 1 0')
})

test('a row without a picture says why, and nothing of a file becomes markup', () => {
  const html = ingestHtml([refused('<b>.glb', '<i>')])
  expect(html).toContain('No picture, because it has no &lt;triangles&gt;')
  expect(html).toContain('&lt;b&gt;.glb')
  expect(html).not.toMatch(/<i>|<triangles>/)
})

test('long advice shows its first sentence, and opens', () => {
  const html = ingestHtml([
    accepted('a.glb', 'excellent', note('MANY', `Bones have no map. ${'Name them. '.repeat(40)}`)),
  ])
  expect(html).toContain('<details><summary>Bones have no map.</summary>Name them. ')
})

test('a group without models is left out', () => {
  const html = ingestHtml([accepted('a.glb', 'excellent')])
  expect(html).not.toMatch(/id="(?:refused|reduced)"|href="#(?:refused|reduced)"/)
})
