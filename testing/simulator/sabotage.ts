/** Deliberately planted bugs. Each breaks one promise, and the simulator must notice it. */
import type { RealmLog } from '../../server/realm/recorder/realm-log-interface.ts'
import { decodeLockstep, decodeServerPacket, encodeLockstep } from '../../protocol/index.ts'
import { compareInputs, type Input } from '../../sim/index.ts'

/**
 * - `late-log`: the consequences of a tick are sent half a second before it is written.
 * - `lying-disk`: a power loss loses synced bytes.
 * - `double-command`: a command is carried out twice.
 * - `wrong-hash`: a hash in the log is not that of the state.
 * - `no-resend`: a lost reliable message is never sent again.
 * - `blind`: snapshots stop.
 * - `forged-frame`: a lockstep peer gets a wrong hash.
 * - `flood`: each packet is sent many times.
 * - `deaf`: the realm does not read its messages for a while.
 * - `shut-door`: a client that lost its connection is not admitted again.
 * - `mute-close`: sessions end without a goodbye.
 * - `turn-back`: the drawn time goes back.
 * - `true-random`: a value is drawn without the seed.
 */
export const SABOTAGES = [
  'late-log',
  'lying-disk',
  'double-command',
  'wrong-hash',
  'no-resend',
  'blind',
  'forged-frame',
  'flood',
  'deaf',
  'shut-door',
  'mute-close',
  'turn-back',
  'true-random',
] as const
export type Sabotage = (typeof SABOTAGES)[number]

/** Tick of the sabotages of the log. */
const STRIKE_TICK = 240

/** The log as a faulty server would write it. */
export function sabotagedLog(log: RealmLog, sabotage: Sabotage | null): RealmLog {
  if (sabotage !== 'double-command' && sabotage !== 'wrong-hash') return log
  let again: Input | null = null
  return new Proxy(log, {
    get(target, name) {
      if (name === 'frame' && sabotage === 'double-command')
        return (frame: Parameters<RealmLog['frame']>[0]) => {
          const extra = again !== null && !frame.inputs.some(({ player }) => player === again?.player) ? [again] : []
          if (extra.length > 0) again = null
          else
            again ??=
              frame.inputs.find(
                ({ player, command }) => player !== 0 && (command.type === 'grab' || command.type === 'spawn'),
              ) ?? null
          return target.frame({ tick: frame.tick, inputs: [...frame.inputs, ...extra].toSorted(compareInputs) })
        }
      if (name === 'hash' && sabotage === 'wrong-hash')
        return (tick: number, hash: string) => target.hash(tick, tick === STRIKE_TICK ? 'f'.repeat(16) : hash)
      const value: unknown = Reflect.get(target, name, target)
      return typeof value === 'function' ? (value.bind(target) as unknown) : value
    },
  })
}

/** Drops packets to a render client, as a faulty connection would. */
export class FaultyConnection {
  readonly #sabotage: Sabotage | null
  #lost: number | null = null

  constructor(sabotage: Sabotage | null) {
    this.#sabotage = sabotage
  }

  passes(bytes: Uint8Array, nowMs: number): boolean {
    if (this.#sabotage !== 'no-resend' && this.#sabotage !== 'blind') return true
    const packet = decodeServerPacket(bytes)
    if (!packet.ok) return true
    const { snapshot, firstMessage, messages } = packet.value
    if (this.#sabotage === 'blind') return snapshot === null || nowMs < 14_000
    const outcome = messages.findIndex(({ type }) => type === 'commandDone' || type === 'commandRejected')
    if (outcome >= 0) this.#lost ??= firstMessage + outcome
    return (
      this.#lost === null ||
      messages.length === 0 ||
      this.#lost < firstMessage ||
      this.#lost >= firstMessage + messages.length
    )
  }
}

/** A lockstep message as a faulty server would send it. */
export function forged(bytes: Uint8Array): Uint8Array {
  const message = decodeLockstep(bytes)
  if (!message.ok || message.value.type !== 'frame' || message.value.frame.tick % STRIKE_TICK !== 0) return bytes
  return encodeLockstep({ ...message.value, hash: 'f'.repeat(16) })
}
