/**
 * The knowledge of an observer outside of the parts under test: what passed over the wire, what the server reported,
 * what existed after a crash.
 */
import { decodeClientPacket, decodeServerPacket } from '../../protocol/index.ts'
import type { PlayerId } from '../../sim/index.ts'

/** Time that a power loss may cost, ms: the interval of the syncs and the slowest sync (docs/operating.md). */
export const POWER_LOSS_MS_MAX = 100

/** The outcome of a command, as its sender received it. */
export interface CommandEnding {
  readonly ok: boolean
  /** The tick that carried out or rejected the command. */
  readonly tick: number
  readonly what: string
}

export class PlayerFacts {
  /** Commands that left the client. */
  readonly issued = new Set<number>()
  /** When a command was first acknowledged, ms. */
  readonly ackedAtMs = new Map<number, number>()
  readonly endings = new Map<number, CommandEnding>()
  /** Outcomes that contradict an earlier one. */
  readonly contradictions: string[] = []
  #ackedTo = 0

  sent(bytes: Uint8Array): void {
    const packet = decodeClientPacket(bytes)
    if (packet.ok) for (const { sequence } of packet.value.commands) this.issued.add(sequence)
  }

  /**
   * The client is gone. The next one continues after the numbers that the server received, so later numbers are used
   * again.
   */
  forget(): void {
    for (const sequence of this.issued) if (!this.ackedAtMs.has(sequence)) this.issued.delete(sequence)
  }

  received(bytes: Uint8Array, nowMs: number): void {
    const packet = decodeServerPacket(bytes)
    if (!packet.ok) return
    const { ackCommand, messages } = packet.value
    for (; this.#ackedTo < ackCommand; this.#ackedTo++)
      if (this.issued.has(this.#ackedTo + 1)) this.ackedAtMs.set(this.#ackedTo + 1, nowMs)
    for (const message of messages) {
      if (message.type === 'commandDone')
        this.#recordEnding(message.sequence, { ok: true, tick: message.tick, what: `element ${message.element}` })
      else if (message.type === 'commandRejected')
        this.#recordEnding(message.sequence, { ok: false, tick: message.tick, what: message.reason })
    }
  }

  #recordEnding(sequence: number, ending: CommandEnding): void {
    // Moves, poses and drags may be rejected too, but nobody waits for their outcome.
    if (!this.issued.has(sequence)) return
    const before = this.endings.get(sequence)
    if (before && JSON.stringify(before) !== JSON.stringify(ending))
      this.contradictions.push(
        `command ${sequence} ended as ${JSON.stringify(before)} and as ${JSON.stringify(ending)}`,
      )
    this.endings.set(sequence, ending)
  }
}

/** A power loss. Reports within POWER_LOSS_MS_MAX before it that are not in the log are void. */
export interface PowerLoss {
  readonly atMs: number
  /** The tick from which the realm continued. */
  readonly tick: number
}

export class Facts {
  readonly players = new Map<PlayerId, PlayerFacts>()
  /** Tick hashes that the server sent, and when. */
  readonly sent = new Map<number, { readonly hash: string; readonly atMs: number }>()
  readonly powerLosses: PowerLoss[] = []
  lastSentTick = 0

  of(player: PlayerId): PlayerFacts {
    const facts = this.players.get(player) ?? new PlayerFacts()
    this.players.set(player, facts)
    return facts
  }

  sentTick(tick: number, hash: string, atMs: number): void {
    this.sent.set(tick, { hash, atMs })
    this.lastSentTick = Math.max(this.lastSentTick, tick)
  }

  /**
   * The realm continues after a crash. Returns messages about what is missing. `powerAtMs`: time of the power loss;
   * null if there was none.
   */
  recovered(tick: number, hash: string, powerAtMs: number | null): string[] {
    const missing: string[] = []
    const seen = this.sent.get(tick)
    if (seen && seen.hash !== hash && powerAtMs === null)
      missing.push(`tick ${tick} was sent with hash ${seen.hash} and is recovered with ${hash}`)
    for (let lost = tick + 1; lost <= this.lastSentTick; lost++) {
      // With few clients, some ticks are sent to nobody.
      const ending = this.sent.get(lost)
      if (ending && (powerAtMs === null || ending.atMs < powerAtMs - POWER_LOSS_MS_MAX))
        missing.push(`tick ${lost} was sent and is not in the recovered log, which ends at ${tick}`)
      this.sent.delete(lost)
    }
    if (powerAtMs !== null) this.powerLosses.push({ atMs: powerAtMs, tick })
    this.lastSentTick = Math.min(this.lastSentTick, tick)
    return missing.slice(0, 3)
  }

  /**
   * True if the command may be missing from the log, because the power was lost right after its acknowledgement or
   * outcome.
   */
  isExcused(player: PlayerFacts, sequence: number): boolean {
    const ackedAtMs = player.ackedAtMs.get(sequence) ?? Infinity
    const tick = player.endings.get(sequence)?.tick ?? Infinity
    return this.powerLosses.some(
      (loss) =>
        (ackedAtMs <= loss.atMs && ackedAtMs >= loss.atMs - POWER_LOSS_MS_MAX) ||
        (tick !== Infinity && tick > loss.tick && ackedAtMs <= loss.atMs),
    )
  }
}
