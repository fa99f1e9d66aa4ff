import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { loadEngine, unpackPose, type Command, type Quat, type Vec3 } from '../../sim/index.ts'
import { clipRecording, simulationOf, verify, type Recording } from '../index.ts'
import { activityOf, collectFacts, type RecordingFacts } from '../search/index.ts'
import { anonymousClip, type AnonymousClip } from './index.ts'
import {
  frames,
  opened,
  PACKAGE,
  personal,
  personalBytes,
  PLAYERS,
  SUIT,
  TEXTS,
  USERS,
} from './personal-session.fixture.ts'

const simulation = simulationOf(await loadEngine())

const fixture = (name: string): Recording => opened(readFileSync(`fixtures/replays/${name}.owr`))

async function clipped(recording: Recording, from: number, to = recording.lastTick): Promise<AnonymousClip> {
  const clip = await anonymousClip(recording, simulation, { from, to })
  if (!clip.ok) throw clip.error
  return clip.value
}

/** Something in the original that points to a person: its forms in frames, headers and states. */
interface Trace {
  readonly what: string
  readonly forms: readonly Buffer[]
}

const floats = (...values: readonly number[]): Buffer => Buffer.from(Float32Array.from(values).buffer)

/** Numbers as fields 1, 2, 3 … of a protobuf message. */
const fields = (...values: readonly number[]): Buffer =>
  Buffer.concat(values.flatMap((value, i) => [Buffer.of(((i + 1) << 3) | 5), floats(value)]))

const numbers = (what: string, ...values: readonly number[]): Trace => ({
  what,
  forms: [floats(...values), fields(...values)],
})
const vec = (what: string, { x, y, z }: Vec3): Trace => numbers(what, x, y, z)
const quat = (what: string, { x, y, z, w }: Quat): Trace => numbers(what, x, y, z, w)

/** UTF-8 in frames, UTF-16 in states. */
const text = (what: string): Trace => ({ what, forms: [Buffer.from(what), Buffer.from(what, 'utf16le')] })

function number(value: number): Trace {
  const word = Buffer.alloc(4)
  word.writeUInt32LE(value)
  const varint: number[] = []
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    varint.push(rest >= 128 ? (rest % 128) + 128 : rest)
    if (rest < 128) break
  }
  return { what: String(value), forms: [word, Buffer.from(varint), Buffer.from(String(value))] }
}

function poseTraces({ pose: packed }: Extract<Command, { type: 'pose' }>): Trace[] {
  const bytes = Buffer.from(packed.bytes)
  const { head, left, right, bones } = unpackPose(packed) ?? expect.unreachable()
  return [head, left, right].flatMap(({ position, rotation }, i) => {
    const joint = bytes.subarray(10 * i, 10 * i + 10)
    const place = vec('joint', position)
    const turn = quat('joint', rotation)
    return [
      { what: 'joint', forms: [joint, joint.subarray(0, 6), ...place.forms] },
      { what: 'rotation', forms: [joint, ...turn.forms] },
      { what: 'bones', forms: [bytes, ...bones.flatMap((bone) => (bone ? quat('bone', bone).forms : []))] },
    ]
  })
}

function tracesOf(command: Command): Trace[] {
  if (command.type === 'drag') return [vec('drag', command.position), quat('drag', command.rotation)]
  return command.type === 'pose' ? poseTraces(command) : []
}

const traces: readonly Trace[] = [
  ...TEXTS.map(text),
  ...[PACKAGE, SUIT].map((hash) => ({ what: hash, forms: [Buffer.from(hash), Buffer.from(hash, 'hex')] })),
  ...[...PLAYERS, ...USERS, ...USERS.map((user) => user - 1)].map(number),
  ...frames.flatMap(({ inputs }) => inputs.flatMap(({ command }) => tracesOf(command))),
]

/** The bytes of a recording, and each of its checkpoints unpacked. */
async function plainBytes(bytes: Uint8Array): Promise<Buffer[]> {
  const recording = opened(bytes)
  const states = await Promise.all(recording.checkpoints.map((entry) => recording.checkpointBytes(entry)))
  return [bytes, ...states.map((state) => (state.ok ? state.value : expect.unreachable()))].map((each) =>
    Buffer.from(each),
  )
}

/** The traces that are in these bytes, in any form. */
const foundIn = (all: readonly Buffer[]): string[] =>
  traces.filter(({ forms }) => forms.some((form) => all.some((bytes) => bytes.includes(form)))).map(({ what }) => what)

