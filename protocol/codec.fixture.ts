/** Helpers of the codec tests: props, commands and frames. */
import type { Command, Input, InputFrame, PropSpec, Shape } from '../sim/types.ts'
import type { Result } from './index.ts'

export const ORIGIN = { x: 0, y: 0, z: 0 }
export const IDENTITY = { x: 0, y: 0, z: 0, w: 1 }
export const MOVE = {
  type: 'move',
  x: 0,
  y: 0,
  z: -1,
  yaw: 0.5,
  jump: false,
  run: true,
  fly: false,
} as const satisfies Command
export const prop = (shape: Shape, changes: Partial<PropSpec> = {}): PropSpec => ({
  name: 'crate',
  motion: 'dynamic',
  colliders: [{ shape, position: ORIGIN, rotation: IDENTITY }],
  density: 100,
  friction: 0.5,
  restitution: 0.25,
  color: 0xff8800,
  ...changes,
})
export const spawn = (spec: PropSpec): Command => ({
  type: 'spawn',
  prop: spec,
  position: ORIGIN,
  rotation: IDENTITY,
  scale: 1,
  access: 0,
  owner: 0,
})
export const frame = (...inputs: Input[]): InputFrame => ({ tick: 7, inputs })
export const from = (command: Command): InputFrame => frame({ player: 1, sequence: 1, command })

export function refusal(result: Result<unknown>): string {
  return result.ok ? 'accepted' : `${result.error.reason} at ${result.error.where}`
}
