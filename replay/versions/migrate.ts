/**
 * Records the inputs of a recording again with this program: the recording of another version becomes one of this
 * version, and a report says what became different.
 */
import type { Input, Realm, SimEvent } from '../../sim/index.ts'
import { bad, faultText, good, RecordingError, type RecordingResult } from '../error.ts'
import { movedBetween, placesOf, type Moved, type Placed } from '../fork/moved.ts'
import { peopleOf, type Person } from '../fork/people.ts'
import { recordFork } from '../fork/record-fork.ts'
import { ForkRunner } from '../fork/run-fork.ts'
import type { RunDifference } from '../compare.ts'
import type { Recording } from '../recording.ts'
import type { Simulation } from '../simulation.ts'
import { BuildRun } from './build-run.ts'
import { recordedDifference, RecordedHashes } from './recorded-difference.ts'
import { compareBuilds } from './side-by-side.ts'

export interface MigrateOptions<B> {
  /** The build that made the recording. Null: the new run is compared only with what the recording has. */
  readonly build: Simulation<B> | null
  readonly recordedBy: string
  onProgress?(progress: { readonly done: number; readonly total: number }): void
}

export type Rejected = Extract<SimEvent, { readonly type: 'rejected' }> & { readonly tick: number }

export interface Migrated {
  readonly bytes: Uint8Array
  /** The last tick that was stepped. */
  readonly lastTick: number
  /** The step that failed: the new recording ends with its frame. Null: none did. */
  readonly fault: { readonly tick: number; readonly message: string } | null
  /** The first difference of the states; null if none is known. `expected`: the recording, `actual`: this program. */
  readonly difference: RunDifference | null
  /**
   * False if the versions hash equal states in different ways. With a build, the fields are compared then. Without one,
   * only the counts of players and elements are, so that null for `difference` proves nothing.
   */
  readonly comparesHashes: boolean
  /** Avatars and props that are elsewhere after `movedTick`. Null: the old places are not known. */
  readonly moved: readonly Moved[] | null
  readonly movedTick: number | null
  /** Commands that only one run rejected; null without a build. */
  readonly rejections: { readonly onlyBefore: readonly Rejected[]; readonly onlyNow: readonly Rejected[] } | null
  readonly people: readonly Person[]
}

/** The kind of the NOTE at the start of a migrated recording. */
const MIGRATE_NOTE = 'otherworld.migrate'

const rejectedIn = (tick: number, events: readonly SimEvent[]): Rejected[] =>
  events.flatMap((event) => (event.type === 'rejected' ? [{ ...event, tick }] : []))

/**
 * Errors: those of `startOf`, by this program and by the build; `other-sim` and `other-engine` if the build did not make
 * the recording; `diverged` if the build does not replay it.
 */
export async function migrateRecording<B>(
  recording: Recording,
  simulation: Simulation<Realm>,
  { build, recordedBy, onProgress }: MigrateOptions<B>,
): Promise<RecordingResult<Migrated>> {
  const ticks = recording.lastTick - recording.startTick
  const total = ticks * (build ? 3 : 1)
  const report = (done: number): void => onProgress?.({ done: Math.min(done, total), total })
  const other = build && madeByOther(recording, build)
  if (other) return bad(other)
  const runner = await ForkRunner.anyVersion(recording, simulation)
  if (!runner.ok) return runner
  const old = build ? await oldRun(recording, build, (done) => report(done)) : null
  if (old && !old.ok) return old
  const compared =
    build && (await compareBuilds(recording, build, simulation, { onProgress: ({ done }) => report(ticks + done) }))
  if (compared && !compared.ok) return compared
  const made = await newRun(runner.value, recordedBy, (done) => report((build ? 2 * ticks : 0) + done))
  if (!made.ok) return made
  const people = peopleOf(runner.value, recording.lastTick)
  if (!people.ok) return people
  const { bytes, lastTick, fault, places, rejected, hashes } = made.value
  const about = { bytes, lastTick, fault, people: people.value }
  if (old && compared) {
    const isWhole = fault === null && lastTick >= recording.lastTick
    return good({
      ...about,
      difference: compared.value.difference,
      comparesHashes: compared.value.comparesHashes,
      moved: isWhole ? movedBetween(old.value.places, places) : null,
      movedTick: isWhole ? recording.lastTick : null,
      rejections: otherRejections(old.value.rejected, rejected, fault ? fault.tick - 1 : recording.lastTick),
    })
  }
  const found = await recordedDifference(runner.value, bytes, hashes, fault)
  return found.ok ? good({ ...about, ...found.value, rejections: null }) : found
}

