import type { Realm } from './state/state.ts'
import type { CommandType, Input, RejectReason, SimEvent } from './types.ts'

/** Reports that an input was rejected. */
export function reject(realm: Realm, input: Input, reason: RejectReason): void {
  const command: CommandType = input.command.type
  realm.events.push({ type: 'rejected', player: input.player, sequence: input.sequence, command, reason })
}

/** A type that is missing here is a compile error. */
const TYPES: Readonly<Record<SimEvent['type'], true>> = {
  joined: true,
  left: true,
  teleported: true,
  permitted: true,
  packaged: true,
  bodyChanged: true,
  spawned: true,
  despawned: true,
  grabbed: true,
  released: true,
  scaled: true,
  accessChanged: true,
  rejected: true,
  returned: true,
  frozen: true,
  thawed: true,
  expired: true,
}

/** The types of all events that a step can report. */
export const EVENT_TYPES: readonly string[] = Object.keys(TYPES)
