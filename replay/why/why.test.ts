import { expect, test } from 'vitest'
import { DEFAULT_DEFINITION, Hand, loadEngine, type Command, type Input, type InputFrame } from '../../sim/index.ts'
import { recordSession } from '../../test/harness/recording-example.ts'
import { readRecording, simulationOf, type Recording } from '../index.ts'
import { chainOf, why, type Cause } from './index.ts'

const simulation = simulationOf(await loadEngine())
const UPRIGHT = { x: 0, y: 0, z: 0, w: 1 }
const definition = { ...DEFAULT_DEFINITION, props: [], spawn: { position: { x: 0, y: 0, z: 5 }, yaw: 0, radius: 1 } }
const CRATE = {
  name: 'crate',
  motion: 'dynamic',
  density: 300,
  friction: 0.5,
  restitution: 0,
  color: 0xaa7744,
  colliders: [
    {
      shape: { type: 'box', halfExtents: { x: 0.25, y: 0.25, z: 0.25 } },
      position: { x: 0, y: 0, z: 0 },
      rotation: UPRIGHT,
    },
  ],
} as const

type Planted = readonly [tick: number, player: number, command: Command]

const join = (player: number): Command => ({
  type: 'join',
  player,
  user: player,
  name: `p${player}`,
  body: 0,
  permissions: 31,
})
const spawn = (x: number, z: number, y = 0.25): Command => ({
  type: 'spawn',
  prop: CRATE,
  position: { x, y, z },
  rotation: UPRIGHT,
  scale: 1,
  access: 0,
  owner: 0,
})
const walk = (tick: number, player: number): Planted => [
  tick,
  player,
  { type: 'move', x: Math.fround(Math.sin(tick)), y: 0, z: 0, yaw: 0, jump: false, run: false, fly: false },
]

/** Players 1 to 3 join (elements 3 to 5), 1 and 2 spawn crates (6 and 7), and player 3 walks all the time. */
function recorded(ticks: number, planted: readonly Planted[]): Recording {
  const noise = Array.from({ length: Math.floor(ticks / 10) }, (_, i) => walk(20 + i * 10, 3))
  const all: readonly Planted[] = [
    [1, 0, join(1)],
    [1, 0, join(2)],
    [1, 0, join(3)],
    [5, 1, spawn(1, 3)],
    [10, 2, spawn(-1, 3)],
    ...planted,
    ...noise,
  ]
  let sequence = 0
  const frames = Array.from({ length: ticks }, (_, i): InputFrame => {
    const inputs = all
      .filter(([tick]) => tick === i + 1)
      .toSorted((a, b) => a[1] - b[1])
      .map(([, player, command]): Input => ({ player, sequence: ++sequence, command }))
    return { tick: i + 1, inputs }
  })
  const read = readRecording(recordSession(simulation, { ticks, players: 3, definition, frames, checkpointEvery: 60 }))
  if (!read.ok) throw read.error
  return read.value
}

async function causeOf(
  recording: Recording,
  element: number,
  tick: number,
  field: string | null = null,
): Promise<Cause> {
  const found = await why(recording, simulation, { element, field, tick, tolerance: null })
  if (!found.ok) throw found.error
  return found.value
}

async function causeWithin(recording: Recording, element: number, tick: number, seconds: number): Promise<Cause> {
  const found = await why(recording, simulation, { element, field: null, tick, tolerance: null }, { seconds })
  if (!found.ok) throw found.error
  return found.value
}

const summary = ({ inputs }: Cause): string[] =>
  inputs.map(({ tick, input }) => `${tick} ${input.player} ${input.command.type}`)

const drags = Array.from({ length: 30 }, (_, i): Planted => [
  131 + i,
  1,
  {
    type: 'drag',
    hand: Hand.pointer,
    position: { x: Math.fround(1 + i * 0.04), y: 0.6, z: Math.fround(3 + i * 0.01) },
    rotation: UPRIGHT,
  },
])

