import { fc, test as property } from '@fast-check/vitest'
import { expect, test } from 'vitest'
import { decodeFrame, encodeFrame, encodeInput } from '../../protocol/index.ts'
import type { Command, Input, InputFrame } from '../../sim/index.ts'
import { arbitraryClientCommand } from '../../testing/arbitraries.ts'
import { InteractionCenter, SMALL_INPUT_BYTES } from './interaction-center.ts'

const move = (x: number, jump = false): Command => ({
  type: 'move',
  x,
  y: 0,
  z: 0,
  yaw: 0,
  jump,
  run: false,
  fly: false,
})
const drag = (hand: 0 | 1 | 2, x: number): Command => ({
  type: 'drag',
  hand,
  position: { x, y: 1, z: 0 },
  rotation: { x: 0, y: 0, z: 0, w: 1 },
})
const release = (hand: 0 | 1 | 2): Command => ({ type: 'release', hand })
const input = (sequence: number, command: Command): Input => ({ player: 0, sequence, command })

test("the server's inputs come first, then players by id, each by sequence", () => {
  const center = new InteractionCenter()
  center.submit(9, input(2, release(0)))
  center.submit(3, input(7, release(0)))
  center.submit(9, input(1, release(1)))
  center.order({ type: 'join', player: 5, user: 5, name: 'Ada', body: 0, permissions: 7 })
  const frame = center.seal(1)
  expect(frame.inputs.map(({ player, sequence }) => [player, sequence])).toEqual([
    [0, 1],
    [3, 7],
    [9, 1],
    [9, 2],
  ])
  expect(center.seal(2)).toEqual({ tick: 2, inputs: [] })
})

test('an input after the seal goes into the next frame', () => {
  const center = new InteractionCenter()
  center.seal(1)
  center.submit(1, input(1, release(0)))
  expect(center.seal(2).inputs).toHaveLength(1)
})

test("a player's excess waits without delaying others, and a flood is refused", () => {
  const center = new InteractionCenter({
    limits: { inputsPerFrameMax: 4, backlogMax: 10, frameInputsMax: 100, frameBytesMax: 1e6, frameCreationMax: 1_100 },
  })
  const taken = Array.from({ length: 12 }, (_, i) => center.submit(1, input(i + 1, release(0))))
  expect(taken.filter(Boolean)).toHaveLength(10)
  center.submit(2, input(1, release(0)))
  expect(center.seal(1).inputs.map(({ player, sequence }) => [player, sequence])).toEqual([
    [1, 1],
    [1, 2],
    [1, 3],
    [1, 4],
    [2, 1],
  ])
  expect(center.seal(2).inputs.map(({ sequence }) => sequence)).toEqual([5, 6, 7, 8])
  expect(center.seal(3).inputs.map(({ sequence }) => sequence)).toEqual([9, 10])
  expect(center.backlog).toBe(0)
})

test('a full frame starves nobody for long', () => {
  const center = new InteractionCenter({
    limits: { inputsPerFrameMax: 1, backlogMax: 1_000, frameInputsMax: 2, frameBytesMax: 1e6, frameCreationMax: 1_100 },
  })
  const served = new Map<number, number>()
  for (let tick = 1; tick <= 400; tick++) {
    for (let player = 1; player <= 4; player++) center.submit(player, input(tick, release(0)))
    for (const { player } of center.seal(tick).inputs) served.set(player, (served.get(player) ?? 0) + 1)
  }
  expect(Math.min(...served.values())).toBeGreaterThan(150)
})

test('a newer pose, drag or move supersedes a waiting one, but not a jump or one before a command', () => {
  const center = new InteractionCenter()
  for (const [i, command] of [
    move(0.25),
    drag(0, 1),
    move(0.5),
    drag(0, 2),
    drag(1, 3),
    release(0),
    drag(0, 4),
    move(0.75, true),
    move(1),
  ].entries())
    center.submit(1, input(i + 1, command))
  expect(center.seal(1).inputs.map(({ sequence }) => sequence)).toEqual([3, 4, 5, 6, 7, 8, 9])
})

test('frames stay within the limits of a recording, no matter how large the spawns', () => {
  const points = Array.from({ length: 192 }, (_, i) => Math.fround(Math.sin(i)))
  const colliders = Array.from({ length: 16 }, () => ({
    shape: { type: 'convex' as const, points },
    position: { x: 0, y: 0, z: 0 },
    rotation: { x: 0, y: 0, z: 0, w: 1 },
  }))
  const prop = {
    name: 'rock',
    motion: 'dynamic' as const,
    colliders,
    density: 1_000,
    friction: 1,
    restitution: 0,
    color: 0,
  }
  const spawn: Command = {
    type: 'spawn',
    prop,
    position: { x: 0, y: 1, z: 0 },
    rotation: { x: 0, y: 0, z: 0, w: 1 },
    scale: 1,
    access: 0,
    owner: 0,
  }
  const center = new InteractionCenter()
  for (let player = 1; player <= 60; player++) for (let i = 1; i <= 16; i++) center.submit(player, input(i, spawn))
  let spawned = 0
  for (let tick = 1; center.backlog > 0; tick++) {
    const bytes = encodeFrame(center.seal(tick))
    const decoded = decodeFrame(bytes)
    expect(decoded.ok).toBe(true)
    if (decoded.ok) spawned += decoded.value.inputs.length
  }
  expect(spawned).toBe(960)
})

test('a sequence that comes twice is never twice in a frame', () => {
  const center = new InteractionCenter()
  center.submit(1, input(1, release(0)))
  center.submit(1, input(1, release(1)))
  expect(center.seal(1).inputs).toHaveLength(1)
  expect(center.seal(2).inputs).toHaveLength(1)
})

const command = fc.oneof(
  fc.double({ min: -1, max: 1, noNaN: true }).map((x) => move(Math.fround(x))),
  fc
    .tuple(fc.constantFrom(0 as const, 1 as const, 2 as const), fc.float({ noNaN: true, noDefaultInfinity: true }))
    .map(([hand, x]) => drag(hand, x)),
  fc.constantFrom(0 as const, 1 as const, 2 as const).map(release),
)
const arrivals = fc.array(
  fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 50 }), command, fc.boolean()),
  { maxLength: 120 },
)

property.prop([arrivals])('whatever arrives, frames are canonical and every command is carried out once', (all) => {
  const center = new InteractionCenter({
    limits: { inputsPerFrameMax: 3, backlogMax: 1_000, frameInputsMax: 8, frameBytesMax: 1e6, frameCreationMax: 1_100 },
  })
  const frames: InputFrame[] = []
  const seal = (): void => {
    frames.push(center.seal(frames.length + 1))
  }
  for (const [player, sequence, intent, sealNow] of all) {
    expect(center.submit(player, input(sequence, intent))).toBe(true)
    if (sealNow) seal()
  }
  while (center.backlog > 0) seal()
  for (const frame of frames) expect(decodeFrame(encodeFrame(frame))).toEqual({ ok: true, value: frame })
  const releases = frames.flatMap(({ inputs }) => inputs).filter((each) => each.command.type === 'release')
  expect(releases).toHaveLength(all.filter(([, , intent]) => intent.type === 'release').length)
})

property.prop([arbitraryClientCommand({ range: 'any' }).filter(({ type }) => type !== 'spawn')])(
  'no input of a client but a spawn has more bytes than a frame counts for it',
  (asked) => {
    const bytes = encodeInput({ player: 0xffff_ffff, sequence: 0xffff_ffff, command: asked }).length
    expect(bytes).toBeLessThanOrEqual(SMALL_INPUT_BYTES)
  },
)
