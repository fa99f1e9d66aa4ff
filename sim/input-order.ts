/** The canonical order of a frame's inputs. */
import type { Input } from './types.ts'

/** Server inputs first (player 0), then by player, then by the player's own sequence. */
export const compareInputs = (a: Input, b: Input): number => a.player - b.player || a.sequence - b.sequence
