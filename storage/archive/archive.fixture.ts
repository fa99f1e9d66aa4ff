/** Helpers of the archive's tests: entries to store, and short ways to run a call. */
import { Effect } from 'effect'
import { DEFAULT_BODY, DEFAULT_DEFINITION, type RealmDefinition } from '../../sim/index.ts'
import type { PackageManifest } from '../../packages/manifest.ts'
import type { ArchiveError, ObjectRecord, SavedElement } from './archive.ts'

export const done = <T>(effect: Effect.Effect<T, ArchiveError>): Promise<T> => Effect.runPromise(effect)
/** Resolves with the reason of a call's failure, or null if it succeeds. */
export const reasonOf = (effect: Effect.Effect<unknown, ArchiveError>): Promise<ArchiveError['reason'] | null> =>
  done(
    effect.pipe(
      Effect.as(null),
      Effect.catch((error) => Effect.succeed(error.reason)),
    ),
  )

/** Returns the n-th UUID of a family. UUIDs of different families or numbers differ. */
export const uuid = (family: number, n: number): string =>
  `${family.toString(16).padStart(8, '0')}-0000-4000-8000-${n.toString(16).padStart(12, '0')}`

/** The order of keys and the forms of numbers are such that a database which parses JSON would change them. */
export const definitionOf = (id: string, name = 'A realm'): RealmDefinition => ({
  ...DEFAULT_DEFINITION,
  id,
  name,
  gravity: { z: -0, x: 1e-9, y: -9.81 },
})

export const manifestOf = (name: string): PackageManifest => ({
  schema: 'otherworld/manifest/1',
  kind: 'object',
  name,
  attachments: { avatar: { materials: [], meshes: [], animations: [] }, colliders: [] },
  scale: 1,
  skeleton: null,
  capsules: [],
  marker: { position: { x: 0, y: 0, z: 0 }, rotation: { x: 0, y: 0, z: 0, w: 1 } },
  bounds: { min: { x: -1e-7, y: 0, z: 0 }, max: { x: 1, y: 1, z: 1 } },
  counts: { triangles: 0, vertices: 0, materials: 0, textures: 0, joints: 0, textureBytes: 0 },
  rank: { pc: 'good', mobile: 'poor' },
  files: {
    runtime: { sha256: 'a'.repeat(64), bytes: 1, mediaType: 'model/gltf-binary' },
    original: { sha256: 'b'.repeat(64), bytes: 1, mediaType: 'model/gltf-binary' },
    levels: [],
    textures: [],
  },
  physics: { kind: 'avatar', body: DEFAULT_BODY },
})

export const recordOf = (id: string, userUid: string, changes: Partial<ObjectRecord> = {}): ObjectRecord => ({
  id,
  userUid,
  package: 'a'.repeat(64),
  name: 'teacup',
  sharing: 'owner',
  bytes: 10,
  createdAtMs: 1_700_000_000_123,
  ...changes,
})

/** Returns a 32-bit float from -1 to 1 that no short decimal represents. */
const float32 = (n: number): number => Math.fround(Math.fround(n * 0.618_033_98) % 1)

export const elementOf = (element: number, changes: Partial<SavedElement> = {}): SavedElement => ({
  element,
  name: `thing ${element} ☕`,
  package: null,
  spec: { name: 'box', b: [1, 1e-7, 2.5], a: { nested: true } },
  owner: 4_294_967_295,
  access: 42,
  position: { x: float32(element), y: float32(element + 1), z: float32(element + 2) },
  rotation: { x: float32(element + 3), y: float32(element + 4), z: float32(element + 5), w: float32(element + 6) },
  scale: Math.fround(1.1),
  ...changes,
})
