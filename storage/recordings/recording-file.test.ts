import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
  type PathLike,
} from 'node:fs'
import { join } from 'node:path'
import { beforeEach, expect, test, vi } from 'vitest'
import { sleep } from '../../test/harness/wait.ts'
import { temporaryDirectory } from '../../test/harness/cleanup.ts'
import { readRecording, simulationOf, verify, type Recording } from '../../replay/index.ts'
import { DEFAULT_DEFINITION, loadEngine, type Realm } from '../../sim/index.ts'
import { headerOf, sessionFrames } from '../../test/harness/recording-example.ts'
import { LOOK_EVERY_MS } from './directory-watch.ts'
import {
  COMMIT_EVERY_MS,
  listRecordings,
  nodePlatform,
  RecordingFault,
  RecordingFile,
  removeUnfinished,
  type OutputFile,
  type Platform,
  type RecordingFileOptions,
} from './index.ts'

/** Faults of the disk under test: the bytes that it still takes, and how its syncs end. */
const disk = { bytesLeft: Number.POSITIVE_INFINITY, syncFails: '', syncDelayMs: 0, syncs: 0 }
const injected = (code: string): Error => Object.assign(new Error(`${code}: injected`), { code })

function faulty(file: OutputFile): OutputFile {
  return {
    write: (bytes, from, position) => {
      if (disk.bytesLeft <= 0) throw injected('ENOSPC')
      const written = file.write(
        bytes.subarray(0, from + Math.min(bytes.length - from, disk.bytesLeft)),
        from,
        position,
      )
      disk.bytesLeft -= written
      return written
    },
    syncLater: async () => {
      disk.syncs++
      await sleep(disk.syncDelayMs)
      if (disk.syncFails) throw injected(disk.syncFails)
      await file.syncLater()
    },
    truncate: (length) => file.truncate(length),
    sync: () => file.sync(),
    close: () => file.close(),
    id: () => file.id(),
  }
}
const platform: Platform = { ...nodePlatform, create: (path) => faulty(nodePlatform.create(path)) }

const simulation = simulationOf(await loadEngine())
let directory = ''
const faults: RecordingFault[] = []

beforeEach(() => {
  directory = temporaryDirectory()
  Object.assign(disk, { bytesLeft: Number.POSITIVE_INFINITY, syncFails: '', syncDelayMs: 0, syncs: 0 })
  faults.length = 0
})

function begin(realm: Realm, more: Partial<RecordingFileOptions> = {}): RecordingFile {
  return RecordingFile.create({
    directory,
    header: headerOf(simulation, DEFAULT_DEFINITION, realm),
    commitEveryMs: 5,
    onFault: (fault) => faults.push(fault),
    platform,
    ...more,
  })
}

/** Records ticks of a session as a realm does. */
function run(realm: Realm, file: RecordingFile, from: number, to: number): void {
  for (const frame of sessionFrames({ ticks: to, players: 3, seed: 5 }).slice(from - 1)) {
    simulation.step(realm, file.frame(frame))
    file.hash(frame.tick, simulation.hash(realm))
    if (frame.tick % 25 === 0) file.checkpoint(frame.tick, simulation.checkpoint(realm))
  }
}

const roll = (realm: Realm, file: RecordingFile): void =>
  file.roll({
    tick: file.lastTick,
    hash: simulation.hash(realm),
    ...simulation.counts(realm),
    checkpoint: simulation.checkpoint(realm),
  })

async function verified(path: string): Promise<Recording> {
  const recording = readRecording(readFileSync(path))
  if (!recording.ok) throw recording.error
  const result = await verify(recording.value, simulation)
  if (!result.ok) throw result.error
  expect(result.value.firstDivergence).toBe(null)
  return recording.value
}

test('a closed recording is sealed, verifies, and has realm, epoch and segment in its name', async () => {
  const realm = simulation.genesis(DEFAULT_DEFINITION)
  const file = begin(realm)
  run(realm, file, 1, 60)
  await file.close()
  expect(readdirSync(directory)).toEqual(['yard-e000001-s0001.owr'])
  const recording = await verified(file.path)
  expect([recording.lastTick, recording.truncated, recording.checkpoints.map(({ tick }) => tick).toSorted()]).toEqual([
    60,
    false,
    [25, 50],
  ])
  expect(recording.checkpoints.some(({ storedBytes, rawBytes }) => storedBytes < rawBytes)).toBe(true)
  expect(file.syncedTick).toBe(60)
  simulation.free(realm)
})

test('what is written is in the file immediately and on the disk soon after', async () => {
  const realm = simulation.genesis(DEFAULT_DEFINITION)
  const file = begin(realm)
  run(realm, file, 1, 20)
  const recording = readRecording(readFileSync(file.path))
  expect(recording.ok && recording.value.lastTick).toBe(20)
  await vi.waitFor(() => expect(file.syncedTick).toBe(20))
  expect(file.freeBytes).toBeGreaterThan(0)
  await file.close()
  simulation.free(realm)
})

