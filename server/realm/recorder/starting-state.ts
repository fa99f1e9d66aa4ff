/**
 * Finds the state that a realm starts with: its newest recording, that recording with a recovery plan, what the archive
 * saved, or a new realm.
 */
import { CHECKPOINT_BYTES_MAX, salvageRecording, simulationOf, type Note } from '../../../replay/index.ts'
import { checkpoint, genesis, type Realm, type RealmDefinition } from '../../../sim/index.ts'
import { nodePlatform, resumeRecording, type Resumed, type Skipped } from '../../../storage/recordings/index.ts'
import type { ChampionOptions } from './recorder-options.ts'
import { ServerError } from '../../error.ts'
import { SequenceTracker, SEQUENCES_NOTE } from './sequence-tracker.ts'
import { findSegmentStart, type SegmentStart } from './segment-start.ts'
import { droppedAtEnd, applyPlan, type AppliedPlan } from '../fault-recovery/apply-plan.ts'
import { restoreFromArchive } from './archive-restore.ts'
import { RemovalNotices } from './removal-notices.ts'
import { UndeliveredOutcomes, undeliveredNote } from './undelivered-outcomes.ts'
import { plural } from '../../../http-contract/plural.ts'

export interface StartingState {
  readonly realm: Realm
  readonly epoch: number
  readonly sequences: SequenceTracker
  readonly undelivered: UndeliveredOutcomes
  readonly removalNotices: RemovalNotices
  readonly applied: AppliedPlan
  /** The start of the new recording, if it cannot start with the realm's own state. */
  readonly segmentStart: (SegmentStart & { readonly notes: readonly Note[] }) | null
}

const NO_PLAN: AppliedPlan = { quarantined: [], frame: null }

/**
 * Recovers the realm from its newest recording, or creates it. Throws ServerError, and ReplayFault where the simulation
 * fails on the recording.
 */
export async function findStartingState(options: ChampionOptions): Promise<StartingState> {
  const { recordings, definition, plan } = options.start
  const undelivered = new UndeliveredOutcomes()
  const found = await resumeRecording(
    recordings,
    definition.id,
    undelivered.observing(options.simulation ?? simulationOf(options.engine)),
    {
      ...(options.platform ? { platform: options.platform } : {}),
      ...(plan ? { from: plan } : {}),
    },
  )
  if (found.status === 'unusable' || found.status === 'other-version') throw unusableRecording(found, recordings)
  return found.status === 'fresh'
    ? createRealm(options, found.nextEpoch)
    : await resumeRealm(options, found, undelivered)
}

function createRealm(
  { engine, start, note, checkpointBytesMax = CHECKPOINT_BYTES_MAX }: ChampionOptions,
  nextEpoch: number,
): StartingState {
  const { saved } = start
  const realm = genesis(engine, start.definition)
  if (saved?.at) restoreFromArchive(realm, { ...saved, at: saved.at }, note)
  if (realm.tick > 0 && checkpoint(realm).length > checkpointBytesMax)
    throw new ServerError({
      reason: 'realm',
      what: 'what the archive saved takes more bytes than a recording can begin with',
      where: `realm ${start.definition.id}`,
      fix: 'bring the recordings back, or give the realm another "id" to begin afresh',
    })
  const epoch = Math.max(nextEpoch, (saved?.newestEpoch ?? 0) + 1)
  return {
    realm,
    epoch,
    sequences: new SequenceTracker(),
    undelivered: new UndeliveredOutcomes(),
    removalNotices: new RemovalNotices(),
    applied: NO_PLAN,
    segmentStart: null,
  }
}

