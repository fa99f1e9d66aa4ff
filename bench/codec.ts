/** Cost of encoding and decoding frames, snapshots and packets, at 100 avatars × 200 dynamics. */
import { avatars, free, loadEngine, props, type InputFrame } from '../sim/index.ts'
import {
  decodeFrame,
  decodeLockstep,
  decodeServerPacket,
  encodeFrame,
  encodeLockstep,
  encodeServerPacket,
} from '../protocol/index.ts'
import { SnapshotDecoder, SnapshotSource, SnapshotBuilder } from '../netcode/snapshot/index.ts'
import { meanMs } from './measure.ts'
import type { BenchReport, BenchRow } from './report.ts'
import { scene, sceneDefinition, loadFittedClips, type BenchScene } from './scene.ts'

const AVATARS = 100
const TICKS = 300
const MEASURED_MS = 500

function lastFrames({ nextFrame: next, step }: BenchScene): InputFrame[] {
  const frames: InputFrame[] = []
  for (let i = 0; i < TICKS; i++) {
    const frame = next()
    frames.push(frame)
    step(frame)
  }
  return frames.slice(-60)
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)

function frameRows(frames: readonly InputFrame[]): BenchRow[] {
  const encoded = frames.map(encodeFrame)
  const messages = frames.map((frame) => encodeLockstep({ type: 'frame', frame, hash: '0123456789abcdef' }))
  const each = 1 / frames.length
  return [
    { what: 'frame', value: sum(encoded.map(({ length }) => length)) * each, unit: 'bytes' },
    {
      what: 'frame encoded',
      value: meanMs(MEASURED_MS, () => frames.forEach((frame) => void encodeFrame(frame))) * each,
      unit: 'ms',
    },
    {
      what: 'frame decoded',
      value: meanMs(MEASURED_MS, () => encoded.forEach((bytes) => void decodeFrame(bytes))) * each,
      unit: 'ms',
    },
    {
      what: 'lockstep message decoded',
      value: meanMs(MEASURED_MS, () => messages.forEach((bytes) => void decodeLockstep(bytes))) * each,
      unit: 'ms',
    },
  ]
}

function snapshotRows({ realm }: BenchScene): BenchRow[] {
  const { bounds } = sceneDefinition(AVATARS)
  const [people, things] = [avatars(realm), props(realm)]
  const source = new SnapshotSource(bounds)
  let tick = 0
  const quantise = (): void => source.update((tick += 1), people, things)
  quantise()
  const make = () => new SnapshotBuilder(0).nextPart(source, 0, 0)
  const { bytes: part } = make()
  const head = {
    packet: 1,
    ackPacket: 1,
    ackBits: 0,
    ackCommand: 1,
    firstMessage: 0,
    clientTimeMs: 0,
    clientTimeAgeMs: 0,
    control: null,
  }
  const pack = () => encodeServerPacket(head, [], part)
  const encoded = pack()
  const read = (): void => {
    const packet = decodeServerPacket(encoded)
    if (packet.ok && packet.value.snapshot) new SnapshotDecoder().decode(packet.value.snapshot)
  }
  return [
    { what: 'first snapshot of a client', value: encoded.length, unit: 'bytes' },
    {
      what: 'views of the realm made',
      value: meanMs(MEASURED_MS, () => void [avatars(realm), props(realm)]),
      unit: 'ms',
    },
    { what: 'state quantised, once for all clients', value: meanMs(MEASURED_MS, quantise), unit: 'ms' },
    { what: 'first snapshot encoded, for one client', value: meanMs(MEASURED_MS, make), unit: 'ms' },
    { what: 'its packet encoded', value: meanMs(MEASURED_MS, pack), unit: 'ms' },
    { what: 'its packet decoded, in one client', value: meanMs(MEASURED_MS, read), unit: 'ms' },
  ]
}

export async function run(): Promise<BenchReport> {
  const played = scene(await loadEngine(), AVATARS, await loadFittedClips())
  const rows = [...frameRows(lastFrames(played)), ...snapshotRows(played)]
  free(played.realm)
  return { name: 'codec', about: `${AVATARS} avatars with 18 bones, 200 dynamics; means`, rows }
}
