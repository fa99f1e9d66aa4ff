import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import {
  DEFAULT_BODY,
  DEFAULT_DEFINITION,
  loadEngine,
  packPose,
  unpackPose,
  type Command,
  type Input,
  type InputFrame,
  type Quat,
  type RealmDefinition,
  type Vec3,
} from '../../sim/index.ts'
import { headerOf, joined, randomFrom, recordTick, sessionFrames } from '../../test/harness/recording-example.ts'
import { clipRecording, readRecording, RecordingWriter, simulationOf, verify, type Recording } from '../index.ts'
import { activityOf, collectFacts, type RecordingFacts } from '../search/index.ts'
import { anonymousClip, type AnonymousClip } from './index.ts'

const simulation = simulationOf(await loadEngine())

function opened(bytes: Uint8Array): Recording {
  const recording = readRecording(bytes)
  if (!recording.ok) throw recording.error
  return recording.value
}

const fixture = (name: string): Recording => opened(readFileSync(`fixtures/replays/${name}.owr`))

async function clipped(recording: Recording, from: number, to = recording.lastTick): Promise<AnonymousClip> {
  const clip = await anonymousClip(recording, simulation, { from, to })
  if (!clip.ok) throw clip.error
  return clip.value
}

const NAMES = ['Rosalind Quill', 'Theodor Ampère', 'Zhenya Vashti']
const PLAYERS = [0x51_63_74_85, 0x61_72_83_94, 0x71_82_93_a4]
const USERS = [0x4b_5c_6d_7e, 0x3b_4c_5d_6e, 0x2b_3c_4d_5e]
const PACKAGE = 'c0ffee11'.repeat(8)
const SUIT = 'facade22'.repeat(8)
const TEXTS = [
  ...NAMES,
  'Quill family crate',
  'Quill cup',
  'Quill suit',
  'Quill garden',
  'quill-realm',
  'seen by Quill',
  '2031-05-06',
  'secret builder',
]
const definition: RealmDefinition = { ...DEFAULT_DEFINITION, id: 'quill-realm', name: 'Quill garden' }
const random = randomFrom(7)
const f = (scale: number): number => Math.fround((random() * 2 - 1) * scale)
const turned = (): Quat => {
  const q = { x: f(1), y: f(1), z: f(1), w: f(1) }
  const length = Math.hypot(q.x, q.y, q.z, q.w)
  const part = (value: number) => Math.fround(value / length)
  return { x: part(q.x), y: part(q.y), z: part(q.z), w: part(q.w) }
}

/** A pose that no other has. */
const pose = (): Extract<Command, { type: 'pose' }> => {
  const joint = (y: number) => ({ position: { x: f(0.4), y: y + f(0.1), z: f(0.4) }, rotation: turned() })
  return { type: 'pose', pose: packPose({ head: joint(1.6), left: joint(1), right: joint(1), bones: [turned()] }) }
}

/** A generated session of three people with their own names and numbers, poses, packages and bodies. */
function personalFrames(): InputFrame[] {
  const prop = { ...(DEFAULT_DEFINITION.props[0]?.prop ?? expect.unreachable()), name: 'Quill cup' }
  const person = (command: Command, i: number): Command => {
    const [player, user, name] = [PLAYERS[i] ?? 0, USERS[i] ?? 0, NAMES[i] ?? '']
    if (command.type === 'join') return { ...command, player, user, share: user - 1, name }
    if (command.type === 'spawn')
      return { ...command, prop: { ...prop, name: 'Quill family crate', motion: 'dynamic' } }
    if (command.type === 'drag') return { ...command, rotation: turned() }
    return command
  }
  const sequences = new Map<number, number>()
  return sessionFrames({ ticks: 200, players: 3, seed: 5 }).map(({ tick, inputs }) => {
    const commands = inputs.map(({ player, command }): [number, Command] => {
      const who = command.type === 'join' ? command.player : player
      return [player === 0 ? 0 : (PLAYERS[player - 1] ?? 0), person(command, who - 1)]
    })
    if (tick === 2)
      commands.unshift(
        [0, { type: 'package', hash: PACKAGE, physics: { kind: 'object', prop } }],
        [
          0,
          { type: 'package', hash: SUIT, physics: { kind: 'avatar', body: { ...DEFAULT_BODY, name: 'Quill suit' } } },
        ],
        [0, { type: 'wear', player: PLAYERS[0] ?? 0, body: SUIT }],
        [
          0,
          {
            type: 'spawn',
            prop: PACKAGE,
            position: { x: 1, y: 2, z: 1 },
            rotation: turned(),
            scale: 1,
            access: 0,
            owner: USERS[1] ?? 0,
          },
        ],
      )
    if (tick > 2 && tick % 4 === 0) for (const player of PLAYERS) commands.push([player, pose()])
    const numbered = commands.map(([player, command]): Input => {
      const sequence = (sequences.get(player) ?? 0) + 1
      sequences.set(player, sequence)
      return { player, sequence, command }
    })
    return { tick, inputs: numbered.toSorted((a, b) => a.player - b.player || a.sequence - b.sequence) }
  })
}

/** The file of the session. */
function recordPersonal(frames: readonly InputFrame[]): Uint8Array {
  const realm = simulation.genesis(definition)
  const parts: Uint8Array[] = []
  const header = {
    ...headerOf(simulation, definition, realm),
    createdAt: '2031-05-06T07:08:09Z',
    recordedBy: 'secret builder',
  }
  const writer = new RecordingWriter(header, (bytes) => parts.push(bytes))
  for (const frame of frames) {
    recordTick(simulation, realm, writer, frame, { checkpointEvery: 40 })
    if (frame.tick === 20) writer.note({ tick: 20, kind: 'remark', text: 'seen by Quill' })
  }
  writer.quarantine({ tick: 201, reason: 'seen by Quill', frame: new Uint8Array(0) })
  writer.seal()
  simulation.free(realm)
  return joined(parts)
}

const frames = personalFrames()
const personalBytes = recordPersonal(frames)
const personal = opened(personalBytes)

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
