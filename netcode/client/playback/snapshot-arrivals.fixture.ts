/**
 * Snapshots on their way to a page, on a simulated clock: a server that ticks 60 times a second and sends every third,
 * a connection with delay and loss, and a page that may stall and whose clock may be wrong. The same seed gives the
 * same arrivals.
 */
import { Dice } from '../../../bots/bot-behaviour.ts'

const TICK_MS = 1_000 / 60
const FRAME_MS = 1_000 / 60
const SEND_TICKS = 3

/** All times in ms of the real world, from 0. */
export interface ArrivalsOptions {
  readonly seed: number
  readonly lengthMs: number
  /** One-way delay at a time. */
  readonly delayMs?: (atMs: number) => number
  /** Additional delay, uniformly distributed up to this. */
  readonly jitterMs?: number
  readonly lossShare?: number
  /** Intervals in which the server stands still. */
  readonly serverPausesMs?: readonly (readonly [number, number])[]
  /** Intervals in which the page neither draws nor receives; it receives everything afterwards. */
  readonly pageStallsMs?: readonly (readonly [number, number])[]
  /** The page's clock at a time. */
  readonly clockMs?: (atMs: number) => number
}

export interface ArrivalListener {
  /** A snapshot arrived, with a round-trip measurement. `nowMs` is on the page's clock. */
  snapshotArrived(tick: number, rttMs: number, nowMs: number): void
  /** The page draws. `serverTick` is the true tick. */
  frame(nowMs: number, serverTick: number, atMs: number): void
}

const within = (spans: readonly (readonly [number, number])[], atMs: number): readonly [number, number] | undefined =>
  spans.find(([from, to]) => atMs >= from && atMs < to)

/** The server's tick at a time, fractional. */
function tickAt(pauses: readonly (readonly [number, number])[], atMs: number): number {
  let goneMs = atMs
  for (const [from, to] of pauses) goneMs -= Math.max(0, Math.min(to, atMs) - from)
  return goneMs / TICK_MS
}

interface SnapshotDelivery {
  readonly atMs: number
  readonly tick: number
  readonly rttMs: number
}

function deliveries(options: ArrivalsOptions): SnapshotDelivery[] {
  const {
    seed,
    lengthMs,
    delayMs = () => 30,
    jitterMs = 0,
    lossShare = 0,
    serverPausesMs = [],
    pageStallsMs = [],
  } = options
  const dice = new Dice(seed)
  const made: SnapshotDelivery[] = []
  for (let sentMs = 0, last = 0; sentMs < lengthMs; sentMs += 1) {
    const tick = Math.floor(tickAt(serverPausesMs, sentMs) / SEND_TICKS) * SEND_TICKS
    if (tick === last) continue
    last = tick
    const [down, up, isLost] = [
      delayMs(sentMs) + dice.between(0, jitterMs),
      delayMs(sentMs) + dice.between(0, jitterMs),
      dice.between(0, 1) < lossShare,
    ]
    const cameMs = sentMs + down
    const atMs = within(pageStallsMs, cameMs)?.[1] ?? cameMs
    if (!isLost) made.push({ atMs, tick, rttMs: up + down + atMs - cameMs })
  }
  return made.toSorted((a, b) => a.atMs - b.atMs)
}

/** Runs the simulation and reports it to the listener. */
export function playArrivals(options: ArrivalsOptions, watcher: ArrivalListener): void {
  const { lengthMs, serverPausesMs = [], pageStallsMs = [], clockMs = (atMs) => atMs } = options
  const waiting = deliveries(options)
  let next = 0
  for (let atMs = 0; atMs < lengthMs; atMs += FRAME_MS) {
    for (let one = waiting[next]; one !== undefined && one.atMs <= atMs; one = waiting[next]) {
      watcher.snapshotArrived(one.tick, one.rttMs, clockMs(one.atMs))
      next += 1
    }
    if (within(pageStallsMs, atMs) === undefined) watcher.frame(clockMs(atMs), tickAt(serverPausesMs, atMs), atMs)
  }
}