/** Null if the build made the recording. */
function madeByOther({ header }: Recording, build: Simulation<unknown>): RecordingError | null {
  const what = 'name the build that made it, or leave --build out to compare only with what the recording has'
  if (header.simVersion !== build.version)
    return new RecordingError(
      'other-sim',
      `the recording was made by version ${header.simVersion} of the simulation, and the build has version ${build.version}; ${what}`,
    )
  if (header.engine === build.engine) return null
  return new RecordingError(
    'other-engine',
    `the recording was made by physics engine ${header.engine.slice(0, 12)}…, and the build has ${build.engine.slice(0, 12)}…; ${what}`,
  )
}

interface OldRun {
  readonly places: readonly Placed[]
  readonly rejected: readonly Rejected[]
}

/** Replays the recording with the build that made it, and compares every hash. */
async function oldRun<B>(
  recording: Recording,
  build: Simulation<B>,
  onTick: (done: number) => void,
): Promise<RecordingResult<OldRun>> {
  const started = await BuildRun.start(recording, build)
  if (!started.ok) return started
  const run = started.value
  const wrong = (tick: number, why: string): { readonly ok: false; readonly error: RecordingError } =>
    bad(
      new RecordingError(
        'diverged',
        `the build does not replay the recording: tick ${tick} ${why}; leave --build out to compare only with what the recording has`,
      ),
    )
  try {
    const rejected: Rejected[] = []
    for (let tick = recording.startTick; ; tick++) {
      if (tick > recording.startTick) {
        const stepped = run.step(tick, () => 0)
        if (!stepped.ok) return stepped
        if (run.trap !== null) return wrong(tick, `failed: ${run.trap}`)
        rejected.push(...rejectedIn(tick, run.events))
      }
      const [recorded, replayed] = [recording.hash(tick), run.hash()]
      if (recorded !== replayed) return wrong(tick, `has the hash ${replayed}, recorded is ${recorded}`)
      onTick(tick - recording.startTick)
      if (tick >= recording.lastTick) return good({ places: placesOf(run.fields()), rejected })
    }
  } finally {
    run.free()
  }
}

interface NewRun extends Pick<Migrated, 'bytes' | 'lastTick' | 'fault'> {
  /** After the recording's last tick. */
  readonly places: readonly Placed[]
  readonly rejected: readonly Rejected[]
  readonly hashes: RecordedHashes
}

async function newRun(
  runner: ForkRunner<Realm>,
  recordedBy: string,
  onTick: (done: number) => void,
): Promise<RecordingResult<NewRun>> {
  const { recording, simulation, startTick } = runner
  const { header, lastTick, notes, quarantined } = recording
  const rejected: Rejected[] = []
  const hashes = new RecordedHashes(recording)
  let places: readonly Placed[] = []
  runner.withStart((realm) => {
    hashes.compare(startTick, simulation.hash(realm), simulation.counts(realm))
    if (startTick === lastTick) places = placesOf(simulation.fields(realm))
  })
  const recorded = await recordFork(runner, {
    to: lastTick + (recording.hasFrameWithoutHash ? 1 : 0),
    recordedBy,
    noteKind: MIGRATE_NOTE,
    note: `migrated from ${header.realm}, epoch ${header.epoch}, segment ${header.segment}, recorded by "${header.recordedBy}" with version ${header.simVersion} of the simulation and physics engine ${header.engine}`,
    kept: { notes, quarantined },
    onTick: ({ tick, realm, events }, hash) => {
      hashes.compare(tick, hash, simulation.counts(realm))
      rejected.push(...rejectedIn(tick, events))
      if (tick === lastTick) places = placesOf(simulation.fields(realm))
      onTick(tick - startTick)
    },
  })
  if (!recorded.ok) return recorded
  const { bytes, end } = recorded.value
  const fault = end.kind === 'fault' ? { tick: end.tick, message: faultText(end.error, end.tick) } : null
  return good({ bytes, lastTick: end.tick, fault, places, rejected, hashes })
}

type CommandOf = Pick<Rejected, 'tick'> & Pick<Input, 'player' | 'sequence'>
const keyOf = ({ tick, player, sequence }: CommandOf): string => `${tick} ${player} ${sequence}`

function otherRejections(
  before: readonly Rejected[],
  now: readonly Rejected[],
  lastTick: number,
): NonNullable<Migrated['rejections']> {
  const onlyIn = (some: readonly Rejected[], others: readonly Rejected[]): Rejected[] => {
    const known = new Set(others.map(keyOf))
    return some.filter((each) => each.tick <= lastTick && !known.has(keyOf(each)))
  }
  return { onlyBefore: onlyIn(before, now), onlyNow: onlyIn(now, before) }
}
