/** How a held prop follows the hand. Clients share it, and draw the prop in the hand before the server has answered. */

/** Share of the way to the hand that a held prop covers in a tick: firm, and without overshoot. */
export const FOLLOW = 0.35
/** Highest speed of a held prop, m/s and rad/s: at this speed it still collides and does not tunnel. */
export const FOLLOW_SPEED_MAX = 20
export const FOLLOW_SPIN_MAX = 25
