/**
 * How long it takes from a player's decision until another player sees it: some bots jump now and then on top of whatever
 * they do, and of each jump another bot of the crowd, whose world is looked at from then on, sees it rise. Both read one
 * clock. Input rate, network, the wait for the tick, the wait for the snapshot and the seeing bot's interpolation are all
 * in it. A jump, for it can be told from all else that bots do: walking, turning, standing and being pushed go over the
 * ground. And it changes little: eight that jump every second and a half do so about as often as a hundred that walk.
 */
import type { AvatarSample } from '../netcode/client/types.ts'
import type { Bot } from './bot.ts'
import { Dice } from './bot-behaviour.ts'

/** Bots that jump: six effects a second in all. */
const JUMPERS_MAX = 8
/** From the effect to the next jump, ms: a jump takes 860, and jumps do not keep step with ticks and snapshots. */
const REST_MS: readonly [number, number] = [1_000, 1_500]
/** Where it cannot jump now, as in the air, or nobody could see it, it is tried again after this long, ms. */
const AGAIN_MS = 100
/** It has risen when it is drawn this much above its lowest, metres, going up at this speed, m/s: a first tick of a jump. A prop under the feet that moves lifts less quickly. */
const RISEN_METRES = 0.05
const RISING_SPEED = 0.5
/** What was not seen after this long, ms, is counted as this long. The jump is wished for until then, so that a lost packet does not lose it. */
const SEEN_MS_MAX = 3_000

/** A jump on its way. */
interface Jump {
  readonly atMs: number
  readonly watcher: Bot
  /** Height at which the watcher saw the jumper lowest, metres. */
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

  /** Half of the bots at most jump, evenly spread over the list; each jump is watched by another of all. */
  constructor(bots: readonly Bot[], seed: number) {
    this.#bots = bots
    this.#dice = new Dice(seed)
    const count = Math.min(JUMPERS_MAX, Math.floor(bots.length / 2))
    this.#jumpers = Array.from({ length: count }, (_, i) => bots[Math.floor((i * bots.length) / count)]).flatMap(
      (bot) => (bot ? [{ bot, nextMs: -Infinity, jump: null }] : []),
    )
  }

  /** All so far, ms. */
  get latencyMs(): readonly number[] {
    return this.#latencyMs
  }

  /** To be called after the bots' own `update`, with the time at which it is called. */
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
    // One of the two lost its connection: nothing is known of this one
    jumper.jump = null
    jumper.nextMs = nowMs + this.#dice.between(...REST_MS)
    jumper.bot.jump(false)
  }
}

/** How the watcher draws the other's avatar now; null where one of the two is not connected. */
function seenBy(watcher: Bot, { client: { state } }: Bot, nowMs: number): AvatarSample | null {
  if (state.type !== 'joined' || watcher.client.state.type !== 'joined') return null
  return watcher.client.sample(nowMs).avatars.find(({ element }) => element === state.avatar) ?? null
}
