/**
 * Signatures of the Local Cloud's links: HMAC-SHA256 (RFC 2104) over method, key and expiry, and for an upload also
 * over size, hash and media type, each on its own line. None of them can contain a line feed.
 */
import { createHmac, timingSafeEqual } from 'node:crypto'
import type { AssetKey } from './assets.ts'
import type { DeclaredFile } from './keys.ts'

export interface SignedRequest {
  readonly key: AssetKey
  /** Unix time, ms. */
  readonly expiresAtMs: number
  /** The file of an upload; null for a download. */
  readonly file: DeclaredFile | null
}

export class LinkSigner {
  readonly #secret: Buffer

  /** `secret` may sign other data too: the key derived from it here signs only links. */
  constructor(secret: Uint8Array) {
    this.#secret = createHmac('sha256', secret).update('otherworld asset links 1').digest()
  }

  #digest({ key, expiresAtMs, file }: SignedRequest): Buffer {
    const parts =
      file === null ? ['GET', key, expiresAtMs] : ['PUT', key, expiresAtMs, file.bytes, file.sha256, file.mediaType]
    return createHmac('sha256', this.#secret).update(parts.join('\n')).digest()
  }

  /** The link's query: the signed values, and the signature in base64url. */
  query(request: SignedRequest): string {
    const { file, expiresAtMs } = request
    const fields = file === null ? {} : { bytes: String(file.bytes), sha256: file.sha256, type: file.mediaType }
    return new URLSearchParams({
      ...fields,
      expires: String(expiresAtMs),
      signature: this.#digest(request).toString('base64url'),
    }).toString()
  }

  isValid(request: SignedRequest, signature: string): boolean {
    const given = Buffer.from(signature, 'base64url')
    const right = this.#digest(request)
    // Compares the text too: base64url has several texts for the same bytes
    return given.length === right.length && timingSafeEqual(given, right) && signature === right.toString('base64url')
  }
}

/** Parses a link's query without checking its signature; null if it does not have our form. */
export function readQuery(
  method: 'GET' | 'PUT',
  key: AssetKey,
  query: string,
): { readonly request: SignedRequest; readonly signature: string } | null {
  const fields = new URLSearchParams(query)
  const expiresAtMs = wholeNumber(fields.get('expires'))
  const signature = fields.get('signature')
  if (expiresAtMs === null || signature === null) return null
  if (method === 'GET') return { request: { key, expiresAtMs, file: null }, signature }
  const [bytes, sha256, mediaType] = [wholeNumber(fields.get('bytes')), fields.get('sha256'), fields.get('type')]
  return bytes === null || sha256 === null || mediaType === null
    ? null
    : { request: { key, expiresAtMs, file: { bytes, sha256, mediaType } }, signature }
}

const wholeNumber = (text: string | null): number | null =>
  text !== null && /^[1-9]\d{0,15}$/.test(text) ? Number(text) : null
