/** A session of three people whose names, numbers, poses and packages differ from those of any other session. */
import { expect } from 'vitest'
import {
  DEFAULT_BODY,
  DEFAULT_DEFINITION,
  loadEngine,
  packPose,
  type Command,
  type Input,
  type InputFrame,
  type Quat,
  type RealmDefinition,
} from '../../sim/index.ts'
import { headerOf, joined, randomFrom, recordTick, sessionFrames } from '../../test/harness/recording-example.ts'
import { readRecording, RecordingWriter, simulationOf, type Recording } from '../index.ts'

const simulation = simulationOf(await loadEngine())

export function opened(bytes: Uint8Array): Recording {
  const recording = readRecording(bytes)
  if (!recording.ok) throw recording.error
  return recording.value
}

const NAMES = ['Rosalind Quill', 'Theodor Ampère', 'Zhenya Vashti']
export const PLAYERS = [0x51_63_74_85, 0x61_72_83_94, 0x71_82_93_a4]
export const USERS = [0x4b_5c_6d_7e, 0x3b_4c_5d_6e, 0x2b_3c_4d_5e]
export const PACKAGE = 'c0ffee11'.repeat(8)
export const SUIT = 'facade22'.repeat(8)
export const TEXTS = [
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

export const frames = personalFrames()
export const personalBytes = recordPersonal(frames)
export const personal = opened(personalBytes)
