/** The recorded sessions of fixtures/replays/ must replay to the hashes that the server wrote. */
import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { loadEngine, type CommandType } from '../../sim/index.ts'
import { readRecording, simulationOf, verify, type Recording } from '../../replay/index.ts'

const FOLDER = new URL('../../fixtures/replays/', import.meta.url)
const FILES_MIN = 6
const BYTES_MAX = 384 * 1024
/** Five seconds; a shorter recording is no session. */
const TICKS_MIN = 300

const files = readdirSync(FOLDER).filter((name) => name.endsWith('.owr'))
const simulation = simulationOf(await loadEngine())

function recordingOf(file: string): Recording {
  const recording = readRecording(new Uint8Array(readFileSync(new URL(file, FOLDER))))
  if (!recording.ok) throw recording.error
  return recording.value
}

/** All kinds of commands in a recording. */
function commandsOf(recording: Recording): Set<CommandType> {
  const types = new Set<CommandType>()
  for (let tick = recording.startTick + 1; tick <= recording.lastTick; tick++) {
    const frame = recording.frame(tick)
    if (!frame.ok) throw frame.error
    for (const { command } of frame.value.inputs) types.add(command.type)
  }
  return types
}

test('there are at least six recorded sessions, each explained in the README', () => {
  expect(files.length).toBeGreaterThanOrEqual(FILES_MIN)
  const readme = readFileSync(new URL('README.md', FOLDER), 'utf8')
  for (const file of files) expect(readme).toContain(`\`${file}\``)
})

describe.each(files)('%s', (file) => {
  test('replays to the recorded hash at every tick', async () => {
    const outcome = await verify(recordingOf(file), simulation)
    if (!outcome.ok) throw outcome.error
    expect(outcome.value.firstDivergence).toBeNull()
    expect(outcome.value.ok).toBe(true)
    expect(outcome.value.ticksExecuted).toBeGreaterThanOrEqual(TICKS_MIN)
    expect(outcome.value.hashesCompared).toBe(outcome.value.ticksExecuted)
  })

  test('is small enough for the repository', () => {
    expect(readFileSync(new URL(file, FOLDER)).length).toBeLessThanOrEqual(BYTES_MAX)
  })
})

test('together they contain every kind of command of players, and players who join and leave', () => {
  const all = new Set(files.flatMap((file) => [...commandsOf(recordingOf(file))]))
  for (const type of [
    'join',
    'leave',
    'move',
    'pose',
    'spawn',
    'despawn',
    'grab',
    'drag',
    'release',
    'scale',
    'wear',
    'access',
  ] as const)
    expect(all).toContain(type)
})

test('one of them has props and avatars of uploaded packages with their physics', () => {
  const all = commandsOf(recordingOf('things.owr'))
  for (const type of ['package', 'spawn', 'grab', 'drag', 'scale', 'access', 'wear', 'despawn'] as const)
    expect(all).toContain(type)
})

test('one of them was cut off, and one begins with a recovered state', () => {
  const recordings = files.map(recordingOf)
  expect(recordings.some(({ truncated }) => truncated)).toBe(true)
  expect(recordings.some(({ header }) => header.start === 'checkpoint')).toBe(true)
})
