import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { chosenOf, mapOf } from './skeleton-map.ts'

const model = (name: string): File => new File([new Uint8Array(4)], name)
const map = (name: string, text = '{"hips": "Hips"}'): File => new File([text], name)
const inShort = async (...files: readonly File[]): Promise<unknown> => {
  const { chosen, refusals } = await chosenOf(files)
  return { chosen: chosen.map(({ file, map: given }) => [file.name, given]), refusals }
}

test.each(['CesiumMan', 'KayKit_Knight', 'RiggedFigure'])('the map of %s is read as it stands', (name) => {
  const text = readFileSync(new URL(`../../fixtures/assets/humanoid/${name}.json`, import.meta.url), 'utf8')
  expect(mapOf(text)).toEqual(JSON.parse(text))
})

test('a map belongs to the only model, whatever its name', async () => {
  expect(await inShort(map('bones.json'), model('Knight.glb'))).toEqual({
    chosen: [['Knight.glb', { hips: 'Hips' }]],
    refusals: [],
  })
  expect(await inShort(model('a.glb'), model('b.vrm'))).toEqual({
    chosen: [
      ['a.glb', null],
      ['b.vrm', null],
    ],
    refusals: [],
  })
})

test('among several models a map belongs to the one with its name', async () => {
  const knight = map('KNIGHT.json', '{"hips": "hips"}')
  expect(await inShort(model('man.glb'), knight, model('Knight.glb'), map('man.json'))).toEqual({
    chosen: [
      ['man.glb', { hips: 'Hips' }],
      ['Knight.glb', { hips: 'hips' }],
    ],
    refusals: [],
  })
})

test('an ambiguous map is refused', async () => {
  expect(await inShort(model('a.glb'), model('b.glb'), map('bones.json'))).toEqual({
    chosen: [
      ['a.glb', null],
      ['b.glb', null],
    ],
    refusals: [expect.stringMatching(/which model “bones\.json” is for\. Give it the model's name/)],
  })
})

test('two maps for one model are refused, and the model waits', async () => {
  expect(await inShort(model('a.glb'), map('a.json'), map('b.json'))).toEqual({
    chosen: [],
    refusals: [expect.stringContaining('two skeleton maps for “a.glb”')],
  })
})

test('a map without a model is refused with what it needs', async () => {
  expect(await inShort(map('bones.json'))).toEqual({
    chosen: [],
    refusals: [expect.stringMatching(/“bones\.json” has no model\. Drop a skeleton map together/)],
  })
  expect(await inShort(model('photo.png'), map('bones.json'))).toMatchObject({
    chosen: [],
    refusals: [expect.stringContaining('photo.png'), expect.stringContaining('bones.json')],
  })
})

describe('a wrong map is refused with the reason, and its model waits for a correct one', () => {
  test.each([
    ['no JSON', '{"hips": ', 'is no JSON. Write {"hips"'],
    ['a list', '["Hips"]', 'is no skeleton map.'],
    ['nothing', '{}', 'names no bone.'],
    ['a number for a node', '{"hips": 3}', 'names no node for hips.'],
    ['an empty name', '{"hips": ""}', 'names no node for hips.'],
    ['a glTF', '{"asset": {"version": "2.0"}}', 'names no node for asset.'],
    ['a node for a bone', '{"mixamorig:Hips": "hips"}', 'has an entry “mixamorig:Hips”, which is no bone.'],
    [
      'too many entries',
      JSON.stringify(Object.fromEntries(Array.from({ length: 65 }, (_, i) => [`bone${'x'.repeat(i)}`, 'n']))),
      'has 65 entries; there are at most 64.',
    ],
    ['a huge file', `{"hips": "${'x'.repeat(70_000)}"}`, 'is too large for a skeleton map.'],
  ])('%s', async (_, text, words) => {
    expect(await inShort(model('man.glb'), map('man.json', text))).toEqual({
      chosen: [],
      refusals: [expect.stringContaining(words)],
    })
  })
})
