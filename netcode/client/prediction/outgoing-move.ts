/** Checks a player's input before it is sent: can the wire carry it, is it new, is it urgent? */
import type { Command } from '../../../sim/types.ts'
import { wireFaultOf } from './pending-commands.ts'
import type { Move } from './prediction.ts'

/**
 * Returns the command. Throws a RangeError for a number that the wire cannot carry: the server would end the
 * connection.
 */
export function sendable<T extends Command>(command: T): T {
  const fault = wireFaultOf(command)
  if (fault !== null) throw new RangeError(`the ${command.type} is not sent: ${fault}`)
  return command
}

/** True if a move changes nothing. A jump always counts as a change. */
export function isSame(a: Move, b: Move): boolean {
  return (
    !b.jump &&
    a.x === b.x &&
    a.y === b.y &&
    a.z === b.z &&
    a.yaw === b.yaw &&
    a.jump === b.jump &&
    a.run === b.run &&
    a.fly === b.fly
  )
}

/**
 * True for changes whose delay a player feels: starting, stopping, turning back, jumping. One more degree of a stick is
 * not.
 */
export function changesCourse(a: Move, b: Move): boolean {
  const courseOf = ({ x, y, z, jump, run, fly }: Move): string =>
    [Math.sign(x), Math.sign(y), Math.sign(z), jump, run, fly].join(' ')
  return courseOf(a) !== courseOf(b)
}