test('a full segment is followed by one that begins with a checkpoint, and both verify', async () => {
  const realm = simulation.genesis(DEFAULT_DEFINITION)
  const file = begin(realm, { segmentBytesMax: 10_000 })
  run(realm, file, 1, 30)
  expect(file.rollDue).toBe(true)
  roll(realm, file)
  run(realm, file, 31, 50)
  await file.close()
  const entries = await listRecordings(directory)
  expect(
    entries.map(({ epoch, segment, summary }) => [epoch, segment, summary?.index?.startTick, summary?.index?.lastTick]),
  ).toEqual([
    [1, 2, 30, 50],
    [1, 1, 0, 30],
  ])
  for (const { path } of entries) expect((await verified(path)).truncated).toBe(false)
  expect(faults).toEqual([])
  simulation.free(realm)
})

test('a second server on the same directory cannot begin the same epoch', async () => {
  const realm = simulation.genesis(DEFAULT_DEFINITION)
  const file = begin(realm)
  expect(() => begin(realm)).toThrow(expect.objectContaining({ name: 'RecordingFault', reason: 'exists' }))
  await file.close()
  expect(readdirSync(directory).length).toBe(1)
  simulation.free(realm)
})

test('a full disk is a typed fault without damage, and writing continues when there is space', async () => {
  const realm = simulation.genesis(DEFAULT_DEFINITION)
  const file = begin(realm)
  run(realm, file, 1, 10)
  const [frame] = sessionFrames({ ticks: 11, players: 3, seed: 5 }).slice(10)
  disk.bytesLeft = 7
  expect(() => frame && file.frame(frame)).toThrow(
    expect.objectContaining({ name: 'RecordingFault', reason: 'no-space', path: file.path }),
  )
  expect((await verified(file.path)).lastTick).toBe(10)
  disk.bytesLeft = Number.POSITIVE_INFINITY
  run(realm, file, 11, 20)
  await file.close()
  expect((await verified(file.path)).lastTick).toBe(20)
  simulation.free(realm)
})

test('a checkpoint without space is reported, and the ticks continue', async () => {
  const realm = simulation.genesis(DEFAULT_DEFINITION)
  const file = begin(realm)
  run(realm, file, 1, 10)
  disk.bytesLeft = 500
  file.checkpoint(10, simulation.checkpoint(realm))
  await vi.waitFor(() => expect(faults[0]?.reason).toBe('no-space'))
  disk.bytesLeft = Number.POSITIVE_INFINITY
  run(realm, file, 11, 20)
  await file.close()
  expect((await verified(file.path)).lastTick).toBe(20)
  simulation.free(realm)
})

// A full disk may appear only at the sync. Free space then does not restore what the system has dropped.
test.each(['EIO', 'ENOSPC', 'EDQUOT'])('a failed sync (%s) is reported, lasts, and ends all writing', async (code) => {
  const realm = simulation.genesis(DEFAULT_DEFINITION)
  const file = begin(realm)
  disk.syncFails = code
  run(realm, file, 1, 5)
  await vi.waitFor(() => expect(faults[0]).toMatchObject({ reason: 'io' }))
  expect(() => file.hash(6, '0'.repeat(16))).toThrow(expect.objectContaining({ name: 'RecordingFault', reason: 'io' }))
  expect(file.syncedTick).toBe(0)
  await expect(file.close()).rejects.toThrow(RecordingFault)
  simulation.free(realm)
})

test('a close during a sync seals and syncs what was written meanwhile, and touches nothing after it', async () => {
  const realm = simulation.genesis(DEFAULT_DEFINITION)
  const file = begin(realm)
  disk.syncDelayMs = 30
  run(realm, file, 1, 5)
  await vi.waitFor(() => expect(disk.syncs).toBe(1))
  run(realm, file, 6, 10)
  await file.close()
  const syncs = disk.syncs
  await sleep(80)
  expect([faults, disk.syncs]).toEqual([[], syncs])
  expect((await verified(file.path)).lastTick).toBe(10)
  simulation.free(realm)
})

test('low space is reported before the disk is full', async () => {
  const realm = simulation.genesis(DEFAULT_DEFINITION)
  const said: boolean[] = []
  const file = begin(realm, { freeBytesMin: Number.MAX_SAFE_INTEGER, onSpaceLow: (low) => said.push(low) })
  run(realm, file, 1, 3)
  await vi.waitFor(() => expect(said).toEqual([true]))
  expect(file.spaceLow).toBe(true)
  await file.close()
  simulation.free(realm)
})

