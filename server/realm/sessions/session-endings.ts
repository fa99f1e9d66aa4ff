/** Endings of a player's session. The metrics count by these. */
import { SESSION_FAULTS } from '../../../netcode/session/index.ts'

export const SESSION_ENDINGS = [
  /** The client said goodbye. */
  'left',
  /** The player did not come back within RESUME_MS_MAX. */
  'expired',
  /** The realm did not admit the player. */
  'refused',
  /** More commands wait than the realm keeps for one player. */
  'backlog',
  /** Inputs came before the Welcome. */
  'early-input',
  /** The server stopped. */
  'stopped',
  ...SESSION_FAULTS,
] as const
export type SessionEnding = (typeof SESSION_ENDINGS)[number]
