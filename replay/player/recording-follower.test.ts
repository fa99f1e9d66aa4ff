import { expect, test } from 'vitest'
import { loadEngine } from '../../sim/index.ts'
import { recordSession } from '../../test/harness/recording-example.ts'
import { readRecording } from '../read.ts'
import type { Recording } from '../recording.ts'
import { simulationOf } from '../simulation.ts'
import { verify } from '../verify.ts'
import { RecordingFollower, type GrowingBytes } from './recording-follower.ts'

const simulation = simulationOf(await loadEngine())
const session = recordSession(simulation, { ticks: 150, players: 3, sampleEvery: 30, checkpointEvery: 60 })

/** The first bytes of a file; `grow` appends more of them. */
class Growing implements GrowingBytes {
  readonly #all: Uint8Array
  #written: number
  length: number

  constructor(all: Uint8Array, written: number) {
    this.#all = all
    this.#written = written
    this.length = written
  }

  grow(by: number): void {
    this.#written = Math.min(this.#all.length, this.#written + by)
  }

  refresh(): void {
    this.length = this.#written
  }

  subarray(start: number, end: number): Uint8Array {
    return this.#all.subarray(Math.min(start, this.length), Math.min(end, this.length))
  }
}

function followed(bytes: GrowingBytes): RecordingFollower {
  const follower = RecordingFollower.open(bytes)
  if (!follower.ok) throw follower.error
  return follower.value
}

const shapeOf = (recording: Recording) => ({
  lastTick: recording.lastTick,
  hash: recording.hash(recording.lastTick),
  frames: recording.frames,
  checkpoints: recording.checkpoints,
  samples: [...recording.samples.keys()],
  truncated: recording.truncated,
})

test.each([97, 333, 4_096])('a file that grows by %d bytes is read as the whole file is', (by) => {
  const bytes = new Growing(session, Math.floor(session.length * 0.6))
  const follower = followed(bytes)
  const ticks = [follower.recording.lastTick]
  for (let more = true; more;) {
    const before = bytes.length
    bytes.grow(by)
    const next = follower.refresh()
    if (!next.ok) throw next.error
    ticks.push(next.value.lastTick)
    more = bytes.length > before
  }
  expect(ticks).toEqual(ticks.toSorted((a, b) => a - b))
  const whole = readRecording(session)
  expect(shapeOf(follower.recording)).toEqual(whole.ok && shapeOf(whole.value))
  expect(follower.recording.truncated).toBe(false)
})

test('an earlier reading does not change when the file grows', () => {
  const bytes = new Growing(session, Math.floor(session.length * 0.6))
  const follower = followed(bytes)
  const early = follower.recording
  const shape = shapeOf(early)
  bytes.grow(session.length)
  expect(follower.refresh().ok).toBe(true)
  expect(follower.recording.lastTick).toBeGreaterThan(early.lastTick)
  expect(shapeOf(early)).toEqual(shape)
})

test('appended bytes that are damaged are an error with their offset', () => {
  const damaged = Uint8Array.from(session)
  const at = Math.floor(session.length * 0.8)
  damaged[at] = (damaged[at] ?? 0) ^ 1
  const bytes = new Growing(damaged, Math.floor(session.length * 0.6))
  const follower = followed(bytes)
  bytes.grow(session.length)
  const next = follower.refresh()
  expect(next.ok || next.error).toMatchObject({ reason: 'corrupt', offset: expect.any(Number) })
})

test('verify compares each tick and each checkpoint of a recording that grows', async () => {
  const bytes = new Growing(session, Math.floor(session.length * 0.6))
  const follower = followed(bytes)
  const grown = async (): Promise<Recording | null> => {
    if (!follower.recording.truncated) return null
    bytes.grow(500)
    const next = follower.refresh()
    return next.ok ? next.value : null
  }
  const verified = await verify(follower.recording, simulation, { grown })
  const whole = readRecording(session)
  if (!whole.ok) throw whole.error
  expect(verified.ok && verified.value).toMatchObject({
    ok: true,
    ticksExecuted: 150,
    hashesCompared: 150,
    samplesCompared: whole.value.samples.size,
    checkpointsCompared: whole.value.checkpoints.length,
    truncated: false,
  })
})

test('verify finds a tick that differs in what was appended', async () => {
  const lying = recordSession(
    {
      ...simulation,
      step: (realm, frame, onPhase) =>
        simulation.step(realm, frame.tick === 100 ? { ...frame, inputs: [] } : frame, onPhase),
    },
    { ticks: 150, players: 3 },
  )
  const bytes = new Growing(lying, Math.floor(lying.length * 0.5))
  const follower = followed(bytes)
  expect(follower.recording.lastTick).toBeLessThan(100)
  const grown = async (): Promise<Recording | null> => {
    bytes.grow(lying.length)
    const next = follower.refresh()
    return next.ok ? next.value : null
  }
  const verified = await verify(follower.recording, simulation, { grown })
  expect(verified.ok && verified.value.firstDivergence?.tick).toBe(100)
})
