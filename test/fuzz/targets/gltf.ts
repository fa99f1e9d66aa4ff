/**
 * Uploads as the preflight sees them: container, JSON, claims, image headers. Later stages run in their own process.
 */
import { readDracoHeader } from '../../../ingest/preflight/draco-header.ts'
import { readImageHeader } from '../../../ingest/preflight/image-header.ts'
import { preflight } from '../../../ingest/preflight/index.ts'
import { openContainer, writeGlb } from '../../../ingest/preflight/container.ts'
import { Rejected } from '../../../ingest/types.ts'
import { promise, sameBytes, type FuzzTarget } from '../target.ts'

function upload(bytes: Uint8Array): boolean {
  try {
    const opened = openContainer(bytes)
    if (!('json' in opened)) {
      promise(opened.fault.message !== '', 'a fault has no words')
      return false
    }
    preflight(opened, () => null)
    const written = writeGlb(opened.json, opened.bin)
    const again = openContainer(written)
    promise(
      'json' in again && !again.isUnaligned && sameBytes(writeGlb(again.json, again.bin), written),
      'what is written is not read as it was',
    )
    return true
  } catch (error) {
    if (!(error instanceof Rejected)) throw error
    promise(
      error.rejections.every(({ rule, message }) => rule !== '' && message !== ''),
      'a refusal has no words',
    )
    return false
  }
}

function image(bytes: Uint8Array): boolean {
  const header = readImageHeader(bytes)
  promise(header === null || (header.width > 0 && header.height > 0), 'an image has no extent')
  const draco = readDracoHeader(bytes)
  promise(draco === null || (draco.faces >= 0 && draco.points >= 0), 'a mesh has less than nothing')
  return header !== null || draco !== null
}

export const gltfTargets: readonly FuzzTarget[] = [
  { name: 'upload', run: upload, share: 0.3 },
  { name: 'image-header', run: image },
]

const mesh = { primitives: [{ attributes: { POSITION: 0 }, indices: 1, targets: [{ POSITION: 0 }] }] }
const plain = {
  asset: { version: '2.0' },
  scene: 0,
  scenes: [{ nodes: [0] }],
  nodes: [{ mesh: 0, children: [1] }, { skin: 0 }],
  meshes: [mesh],
  skins: [{ joints: [1] }],
  accessors: [
    {
      bufferView: 0,
      componentType: 5126,
      count: 3,
      type: 'VEC3',
      sparse: { count: 1, indices: { bufferView: 1, componentType: 5123 }, values: { bufferView: 0 } },
    },
    { bufferView: 1, componentType: 5123, count: 3, type: 'SCALAR' },
  ],
  bufferViews: [
    { buffer: 0, byteLength: 36 },
    { buffer: 0, byteOffset: 36, byteLength: 6 },
  ],
  buffers: [{ byteLength: 44 }],
}
const packed = {
  ...plain,
  extensionsUsed: ['EXT_meshopt_compression'],
  bufferViews: [
    {
      buffer: 0,
      byteLength: 36,
      extensions: {
        EXT_meshopt_compression: { buffer: 0, byteLength: 36, count: 3, byteStride: 12, mode: 'ATTRIBUTES' },
      },
    },
  ],
}
const pictured = {
  asset: { version: '2.0' },
  images: [
    {
      uri: 'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
    },
  ],
  animations: [{ channels: [{ sampler: 0, target: { node: 0, path: 'scale' } }], samplers: [{ input: 0, output: 0 }] }],
}

const text = (json: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(json))
/** 33 bytes of a PNG, the frame of a JPEG, the beginning of Draco data. */
const HEADERS: readonly Uint8Array[] = [
  Uint8Array.of(
    0x89,
    0x50,
    0x4e,
    0x47,
    0x0d,
    0x0a,
    0x1a,
    0x0a,
    0,
    0,
    0,
    13,
    0x49,
    0x48,
    0x44,
    0x52,
    0,
    0,
    0,
    1,
    0,
    0,
    0,
    1,
    8,
    6,
    0,
    0,
    0,
    0x1f,
    0x15,
    0xc4,
    0x89,
  ),
  Uint8Array.of(
    0xff,
    0xd8,
    0xff,
    0xe0,
    0,
    4,
    1,
    2,
    0xff,
    0xc0,
    0,
    17,
    8,
    0,
    16,
    0,
    16,
    3,
    1,
    0x22,
    0,
    2,
    0x11,
    1,
    3,
    0x11,
    1,
  ),
  Uint8Array.of(0x44, 0x52, 0x41, 0x43, 0x4f, 2, 2, 1, 1, 0, 0, 0, 4, 2, 1, 0),
]

/** Files to mutate, by target. */
export const gltfSeeds = (): Readonly<Record<string, Uint8Array[]>> => ({
  upload: [
    writeGlb(plain, new Uint8Array(44)),
    writeGlb(packed, new Uint8Array(44)),
    text(plain),
    text(pictured),
    writeGlb({ asset: { version: '2.0' } }, null),
  ],
  'image-header': [...HEADERS],
})
