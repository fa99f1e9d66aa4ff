/** Converts keys and pointer to a move command, turning, and single actions. Pure. */
import type { Move } from '../../netcode/client/prediction/prediction.ts'
import { clamp, wrapAngle } from '../../sim/maths/maths.ts'

export interface Look {
  readonly yaw: number
  /** Pitch, radians; up is positive. */
  readonly pitch: number
}

export const PITCH_MAX = 1.35
/** Turning by keys, radians per second. */
const TURN_SPEED = 2.1
/** Turning by pointer, radians per CSS pixel. */
const POINTER_TURN = 0.0042

/** A virtual stick's place, each -1 to 1; y down is positive. */
export interface Stick {
  readonly x: number
  readonly y: number
}
export const STICK_AT_REST: Stick = { x: 0, y: 0 }

const pressed = (held: ReadonlySet<string>, ...codes: readonly string[]): number =>
  codes.some((code) => held.has(code)) ? 1 : 0

/** The move command of keys (KeyboardEvent.code) and stick. Its numbers are 32-bit floats; no direction is longer than 1. */
export function moveFrom(held: ReadonlySet<string>, stick: Stick, look: Look, flying: boolean): Move {
  const x = pressed(held, 'KeyD') - pressed(held, 'KeyA') + stick.x
  const z = pressed(held, 'KeyS', 'ArrowDown') - pressed(held, 'KeyW', 'ArrowUp') + stick.y
  const longest = Math.max(1, Math.hypot(x, z))
  const up = pressed(held, 'Space')
  return {
    type: 'move',
    x: Math.fround(x / longest),
    y: flying ? up - pressed(held, 'KeyC') : 0,
    z: Math.fround(z / longest),
    yaw: Math.fround(wrapAngle(look.yaw)),
    jump: !flying && up > 0,
    run: pressed(held, 'ShiftLeft', 'ShiftRight') > 0,
    fly: flying,
  }
}

/** The look after keys were held for `seconds`. */
export function turnByKeys(held: ReadonlySet<string>, look: Look, seconds: number): Look {
  const left = pressed(held, 'ArrowLeft') - pressed(held, 'ArrowRight')
  const up = pressed(held, 'PageUp') - pressed(held, 'PageDown')
  if (left === 0 && up === 0) return look
  return {
    yaw: wrapAngle(look.yaw + left * TURN_SPEED * seconds),
    pitch: clamp(look.pitch + up * TURN_SPEED * 0.6 * seconds, -PITCH_MAX, PITCH_MAX),
  }
}

/** The look after the pointer moved by a number of CSS pixels. */
export function turnByPointer(look: Look, pixelsX: number, pixelsY: number): Look {
  return {
    yaw: wrapAngle(look.yaw - pixelsX * POINTER_TURN),
    pitch: clamp(look.pitch - pixelsY * POINTER_TURN, -PITCH_MAX, PITCH_MAX),
  }
}

export type Action =
  | { readonly type: 'spawn'; readonly index: number }
  | { readonly type: 'scale' | 'distance'; readonly notches: number }
  | { readonly type: 'grab' | 'delete' | 'fly' | 'help' | 'lock' | 'add' | 'inventory' | 'outlines' }

const ACTIONS: Readonly<Record<string, Action>> = {
  e: { type: 'grab' },
  x: { type: 'delete' },
  delete: { type: 'delete' },
  backspace: { type: 'delete' },
  f: { type: 'fly' },
  h: { type: 'help' },
  '?': { type: 'help' },
  l: { type: 'lock' },
  u: { type: 'add' },
  t: { type: 'inventory' },
  o: { type: 'outlines' },
  '+': { type: 'scale', notches: 1 },
  '=': { type: 'scale', notches: 1 },
  '-': { type: 'scale', notches: -1 },
  _: { type: 'scale', notches: -1 },
  '.': { type: 'distance', notches: 1 },
  '>': { type: 'distance', notches: 1 },
  ',': { type: 'distance', notches: -1 },
  '<': { type: 'distance', notches: -1 },
}

/** The action of a key (KeyboardEvent.key) when it goes down; null if it has none. */
export function actionOf(key: string): Action | null {
  const digit = '1234'.indexOf(key)
  if (digit >= 0 && key.length === 1) return { type: 'spawn', index: digit }
  return ACTIONS[key.toLowerCase()] ?? null
}

/** Keys that would scroll or search the page while the world has the focus. */
export const TAKEN = new Set([
  'Space',
  'ArrowUp',
  'ArrowDown',
  'ArrowLeft',
  'ArrowRight',
  'PageUp',
  'PageDown',
  'Backspace',
])

/** True if two moves are equal except for rounding. */
export const sameMove = (a: Move, b: Move): boolean =>
  a.x === b.x &&
  a.y === b.y &&
  a.z === b.z &&
  a.jump === b.jump &&
  a.run === b.run &&
  a.fly === b.fly &&
  Math.abs(a.yaw - b.yaw) < 1e-4
