/** Records a fork: a recording of its own, with its own hashes, samples and checkpoints. */
import { concatBytes } from '../../sim/state/bytes.ts'
import { packCheckpoint } from '../format/compress.ts'
import { CHECKPOINT_EVERY_TICKS, SAMPLE_EVERY_TICKS } from '../format/format.ts'
import { good, type RecordingResult } from '../error.ts'
import { RecordingWriter } from '../writer.ts'
import type { RecordingHeader } from '../format/header.ts'
import type { Note, Quarantine } from '../format/payloads.ts'
import type { EditInputs, ForkEnd, ForkRunner, ForkTick } from './run-fork.ts'

export interface RecordForkOptions<R> {
  readonly to: number
  readonly edit?: EditInputs
  /** The program that writes it. */
  readonly recordedBy: string
  /** What it is a fork of: a NOTE at its start. `noteKind`: FORK_NOTE unless you name another. */
  readonly note: string
  readonly noteKind?: string
  /** Notes and quarantined frames to keep, by their ticks. */
  readonly kept?: { readonly notes: readonly Note[]; readonly quarantined: readonly Quarantine[] }
  /** Called after each step. */
  onTick?(tick: ForkTick<R>, hash: string): void
}

export interface RecordedFork {
  readonly bytes: Uint8Array
  /** If it is a fault, the recording ends with the frame whose step failed, and is not closed. */
  readonly end: ForkEnd
}

/** The kind of the NOTE at the start of a fork. */
const FORK_NOTE = 'otherworld.fork'

/** Runs and records the fork. Error: `corrupt`. Throws WriterError if the edited inputs are not canonical. */
export async function recordFork<R>(
  runner: ForkRunner<R>,
  { to, edit, recordedBy, note, noteKind = FORK_NOTE, kept, onTick }: RecordForkOptions<R>,
): Promise<RecordingResult<RecordedFork>> {
  const { simulation } = runner
  const parts: Uint8Array[] = []
  const writer = new RecordingWriter(headerOf(runner, recordedBy), (bytes) => parts.push(bytes))
  if (!runner.startsFromGenesis)
    writer.checkpoint(
      await packCheckpoint(
        runner.startTick,
        runner.withStart((realm) => simulation.checkpoint(realm)),
      ),
    )
  writer.note({ tick: runner.startTick, kind: noteKind, text: note })
  const keep = keeperOf(writer, kept)
  keep(runner.startTick)
  let phases: string[] = []
  const steps = runner.steps({
    to,
    // The frame is written before its step, and stepped as every reader gets it.
    edit: (tick, inputs) => {
      phases = []
      return writer.frame({ tick, inputs: edit ? edit(tick, inputs) : inputs }).inputs
    },
    onPhase: (_phase, realm) => {
      if ((writer.lastTick + 1) % SAMPLE_EVERY_TICKS === 0) phases.push(simulation.phaseHash(realm))
    },
  })
  for (let next = steps.next(); ; next = steps.next()) {
    if (next.done) {
      if (!next.value.ok) return next.value
      keep(Number.POSITIVE_INFINITY)
      if (next.value.value.kind !== 'fault') writer.seal()
      return good({ bytes: concatBytes(parts), end: next.value.value })
    }
    const { tick, realm } = next.value
    const hash = simulation.hash(realm)
    writer.hash(tick, hash)
    if (tick % SAMPLE_EVERY_TICKS === 0) writer.sample({ tick, ...simulation.counts(realm), phases })
    keep(tick)
    onTick?.(next.value, hash)
    if (tick % CHECKPOINT_EVERY_TICKS === 0) writer.checkpoint(await packCheckpoint(tick, simulation.checkpoint(realm)))
  }
}

/** Writes what is kept up to a tick. */
function keeperOf(writer: RecordingWriter, kept: RecordForkOptions<never>['kept']): (tick: number) => void {
  const notes = (kept?.notes ?? []).toSorted((a, b) => a.tick - b.tick)
  const quarantined = (kept?.quarantined ?? []).toSorted((a, b) => a.tick - b.tick)
  return (tick) => {
    for (let due = notes[0]; due && due.tick <= tick; due = notes[0]) {
      writer.note(due)
      notes.shift()
    }
    for (let due = quarantined[0]; due && due.tick <= tick; due = quarantined[0]) {
      writer.quarantine(due)
      quarantined.shift()
    }
  }
}

function headerOf<R>(runner: ForkRunner<R>, recordedBy: string): RecordingHeader {
  const { recording, simulation, definition, startTick } = runner
  const { epoch, segment, createdAt } = recording.header
  return {
    engine: simulation.engine,
    simVersion: simulation.version,
    definition,
    epoch,
    segment,
    start: runner.startsFromGenesis ? 'genesis' : 'checkpoint',
    startTick,
    ...runner.withStart((realm) => ({ startHash: simulation.hash(realm), ...simulation.counts(realm) })),
    phases: simulation.phases,
    createdAt: later(createdAt, (startTick - recording.startTick) / definition.tickRate),
    recordedBy,
  }
}

/** A time some seconds later, RFC 3339; unchanged if it is not a time. */
function later(time: string, seconds: number): string {
  const ms = Date.parse(time)
  return Number.isNaN(ms) ? time : new Date(ms + Math.round(1000 * seconds)).toISOString()
}
