import { expect, test } from 'vitest'
import { asset, glbOfText, glbWith, tetrahedron } from '../glb.fixture.ts'
import { openContainer, writeGlb } from './container.ts'
import { ingest } from '../ingest.ts'
import { Rejected } from '../types.ts'

/**
 * A GLB as older Godot exporters write it: chunks as long as their content, with the next one immediately after or at
 * the next multiple of 4.
 */
function unaligned(gap: boolean): Uint8Array {
  const { json, bin } = tetrahedron()
  const name = JSON.stringify(json)
  const body = new TextEncoder().encode(name.length % 4 === 0 ? `${name} ` : name)
  const padding = gap ? (4 - (body.length % 4)) % 4 : 0
  const out = new Uint8Array(20 + body.length + padding + 8 + bin.length)
  const view = new DataView(out.buffer)
  const words: readonly (readonly [number, number])[] = [
    [0, 0x46546c67],
    [4, 2],
    [8, out.length],
    [12, body.length],
    [16, 0x4e4f534a],
    [20 + body.length + padding, bin.length],
    [24 + body.length + padding, 0x004e4942],
  ]
  for (const [at, word] of words) view.setUint32(at, word, true)
  out.set(body, 20)
  out.set(bin, 28 + body.length + padding)
  return out
}

test.each([
  ['with', true],
  ['without', false],
])('unaligned chunks %s padding are read and rewritten with a warning', async (_, gap) => {
  const opened = openContainer(unaligned(gap))
  if (!('json' in opened)) throw new Error(opened.fault.message)
  expect(opened).toMatchObject({ isUnaligned: true, json: tetrahedron().json })
  expect(opened.bin?.length).toBe(tetrahedron().bin.length)
  const outcome = await ingest(unaligned(gap))
  expect(outcome.accepted).toBe(true)
  expect(outcome.warnings.map(({ rule }) => rule)).toContain('GLB_CHUNK_LENGTH_UNALIGNED')
})

test('a written file is read back', () => {
  const { json, bin } = tetrahedron()
  const opened = openContainer(writeGlb(json, bin))
  expect(opened).toEqual({ form: 'glb', json, bin, isUnaligned: false })
})

test('a truncated file is never accepted as complete', () => {
  const whole = asset('objects/teacup.glb')
  for (let length = 0; length < whole.length; length++) {
    let isWhole: boolean
    try {
      isWhole = 'json' in openContainer(whole.subarray(0, length))
    } catch (error) {
      if (!(error instanceof Rejected)) throw error
      isWhole = false
    }
    expect(isWhole, `cut at ${length}`).toBe(false)
  }
})

test('a byte order mark, text that is not UTF-8 and JSON that is not an object are faults without exceptions', () => {
  for (const glb of [glbOfText('\u{feff}{"asset":{"version":"2.0"}}'), glbOfText('[1]'), glbOfText('{"asset"')])
    expect(openContainer(glb)).toHaveProperty('fault.message', expect.stringContaining('xport'))
  const broken = glbOfText('{"asset":{"version":"2.0","generator":"xxxx"}}')
  broken[60] = 0xff
  expect(openContainer(broken)).toMatchObject({ fault: { rule: 'INVALID_JSON' } })
})

test('bytes after the end are ignored', () => {
  const glb = glbWith({})
  const longer = new Uint8Array(glb.length + 3)
  longer.set(glb)
  expect(openContainer(longer)).toMatchObject({ form: 'glb', isUnaligned: false })
})
