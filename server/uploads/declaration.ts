/**
 * The declaration of a file before its upload. The contract checks its shape; this file checks its values against
 * limits.
 */
import { Effect } from 'effect'
import { KIND_LIMITS } from '../../ingest/limits.ts'
import type { Sharing } from '../../http-contract/index.ts'
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
  /** True: reduce a model above the limits of its kind. */
  readonly fit: boolean
}

const FILE_NAME_CHARACTERS_MAX = 255

const bad = (where: string, message: string, fix: string): RouteError =>
  new RouteError({ reason: 'bad-declaration', message, where, fix })

type Read<T> = Effect.Effect<T, RouteError>

/** Checks the body of POST /v1/uploads. */
export const readDeclaration: (json: unknown) => Read<Declaration> = Effect.fnUntraced(function* (json) {
  const body = yield* readBody('declareUpload', json)
  const { name, fileName, bytes, sha256, kind = null, humanoid, sharing, fit } = body
  return {
    name: yield* readName(name ?? withoutExtension(fileName ?? '')),
    bytes: yield* readBytes(bytes, kind),
    sha256,
    kind,
    humanoid: humanoid ?? null,
    sharing: sharing ?? 'owner',
    fit: fit ?? false,
  }
})

const withoutExtension = (fileName: string): string =>
  fileName
    .slice(0, FILE_NAME_CHARACTERS_MAX)
    .replace(/^.*[/\\]/, '')
    .replace(/\.\w{1,5}$/, '')

function readName(name: string): Read<string> {
  const cleaned = cleanName(name)
  return cleaned.ok
    ? Effect.succeed(cleaned.value)
    : Effect.fail(bad('name', `the name ${cleaned.error.message}`, 'send a name of 1 to 32 characters for the package'))
}

function readBytes(bytes: number, kind: PackageKind | null): Read<number> {
  const limit = KIND_LIMITS[kind ?? 'avatar'].fileBytes
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

/** Equal for equal bytes that are ingested with the same options. */
export function fingerprintOf({ sha256, name, kind, humanoid, fit }: Declaration): string {
  return JSON.stringify([
    sha256,
    name,
    kind,
    humanoid === null ? null : Object.entries(humanoid).toSorted(([a], [b]) => (a < b ? -1 : 1)),
    fit,
  ])
}
