/**
 * Decides whether a player may use a package, and fetches the package's physics. The answers come from the main thread,
 * which has the archive. Nothing here blocks: until the answer has come, the verdict is `wait`.
 */
import { LruMap } from '../../http/lru-map.ts'
import { TokenBucket } from '../../http/token-bucket.ts'
import { encodeInput, LABEL_CHARACTERS_MAX, PACKAGE_BYTES_MAX } from '../../protocol/index.ts'
import {
  charactersOf,
  checkPhysics,
  nameFault,
  type PackageHash,
  type PackagePhysics,
  type PlayerId,
} from '../../sim/index.ts'
import type { PackageDefinition, PackageRights, PackageVerdict } from './interaction-center.ts'
import {
  GRANT_MS,
  GRANTS_PER_PLAYER_MAX,
  PACKAGE_WAIT_MS_MAX,
  WANTED_BURST_MAX,
  WANTED_PER_SECOND_MAX,
} from '../limits.ts'
import type { FromRealm, PackageAccessAnswer, ToRealm } from '../both-threads/realm-messages.ts'

export interface PackageAccessOptions {
  post(message: Extract<FromRealm, { readonly type: 'package-request' }>): void
  /** True if the realm has the package. */
  knows(hash: PackageHash): boolean
  /** True if the realm can take another package of so many characters. */
  hasRoom(characters: number): boolean
  /** Returns null if the player's user is not known. */
  uidOf(player: PlayerId): string | null
  nowMs(): number
}

/** A player's last request to the main thread. */
interface PackageRequest {
  readonly hash: PackageHash
  readonly requestedAtMs: number
  answer: Answer | null
}

type Answer =
  | { readonly ok: true; readonly definition: PackageDefinition; readonly characters: number }
  | Extract<PackageVerdict, { readonly ok: false }>

interface Requester {
  readonly bucket: TokenBucket
  request: PackageRequest | null
  /** Until when the player may use each package without another request, ms. */
  readonly grants: LruMap<PackageHash, number>
}

export class PackageAccess implements PackageRights {
  readonly #options: PackageAccessOptions
  readonly #requesters = new Map<PlayerId, Requester>()

  constructor(options: PackageAccessOptions) {
    this.#options = options
  }

  /**
   * Returns whether a player may use a package. Where that is not known, it requests the answer, one at a time for each
   * player.
   */
  verdict(player: PlayerId, hash: PackageHash): PackageVerdict {
    const nowMs = this.#options.nowMs()
    const requester = this.#requesterOf(player, nowMs)
    if ((requester.grants.peek(hash) ?? -Infinity) >= nowMs && this.#options.knows(hash))
      return { ok: true, definition: null }
    if (requester.request?.hash !== hash) return this.#request(player, requester, hash, nowMs)
    const { answer, requestedAtMs } = requester.request
    if (answer === null && nowMs - requestedAtMs <= PACKAGE_WAIT_MS_MAX) return 'wait'
    // An answer, or its absence, is used once: the next use of a package requests again.
    requester.request = null
    if (answer === null) return { ok: false, reason: 'unknown-package' }
    if (!answer.ok) return answer
    requester.grants.set(hash, nowMs + GRANT_MS)
    if (this.#options.knows(hash)) return { ok: true, definition: null }
    return this.#options.hasRoom(answer.characters) ? answer : { ok: false, reason: 'package-limit' }
  }

  #request(player: PlayerId, requester: Requester, hash: PackageHash, nowMs: number): PackageVerdict {
    const uid = this.#options.uidOf(player)
    if (uid === null) return { ok: false, reason: 'unknown-package' }
    if (!requester.bucket.take(1, nowMs)) return 'wait'
    requester.request = { hash, requestedAtMs: nowMs, answer: null }
    this.#options.post({ type: 'package-request', hash, player, uid })
    return 'wait'
  }

  /** Receives the main thread's answer. One that nobody waits for is ignored. */
  receiveAnswer({ player, hash, ...given }: Extract<ToRealm, { readonly type: 'package-answer' }>): void {
    const request = this.#requesters.get(player)?.request
    if (request?.hash === hash) request.answer ??= answerOf(hash, given)
  }

  forget(player: PlayerId): void {
    this.#requesters.delete(player)
  }

  #requesterOf(player: PlayerId, nowMs: number): Requester {
    const known = this.#requesters.get(player) ?? {
      bucket: new TokenBucket(WANTED_PER_SECOND_MAX, WANTED_BURST_MAX, nowMs),
      request: null,
      grants: new LruMap<PackageHash, number>(GRANTS_PER_PLAYER_MAX),
    }
    this.#requesters.set(player, known)
    return known
  }
}

/**
 * Rejects here what does not fit into a frame or is not valid in any realm, as nobody gets the outcome of the server's
 * own commands.
 */
function answerOf(hash: PackageHash, given: PackageAccessAnswer): Answer {
  if (!given.ok) return { ok: false, reason: given.reason }
  const { physics } = given
  const bytes = bytesOf(hash, physics)
  if (bytes > PACKAGE_BYTES_MAX) return { ok: false, reason: 'package-limit' }
  const name = physics.kind === 'object' ? physics.prop.name : physics.body.name
  return checkPhysics(physics) || nameFault(name, LABEL_CHARACTERS_MAX) !== null
    ? { ok: false, reason: 'invalid-value' }
    : { ok: true, definition: { physics, bytes }, characters: charactersOf(physics) }
}

/** Bytes of the package in a frame. */
const bytesOf = (hash: PackageHash, physics: PackagePhysics): number =>
  encodeInput({ player: 0, sequence: 0xffff_ffff, command: { type: 'package', hash, physics } }).length
