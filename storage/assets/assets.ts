/** Assets: files of packages, by content. Two implementations (a local disk, S3) behind one contract. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { Context, Data, type Effect } from 'effect'
import { faultText, type Fault } from '../fault.ts'

/** Where a file is: `quarantine/UPLOAD` until it was ingested, then `sha256/HEX`. Lower-case letters, digits, `-`, `/`. */
export type AssetKey = string

export class AssetError extends Data.TaggedError('AssetError')<
  Fault & {
    /**
     * `away`: the store does not answer; worth trying again. `full`: no room. `bad-key`, `bad-file`: what was asked for cannot
     * be (a malformed key; a size, hash, media type or link's life out of range). `denied`: rights, credentials, no such bucket.
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
  /** Puts a file under `sha256/HEX` of its content; one that is there already is left as it is. Returns the key. */
  put(bytes: Uint8Array, mediaType: string): Effect.Effect<AssetKey, AssetError>
  /** The whole file, its content checked against its key; fails with `too-large` beyond `bytesMax` before it is in memory. */
  get(key: AssetKey, bytesMax: number): Effect.Effect<Uint8Array, AssetError>
  head(key: AssetKey): Effect.Effect<AssetHead, AssetError>
  /** Succeeds where there is no such file. */
  remove(key: AssetKey): Effect.Effect<void, AssetError>
  /**
   * A link to upload exactly so many bytes with this SHA-256 (hex) to `quarantine/UPLOAD`, once: HTTP 412 where a file is
   * there already. Not every S3 checks the hash: who takes a file out of the quarantine does.
   */
  uploadLink(
    key: AssetKey,
    file: { readonly bytes: number; readonly sha256: string; readonly mediaType: string },
    lifeSeconds: number,
  ): Effect.Effect<AssetLink, AssetError>
  /** For `sha256/HEX` alone. The same for all who ask within a quarter of its life, so that caches know it again. */
  downloadLink(key: AssetKey, lifeSeconds: number): Effect.Effect<AssetLink, AssetError>
  /** Removes what has lain in the quarantine for longer; returns how many. */
  sweepQuarantine(olderThanMs: number): Effect.Effect<number, AssetError>
  /** Answers requests below /v1/assets and returns true; false for any other. What stands in S3 is served there alone. */
  answers(request: IncomingMessage, response: ServerResponse): boolean
}

export class Assets extends Context.Service<Assets, AssetsService>()('otherworld/Assets') {}
