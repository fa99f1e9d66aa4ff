/** Hostile guests that return: a guest that is disconnected, or whose realm ended, logs in again. */
import { login, type Connect } from '../../../netcode/index.ts'
import { sleep, isTrueWithin } from '../../harness/wait.ts'
import { fetchFrom } from './fetch-from.ts'
import { count, WireGuest, type CommandEndings } from './wire-guest.ts'

const UPDATE_MS = 16
/** Pause between the end of a guest and its next login, ms. */
const AGAIN_MS = 1_000
const JOIN_MS_MAX = 10_000
const LOGIN_MS_MAX = 5_000

export interface Seat {
  readonly name: string
  readonly connect: Connect
  guest: WireGuest
}

export class Guests {
  readonly endings: CommandEndings = {}
  /** Reasons why guests ended, with counts. */
  readonly ended: Record<string, number> = {}
  readonly seats: Seat[]
  readonly #url: string
  readonly #fetch: typeof fetch
  readonly #timer: NodeJS.Timeout
  readonly #loose: WireGuest[] = []
  readonly #coming = new Set<Seat>()
  #isOver = false

  /** `from`: source address of their logins; null for any. */
  constructor(url: string, connects: readonly Connect[], guests: number, from: string | null) {
    this.#url = url
    this.#fetch = from === null ? fetch : fetchFrom(from)
    this.seats = Array.from({ length: guests }, (_, i) => ({
      name: `stranger ${i + 1}`,
      connect: one(connects, i),
      guest: over(),
    }))
    this.#timer = setInterval(() => this.#update(), UPDATE_MS)
  }

  #update(): void {
    const nowMs = performance.now()
    for (const { guest } of this.seats) guest.update(nowMs)
    for (const guest of this.#loose) guest.update(nowMs)
  }

  /** Guests that are in the realm. The others are still trying to join. */
  ready(): readonly WireGuest[] {
    for (const seat of this.seats) if (seat.guest.ended !== null && !this.#coming.has(seat)) void this.#seat(seat)
    return this.seats.filter(({ guest }) => guest.isJoined).map(({ guest }) => guest)
  }

  async #seat(seat: Seat): Promise<void> {
    this.#coming.add(seat)
    if (seat.guest.ended !== null && seat.guest.ended !== '') this.#end(seat.guest.ended)
    seat.guest = over()
    const guest = await this.come(seat.name, seat.connect)
    if (guest) seat.guest = guest
    else await sleep(AGAIN_MS)
    this.#coming.delete(seat)
  }

  /** Logs in one more guest without a slot; null if it is not admitted. */
  async come(name: string, connect: Connect): Promise<WireGuest | null> {
    const guest = new WireGuest(this.endings, performance.now())
    this.#loose.push(guest)
    try {
      const { token } = await login(this.#url, name, {
        fetch: (input, init) => this.#fetch(input, { ...init, signal: AbortSignal.timeout(LOGIN_MS_MAX) }),
      })
      await guest.connect(this.#url, token, connect)
      if (!(await isTrueWithin(() => guest.isJoined || guest.ended !== null, JOIN_MS_MAX))) guest.ended = 'no Welcome'
    } catch (error) {
      guest.ended = error instanceof Error ? error.message : String(error)
    }
    this.#loose.splice(this.#loose.indexOf(guest), 1)
    if (guest.isJoined) return guest
    this.#end(guest.ended ?? 'it did not get in')
    return null
  }

  #end(reason: string): void {
    if (!this.#isOver) this.ended[reason.slice(0, 200)] = (this.ended[reason.slice(0, 200)] ?? 0) + 1
  }

  /** Keeps an additional guest's session alive until it is dropped. */
  async with<T>(guest: WireGuest, run: () => Promise<T>): Promise<T> {
    this.#loose.push(guest)
    try {
      return await run()
    } finally {
      this.#loose.splice(this.#loose.indexOf(guest), 1)
    }
  }

  /** Counts how a login ended that belongs to no slot. */
  note(what: string, outcome: string): void {
    count(this.endings, what, outcome)
  }

  close(): void {
    this.#isOver = true
    clearInterval(this.#timer)
    for (const { guest } of this.seats) guest.drop()
  }
}

/** A slot without a guest. */
function over(): WireGuest {
  const guest = new WireGuest({}, 0)
  guest.ended = ''
  return guest
}

function one(connects: readonly Connect[], i: number): Connect {
  const connect = connects[i % connects.length]
  if (!connect) throw new Error('there is no transport')
  return connect
}
