/** Checks that the generated file is valid glTF: a closed cube whose faces look outwards. */
import { expect, test } from 'vitest'
import { cubeGlb } from './cube-glb.ts'

test('a generated cube is in a glTF 2.0 container, encloses its volume outwards, and has different bytes for each name', () => {
  for (const name of ['', 'a', 'thing é', 'four']) {
    const bytes = cubeGlb(name)
    const view = new DataView(bytes.buffer)
    const word = (at: number): number => view.getUint32(at, true)
    expect([word(0), word(4), word(8), word(16), bytes.length % 4]).toEqual([
      0x46546c67,
      2,
      bytes.length,
      0x4e4f534a,
      0,
    ])
    const json = JSON.parse(new TextDecoder().decode(bytes.subarray(20, 20 + word(12)))) as {
      readonly nodes: readonly { readonly name: string }[]
    }
    expect(json.nodes[0]?.name).toBe(name)
    const bin = 20 + word(12) + 8
    const corner = (index: number): readonly [number, number, number] => {
      const at = bin + view.getUint16(bin + 576 + index * 2, true) * 12
      return [view.getFloat32(at, true), view.getFloat32(at + 4, true), view.getFloat32(at + 8, true)]
    }
    // Six times the volume of the tetrahedra from the origin, positive if a triangle faces away from it
    let volume = 0
    for (let i = 0; i < 36; i += 3) {
      const [[ax, ay, az], [bx, by, bz], [cx, cy, cz]] = [corner(i), corner(i + 1), corner(i + 2)]
      const part = (ax * (by * cz - bz * cy) + ay * (bz * cx - bx * cz) + az * (bx * cy - by * cx)) / 6
      expect(part).toBeGreaterThan(0)
      volume += part
    }
    expect(volume).toBeCloseTo(0.008, 6)
  }
  expect(Buffer.from(cubeGlb('a')).equals(cubeGlb('b'))).toBe(false)
})
