import type { Realm } from './state/state.ts'
import type { CommandType, Input, RejectReason } from './types.ts'

/** Reports that an input was rejected. */
export function reject(realm: Realm, input: Input, reason: RejectReason): void {
  const command: CommandType = input.command.type
  realm.events.push({ type: 'rejected', player: input.player, sequence: input.sequence, command, reason })
}
