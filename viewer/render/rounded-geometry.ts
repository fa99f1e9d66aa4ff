/**
 * One geometry for every rounded shape: a unit sphere cut along chosen axes, whose parts are pushed apart by the
 * instance's inner half extents. Inner (0, 0, 0) is a sphere, (0, h, 0) a capsule, three lengths a rounded box.
 */
import { BufferGeometry, Float32BufferAttribute } from 'three'

export interface RoundedData {
  /** Unit vectors, also the normals, flat x y z. */
  readonly positions: Float32Array
  /** -1, 0 or 1 for each axis: where the instance's inner half extents push the vertex. */
  readonly sides: Float32Array
  readonly indices: Uint32Array
}

interface Mark {
  /** -1 to 1 across a face. */
  readonly at: number
  readonly side: number
}

/** Marks across one axis of a face; a cut axis has its middle twice, once for each side. */
function marks(segments: number, cut: boolean): Mark[] {
  const out: Mark[] = []
  for (let i = -segments; i <= segments; i++) {
    // The tangent spaces the marks evenly as seen from the centre.
    const at = Math.tan((i / segments) * (Math.PI / 4))
    if (i === 0 && cut) out.push({ at: 0, side: -1 }, { at: 0, side: 1 })
    else out.push({ at, side: cut ? Math.sign(i) : 0 })
  }
  return out
}

/** `segments` per half edge, 1 or more; `cut` says along which axes instances may be longer than a sphere. */
export function roundedData(segments: number, cut: readonly [boolean, boolean, boolean]): RoundedData {
  const positions: number[] = []
  const sides: number[] = []
  const indices: number[] = []
  for (let axis = 0; axis < 3; axis++) {
    const u = (axis + 1) % 3
    const v = (axis + 2) % 3
    for (const sign of [-1, 1]) {
      const start = positions.length / 3
      const across = marks(segments, cut[u] === true)
      const up = marks(segments, cut[v] === true)
      for (const b of up)
        for (const a of across) {
          const length = Math.sqrt(1 + a.at * a.at + b.at * b.at)
          const point = [0, 0, 0]
          const side = [0, 0, 0]
          point[axis] = sign / length
          point[u] = a.at / length
          point[v] = b.at / length
          side[axis] = cut[axis] ? sign : 0
          side[u] = a.side
          side[v] = b.side
          positions.push(...point)
          sides.push(...side)
        }
      quads(indices, start, across.length, up.length, sign > 0)
    }
  }
  return { positions: new Float32Array(positions), sides: new Float32Array(sides), indices: new Uint32Array(indices) }
}

function quads(out: number[], start: number, columns: number, rows: number, outward: boolean): void {
  for (let row = 0; row + 1 < rows; row++)
    for (let column = 0; column + 1 < columns; column++) {
      const a = start + row * columns + column
      const b = a + 1
      const c = a + columns
      const d = c + 1
      if (outward) out.push(a, b, d, a, d, c)
      else out.push(a, d, b, a, c, d)
    }
}

export function roundedGeometry(segments: number, cut: readonly [boolean, boolean, boolean]): BufferGeometry {
  const data = roundedData(segments, cut)
  const geometry = new BufferGeometry()
  geometry.setAttribute('position', new Float32BufferAttribute(data.positions, 3))
  geometry.setAttribute('normal', new Float32BufferAttribute(data.positions, 3))
  geometry.setAttribute('side', new Float32BufferAttribute(data.sides, 3))
  geometry.setIndex([...data.indices])
  return geometry
}
