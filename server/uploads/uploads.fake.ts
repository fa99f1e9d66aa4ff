/** Fakes for tests of uploads: a file store in memory that can be away, and an ingest with preset outcomes. */
import { createHash } from 'node:crypto'
import { Effect } from 'effect'
import { AssetError, type AssetsService } from '../../storage/assets/assets.ts'
import type { IngestOutcome } from '../../ingest/types.ts'
import type { PackageManifest } from '../../packages/manifest.ts'

export const sha256Of = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

export class FakeAssets implements AssetsService {
  readonly kind = 'local'
  readonly origin = null
  readonly files = new Map<string, Uint8Array>()
  away = false

  #did<T>(work: () => T): Effect.Effect<T, AssetError> {
    return Effect.try({
      try: () => {
        if (this.away) throw fault('away')
        return work()
      },
      catch: (error) => (error instanceof AssetError ? error : fault('denied')),
    })
  }

  #read(key: string): Uint8Array {
    const bytes = this.files.get(key)
    if (!bytes) throw fault('not-found')
    return bytes
  }

  put(bytes: Uint8Array): Effect.Effect<string, AssetError> {
    return this.#did(() => {
      const key = `sha256/${sha256Of(bytes)}`
      this.files.set(key, bytes)
      return key
    })
  }

  get(key: string, bytesMax: number): Effect.Effect<Uint8Array, AssetError> {
    return this.#did(() => {
      const bytes = this.#read(key)
      if (bytes.length > bytesMax) throw fault('too-large')
      return bytes
    })
  }

  head(key: string): ReturnType<AssetsService['head']> {
    return this.#did(() => ({ bytes: this.#read(key).length, mediaType: 'model/gltf-binary' }))
  }

  remove(key: string): Effect.Effect<void, AssetError> {
    return this.#did(() => void this.files.delete(key))
  }

  uploadLink(key: string): ReturnType<AssetsService['uploadLink']> {
    return this.#did(() => ({ method: 'PUT', url: `/v1/assets/${key}`, headers: {}, expiresAtMs: 0 }))
  }

  downloadLink(key: string): ReturnType<AssetsService['downloadLink']> {
    return this.#did(() => ({ method: 'GET', url: `/v1/assets/${key}`, headers: {}, expiresAtMs: 0 }))
  }

  sweepIncoming(): Effect.Effect<number, AssetError> {
    return this.#did(() => 0)
  }

  answers(): boolean {
    return false
  }
}

const fault = (reason: AssetError['reason']): AssetError =>
  new AssetError({ reason, what: `the store is ${reason}`, where: 'memory', fix: 'wait' })

/** An outcome with a package of one file, which holds these bytes. */
export function outcomeFor(bytes: Uint8Array, name: string): IngestOutcome {
  const file = { sha256: sha256Of(bytes), bytes: bytes.length, mediaType: 'model/gltf-binary' }
  const manifest: PackageManifest = {
    schema: 'otherworld/manifest/1',
    kind: 'object',
    name,
    attachments: { avatar: { materials: [], meshes: [], animations: [] }, colliders: [] },
    scale: 1,
    skeleton: null,
    capsules: [],
    marker: { position: { x: 0, y: 0, z: 0 }, rotation: { x: 0, y: 0, z: 0, w: 1 } },
    bounds: { min: { x: 0, y: 0, z: 0 }, max: { x: 1, y: 1, z: 1 } },
    counts: { triangles: 1, vertices: 3, materials: 0, textures: 0, joints: 0, textureBytes: 0 },
    rank: { pc: 'excellent', mobile: 'good' },
    files: { runtime: file, original: file, levels: [], textures: [] },
    physics: {
      kind: 'object',
      prop: {
        name,
        motion: 'dynamic',
        density: 100,
        friction: 0.5,
        restitution: 0,
        color: 0,
        colliders: [
          {
            shape: { type: 'sphere', radius: 0.5 },
            position: { x: 0, y: 0, z: 0 },
            rotation: { x: 0, y: 0, z: 0, w: 1 },
          },
        ],
      },
    },
  }
  const hash = sha256Of(Buffer.from(JSON.stringify(manifest)))
  return {
    accepted: true,
    hash,
    manifest,
    files: new Map([
      [file.sha256, { bytes, mediaType: file.mediaType }],
      [hash, { bytes: Buffer.from(JSON.stringify(manifest)), mediaType: 'application/json' }],
    ]),
    warnings: [],
    milliseconds: 1,
  }
}

export const REFUSED: IngestOutcome = {
  accepted: false,
  rejections: [{ rule: 'NODE_CYCLE', where: '/nodes/0', value: 0, limit: null, message: 'A node is its own child.' }],
  warnings: [],
  milliseconds: 1,
}
