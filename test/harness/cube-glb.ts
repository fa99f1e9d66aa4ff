/** A GLB file for uploads: a cube with one material, without a texture. Its name makes its bytes unique. */

const FACES = [
  [0, 1, 2],
  [0, 2, 1],
  [1, 2, 0],
  [1, 0, 2],
  [2, 0, 1],
  [2, 1, 0],
] as const
const MAGIC = 0x46546c67
const JSON_CHUNK = 0x4e4f534a
const BIN_CHUNK = 0x004e4942

/** Four corners for each face, so that its normal is its own. `half`: metres. */
function cube(half: number): {
  readonly positions: Float32Array
  readonly normals: Float32Array
  readonly indices: Uint16Array
} {
  const positions = new Float32Array(72)
  const normals = new Float32Array(72)
  const indices = new Uint16Array(36)
  FACES.forEach(([axis, u, v], face) => {
    // Faces whose two directions are in cyclic order face outwards; the others face inwards and are flipped
    const sign = u === (axis + 1) % 3 ? 1 : -1
    for (let corner = 0; corner < 4; corner += 1) {
      const at = (face * 4 + corner) * 3
      positions[at + axis] = sign * half
      positions[at + u] = (corner === 1 || corner === 2 ? 1 : -1) * half
      positions[at + v] = (corner >= 2 ? 1 : -1) * half
      normals[at + axis] = sign
    }
    indices.set(
      [0, 1, 2, 0, 2, 3].map((corner) => face * 4 + corner),
      face * 6,
    )
  })
  return { positions, normals, indices }
}

/** glTF 2.0 (Khronos), binary container of section 4.4: header, JSON chunk, binary chunk, each padded to four bytes. */
export function cubeGlb(name: string, half = 0.1): Uint8Array<ArrayBuffer> {
  const { positions, normals, indices } = cube(half)
  const json = JSON.stringify({
    asset: { version: '2.0' },
    scene: 0,
    scenes: [{ nodes: [0] }],
    nodes: [{ name, mesh: 0 }],
    materials: [{ name: 'plain' }],
    meshes: [{ name, primitives: [{ attributes: { POSITION: 0, NORMAL: 1 }, indices: 2, material: 0 }] }],
    accessors: [
      {
        bufferView: 0,
        componentType: 5126,
        count: 24,
        type: 'VEC3',
        min: [-half, -half, -half].map(Math.fround),
        max: [half, half, half].map(Math.fround),
      },
      { bufferView: 1, componentType: 5126, count: 24, type: 'VEC3' },
      { bufferView: 2, componentType: 5123, count: 36, type: 'SCALAR' },
    ],
    bufferViews: [
      { buffer: 0, byteOffset: 0, byteLength: 288, target: 34962 },
      { buffer: 0, byteOffset: 288, byteLength: 288, target: 34962 },
      { buffer: 0, byteOffset: 576, byteLength: 72, target: 34963 },
    ],
    buffers: [{ byteLength: 648 }],
  })
  const written = new TextEncoder().encode(json)
  const text = new Uint8Array(Math.ceil(written.length / 4) * 4).fill(0x20)
  text.set(written)
  const bytes = new Uint8Array(12 + 8 + text.length + 8 + 648)
  const view = new DataView(bytes.buffer)
  ;[MAGIC, 2, bytes.length, text.length, JSON_CHUNK].forEach((word, i) => view.setUint32(i * 4, word, true))
  bytes.set(text, 20)
  const bin = 20 + text.length
  view.setUint32(bin, 648, true)
  view.setUint32(bin + 4, BIN_CHUNK, true)
  ;[positions, normals, indices].reduce((at, part) => {
    bytes.set(new Uint8Array(part.buffer), at)
    return at + part.byteLength
  }, bin + 8)
  return bytes
}
