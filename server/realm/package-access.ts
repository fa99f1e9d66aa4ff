/**
 * Package access: where a realm finds out whether a player may use a package, and gets its physics. Asks the main thread,
 * which has the archive; nothing here waits, for a tick asks only for what has been answered already.
 */
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
import type { PackageDefinition, PackageRights, Verdict } from './interaction-center.ts'
import {
  GRANT_MS,
  GRANTS_PER_PLAYER_MAX,
  PACKAGE_WAIT_MS_MAX,
  WANTED_BURST_MAX,
  WANTED_PER_SECOND_MAX,
} from '../limits.ts'
import type { FromRealm, PackageAnswer, ToRealm } from '../realm-messages.ts'

export interface PackageAccessOptions {
  post(message: Extract<FromRealm, { readonly type: 'package-request' }>): void
  /** Whether the realm has the package. */
  knows(hash: PackageHash): boolean
  /** Whether it can take another, of so many characters. */
  hasRoom(characters: number): boolean
  /** Null: nobody's. */
  uidOf(player: PlayerId): string | null
  nowMs(): number
}

/** The last question about a player's wish. */
interface Question {
  readonly hash: PackageHash
  readonly askedAtMs: number
  answer: Answer | null
}

type Answer =
  | { readonly ok: true; readonly brings: PackageDefinition; readonly characters: number }
  | Extract<Verdict, { readonly ok: false }>

interface Asker {
  readonly bucket: TokenBucket
  question: Question | null
  /** Until when it may use which package without another question. */
  readonly grants: Map<PackageHash, number>
}

export class PackageAccess implements PackageRights {
  readonly #options: PackageAccessOptions
  readonly #askers = new Map<PlayerId, Asker>()

  constructor(options: PackageAccessOptions) {
    this.#options = options
  }

  /** Whether a player may use a package: known at once or asked for, one question of a player at a time. */
  verdict(player: PlayerId, hash: PackageHash): Verdict {
    const nowMs = this.#options.nowMs()
    const asker = this.#askerOf(player, nowMs)
    if ((asker.grants.get(hash) ?? -Infinity) >= nowMs && this.#options.knows(hash)) return { ok: true, brings: null }
    if (asker.question?.hash !== hash) return this.#ask(player, asker, hash, nowMs)
    const { answer, askedAtMs } = asker.question
    if (answer === null && nowMs - askedAtMs <= PACKAGE_WAIT_MS_MAX) return 'wait'
    // An answer is used once, and so is its absence: the next wish asks anew.
    asker.question = null
    if (answer === null) return { ok: false, reason: 'unknown-package' }
    if (!answer.ok) return answer
    grant(asker, hash, nowMs)
    if (this.#options.knows(hash)) return { ok: true, brings: null }
    return this.#options.hasRoom(answer.characters) ? answer : { ok: false, reason: 'package-limit' }
  }

  #ask(player: PlayerId, asker: Asker, hash: PackageHash, nowMs: number): Verdict {
    const uid = this.#options.uidOf(player)
    if (uid === null) return { ok: false, reason: 'unknown-package' }
    if (!asker.bucket.take(1, nowMs)) return 'wait'
    asker.question = { hash, askedAtMs: nowMs, answer: null }
    this.#options.post({ type: 'package-request', hash, player, uid })
    return 'wait'
  }

  /** Takes the main thread's answer; one that nobody waits for any more is passed over. */
  answered({ player, hash, ...given }: Extract<ToRealm, { readonly type: 'package-answer' }>): void {
    const question = this.#askers.get(player)?.question
    if (question?.hash === hash) question.answer ??= answerOf(hash, given)
  }

  forget(player: PlayerId): void {
    this.#askers.delete(player)
  }

  #askerOf(player: PlayerId, nowMs: number): Asker {
    const known = this.#askers.get(player) ?? {
      bucket: new TokenBucket(WANTED_PER_SECOND_MAX, WANTED_BURST_MAX, nowMs),
      question: null,
      grants: new Map<PackageHash, number>(),
    }
    this.#askers.set(player, known)
    return known
  }
}

function grant({ grants }: Asker, hash: PackageHash, nowMs: number): void {
  grants.delete(hash)
  grants.set(hash, nowMs + GRANT_MS)
  const oldest = grants.keys().next()
  if (grants.size > GRANTS_PER_PLAYER_MAX && !oldest.done) grants.delete(oldest.value)
}

/** What cannot be in a frame, or in any realm, is found out here: a command of the server's own is answered to nobody. */
function answerOf(hash: PackageHash, given: PackageAnswer): Answer {
  if (!given.ok) return { ok: false, reason: given.reason }
  const { physics } = given
  const bytes = bytesOf(hash, physics)
  if (bytes > PACKAGE_BYTES_MAX) return { ok: false, reason: 'package-limit' }
  const name = physics.kind === 'object' ? physics.prop.name : physics.body.name
  return checkPhysics(physics) || nameFault(name, LABEL_CHARACTERS_MAX) !== null
    ? { ok: false, reason: 'invalid-value' }
    : { ok: true, brings: { physics, bytes }, characters: charactersOf(physics) }
}

/** In a frame. */
const bytesOf = (hash: PackageHash, physics: PackagePhysics): number =>
  encodeInput({ player: 0, sequence: 0xffff_ffff, command: { type: 'package', hash, physics } }).length
