/** How what is held follows the hand: shared with clients, which draw it in the hand before the server has answered. */

/** Share of the way to the hand that a held thing covers in a tick: firm, and it does not overshoot. */
export const FOLLOW = 0.35
/** Fastest that a held thing follows: what still collides rather than tunnels. m/s, rad/s */
export const FOLLOW_SPEED_MAX = 20
export const FOLLOW_SPIN_MAX = 25
