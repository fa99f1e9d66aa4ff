/** The manifest of a package (packages/manifest.ts) as JSON that comes from the network. */
import * as Schema from 'effect/Schema'
import { MANIFEST_SCHEMA, type PackageManifest } from '../packages/manifest.ts'
import { BONES } from '../sim/types.ts'
import { Kind, Numbers, Ranks, Sha256 } from './fields.ts'

const Vec3 = Schema.Struct({ x: Schema.Finite, y: Schema.Finite, z: Schema.Finite })
const Quat = Schema.Struct({ x: Schema.Finite, y: Schema.Finite, z: Schema.Finite, w: Schema.Finite })
const Point = Schema.Tuple([Schema.Finite, Schema.Finite, Schema.Finite])

const Shape = Schema.Union([
  Schema.Struct({ type: Schema.Literal('box'), halfExtents: Vec3 }),
  Schema.Struct({ type: Schema.Literal('sphere'), radius: Schema.Finite }),
  Schema.Struct({ type: Schema.Literal('capsule'), halfHeight: Schema.Finite, radius: Schema.Finite }),
  Schema.Struct({ type: Schema.Literal('convex'), points: Numbers }),
  Schema.Struct({ type: Schema.Literal('trimesh'), vertices: Numbers, indices: Numbers }),
]).annotate({ identifier: 'Shape' })

const Collider = Schema.Struct({ shape: Shape, position: Vec3, rotation: Quat }).annotate({ identifier: 'Collider' })

const Prop = Schema.Struct({
  name: Schema.String,
  motion: Schema.Literals(['static', 'dynamic', 'kinematic']),
  colliders: Schema.Array(Collider),
  density: Schema.Finite,
  friction: Schema.Finite,
  restitution: Schema.Finite,
  color: Schema.Finite,
})

const Body = Schema.Struct({
  name: Schema.String,
  offsets: Schema.Array(Vec3),
  capsules: Schema.Array(
    Schema.Struct({
      bone: Schema.Finite.check(
        Schema.isInt(),
        Schema.isBetween({ minimum: 0, maximum: BONES.length - 1 }, { expected: `0 to ${BONES.length - 1}` }),
      ),
      a: Vec3,
      b: Vec3,
      radius: Schema.Finite,
    }),
  ),
})

const file = { sha256: Sha256, bytes: Schema.Finite, mediaType: Schema.String }
const File = Schema.Struct(file)

const Joint = Schema.Struct({
  joint: Schema.String,
  parent: Schema.NullOr(Schema.String),
  name: Schema.String,
  humanoid: Schema.optionalKey(Schema.String),
  rest: Schema.optionalKey(Quat),
})

const Attachments = Schema.Struct({
  avatar: Schema.Struct({
    materials: Schema.Array(Schema.Struct({ id: Schema.String, name: Schema.String })),
    meshes: Schema.Array(
      Schema.Struct({
        id: Schema.String,
        name: Schema.String,
        triangles: Schema.Finite,
        vertices: Schema.Finite,
        materials: Schema.Array(Schema.String),
        morphTargets: Schema.Finite,
      }),
    ),
    animations: Schema.Array(Schema.Struct({ id: Schema.String, name: Schema.String, seconds: Schema.Finite })),
  }),
  colliders: Schema.Array(Collider),
})

const Files = Schema.Struct({
  runtime: File,
  original: File,
  levels: Schema.Array(Schema.Struct({ ...file, metresMin: Schema.Finite, triangles: Schema.Finite })),
  textures: Schema.Array(
    Schema.Struct({
      ...file,
      id: Schema.String,
      name: Schema.String,
      width: Schema.Finite,
      height: Schema.Finite,
    }),
  ),
})

const ManifestFields = Schema.Struct({
  schema: Schema.Literal(MANIFEST_SCHEMA),
  kind: Kind,
  name: Schema.String,
  attachments: Attachments,
  scale: Schema.Finite,
  skeleton: Schema.NullOr(Schema.Array(Joint)),
  capsules: Schema.Array(
    Schema.Struct({ bone: Schema.String, joint: Schema.String, a: Point, b: Point, r: Schema.Finite }),
  ),
  marker: Schema.Struct({ position: Vec3, rotation: Quat }),
  bounds: Schema.Struct({ min: Vec3, max: Vec3 }),
  counts: Schema.Struct({
    triangles: Schema.Finite,
    vertices: Schema.Finite,
    materials: Schema.Finite,
    textures: Schema.Finite,
    joints: Schema.Finite,
    textureBytes: Schema.Finite,
  }),
  rank: Ranks,
  files: Files,
  physics: Schema.Union([
    Schema.Struct({ kind: Schema.Literal('object'), prop: Prop }),
    Schema.Struct({ kind: Schema.Literal('avatar'), body: Body }),
  ]),
}).annotate({ identifier: 'Manifest' })

/** The compiler checks here that the schema and the package model are the same. */
export const Manifest: Schema.Codec<PackageManifest> = ManifestFields
