import { describe, expect, test } from 'vitest'
import type { PropSpec, Vec3 } from '../../../sim/types.ts'
import { HeldPrediction } from './held-prediction.ts'
import type { PropSample } from '../types.ts'

const IDENTITY = { x: 0, y: 0, z: 0, w: 1 }
const CRATE: PropSpec = {
  name: 'crate',
  motion: 'dynamic',
  density: 200,
  friction: 0.5,
  restitution: 0,
  color: 0,
  colliders: [],
}
const HEAD = { x: 0, y: 1.6, z: 0 }
const REACH = 6
const LAG_MS = 200
const FRAME_MS = 1_000 / 60
const at = (x: number): Vec3 => ({ x, y: 1.6, z: -1 })
const prop = (x: number, holder = 1): PropSample => ({
  element: 7,
  spec: CRATE,
  package: null,
  scale: 1,
  holder,
  owner: 1,
  access: 0,
  position: at(x),
  rotation: IDENTITY,
  asleep: false,
})

/**
 * Draws one frame after another. The server shows what `server` returns, `LAG_MS` late. Returns where the crate was
 * drawn.
 */
function draw(
  heldPrediction: HeldPrediction,
  fromMs: number,
  toMs: number,
  server: (atMs: number) => PropSample,
  each: (atMs: number) => void = () => undefined,
): number[] {
  const drawn: number[] = []
  for (let nowMs = fromMs; nowMs < toMs; nowMs += FRAME_MS) {
    each(nowMs)
    drawn.push(heldPrediction.place([server(nowMs - LAG_MS)], nowMs, LAG_MS, HEAD, REACH)[0]?.position.x ?? Number.NaN)
  }
  return drawn
}

describe('a held prop', () => {
  test('follows the hand from the next frame on, without being pulled back by late answers', () => {
    const heldPrediction = new HeldPrediction(1, 60)
    const hand = (atMs: number): number => Math.max(0, atMs) / 500
    heldPrediction.grabbed(0, 7, 0)
    const drawn = draw(
      heldPrediction,
      0,
      2_000,
      (atMs) => prop(hand(atMs), atMs > -100 ? 1 : 0),
      (atMs) => heldPrediction.dragged(0, at(hand(atMs)), IDENTITY),
    )
    expect(drawn[3]).toBeGreaterThan(0.01)
    // At 2 m/s the rule lags a few centimetres behind the hand; the server's answer lags 40 cm.
    for (const [i, x] of drawn.entries()) expect(Math.abs(x - hand(i * FRAME_MS))).toBeLessThan(0.12)
  })

  test('stays where the server keeps it, behind a wall that the client does not know', () => {
    const heldPrediction = new HeldPrediction(1, 60)
    heldPrediction.grabbed(0, 7, 0)
    const drawn = draw(
      heldPrediction,
      0,
      3_000,
      () => prop(0.2),
      () => heldPrediction.dragged(0, at(2), IDENTITY),
    )
    expect(drawn.at(-1)).toBeCloseTo(0.2, 1)
  })

  test('does not leave the reach', () => {
    const heldPrediction = new HeldPrediction(1, 60)
    heldPrediction.grabbed(0, 7, 0)
    const drawn = draw(
      heldPrediction,
      0,
      150,
      () => prop(0, 0),
      () => heldPrediction.dragged(0, { ...HEAD, x: 50 }, IDENTITY),
    )
    expect(Math.max(...drawn)).toBeLessThanOrEqual(REACH)
  })

  test("is blended into the server's state after its release", () => {
    const heldPrediction = new HeldPrediction(1, 60)
    heldPrediction.grabbed(0, 7, 0)
    const before =
      draw(
        heldPrediction,
        0,
        1_000,
        () => prop(0, 0),
        () => heldPrediction.dragged(0, at(1), IDENTITY),
      ).at(-1) ?? 0
    heldPrediction.released(0, 1_000)
    const after = draw(heldPrediction, 1_000, 2_500, () => prop(0, 0))
    expect(before).toBeGreaterThan(0.9)
    for (const [i, x] of after.entries()) expect(Math.abs(x - (after[i - 1] ?? before))).toBeLessThan(0.15)
    expect(after.at(-1)).toBe(0)
  })

  test.each([
    [
      'the server refuses it',
      (heldPrediction: HeldPrediction) => heldPrediction.refused(0, 7, 100),
      (): PropSample => prop(0, 0),
    ],
    ['another player holds it', () => undefined, (): PropSample => prop(0, 2)],
    ['the server never confirms the hold', () => undefined, (): PropSample => prop(0, 0)],
  ])('goes back if %s', (_, happens, server) => {
    const heldPrediction = new HeldPrediction(1, 60)
    heldPrediction.grabbed(0, 7, 0)
    heldPrediction.dragged(0, at(1), IDENTITY)
    draw(heldPrediction, 0, 100, server)
    happens(heldPrediction)
    expect(draw(heldPrediction, 100, 3_500, server).at(-1)).toBe(0)
  })
})
