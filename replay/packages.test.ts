/** Recordings with packages in use replay without a store. */
import { expect, test } from 'vitest'
import {
  DEFAULT_BODY,
  DEFAULT_DEFINITION,
  Hand,
  loadEngine,
  type Command,
  type InputFrame,
  type PackagePhysics,
} from '../sim/index.ts'
import { headerOf, joined, recordSession, recordTick } from '../test/harness/recording-example.ts'
import {
  describeRecording,
  RecordingPlayer,
  rawCheckpoint,
  readRecording,
  RecordingWriter,
  simulationOf,
  verify,
  type Recording,
} from './index.ts'

const simulation = simulationOf(await loadEngine())
const IDENTITY = { x: 0, y: 0, z: 0, w: 1 }
const [CHAIR, SOMEBODY, LATE] = ['c4'.repeat(32), '50'.repeat(32), '1a'.repeat(32)] as const
const chair: PackagePhysics = {
  kind: 'object',
  prop: {
    name: 'Stühlchen',
    motion: 'dynamic',
    density: 200,
    friction: 0.5,
    restitution: 0,
    color: 0x808080,
    colliders: [0, 0.5].map((y) => ({
      shape: { type: 'box', halfExtents: { x: 0.25, y: 0.125, z: 0.25 } },
      position: { x: 0, y, z: 0 },
      rotation: IDENTITY,
    })),
  },
}
const somebody: PackagePhysics = {
  kind: 'avatar',
  body: {
    ...DEFAULT_BODY,
    offsets: DEFAULT_BODY.offsets.map(({ x, y, z }) => ({ x: Math.fround(x * 1.25), y: Math.fround(y * 1.25), z })),
  },
}
const spawn = (prop: string, x: number): Command => ({
  type: 'spawn',
  prop,
  position: { x, y: 0.5, z: 4 },
  rotation: IDENTITY,
  scale: 1,
  access: 0,
  owner: 0,
})
const still = { type: 'move', x: 0, y: 0, z: 0, yaw: 0, jump: false, run: false, fly: false } as const

/** The inputs by tick. The chair is element 5 in a realm without props of its own. */
const STORY: Readonly<Record<number, readonly (readonly [number, Command])[]>> = {
  1: [1, 2].map(
    (player) => [0, { type: 'join', player, user: player, name: `p${player}`, body: 0, permissions: 7 }] as const,
  ),
  5: [
    [0, { type: 'package', hash: CHAIR, physics: chair }],
    [0, { type: 'package', hash: SOMEBODY, physics: somebody }],
    [1, { type: 'wear', player: 0, body: SOMEBODY }],
    [2, spawn(CHAIR, 1)],
  ],
  20: [
    [1, { ...still, z: -1 }],
    [2, { type: 'grab', element: 5, hand: Hand.pointer }],
  ],
  60: [[2, { type: 'drag', hand: Hand.pointer, position: { x: -1, y: 1.5, z: 3 }, rotation: IDENTITY }]],
  90: [
    [2, { type: 'release', hand: Hand.pointer }],
    [2, { type: 'scale', element: 5, scale: 1.5 }],
  ],
  160: [
    [0, { type: 'package', hash: LATE, physics: somebody }],
    [1, spawn(CHAIR, 0)],
    [2, { type: 'wear', player: 0, body: LATE }],
  ],
  170: [
    [1, { ...still, yaw: 2, z: -1, run: true }],
    [2, { ...still, z: -1 }],
    [2, { type: 'access', element: 5, access: 63 }],
  ],
}
let sequence = 0
const FRAMES: readonly InputFrame[] = Array.from({ length: 240 }, (_, i) => ({
  tick: i + 1,
  inputs: (STORY[i + 1] ?? []).map(([player, command]) => ({ player, sequence: ++sequence, command })),
}))
const DEFINITION = { ...DEFAULT_DEFINITION, props: [] }
const SEGMENT_TICK = 150

function opened(bytes: Uint8Array): Recording {
  const recording = readRecording(bytes)
  if (!recording.ok) throw recording.error
  return recording.value
}

/** The second file of the log, which begins with the state at SEGMENT_TICK. */
function secondSegment(): Uint8Array {
  const realm = simulation.genesis(DEFINITION)
  const parts: Uint8Array[] = []
  try {
    for (const frame of FRAMES.slice(0, SEGMENT_TICK)) simulation.step(realm, frame)
    const header = {
      ...headerOf(simulation, DEFINITION, realm),
      segment: 2,
      start: 'checkpoint',
      startTick: SEGMENT_TICK,
    } as const
    const writer = new RecordingWriter(header, (bytes) => void parts.push(bytes))
    writer.checkpoint(rawCheckpoint(SEGMENT_TICK, simulation.checkpoint(realm)))
    for (const frame of FRAMES.slice(SEGMENT_TICK)) recordTick(simulation, realm, writer, frame)
    writer.seal()
  } finally {
    simulation.free(realm)
  }
  return joined(parts)
}

const whole = recordSession(simulation, {
  ticks: FRAMES.length,
  players: 2,
  definition: DEFINITION,
  frames: FRAMES,
  sampleEvery: 20,
  checkpointEvery: 100,
})

test.each([
  ['from genesis', whole, 240],
  ['from a segment that begins with a checkpoint', secondSegment(), 90],
])('packages replay %s', async (_, bytes, ticks) => {
  const result = await verify(opened(bytes), simulation)
  if (!result.ok) throw result.error
  expect(result.value).toMatchObject({ ok: true, ticksExecuted: ticks, hashesCompared: ticks, firstDivergence: null })
})

test('a player that seeks arrives with the packages, their avatars and their props', async () => {
  const player = await RecordingPlayer.open(opened(whole), simulation, 130)
  if (!player.ok) throw player.error
  expect(player.value.tick).toBe(100)
  expect((await player.value.seek(200)).ok).toBe(true)
  const { realm } = player.value
  expect([...realm.packages.keys()]).toEqual([CHAIR, SOMEBODY, LATE])
  expect([...realm.avatars.values()].map(({ bodyChoice }) => bodyChoice)).toEqual([SOMEBODY, LATE])
  expect([...realm.props.values()].map(({ package: hash, scale, access }) => [hash, scale, access])).toEqual([
    [CHAIR, 1.5, 63],
    [CHAIR, 1, 0],
  ])
  player.value.free()
})

test('the description lists the packages', () => {
  const info = describeRecording(opened(whole))
  expect(info.ok && info.value.packages).toEqual([LATE, SOMEBODY, CHAIR])
})
