import { expect, test } from 'vitest'
import { steer } from '../sim/locomotion.ts'
import { moveFrom, STICK_AT_REST } from './controls.ts'
import { OwnMotion, type OwnSample } from './own-motion.ts'

const TICK = 1 / 60
const walk = moveFrom(new Set(['KeyW']), STICK_AT_REST, { yaw: 0, pitch: 0 }, false)
const stand = moveFrom(new Set(), STICK_AT_REST, { yaw: 0, pitch: 0 }, false)
const start: OwnSample = { position: { x: 0, y: 0, z: 0 }, velocity: { x: 0, y: 0, z: 0 }, grounded: true, flying: false }

/** A server that walks by the same rule, its answers `latencyMs` late. */
function serverAt(latencyMs: number, framesPerSecond: number): { z: number; worst: number; first: number } {
  const motion = new OwnMotion(60, -9.81)
  const answers: OwnSample[] = []
  let truth = start
  let [worst, first, drawn] = [0, 0, 0]
  const frame = 1 / framesPerSecond
  let ticks = 0
  for (let i = 0; i < 4 * framesPerSecond; i++) {
    const move = i * frame < 3 ? walk : stand
    for (; ticks < Math.round((i + 1) * frame * 60); ticks++) {
      const { velocity } = steer(truth.velocity, 0, move, true, false, -9.81, 60)
      truth = { ...truth, velocity, position: { x: 0, y: 0, z: truth.position.z + velocity.z * TICK } }
      answers.push(truth)
    }
    const seen = answers[Math.max(0, ticks - 1 - Math.round(latencyMs * 0.06))] ?? start
    drawn = motion.advance(move, i * frame * 1_000 < latencyMs ? start : seen, frame, (i + 1) * frame * 1_000, latencyMs).z
    worst = Math.max(worst, Math.abs(drawn - truth.position.z))
    if (i === Math.ceil(0.2 * framesPerSecond)) first = drawn
  }
  return { z: truth.position.z, worst, first }
}

test.each([[60, 200], [60, 400], [7, 200]])('at %i frames a second and %i ms late the avatar is drawn where it will be', (framesPerSecond, latencyMs) => {
  const { z, worst, first } = serverAt(latencyMs, framesPerSecond)
  expect(z).toBeLessThan(-5)
  expect(worst).toBeLessThan(0.35)
  // It starts at once, before the server has answered.
  expect(first).toBeLessThan(-0.05)
})

test('what stands in the way holds the avatar back, a little ahead of the server at most', () => {
  const motion = new OwnMotion(60, -9.81)
  let z = 0
  for (let i = 0; i < 300; i++) z = motion.advance(walk, start, TICK, i * 17, 200).z
  expect(z).toBeGreaterThan(-1)
})

test('a teleport is followed at once', () => {
  const motion = new OwnMotion(60, -9.81)
  motion.advance(stand, start, 0, 0, 100)
  const far = { ...start, position: { x: 30, y: 2, z: -8 } }
  expect(motion.advance(stand, far, TICK, 17, 100)).toEqual(far.position)
})
