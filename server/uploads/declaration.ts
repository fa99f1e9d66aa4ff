/** What a client says of a file before it sends it: checked against what a server takes at all. */
import { KIND_LIMITS } from '../../ingest/limits.ts'
import type { Sharing } from '../../storage/archive/archive.ts'
import type { PackageKind } from '../../packages/manifest.ts'
import { cleanName } from '../../protocol/index.ts'
import { RouteError } from '../http/reply.ts'

export interface Declaration {
  /** What the package will be called. */
  readonly name: string
  readonly bytes: number
  /** 64 lower-case hex digits. */
  readonly sha256: string
  /** Null: by what is in it. */
  readonly kind: PackageKind | null
  /** Name of the node by humanoid bone. */
  readonly humanoid: Readonly<Record<string, string>> | null
  readonly sharing: Sharing
}

/** VRM 1.0 knows 55 humanoid bones. */
const HUMANOID_ENTRIES_MAX = 64
const NODE_NAME_CHARACTERS_MAX = 256
const FILE_NAME_CHARACTERS_MAX = 255
/** A binary glTF has a header of 12 bytes and a chunk's of 8. */
const FILE_BYTES_MIN = 20

const bad = (where: string, message: string, fix: string): RouteError =>
  new RouteError(400, 'bad-declaration', message, where, fix)

/** The body of POST /v1/uploads. Throws RouteError. */
export function readDeclaration(body: unknown): Declaration {
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw bad('', 'the body is not an object', 'send {"name", "bytes", "sha256"}')
  const fields = body as Readonly<Record<string, unknown>>
  const kind = oneOf(fields['kind'], 'kind', ['avatar', 'object'] as const)
  return {
    name: readName(fields['name'], fields['fileName']),
    bytes: readBytes(fields['bytes'], kind),
    sha256: readSha256(fields['sha256']),
    kind,
    humanoid: readHumanoid(fields['humanoid']),
    sharing: oneOf(fields['sharing'], 'sharing', ['owner', 'everyone'] as const) ?? 'owner',
  }
}

function oneOf<T extends string>(value: unknown, where: string, values: readonly T[]): T | null {
  if (value === undefined || value === null) return null
  const found = values.find((each) => each === value)
  if (found === undefined)
    throw bad(
      where,
      `there is no ${where} ${JSON.stringify(value)?.slice(0, 40)}`,
      `send ${values.map((each) => `"${each}"`).join(' or ')}, or leave it out`,
    )
  return found
}

/** Without a name the file's, without its ending. */
function readName(name: unknown, fileName: unknown): string {
  const given =
    name ??
    (typeof fileName === 'string'
      ? fileName
          .slice(0, FILE_NAME_CHARACTERS_MAX)
          .replace(/^.*[/\\]/, '')
          .replace(/\.\w{1,5}$/, '')
      : undefined)
  if (typeof given !== 'string')
    throw bad('name', 'the name is missing', 'send what the thing is to be called, 1 to 32 characters')
  const cleaned = cleanName(given)
  if (!cleaned.ok)
    throw bad('name', `the name ${cleaned.error.message}`, 'send what the thing is to be called, 1 to 32 characters')
  return cleaned.value
}

function readBytes(bytes: unknown, kind: PackageKind | null): number {
  const limit = KIND_LIMITS[kind ?? 'avatar'].fileBytes
  if (typeof bytes !== 'number' || !Number.isInteger(bytes) || bytes < 0)
    throw bad('bytes', 'the size is missing', 'send the number of bytes of the file')
  if (bytes < FILE_BYTES_MIN)
    throw bad('bytes', `a file of ${bytes} bytes is no model`, 'send a binary glTF file (.glb or .vrm)')
  if (bytes > limit)
    throw new RouteError(
      413,
      'too-large',
      `the file has ${bytes} bytes; ${kind === 'object' ? 'an object' : 'an avatar'} may have ${limit}`,
      'bytes',
      'make its textures smaller or compress them, and its meshes simpler',
    )
  return bytes
}

function readSha256(sha256: unknown): string {
  if (typeof sha256 === 'string' && /^[0-9a-f]{64}$/.test(sha256)) return sha256
  throw bad('sha256', 'the SHA-256 is missing or none', 'send the SHA-256 of the file as 64 lower-case hex digits')
}

function readHumanoid(humanoid: unknown): Readonly<Record<string, string>> | null {
  if (humanoid === undefined || humanoid === null) return null
  const fix = 'send {"BONE": "NODE NAME"} with the bones of VRM 1.0, or leave it out'
  if (typeof humanoid !== 'object' || Array.isArray(humanoid))
    throw bad('humanoid', 'the humanoid map is not an object', fix)
  const entries = Object.entries(humanoid as Record<string, unknown>)
  if (entries.length > HUMANOID_ENTRIES_MAX)
    throw bad(
      'humanoid',
      `the humanoid map has ${entries.length} entries; there are at most ${HUMANOID_ENTRIES_MAX}`,
      fix,
    )
  const map: Record<string, string> = {}
  for (const [bone, node] of entries) {
    if (
      !/^[A-Za-z]{1,40}$/.test(bone) ||
      typeof node !== 'string' ||
      node === '' ||
      node.length > NODE_NAME_CHARACTERS_MAX
    )
      throw bad(`humanoid/${bone.slice(0, 40)}`, 'this entry names no bone or no node', fix)
    map[bone] = node
  }
  return map
}

/** The same for the same bytes ingested in the same way. */
export function fingerprintOf({ sha256, name, kind, humanoid }: Declaration): string {
  return JSON.stringify([
    sha256,
    name,
    kind,
    humanoid === null ? null : Object.entries(humanoid).toSorted(([a], [b]) => (a < b ? -1 : 1)),
  ])
}