test('a crate that nobody touched is where it is because of its spawn', async () => {
  expect(summary(await causeOf(recorded(200, []), 7, 190))).toEqual(['10 2 spawn'])
})

test('a carried crate is where it is because of its grab and a drag of the same player', async () => {
  const carry: Planted[] = [
    [130, 1, { type: 'grab', element: 6, hand: Hand.pointer }],
    ...drags,
    [161, 1, { type: 'release', hand: Hand.pointer }],
  ]
  const found = summary(await causeOf(recorded(280, carry), 6, 270))
  expect(found[0]).toBe('130 1 grab')
  expect(found.some((each) => each.endsWith('1 drag'))).toBe(true)
  expect(found.every((each) => each.split(' ')[1] === '1')).toBe(true)
})

test('a scaled crate has its size because of the scaling', async () => {
  const scaled: Planted[] = [[140, 2, { type: 'scale', element: 6, scale: 2 }]]
  expect(summary(await causeOf(recorded(200, scaled), 6, 190, 'scale'))).toEqual(['140 2 scale'])
})

test('a teleported player is there because of the teleport', async () => {
  const teleported: Planted[] = [[140, 0, { type: 'teleport', player: 2, position: { x: 8, y: 0, z: 8 }, yaw: 0 }]]
  expect(summary(await causeOf(recorded(200, teleported), 4, 190))).toEqual(['140 0 teleport'])
})

test('the chain tells a carry in the order of time', async () => {
  const carry: Planted[] = [
    [130, 1, { type: 'grab', element: 6, hand: Hand.pointer }],
    ...drags,
    [161, 1, { type: 'release', hand: Hand.pointer }],
  ]
  const chain = chainOf(await causeOf(recorded(280, carry), 6, 270))
  expect(chain[0]).toEqual({ tick: 130, text: 'p1 grabbed crate 6' })
  expect(chain.at(-1)?.text).toBe('from here on it is so')
})

test('a crate that a carried crate pushed away is where it is because of the carry', async () => {
  const pushed: Planted[] = [
    [130, 1, { type: 'grab', element: 6, hand: Hand.pointer }],
    ...Array.from({ length: 60 }, (_, i): Planted => [
      131 + i,
      1,
      {
        type: 'drag',
        hand: Hand.pointer,
        position: { x: Math.fround(1 - i * 0.05), y: 0.3, z: 3 },
        rotation: UPRIGHT,
      },
    ]),
  ]
  const cause = await causeOf(recorded(300, pushed), 7, 290)
  const found = summary(cause)
  expect(found[0]).toBe('130 1 grab')
  expect(found.every((each) => each.split(' ')[1] === '1')).toBe(true)
  expect(chainOf(cause).some(({ text }) => text.startsWith('crate 6 touched crate 7'))).toBe(true)
})

test('a hold that began before the last checkpoint is followed back to its grab', async () => {
  const carry: Planted[] = [[110, 1, { type: 'grab', element: 6, hand: Hand.pointer }], ...drags]
  const found = summary(await causeOf(recorded(200, carry), 6, 179))
  expect(found[0]).toBe('110 1 grab')
})

test('a spawn that is left out does not shift the numbers of later elements', async () => {
  const later: Planted[] = [
    [125, 2, spawn(3, 5)],
    [130, 1, spawn(-3, 5)],
    [134, 1, { type: 'scale', element: 9, scale: 2 }],
  ]
  expect(summary(await causeOf(recorded(200, later), 9, 190, 'scale'))).toEqual(['130 1 spawn', '134 1 scale'])
})

test('an element that was removed is not there because of the removal', async () => {
  const removed: Planted[] = [[140, 2, { type: 'despawn', element: 7 }]]
  expect(summary(await causeOf(recorded(200, removed), 7, 190))).toEqual(['140 2 despawn'])
})

