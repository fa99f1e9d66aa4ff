/** Fields that several bodies and answers of the API share. */
import * as Schema from 'effect/Schema'
import * as SchemaTransformation from 'effect/SchemaTransformation'
import type { PackageKind, PackageRank } from '../packages/manifest.ts'

/** 64 lower-case hex digits. */
export const Sha256 = Schema.String.check(Schema.isPattern(/^[0-9a-f]{64}$/u, { expected: '64 lower-case hex digits' }))

/** The compiler checks that these lists match the model's own types. */
export const PACKAGE_KINDS = ['avatar', 'object'] as const satisfies readonly PackageKind[]
export const Kind = Schema.Literals(PACKAGE_KINDS)
/** Best first. */
export const PACKAGE_RANKS = [
  'excellent',
  'good',
  'medium',
  'poor',
  'verypoor',
] as const satisfies readonly PackageRank[]
const Rank = Schema.Literals(PACKAGE_RANKS).annotate({ identifier: 'Rank' })
export const Ranks = Schema.Struct({ pc: Rank, mobile: Rank })

/** The users who may spawn or wear a package: its owner, or everyone. */
export const SHARINGS = ['owner', 'everyone'] as const
export const Sharing = Schema.Literals(SHARINGS)
export type Sharing = typeof Sharing.Type

/** What a user may do in a realm beyond everyone else. */
export const REALM_ROLES = ['builder', 'owner'] as const
export const RealmRole = Schema.Literals(REALM_ROLES)
export type RealmRole = typeof RealmRole.Type

/** Observers watch and may run a lockstep peer; players have an avatar. */
export const LOGIN_ROLES = ['player', 'observer'] as const
export const LoginRole = Schema.Literals(LOGIN_ROLES)
export type LoginRole = typeof LoginRole.Type

/** VRM 1.0 has 55 humanoid bones. */
export const HUMANOID_ENTRIES_MAX = 64
const BONE = /^[A-Za-z]{1,40}$/
const NODE_NAME_CHARACTERS_MAX = 256

/** Node name by humanoid bone. */
export const HumanoidMap = Schema.Record(
  Schema.String,
  Schema.String.check(Schema.isBetweenLength(1, NODE_NAME_CHARACTERS_MAX)),
).check(
  Schema.makeFilter(
    (map: Readonly<Record<string, string>>) => {
      const wrong = Object.keys(map).find((bone) => !BONE.test(bone))
      return wrong === undefined || { path: [wrong.slice(0, 40)], issue: 'not a bone' }
    },
    { toJsonSchema: () => ({ propertyNames: { pattern: BONE.source } }) },
  ),
  Schema.isMaxProperties(HUMANOID_ENTRIES_MAX),
)

/** A name as a person typed it. The server cleans it and counts its characters (NAM-1, NAM-2 in docs/protocol.md). */
export const Name = Schema.String.check(Schema.isMinLength(1)).annotate({
  description: '1 to 32 characters, at least one of them visible',
})

/** A field that may be missing or null. */
export const optional = <S extends Schema.Top>(schema: S) => Schema.optional(Schema.NullOr(schema))

/** Many numbers: checked in one loop, because a schema for each of 400,000 numbers would take as long as a frame. */
export const Numbers = Schema.declare(
  (value): value is readonly number[] => Array.isArray(value) && value.every((each) => Number.isFinite(each)),
  {
    expected: 'a list of numbers',
    toCodecJson: () =>
      Schema.link<readonly number[]>()(Schema.Array(Schema.Finite), SchemaTransformation.passthrough()),
  },
)
