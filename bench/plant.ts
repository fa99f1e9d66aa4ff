/** Copies of a recording with one bit wrong: in the run, in a hash, or in a checkpoint. */
import { closeSync, copyFileSync, openSync, readFileSync, writeSync } from 'node:fs'
import { openBytes } from '../cli/files/paged-file.ts'
import { packCheckpoint, readRecording, RecordingPlayer, RecordingWriter, type Recording } from '../replay/index.ts'
import { encodeChunk, readChunk } from '../replay/format/chunks.ts'
import { defined } from '../sim/assert.ts'
import type { Phase, Realm } from '../sim/index.ts'
import type { Simulation } from '../replay/index.ts'
import { recordTick } from './record-scene.ts'

/** Bit of a 32-bit float that is flipped: at 8 m, this is a quarter of a millimetre. */
const BIT = 1 << 8

/** The player whose avatar gets the wrong position. */
const PLAYER = 2

function flipped(value: number): number {
  const bits = new Uint32Array(Float32Array.of(value).buffer)
  bits[0] = defined(bits[0], 'a float has 32 bits') ^ BIT
  return defined(new Float32Array(bits.buffer)[0], 'a float has 32 bits')
}

const avatarOf = (realm: Realm) =>
  defined(
    [...realm.avatars.values()].find(({ player }) => player === PLAYER),
    'the recording has a second player',
  )

/** Flips a bit of position.x of an avatar. Returns its element. */
function flipPosition(realm: Realm): number {
  const avatar = avatarOf(realm)
  avatar.position = { ...avatar.position, x: flipped(avatar.position.x) }
  return avatar.id
}

export interface Plants {
  /** The run is wrong from this phase of this tick on. */
  readonly run: { readonly tick: number; readonly phase: Phase }
  /** The checkpoint of this tick, which is before `run`, has a wrong state. */
  readonly checkpointTick?: number
}

export function open(path: string): Recording {
  const recording = readRecording(openBytes(path))
  if (!recording.ok) throw recording.error
  return recording.value
}

/**
 * Writes a recording that a faulty build would have made from the inputs of `source`. Returns the element whose position.x
 * is wrong.
 */
export async function plantRun(
  source: Recording,
  simulation: Simulation<Realm>,
  path: string,
  { run, checkpointTick }: Plants,
): Promise<number> {
  const opened = await RecordingPlayer.open(source, simulation, run.tick - 1)
  if (!opened.ok) throw opened.error
  const player = opened.value
  const { tickRate: _rate, seed: _seed, realm: _realm, ...header } = source.header
  const file = openSync(path, 'w')
  try {
    const writer = new RecordingWriter({ ...header, definition: player.definition }, (bytes) => writeSync(file, bytes))
    await copyTicks(source, simulation, writer, run.tick - 1, checkpointTick)
    const reached = await player.reach(run.tick - 1)
    if (!reached.ok) throw reached.error
    const element = avatarOf(player.realm).id
    const faulty: Simulation<Realm> = {
      ...simulation,
      step: (realm, frame, onPhase) =>
        simulation.step(realm, frame, (phase) => {
          if (frame.tick === run.tick && phase === run.phase) flipPosition(realm)
          onPhase?.(phase)
        }),
    }
    for (let tick = run.tick; tick <= source.lastTick; tick++) {
      const frame = source.frame(tick)
      if (!frame.ok) throw frame.error
      await recordTick(faulty, player.realm, writer, frame.value)
    }
    writer.seal()
    return element
  } finally {
    player.free()
    closeSync(file)
  }
}

async function copyTicks(
  source: Recording,
  simulation: Simulation<Realm>,
  writer: RecordingWriter,
  to: number,
  damagedTick: number | undefined,
): Promise<void> {
  const checkpoints = new Map(source.checkpoints.map((entry) => [entry.tick, entry]))
  for (let tick = 1; tick <= to; tick++) {
    const frame = source.frame(tick)
    if (!frame.ok) throw frame.error
    writer.frame(frame.value)
    writer.hash(tick, defined(source.hash(tick), 'each tick of a recording has a hash'))
    const sample = source.samples.get(tick)
    if (sample) writer.sample(sample)
    const entry = checkpoints.get(tick)
    if (!entry) continue
    const bytes = await source.checkpointBytes(entry)
    if (!bytes.ok) throw bytes.error
    const state = tick === damagedTick ? damaged(source, simulation, bytes.value) : bytes.value
    writer.checkpoint(await packCheckpoint(tick, state))
  }
}

/** The bytes of a checkpoint with a wrong position. */
function damaged({ header }: Recording, simulation: Simulation<Realm>, state: Uint8Array): Uint8Array {
  const parsed = simulation.parseDefinition(header.definition)
  if (!parsed.ok) throw new Error('the definition of the recording is refused')
  const realm = simulation.restore(parsed.definition, state)
  try {
    flipPosition(realm)
    return simulation.checkpoint(realm)
  } finally {
    simulation.free(realm)
  }
}

/** Copies a recording and flips a bit of the hash of a tick that has inputs. */
export function plantHash(source: Recording, from: string, path: string, tick: number): void {
  copyFileSync(from, path)
  const bytes = readFileSync(path)
  const frameAt = defined(source.frameOffset(tick), 'the tick has inputs')
  const frame = defined(readChunk(bytes, frameAt), 'a frame is complete')
  const hash = defined(readChunk(bytes, frame.end), 'a hash follows the frame')
  const payload = bytes.slice(hash.payloadStart, hash.payloadEnd)
  payload[0] = defined(payload[0], 'a hash has 8 bytes') ^ 1
  const file = openSync(path, 'r+')
  writeSync(file, encodeChunk(hash.type, hash.sequence, payload), 0, hash.end - hash.offset, hash.offset)
  closeSync(file)
}
