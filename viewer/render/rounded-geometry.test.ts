import { describe, expect, test } from 'vitest'
import { roundedData } from './rounded-geometry.ts'

/** The vertices of an instance, as the shader places them. */
function placed(
  data: ReturnType<typeof roundedData>,
  inner: readonly [number, number, number],
  radius: number,
): number[][] {
  return Array.from({ length: data.positions.length / 3 }, (_, i) =>
    [0, 1, 2].map(
      (axis) => (data.positions[i * 3 + axis] ?? 0) * radius + (data.sides[i * 3 + axis] ?? 0) * (inner[axis] ?? 0),
    ),
  )
}

describe.each([
  ['sphere', [false, false, false], [0, 0, 0]],
  ['capsule', [false, true, false], [0, 0.7, 0]],
  ['rounded box', [true, true, true], [0.5, 0.2, 0.9]],
] as const)('a %s', (_name, cut, inner) => {
  const data = roundedData(3, cut)
  const points = placed(data, inner, 0.25)

  test('has unit normals', () => {
    for (let i = 0; i < data.positions.length; i += 3)
      expect(Math.hypot(data.positions[i] ?? 0, data.positions[i + 1] ?? 0, data.positions[i + 2] ?? 0)).toBeCloseTo(
        1,
        6,
      )
  })

  test('reaches its half extents and no farther', () => {
    for (const axis of [0, 1, 2])
      expect(Math.max(...points.map((point) => point[axis] ?? 0))).toBeCloseTo((inner[axis] ?? 0) + 0.25, 6)
  })

  test('faces outwards and holds the volume that it should', () => {
    let volume = 0
    for (let i = 0; i < data.indices.length; i += 3) {
      const [a = [], b = [], c = []] = [0, 1, 2].map((k) => points[data.indices[i + k] ?? 0] ?? [])
      const [ax = 0, ay = 0, az = 0] = a
      const [bx = 0, by = 0, bz = 0] = b
      const [cx = 0, cy = 0, cz = 0] = c
      volume += (ax * (by * cz - bz * cy) + ay * (bz * cx - bx * cz) + az * (bx * cy - by * cx)) / 6
    }
    const [x, y, z] = inner
    const r = 0.25
    // Steiner's formula for a box grown by r.
    const exact =
      8 * x * y * z + 8 * r * (x * y + y * z + z * x) + 2 * Math.PI * r * r * (x + y + z) + (4 / 3) * Math.PI * r ** 3
    expect(volume / exact).toBeGreaterThan(0.93)
    expect(volume / exact).toBeLessThanOrEqual(1)
  })
})