test('the original contains every trace that the next tests look for', async () => {
  expect(traces.length).toBeGreaterThan(500)
  expect(foundIn(await plainBytes(personalBytes))).toEqual(traces.map(({ what }) => what))
})

test.each([
  ['from genesis', 0],
  ['from a later tick', 90],
  ['from just after a checkpoint', 81],
])('no name, number, pose or hand motion of the original is in the bytes of an anonymous clip %s', async (_, from) => {
  const clip = await clipped(personal, from)
  const all = await plainBytes(clip.bytes)
  expect(all.length).toBeGreaterThan(from === 0 ? 0 : 1)
  expect(foundIn(all)).toEqual([])
})

test('an anonymous clip of a recording that starts from a checkpoint begins a tick later, without traces', async () => {
  const whole = await clipRecording(personal, simulation, { from: 100, to: 200 })
  if (!whole.ok) throw whole.error
  const clip = await clipped(opened(whole.value), 100)
  expect(clip.from).toBe(101)
  expect(foundIn(await plainBytes(clip.bytes))).toEqual([])
})

test('an anonymous clip has neutral names and no notes but its own', async () => {
  const recording = opened((await clipped(personal, 90)).bytes)
  const { header, notes, quarantined } = recording
  expect(header).toMatchObject({
    realm: 'anonymous',
    createdAt: '1970-01-01T00:00:00Z',
    recordedBy: 'otherworld',
    epoch: 1,
    segment: 1,
  })
  expect(notes.map(({ kind }) => kind)).toEqual(['otherworld.anonymous'])
  expect(quarantined).toEqual([])
  const facts = await collected(recording)
  expect(facts.players.map(({ player, user, name }) => [player, user, name])).toEqual([
    [1, 1, 'person 1'],
    [2, 2, 'person 2'],
    [3, 3, 'person 3'],
  ])
  expect(new Set(facts.props.map(({ name }) => /^prop \d+$/.test(name)))).toEqual(new Set([true]))
})

async function collected(recording: Recording): Promise<RecordingFacts> {
  const facts = await collectFacts(recording, simulation)
  if (!facts.ok) throw facts.error
  return facts.value
}

test.each(['drag', 'mixed', 'things', 'recovered', 'churn'])(
  'an anonymous clip of %s verifies, and the same props are held for the same time',
  async (name) => {
    const recording = fixture(name)
    const clip = await clipped(recording, recording.startTick)
    const anonymous = opened(clip.bytes)
    const verified = await verify(anonymous, simulation)
    expect(verified).toMatchObject({ ok: true, value: { ok: true, ticksExecuted: recording.lastTick - clip.from } })
    const holds = (facts: RecordingFacts) => facts.holds.map(({ element, to }) => `${element} ${to}`).toSorted()
    const [before, after] = [await collected(recording), await collected(anonymous)]
    expect(holds(after)).toEqual(holds(before))
    expect(clip.rejected).toBe(clip.rejectedBefore)
    expect(clip.farthestMetres).toBeLessThan(2.5)
    expect(activityOf(after).people.map(({ joined: from, left }) => [from, left])).toEqual(
      activityOf(before).people.map(({ joined: from, left }) => [from, left]),
    )
  },
)

test('hands and walks of an anonymous clip move at most four times a second', async () => {
  const recording = opened((await clipped(fixture('mixed'), 0)).bytes)
  const motions = new Map<string, number[]>()
  for (let tick = 1; tick <= recording.lastTick; tick++) {
    const frame = recording.frame(tick)
    if (!frame.ok) throw frame.error
    const released = new Set(
      frame.value.inputs.flatMap(({ player, command }) => (command.type === 'release' ? [player] : [])),
    )
    for (const { player, command } of frame.value.inputs) {
      expect(['pose', 'wear']).not.toContain(command.type)
      if (!['move', 'drag', 'scale'].includes(command.type) || released.has(player)) continue
      const key = `${player} ${command.type}`
      motions.set(key, [...(motions.get(key) ?? []), tick])
    }
  }
  expect(motions.size).toBeGreaterThan(4)
  for (const ticks of motions.values()) for (const tick of ticks) expect(tick % 15).toBe(0)
})

test('the ticks of an anonymous clip must be a part of the recording', async () => {
  const [from, to] = [personal.startTick, personal.lastTick]
  for (const range of [
    { from: -1, to },
    { from, to: to + 1 },
    { from: to, to },
  ])
    await expect(anonymousClip(personal, simulation, range)).rejects.toThrow(RangeError)
})
