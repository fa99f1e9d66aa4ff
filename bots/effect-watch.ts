/**
 * Measures the time from a player's decision until another player sees its effect. Some bots jump now and then in
 * addition to their behaviour, and another bot samples its world until it sees the jumper rise. Both use one clock. The
 * time includes the input rate, the network, the wait for the tick, the wait for the snapshot, and the watcher's
 * interpolation. A jump is distinguishable from everything else that bots do, because walking, turning, standing and
 * being pushed stay on the ground. It also changes little: eight bots that jump every second and a half do so about as
 * often as a hundred that walk.
 */
import type { AvatarSample } from '../netcode/client/types.ts'
import type { Bot } from './bot.ts'
import { Dice } from './bot-behaviour.ts'

/** Bots that jump: six effects a second in total. */
const JUMPERS_MAX = 8
/**
 * Time from an effect to the next jump, ms. A jump takes 860, and the times must not synchronise with ticks and
 * snapshots.
 */
const REST_MS: readonly [number, number] = [1_000, 1_500]
/** Pause before a jump that is impossible now (in the air, or without a watcher) is retried, ms. */
const AGAIN_MS = 100
/**
 * The avatar has risen when it is drawn this far above its lowest height, metres, and moves up at this speed, m/s: the
 * first tick of a jump. A moving prop under the feet lifts more slowly.
 */
const RISEN_METRES = 0.05
const RISING_SPEED = 0.5
/**
 * A jump that is not seen after this time, ms, counts as this time. The bot wants to jump until then, so that one lost
 * packet does not lose the jump.
 */
const SEEN_MS_MAX = 3_000

/** A jump that has begun but is not seen yet. */
interface Jump {
  readonly atMs: number
  readonly watcher: Bot
  /** Lowest height of the jumper that the watcher saw, metres. */
  lowest: number
}

interface Jumper {
  readonly bot: Bot
  nextMs: number
  jump: Jump | null
}

export class EffectWatch {
  readonly #bots: readonly Bot[]
  readonly #dice: Dice
  readonly #jumpers: readonly Jumper[]
  readonly #latencyMs: number[] = []

  /** At most half of the bots jump, spread evenly over the list. Any other bot may watch a jump. */
  constructor(bots: readonly Bot[], seed: number) {
    this.#bots = bots
    this.#dice = new Dice(seed)
    const count = Math.min(JUMPERS_MAX, Math.floor(bots.length / 2))
    this.#jumpers = Array.from({ length: count }, (_, i) => bots[Math.floor((i * bots.length) / count)]).flatMap(
      (bot) => (bot ? [{ bot, nextMs: -Infinity, jump: null }] : []),
    )
  }

  /** All times so far, ms. */
  get latencyMs(): readonly number[] {
    return this.#latencyMs
  }

  /** Call it after the bots' own `update`, with the same time. */
  update(nowMs: number): void {
    for (const jumper of this.#jumpers) {
      if (jumper.jump) this.#observe(jumper, jumper.jump, nowMs)
      else if (nowMs >= jumper.nextMs) this.#start(jumper, nowMs)
    }
  }

  #start(jumper: Jumper, nowMs: number): void {
    jumper.nextMs = nowMs + AGAIN_MS
    const watcher = this.#dice.pick(this.#bots)
    if (!watcher || watcher === jumper.bot || !jumper.bot.isGrounded) return
    const seen = seenBy(watcher, jumper.bot, nowMs)
    if (!seen?.grounded) return
    jumper.jump = { atMs: nowMs, watcher, lowest: seen.position.y }
    jumper.bot.jump(true)
  }

  #observe(jumper: Jumper, jump: Jump, nowMs: number): void {
    const seen = seenBy(jump.watcher, jumper.bot, nowMs)
    if (seen) {
      jump.lowest = Math.min(jump.lowest, seen.position.y)
      const isRising = seen.position.y > jump.lowest + RISEN_METRES && seen.velocity.y > RISING_SPEED
      if (!isRising && nowMs - jump.atMs < SEEN_MS_MAX) return
      this.#latencyMs.push(nowMs - jump.atMs)
    }
    // One of the two lost its connection, so this jump has no result
    jumper.jump = null
    jumper.nextMs = nowMs + this.#dice.between(...REST_MS)
    jumper.bot.jump(false)
  }
}

/** The other bot's avatar as the watcher draws it now; null if one of the two is not connected. */
function seenBy(watcher: Bot, { client: { state } }: Bot, nowMs: number): AvatarSample | null {
  if (state.type !== 'joined' || watcher.client.state.type !== 'joined') return null
  return watcher.client.sample(nowMs).avatars.find(({ element }) => element === state.avatar) ?? null
}
