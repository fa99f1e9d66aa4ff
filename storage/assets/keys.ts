/** Names in the asset stores, and declarations of files, which are checked before anything else is done. */
import { AssetError, type AssetKey } from './assets.ts'
import { LINK_SECONDS_MAX } from './limits.ts'

/** The file that an upload link permits. */
export interface DeclaredFile {
  readonly bytes: number
  /** 64 lower-case hex digits. */
  readonly sha256: string
  readonly mediaType: string
}

export interface ParsedKey {
  readonly folder: 'sha256' | 'incoming'
  readonly name: string
}

const KEY = /^(?:sha256\/([0-9a-f]{64})|incoming\/([a-z0-9][a-z0-9-]{0,63}))$/
const SHA256 = /^[0-9a-f]{64}$/
/** Restricted names of RFC 6838 section 4.2, lower case, without parameters: nothing that could end a header. */
const MEDIA_TYPE = /^[a-z0-9][a-z0-9!#$&^_.+-]{0,126}\/[a-z0-9][a-z0-9!#$&^_.+-]{0,126}$/

export const UNKNOWN_MEDIA_TYPE = 'application/octet-stream'

/** Returns null if the key is malformed. There is no other way to a path. */
export function parseKey(key: string): ParsedKey | null {
  const [, hex, id] = KEY.exec(key) ?? []
  if (hex !== undefined) return { folder: 'sha256', name: hex }
  return id === undefined ? null : { folder: 'incoming', name: id }
}

/** Throws AssetError `bad-key`. */
export function requireKey(key: AssetKey, folder?: ParsedKey['folder']): ParsedKey {
  const parsed = parseKey(key)
  if (parsed !== null && (folder === undefined || parsed.folder === folder)) return parsed
  const fix = `use ${folder === 'incoming' ? '' : 'sha256/ and 64 lower-case hex digits'}${folder === undefined ? ', or ' : ''}${folder === 'sha256' ? '' : 'incoming/ and up to 64 of a-z, 0-9 and -'}`
  throw new AssetError({
    reason: 'bad-key',
    what: 'this is not a valid file name here',
    where: JSON.stringify(key.slice(0, 100)),
    fix,
  })
}

/** Throws AssetError `bad-file`. */
export function requireMediaType(mediaType: string): string {
  if (MEDIA_TYPE.test(mediaType)) return mediaType
  throw badFile(
    'this is no media type',
    JSON.stringify(mediaType.slice(0, 100)),
    'use one like model/gltf-binary, in lower case and without parameters',
  )
}

/** Throws AssetError `bad-file`. */
export function requireFile(file: DeclaredFile): DeclaredFile {
  if (!Number.isSafeInteger(file.bytes) || file.bytes < 1)
    throw badFile('a file has at least one byte', `bytes: ${file.bytes}`, 'declare its size as a whole number')
  if (!SHA256.test(file.sha256))
    throw badFile(
      'this is no SHA-256',
      `sha256: ${JSON.stringify(file.sha256.slice(0, 100))}`,
      'declare it as 64 lower-case hex digits',
    )
  requireMediaType(file.mediaType)
  return file
}

/** Throws AssetError `bad-file`. */
export function requireLife(lifeSeconds: number): number {
  if (Number.isSafeInteger(lifeSeconds) && lifeSeconds >= 1 && lifeSeconds <= LINK_SECONDS_MAX) return lifeSeconds
  throw badFile('a link cannot live so long', `${lifeSeconds} s`, `use whole seconds from 1 to ${LINK_SECONDS_MAX}`)
}

const badFile = (what: string, where: string, fix: string): AssetError =>
  new AssetError({ reason: 'bad-file', what, where, fix })

/**
 * Time at which a download link counts as signed, Unix ms: at most a quarter of its lifetime ago. All requests within a
 * quarter get the same link, so that caches recognise it.
 */
export function signedAtMs(nowMs: number, lifeSeconds: number): number {
  const stepMs = Math.max(1, Math.floor(lifeSeconds / 4)) * 1_000
  return Math.floor(nowMs / stepMs) * stepMs
}
