/** Sends commands in quick succession, valid and invalid, so that some are always under way. */
import { IDENTITY } from '../../sim/maths/maths.ts'
import { ACCESS_MAX, Hand, type HandId, type PropSpec } from '../../sim/index.ts'
import type { RenderClient } from '../../netcode/client/render-client.ts'
import type { WorldSample } from '../../netcode/client/types.ts'
import type { Dice } from '../../bots/bot-behaviour.ts'
import { PACKAGE_HASHES } from './package-archive.ts'

/** Pause between two commands, ms. */
const PAUSE_MS: readonly [number, number] = [30, 900]
/** Commands of a burst, which follow each other immediately. */
const BURST_MAX = 6
/** Props that one player spawns and owns at a time. */
const OWN_MAX = 3
const HANDS: readonly HandId[] = [Hand.pointer, Hand.left, Hand.right]

const BALL: PropSpec = {
  name: 'ball',
  motion: 'dynamic',
  colliders: [{ shape: { type: 'sphere', radius: 0.15 }, position: { x: 0, y: 0, z: 0 }, rotation: IDENTITY }],
  density: 300,
  friction: 0.5,
  restitution: 0.25,
  color: 0xe07a5f,
}

export class CommandSpammer {
  readonly #dice: Dice
  readonly #client: RenderClient
  #nextMs = 0
  #own = 0

  constructor(client: RenderClient, dice: Dice) {
    this.#client = client
    this.#dice = dice
  }

  update(nowMs: number, sample: () => WorldSample): void {
    if (this.#client.state.type !== 'joined' || nowMs < this.#nextMs) return
    this.#nextMs = nowMs + this.#dice.between(...PAUSE_MS)
    const { props, avatars } = sample()
    const position = avatars.find(({ own }) => own)?.position ?? { x: 0, y: 0, z: 0 }
    for (let left = this.#dice.chance(0.1) ? BURST_MAX : 1; left > 0; left--) {
      const hand = this.#dice.pick(HANDS) ?? Hand.pointer
      const target = this.#dice.pick(props)?.element ?? 1
      const drawn = this.#dice.unit()
      const mine = props.find(({ owner }) => owner === this.#client.user)
      if (drawn < 0.2 && this.#own < OWN_MAX) {
        this.#own++
        void this.#client.spawn(this.#dice.chance(0.5) ? BALL : (this.#dice.pick(PACKAGE_HASHES) ?? BALL), {
          position: {
            x: Math.fround(position.x),
            y: Math.fround(position.y + 2),
            z: Math.fround(position.z + this.#dice.between(-1, 1)),
          },
        })
      } else if (drawn < 0.3 && mine) {
        this.#own--
        void this.#client.despawn(mine.element)
      } else if (drawn < 0.36)
        void this.#client.wear(this.#dice.chance(0.4) ? 0 : (this.#dice.pick(PACKAGE_HASHES) ?? 0))
      else if (drawn < 0.4)
        void this.#client.setAccess(mine?.element ?? target, Math.floor(this.#dice.between(0, ACCESS_MAX + 1)))
      else if (drawn < 0.65) void this.#client.grab(target, hand)
      else if (drawn < 0.9) void this.#client.release(hand)
      else void this.#client.scale(target, Math.fround(this.#dice.between(0.5, 1.5)))
    }
  }
}
