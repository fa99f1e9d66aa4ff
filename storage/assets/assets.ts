/** Assets: files of packages, named by their content. Two implementations (a local disk, S3) share one contract. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { Context, Data, type Effect } from 'effect'
import { faultText, type OperatorFault } from '../fault.ts'

/**
 * Location of a file: `incoming/UPLOAD` until it was ingested, then `sha256/HEX`. Lower-case letters, digits, `-`,
 * `/`.
 */
export type AssetKey = string

export class AssetError extends Data.TaggedError('AssetError')<
  OperatorFault & {
    /**
     * `away`: the store does not answer; try again later. `full`: no room. `bad-key`, `bad-file`: the request is
     * invalid (a malformed key; a size, hash, media type or lifetime out of range). `denied`: rights, credentials, or a
     * missing bucket.
     */
    readonly reason: 'away' | 'not-found' | 'too-large' | 'wrong-hash' | 'full' | 'denied' | 'bad-key' | 'bad-file'
  }
> {
  override get message(): string {
    return faultText(this)
  }

  get isRetryable(): boolean {
    return this.reason === 'away'
  }
}

export interface AssetHead {
  readonly bytes: number
  readonly mediaType: string
}

/** A signed request with which a device uploads or downloads directly. */
export interface AssetLink {
  readonly method: 'PUT' | 'GET'
  /** Absolute, or a path on this server that begins with `/`. */
  readonly url: string
  /** Send them unchanged. */
  readonly headers: Readonly<Record<string, string>>
  /** Unix time, ms. */
  readonly expiresAtMs: number
}

export interface AssetsService {
  readonly kind: 'local' | 's3'
  /** Origin that pages must be allowed to talk to, e.g. http://127.0.0.1:9400; null: this server's own. */
  readonly origin: string | null
  /** Stores a file under `sha256/HEX` of its content and returns the key. An existing file stays unchanged. */
  put(bytes: Uint8Array, mediaType: string): Effect.Effect<AssetKey, AssetError>
  /**
   * Returns the whole file after checking its content against its key. Fails with `too-large` beyond `bytesMax` before
   * it is in memory.
   */
  get(key: AssetKey, bytesMax: number): Effect.Effect<Uint8Array, AssetError>
  head(key: AssetKey): Effect.Effect<AssetHead, AssetError>
  /** Succeeds if there is no such file. */
  remove(key: AssetKey): Effect.Effect<void, AssetError>
  /**
   * Returns a link to upload a file of exactly this size and SHA-256 (hex) to `incoming/UPLOAD`, once: HTTP 412 if a
   * file already exists. Not every S3 checks the hash, so check it when you read an incoming file.
   */
  uploadLink(
    key: AssetKey,
    file: { readonly bytes: number; readonly sha256: string; readonly mediaType: string },
    lifeSeconds: number,
  ): Effect.Effect<AssetLink, AssetError>
  /**
   * Only for `sha256/HEX`. All requests within a quarter of the link's lifetime get the same link, so that caches
   * recognise it.
   */
  downloadLink(key: AssetKey, lifeSeconds: number): Effect.Effect<AssetLink, AssetError>
  /** Removes incoming files that are older than this; returns their number. */
  sweepIncoming(olderThanMs: number): Effect.Effect<number, AssetError>
  /**
   * Answers requests below /v1/assets and returns true, or returns false for any other. Files in S3 are served only by
   * S3.
   */
  answers(request: IncomingMessage, response: ServerResponse): boolean
}

export class Assets extends Context.Service<Assets, AssetsService>()('otherworld/Assets') {}