async function resumeRealm(
  options: ChampionOptions,
  found: Resumed<Realm>,
  undelivered: UndeliveredOutcomes,
): Promise<StartingState> {
  const { start, note, platform = nodePlatform } = options
  reportResumed(found, options)
  const { realm, tick } = found
  const salvage = salvageRecording(await platform.read(found.path))
  const parts = salvage.ok ? salvage.value.parts : []
  const sequences = SequenceTracker.fromRecording(parts, tick)
  const removalNotices = RemovalNotices.fromRecording(parts, tick)
  undelivered.carryOver(parts, tick)
  for (const dropped of droppedAtEnd(found.recording, tick)) undelivered.recordLeftOut(dropped, sequences)
  const applied = start.plan
    ? applyPlan(realm, found.recording, start.plan, { sequences, undelivered, removalNotices, note })
    : NO_PLAN
  const segmentStart = await segmentStartOf(options, found)
  if (segmentStart === null)
    return { realm, epoch: found.nextEpoch, sequences, undelivered, removalNotices, applied, segmentStart }
  note(
    `the state takes more bytes than a checkpoint may: the new recording begins with that of tick ${segmentStart.tick}, and repeats what came since`,
    'warning',
  )
  const before = new UndeliveredOutcomes()
  before.carryOver(parts, segmentStart.tick)
  const notes = [
    {
      tick: segmentStart.tick,
      kind: SEQUENCES_NOTE,
      text: SequenceTracker.fromRecording(parts, segmentStart.tick).toText(),
    },
    undeliveredNote(segmentStart.tick, before.all),
    removalNotices.note(segmentStart.tick),
  ]
  return {
    realm,
    epoch: found.nextEpoch,
    sequences,
    undelivered,
    removalNotices,
    applied,
    segmentStart: { ...segmentStart, notes },
  }
}

function reportResumed(found: Resumed<Realm>, { start, note }: ChampionOptions): void {
  note(`continues at tick ${found.tick} from ${found.path} (${plural(found.ticksReplayed, 'tick')} replayed)`)
  for (const { path, error } of found.skipped) note(`${path} could not be used: ${error.message}`, 'warning')
  for (const { offset, message } of found.damage)
    note(`${found.path} is damaged at byte ${offset}: ${message}`, 'warning')
  if (found.ticksLost > 0)
    note(`${plural(found.ticksLost, 'tick')} after tick ${found.tick} could not be recovered`, 'warning')
  if (found.divergedAt !== null)
    note(
      `the replay of tick ${found.divergedAt} gave another hash than the recording: \`otherworld replay verify ${found.path}\` says more`,
      'warning',
    )
  if (!sameDefinition(found.definition, start.definition))
    note(
      `the recording's realm definition differs from the one given and is kept: a realm keeps what it began with. Give the changed realm another "id", or another --data directory`,
      'warning',
    )
}

/** Returns null where the realm's own state fits into a checkpoint, which is the normal case. */
async function segmentStartOf(
  { engine, checkpointBytesMax = CHECKPOINT_BYTES_MAX }: ChampionOptions,
  { realm, recording, tick, definition }: Resumed<Realm>,
): Promise<SegmentStart | null> {
  return checkpoint(realm).length <= checkpointBytesMax
    ? null
    : findSegmentStart(recording, tick, checkpointBytesMax, engine, definition)
}

/** Both come from the same parser, which gives the fields in one order: their JSON can be compared. */
const sameDefinition = (a: RealmDefinition, b: RealmDefinition): boolean => JSON.stringify(a) === JSON.stringify(b)

function unusableRecording(
  found:
    | { readonly status: 'unusable'; readonly skipped: readonly Skipped[] }
    | { readonly status: 'other-version'; readonly path: string; readonly error: Error },
  directory: string,
): ServerError {
  const fix = 'move the recordings away to begin the realm afresh, or give another directory with --data DIR'
  if (found.status === 'other-version')
    return new ServerError({
      reason: 'other-version',
      what: `the realm cannot continue: ${found.error.message}`,
      where: found.path,
      fix: `run the version that made it, or ${fix}`,
    })
  const what = found.skipped.map(({ path, error }) => `\n    ${path}: ${error.message}`).join('')
  return new ServerError({
    reason: 'recording',
    what: `no recording of the realm can be used:${what}`,
    where: directory,
    fix,
  })
}
