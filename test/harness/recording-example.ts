/**
 * Records a generated session on the real simulation: players walk, pose, spawn, grab, drag, throw and scale, from a
 * seed.
 */
import {
  DEFAULT_DEFINITION,
  Hand,
  type Command,
  type Input,
  type InputFrame,
  type PropSpec,
  type RealmDefinition,
} from '../../sim/index.ts'
import { rawCheckpoint, RecordingWriter, type RecordingHeader, type Simulation } from '../../replay/index.ts'

export interface SessionOptions {
  readonly ticks: number
  readonly players: number
  readonly seed?: number
  readonly definition?: RealmDefinition
  readonly sampleEvery?: number
  readonly checkpointEvery?: number
  readonly seal?: boolean
  /** Frames that replace the generated ones. */
  readonly frames?: readonly InputFrame[]
  /** Fields of the header that differ from those of a first segment. */
  readonly header?: Partial<RecordingHeader>
  /** Called with every chunk's bytes as they are written. */
  readonly onWrite?: (bytes: Uint8Array) => void
}

/** mulberry32: numbers from 0 to 1 out of a seed. */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

const BOX: PropSpec = {
  name: 'crate',
  motion: 'dynamic',
  density: 300,
  friction: 0.5,
  restitution: 0.25,
  color: 0xaa7744,
  colliders: [
    {
      shape: { type: 'box', halfExtents: { x: 0.25, y: 0.25, z: 0.25 } },
      position: { x: 0, y: 0, z: 0 },
      rotation: { x: 0, y: 0, z: 0, w: 1 },
    },
  ],
}
const UPRIGHT = { x: 0, y: 0, z: 0, w: 1 }

/** The random commands of a player in a tick. */
function act(random: () => number, tick: number): Command[] {
  const f = (scale: number): number => Math.fround((random() * 2 - 1) * scale)
  const place = (y: number) => ({ x: f(4), y: Math.fround(y + random()), z: f(4) })
  const element = 3 + Math.floor(random() * 40)
  const dice = random()
  if (dice < 0.25)
    return [{ type: 'move', x: f(1), y: 0, z: f(1), yaw: f(3), jump: random() < 0.1, run: random() < 0.5, fly: false }]
  if (dice < 0.28)
    return [
      {
        type: 'spawn',
        prop: BOX,
        position: place(1),
        rotation: UPRIGHT,
        scale: Math.fround(0.5 + random()),
        access: 0,
        owner: 0,
      },
    ]
  if (dice < 0.33) return [{ type: 'grab', element, hand: Hand.pointer }]
  if (dice < 0.4) return [{ type: 'drag', hand: Hand.pointer, position: place(1), rotation: UPRIGHT }]
  if (dice < 0.43) return [{ type: 'release', hand: Hand.pointer }]
  if (dice < 0.44) return [{ type: 'scale', element, scale: Math.fround(0.3 + random()) }]
  return tick % 4 === 0 ? [{ type: 'move', x: 0, y: 0, z: -1, yaw: f(3), jump: false, run: false, fly: false }] : []
}

/** The frames of a session, from tick 1. */
export function sessionFrames(options: Pick<SessionOptions, 'ticks' | 'players' | 'seed'>): InputFrame[] {
  const random = randomFrom(options.seed ?? 1)
  const sequences = new Map<number, number>()
  const input = (player: number, command: Command): Input => {
    const sequence = (sequences.get(player) ?? 0) + 1
    sequences.set(player, sequence)
    return { player, sequence, command }
  }
  return Array.from({ length: options.ticks }, (_, i) => {
    const tick = i + 1
    const inputs: Input[] = []
    if (tick === 1)
      for (let player = 1; player <= options.players; player++)
        inputs.push(input(0, { type: 'join', player, user: player, name: `player ${player}`, body: 0, permissions: 7 }))
    else
      for (let player = 1; player <= options.players; player++)
        for (const command of act(random, tick)) inputs.push(input(player, command))
    return { tick, inputs }
  })
}

export function headerOf<R>(simulation: Simulation<R>, definition: RealmDefinition, realm: R): RecordingHeader {
  return {
    engine: simulation.engine,
    simVersion: simulation.version,
    definition,
    epoch: 1,
    segment: 1,
    start: 'genesis',
    startTick: 0,
    startHash: simulation.hash(realm),
    ...simulation.counts(realm),
    phases: simulation.phases,
    createdAt: '2026-01-01T00:00:00Z',
    recordedBy: 'a test',
  }
}

/** Steps the session and records it as a realm does; returns the file. */
export function recordSession<R>(simulation: Simulation<R>, options: SessionOptions): Uint8Array {
  const definition = options.definition ?? DEFAULT_DEFINITION
  const realm = simulation.genesis(definition)
  const parts: Uint8Array[] = []
  const writer = new RecordingWriter({ ...headerOf(simulation, definition, realm), ...options.header }, (bytes) => {
    parts.push(bytes)
    options.onWrite?.(bytes)
  })
  try {
    for (const frame of options.frames ?? sessionFrames(options)) recordTick(simulation, realm, writer, frame, options)
    if (options.seal !== false) writer.seal()
  } finally {
    simulation.free(realm)
  }
  return joined(parts)
}

export function recordTick<R>(
  simulation: Simulation<R>,
  realm: R,
  writer: RecordingWriter,
  frame: InputFrame,
  options: Pick<SessionOptions, 'sampleEvery' | 'checkpointEvery'> = {},
): void {
  const { tick } = frame
  const phases: string[] = []
  const sampled = tick % (options.sampleEvery ?? 60) === 0
  const recorded = writer.frame(frame)
  simulation.step(realm, recorded, sampled ? () => phases.push(simulation.phaseHash(realm)) : undefined)
  writer.hash(tick, simulation.hash(realm))
  if (sampled) writer.sample({ tick, ...simulation.counts(realm), phases })
  if (tick % (options.checkpointEvery ?? 600) === 0)
    writer.checkpoint(rawCheckpoint(tick, simulation.checkpoint(realm)))
}

export function joined(parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let offset = 0
  for (const part of parts) {
    out.set(part, offset)
    offset += part.length
  }
  return out
}
