/**
 * How long it takes from a player's decision until another player sees it: one bot stands still and starts to walk, and
 * another, whose world is looked at only then, sees it move. Both read one clock. Input rate, network, the wait for the
 * tick, the wait for the snapshot and the seeing bot's interpolation are all in it.
 */
import type { AvatarSample } from '../../netcode/client/types.ts'
import type { Bot } from './bot.ts'

/** Pairs that are watched; each gives a figure every few seconds. */
const PAIRS_MAX = 12
/** Slower than this is standing, m/s. */
const STILL_SPEED = 0.02
/** That much off its place it has moved, metres. */
const MOVED_METRES = 0.01
/** What was not seen after this long, ms, is counted as this long. */
const SEEN_MS_MAX = 3_000

interface Pair {
  readonly actor: Bot
  readonly watcher: Bot
  /** Since when the actor has wanted to walk, and where the watcher saw it stand. */
  begun: { readonly atMs: number; readonly seen: AvatarSample } | null
  wasWalking: boolean
}

export class EffectWatch {
  readonly #pairs: readonly Pair[]
  readonly #latencyMs: number[] = []

  /** Bots next to each other in the list make pairs. */
  constructor(bots: readonly Bot[]) {
    const pairs: Pair[] = []
    for (let i = 0; i + 1 < bots.length && pairs.length < PAIRS_MAX; i += 2) {
      const [actor, watcher] = [bots[i], bots[i + 1]]
      if (actor && watcher) pairs.push({ actor, watcher, begun: null, wasWalking: true })
    }
    this.#pairs = pairs
  }

  /** All so far, ms. */
  get latencyMs(): readonly number[] {
    return this.#latencyMs
  }

  /** To be called after the bots' own `update`. */
  update(nowMs: number): void {
    for (const pair of this.#pairs) {
      if (pair.begun) this.#wait(pair, pair.begun, nowMs)
      else this.#begin(pair, nowMs)
      pair.wasWalking = pair.actor.isWalking
    }
  }

  #begin(pair: Pair, nowMs: number): void {
    if (pair.wasWalking || !pair.actor.isWalking) return
    const seen = seenBy(pair, nowMs)
    if (seen && Math.hypot(seen.velocity.x, seen.velocity.z) < STILL_SPEED) pair.begun = { atMs: nowMs, seen }
  }

  #wait(pair: Pair, { atMs, seen }: NonNullable<Pair['begun']>, nowMs: number): void {
    const now = seenBy(pair, nowMs)
    const moved = now && Math.hypot(now.position.x - seen.position.x, now.position.z - seen.position.z) > MOVED_METRES
    if (now && !moved && nowMs - atMs < SEEN_MS_MAX) return
    pair.begun = null
    if (now) this.#latencyMs.push(nowMs - atMs)
  }
}

function seenBy({ actor, watcher }: Pair, nowMs: number): AvatarSample | null {
  const { state } = actor.client
  if (state.type !== 'joined' || watcher.client.state.type !== 'joined') return null
  return watcher.client.sample(nowMs).avatars.find(({ element }) => element === state.avatar) ?? null
}
