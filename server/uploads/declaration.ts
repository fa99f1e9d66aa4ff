/**
 * The declaration of a file before its upload. The contract checks its shape; this file checks its values against
 * limits.
 */
import { Effect } from 'effect'
import { KIND_LIMITS } from '../../ingest/limits.ts'
import type { Sharing, UploadBody } from '../../http-api/index.ts'
import type { PackageKind } from '../../packages/manifest.ts'
import { cleanName } from '../../protocol/index.ts'
import { RouteError } from '../http/reply.ts'
import { readBody } from '../http/router.ts'

export interface Declaration {
  /** Name of the future package. */
  readonly name: string
  readonly bytes: number
  /** 64 lower-case hex digits. */
  readonly sha256: string
  /** Null: detect it from the content. */
  readonly kind: PackageKind | null
  /** Node names by humanoid bone. */
  readonly humanoid: Readonly<Record<string, string>> | null
  readonly sharing: Sharing
}

/** VRM 1.0 knows 55 humanoid bones. */
const HUMANOID_ENTRIES_MAX = 64
const NODE_NAME_CHARACTERS_MAX = 256
const FILE_NAME_CHARACTERS_MAX = 255
/** A binary glTF has a header of 12 bytes and a chunk header of 8. */
const FILE_BYTES_MIN = 20

const bad = (where: string, message: string, fix: string): RouteError =>
  new RouteError({ reason: 'bad-declaration', message, where, fix })

type Read<T> = Effect.Effect<T, RouteError>

/** Checks the body of POST /v1/uploads. */
export const readDeclaration: (json: unknown) => Read<Declaration> = Effect.fnUntraced(function* (json) {
  const { name, fileName, bytes, sha256, kind = null, humanoid, sharing } = yield* readBody('declareUpload', json)
  return {
    name: yield* readName(
      name ??
        fileName
          ?.slice(0, FILE_NAME_CHARACTERS_MAX)
          .replace(/^.*[/\\]/, '')
          .replace(/\.\w{1,5}$/, ''),
    ),
    bytes: yield* readBytes(bytes, kind),
    sha256,
    kind,
    humanoid: yield* readHumanoid(humanoid),
    sharing: sharing ?? 'owner',
  }
})

/** Without a `name`, the file's name without its extension. */
function readName(name: string | undefined): Read<string> {
  const fix = 'send a name of 1 to 32 characters for the package'
  if (name === undefined) return Effect.fail(bad('name', 'the name is missing', fix))
  const cleaned = cleanName(name)
  return cleaned.ok ? Effect.succeed(cleaned.value) : Effect.fail(bad('name', `the name ${cleaned.error.message}`, fix))
}

function readBytes(bytes: number, kind: PackageKind | null): Read<number> {
  const limit = KIND_LIMITS[kind ?? 'avatar'].fileBytes
  if (!Number.isInteger(bytes) || bytes < 0)
    return Effect.fail(bad('bytes', 'the size is missing', 'send the number of bytes of the file'))
  if (bytes < FILE_BYTES_MIN)
    return Effect.fail(bad('bytes', `a file of ${bytes} bytes is no model`, 'send a binary glTF file (.glb or .vrm)'))
  if (bytes > limit)
    return Effect.fail(
      new RouteError({
        reason: 'too-large',
        message: `the file has ${bytes} bytes; ${kind === 'object' ? 'an object' : 'an avatar'} may have ${limit}`,
        where: 'bytes',
        fix: 'make its textures smaller or compress them, and its meshes simpler',
      }),
    )
  return Effect.succeed(bytes)
}

function readHumanoid(humanoid: UploadBody['humanoid']): Read<Declaration['humanoid']> {
  if (humanoid === undefined || humanoid === null) return Effect.succeed(null)
  const fix = 'send {"BONE": "NODE NAME"} with the bones of VRM 1.0, or leave it out'
  const entries = Object.entries(humanoid)
  if (entries.length > HUMANOID_ENTRIES_MAX)
    return Effect.fail(
      bad('humanoid', `the humanoid map has ${entries.length} entries; there are at most ${HUMANOID_ENTRIES_MAX}`, fix),
    )
  const map: Record<string, string> = {}
  for (const [bone, node] of entries) {
    if (!/^[A-Za-z]{1,40}$/.test(bone) || node === '' || node.length > NODE_NAME_CHARACTERS_MAX)
      return Effect.fail(bad(`humanoid/${bone.slice(0, 40)}`, 'this entry names no bone or no node', fix))
    map[bone] = node
  }
  return Effect.succeed(map)
}

/** Equal for equal bytes that are ingested with the same options. */
export function fingerprintOf({ sha256, name, kind, humanoid }: Declaration): string {
  return JSON.stringify([
    sha256,
    name,
    kind,
    humanoid === null ? null : Object.entries(humanoid).toSorted(([a], [b]) => (a < b ? -1 : 1)),
  ])
}