/** Player 1 throws crate 6 from `from` metres of x in the direction of crate 7. */
function throwing(tick: number): Planted[] {
  const dragTo = (at: number, x: number, y: number): Planted => [
    at,
    1,
    { type: 'drag', hand: Hand.pointer, position: { x: Math.fround(x), y: Math.fround(y), z: 3 }, rotation: UPRIGHT },
  ]
  return [
    [tick, 1, { type: 'grab', element: 6, hand: Hand.pointer }],
    ...Array.from({ length: 20 }, (_, i) => dragTo(tick + 1 + i, 1 + i * 0.03, 0.25 + i * 0.01)),
    ...Array.from({ length: 10 }, (_, i) => dragTo(tick + 21 + i, 1.6 - i * 0.09, 0.45)),
    [tick + 31, 1, { type: 'release', hand: Hand.pointer }],
  ]
}

const typesOf = ({ inputs }: Cause): Set<string> => new Set(inputs.map(({ input }) => input.command.type))
const playersOf = ({ inputs }: Cause): Set<number> => new Set(inputs.map(({ input }) => input.player))

test('a thrown crate is where it is because of its grab, the swing and the release', async () => {
  const cause = await causeOf(recorded(320, throwing(130)), 6, 310)
  expect([...playersOf(cause)]).toEqual([1])
  expect([...typesOf(cause)].toSorted()).toEqual(['drag', 'grab', 'release'])
  expect(cause.minimal).toBe(true)
})

test('a crate that a thrown crate knocked is where it is because of the throw', async () => {
  const cause = await causeOf(recorded(320, throwing(130)), 7, 310)
  expect([...playersOf(cause)]).toEqual([1])
  expect([...typesOf(cause)].toSorted()).toEqual(['drag', 'grab', 'release'])
  expect(chainOf(cause).some(({ text }) => text.startsWith('crate 6 touched crate 7'))).toBe(true)
})

/** Player 2 is brought beside crate 7 and walks through it in the direction of -z. */
const PUSH: readonly Planted[] = [
  [100, 0, { type: 'teleport', player: 2, position: { x: -1, y: 0, z: 4.2 }, yaw: 0 }],
  ...Array.from({ length: 40 }, (_, i): Planted => [
    150 + 2 * i,
    2,
    { type: 'move', x: 0, y: 0, z: -1, yaw: 0, jump: false, run: false, fly: false },
  ]),
  [230, 2, { type: 'move', x: 0, y: 0, z: 0, yaw: 0, jump: false, run: false, fly: false }],
]

test('a crate that a walking avatar pushed is where it is because of its moves', async () => {
  const cause = await causeOf(recorded(340, PUSH), 7, 330)
  expect([...playersOf(cause)]).toEqual([2])
  expect([...typesOf(cause)]).toEqual(['move'])
  expect(chainOf(cause).some(({ text }) => text.startsWith('p2 touched crate 7'))).toBe(true)
})

test('a move that was in effect when the search begins is named with the tick at which it was sent', async () => {
  const [teleport, start, ...rest] = PUSH
  const stop = rest.at(-1)
  if (!teleport || !start || !stop) throw new Error('the push has moves')
  const cause = await causeOf(recorded(340, [teleport, start, stop]), 7, 330)
  expect(summary(cause)[0]).toBe('150 2 move')
})

test('several drags in a row are one link that says how many there are', async () => {
  const chain = chainOf(await causeOf(recorded(320, throwing(130)), 6, 310))
  expect(chain.filter(({ text }) => text.includes('moved what the hand held'))).toHaveLength(1)
  expect(chain.some(({ text }) => /\(\d+ drags\)$/.test(text))).toBe(true)
})

test('when the time is up, the inputs that are left contain the cause and are not called minimal', async () => {
  const cause = await causeWithin(recorded(320, throwing(130)), 6, 310, 0.001)
  expect(cause.minimal).toBe(false)
  expect(summary(cause)).toContain('130 1 grab')
})

test('what was so from the start has no inputs', async () => {
  const cause = await causeOf(recorded(100, []), 99, 90)
  expect([cause.kind, cause.inputs]).toEqual(['start', []])
})
