/** Failing sessions as recordings and as tests, and recordings as sessions. */
import { randomUUID } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { readRecording, RecordingError, RecordingWriter } from '../../replay/index.ts'
import type { InputFrame } from '../../sim/index.ts'
import { concatBytes } from '../../sim/state/bytes.ts'
import { makeFolder } from '../../storage/folder.ts'
import { loadLab, type Lab } from '../physics/copies.ts'
import type { Physics } from '../physics/physics.ts'
import { caseOf, checkCase } from './check.ts'
import type { PhysicsCase, PhysicsProperty, Violation } from './property.ts'
import type { FoundSession } from './search.ts'

/** Checkpoints at most that are restored of one recording, evenly spread over its ticks. */
const CHECKPOINTS_MAX = 60

/** A session as a recording from genesis. If the simulation ends, the recording ends with the frame that it did not finish. */
export function recordCase({ definition, frames }: PhysicsCase, physics: Physics): Uint8Array {
  const parts: Uint8Array[] = []
  const realm = physics.genesis(definition)
  try {
    const header = {
      engine: physics.engine,
      simVersion: physics.version,
      definition,
      epoch: 1,
      segment: 1,
      start: 'genesis',
      startTick: 0,
      startHash: physics.hash(realm),
      ...physics.counts(realm),
      phases: physics.phases,
      createdAt: new Date().toISOString(),
      recordedBy: 'otherworld fuzz',
    } as const
    const writer = new RecordingWriter(header, (bytes) => parts.push(bytes))
    for (const frame of frames) {
      const stepped = writer.frame(frame)
      try {
        physics.step(realm, stepped)
      } catch {
        return concatBytes(parts)
      }
      writer.hash(frame.tick, physics.hash(realm))
    }
    writer.seal()
    return concatBytes(parts)
  } finally {
    physics.free(realm)
  }
}

/** The session of a recording. Throws RecordingError if it cannot be read or does not begin at a genesis. */
export function caseOfRecording(bytes: Uint8Array, physics: Physics): PhysicsCase {
  const read = readRecording(bytes)
  if (!read.ok) throw read.error
  const recording = read.value
  if (recording.header.start !== 'genesis')
    throw new RecordingError('no-start', 'the recording begins at a checkpoint; properties need one from genesis')
  const parsed = physics.parseDefinition(recording.header.definition)
  if (!parsed.ok)
    throw new RecordingError('bad-definition', `${parsed.errors[0]?.where ?? ''} ${parsed.errors[0]?.message ?? ''}`)
  const last = recording.lastTick + (recording.hasFrameWithoutHash ? 1 : 0)
  const frames: InputFrame[] = []
  for (let tick = 1; tick <= last; tick++) {
    const frame = recording.frame(tick)
    if (!frame.ok) throw frame.error
    frames.push(frame.value)
  }
  const every = Math.max(1, Math.ceil(last / CHECKPOINTS_MAX))
  return {
    definition: parsed.definition,
    frames,
    otherArrival: frames.map(({ tick, inputs }) => ({
      tick,
      inputs: inputs.toReversed().toSorted(physics.compareInputs),
    })),
    checkpointTicks: Array.from({ length: Math.floor(last / every) + 1 }, (_, i) => i * every),
  }
}

/**
 * Checks properties on a recording from genesis, such as one that `otherworld fuzz` saved. Returns what is wrong, or
 * null. Rejects with a RecordingError if it cannot be read.
 */
export async function checkRecording(
  bytes: Uint8Array,
  properties: readonly PhysicsProperty[],
  lab?: Lab,
): Promise<Violation | null> {
  const used = lab ?? (await loadLab())
  return checkCase(caseOfRecording(bytes, used.plain), properties, used)
}

/** A Vitest file that fails as long as the property does not hold in the recording beside it. */
const testOf = (property: string, recording: string): string => `import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { checkRecording, PROPERTIES } from 'otherworld/testing'

test('the property ${property} holds in ${recording}', async () => {
  const bytes = readFileSync(new URL('./${recording}', import.meta.url))
  const properties = PROPERTIES.filter(({ name }) => name === '${property}')
  expect(await checkRecording(bytes, properties)).toBeNull()
})
`

/** Paths of a saved case. */
export interface SavedCase {
  readonly recording: string
  /** Null for a property that is not a ready-made one. */
  readonly test: string | null
}

/** Saves a shrunk session as a recording and a Vitest file. Creates the folder. */
export function saveCase(
  folder: string,
  { session, seed, violation }: FoundSession,
  lab: Lab,
  isReadyMade: boolean,
): SavedCase {
  makeFolder(folder)
  const name = `${violation.property}-${seed}-${randomUUID().slice(0, 4)}`
  const recording = join(folder, `${name}.owr`)
  writeFileSync(recording, recordCase(caseOf(session, lab.plain), lab.plain))
  if (!isReadyMade) return { recording, test: null }
  const test = join(folder, `${name}.test.ts`)
  writeFileSync(test, testOf(violation.property, `${name}.owr`))
  return { recording, test }
}