test('an unfinished recording of an ended process does not count and is removed', async () => {
  const left: PathLike = join(directory, 'yard-e000001-s0001.owr.77.new')
  writeFileSync(left, 'half')
  expect(await listRecordings(directory)).toEqual([])
  await removeUnfinished(directory)
  expect(readdirSync(directory)).toEqual([])
  expect(await listRecordings(join(directory, 'missing'))).toEqual([])
  mkdirSync(join(directory, 'yard-e000004-s0001.owr'))
  expect(await listRecordings(directory)).toEqual([])
})

/** The machine that runs the tests may be busy. */
const PATIENCE = { timeout: 10_000, interval: 16 }

test('the directory is checked often enough to notice a change within a second', () => {
  expect(LOOK_EVERY_MS + 2 * COMMIT_EVERY_MS).toBeLessThan(1_000)
})

const HARMS: Readonly<Record<string, (path: string) => void>> = {
  'is deleted': (path) => rmSync(path),
  'is moved away': (path) => renameSync(path, `${path}.away`),
  'is replaced by a copy': (path) => {
    copyFileSync(path, `${path}.copy`)
    renameSync(`${path}.copy`, path)
  },
  'goes with its whole folder': (path) => rmSync(join(path, '..'), { recursive: true }),
}

for (const [what, harm] of Object.entries(HARMS))
  test(`a recording that ${what} while it is written is noticed, and the next segment has the full state`, async () => {
    const realm = simulation.genesis(DEFAULT_DEFINITION)
    const missing: string[] = []
    const file = begin(realm, { directory: join(directory, 'recordings'), onMissing: (path) => missing.push(path) })
    const lost = file.path
    run(realm, file, 1, 5)
    harm(lost)
    await vi.waitFor(() => {
      const tick = file.lastTick + 1
      run(realm, file, tick, tick)
      expect(file.rollDue).toBe(true)
    }, PATIENCE)
    expect([missing, file.isLost]).toEqual([[lost], true])
    roll(realm, file)
    expect([file.isLost, file.rollDue, existsSync(file.path)]).toEqual([false, false, true])
    run(realm, file, file.lastTick + 1, file.lastTick + 5)
    // As after a kill, nothing is closed.
    const recording = await verified(file.path)
    expect([recording.header.start, recording.lastTick]).toEqual(['checkpoint', file.lastTick])
    await file.close()
    expect(faults).toEqual([])
    simulation.free(realm)
  })

test('if a new segment cannot begin, the recording stays missing until a later one does', async () => {
  const realm = simulation.genesis(DEFAULT_DEFINITION)
  const file = begin(realm)
  run(realm, file, 1, 5)
  rmSync(file.path)
  await vi.waitFor(() => {
    run(realm, file, file.lastTick + 1, file.lastTick + 1)
    expect(file.isLost).toBe(true)
  }, PATIENCE)
  disk.bytesLeft = 0
  expect(() => roll(realm, file)).toThrow(/no space left/)
  expect([file.isLost, file.rollDue]).toEqual([true, true])
  disk.bytesLeft = Infinity
  const { bytesOfAll } = file
  roll(realm, file)
  expect(file.isLost).toBe(false)
  expect(file.bytesOfAll).toBe(bytesOfAll + file.bytes)
  await file.close()
  simulation.free(realm)
})

test('after a newer epoch of the realm appeared, no segment begins and nothing more is written', async () => {
  const realm = simulation.genesis(DEFAULT_DEFINITION)
  const file = begin(realm)
  run(realm, file, 1, 5)
  writeFileSync(join(directory, 'yard-e000002-s0001.owr'), '')
  expect(() => roll(realm, file)).toThrow(
    expect.objectContaining({
      reason: 'fenced',
      message: expect.stringMatching(
        /yard stops here, in epoch 1: another server continues it in yard-e000002-s0001\.owr/,
      ) as string,
    }) as Error,
  )
  expect(() => file.frame({ tick: 6, inputs: [] })).toThrow(/yard stops here/)
  expect(() => begin(realm)).toThrow(/yard stops here/)
  expect(readdirSync(directory).toSorted()).toEqual(['yard-e000001-s0001.owr', 'yard-e000002-s0001.owr'])
  await file.close()
  simulation.free(realm)
})

test('another server that takes the directory over is noticed; epochs of other realms do not count', async () => {
  const realm = simulation.genesis(DEFAULT_DEFINITION)
  let other: string | null = null
  writeFileSync(join(directory, 'meadow-e000009-s0001.owr'), '')
  const file = begin(realm, { otherHolder: () => other })
  run(realm, file, 1, 5)
  roll(realm, file)
  other = 'process 1 on box'
  await vi.waitFor(
    () =>
      expect(() => run(realm, file, file.lastTick + 1, file.lastTick + 1)).toThrow(
        /another server \(process 1 on box\) has taken the data directory/,
      ),
    PATIENCE,
  )
  expect(() => roll(realm, file)).toThrow(/has taken/)
  await file.close()
  simulation.free(realm)
})
