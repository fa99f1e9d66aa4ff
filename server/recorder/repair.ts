/** Applies to a recovered realm what a search found to help, and says so to everyone whom it concerns. */
import { decodeFrame } from '../../protocol/index.ts'
import type { Quarantine, Recording } from '../../replay/index.ts'
import { hash, step, type InputFrame, type Realm } from '../../sim/index.ts'
import { frameOf, inWords, quarantineOf, things, type Remedy, type Thing } from '../../storage/recordings/index.ts'
import type { SequenceTracker } from './sequence-tracker.ts'
import type { RemovalNotices } from './removal-notices.ts'
import type { UndeliveredOutcomes } from './undelivered-outcomes.ts'

export interface Repair {
  /** For the new recording. */
  readonly quarantined: readonly Quarantine[]
  /** The first frame of the new recording; null: none has to be. */
  readonly frame: InputFrame | null
}

export interface Told {
  readonly sequences: SequenceTracker
  readonly undelivered: UndeliveredOutcomes
  readonly removalNotices: RemovalNotices
  note(text: string): void
}

/** The realm is at the remedy's tick, and `recording` is what it was recovered from. */
export function repairOf(realm: Realm, recording: Recording, remedy: Remedy, told: Told): Repair {
  const tick = remedy.tick + 1
  const pending = remedy.goesBack ? null : recording.frameBytes(tick)
  const out = things(realm).filter(({ type, element, player }) =>
    type === 'prop' ? remedy.props.includes(element) : remedy.players.includes(player),
  )
  const quarantined = out.map((thing) => quarantineOf(realm, thing, tick, remedy.reason))
  for (const thing of out) {
    told.note(
      `${inWords(thing)} is taken out, as the simulation fails with it (${remedy.reason}); it is kept in the recording as quarantined`,
    )
    told.removalNotices.add(thing.user, wordsFor(thing))
  }
  if (remedy.leavesOut && pending) {
    const left = { tick, reason: remedy.reason, frame: pending.slice() }
    quarantined.push(left)
    told.undelivered.recordLeftOut(left, told.sequences)
    told.note(
      `the inputs of tick ${tick} made the simulation fail twice (${remedy.reason}); they are left out and kept in the recording as quarantined`,
    )
  }
  if (remedy.goesBack) goBack(realm, recording, remedy, told)
  const frame = frameOf(tick, {
    pending: remedy.leavesOut ? null : pending,
    props: remedy.props,
    players: remedy.players,
  })
  return { quarantined, frame: frame && frame.inputs.length > 0 ? frame : null }
}

/** Commands of the ticks that are gone are not to be sent again: what made the realm fail is among them. */
function goBack(realm: Realm, recording: Recording, { tick, reason }: Remedy, told: Told): void {
  for (let at = tick + 1; at <= recording.lastTick + 1; at++) {
    const frame = recording.frameBytes(at)
    if (frame) told.undelivered.recordLeftOut({ tick: at, reason, frame }, told.sequences)
  }
  told.note(
    `the realm goes back to tick ${tick}, as nothing less keeps the simulation from failing (${reason}); what came after stands in ${recording.header.realm}-e${recording.header.epoch} alone`,
  )
  for (const { user } of realm.avatars.values())
    told.removalNotices.add(
      user,
      'The realm had to go back to an earlier moment after a fault. What happened since is gone.',
    )
}

/** Frames that stand in a recording's quarantine at its very end: they were dropped when it was closed from outside. */
export function droppedAtEnd(recording: Recording, tick: number): readonly Quarantine[] {
  return recording.quarantined.filter((one) => one.tick === tick + 1 && tick === recording.lastTick && isPlayers(one))
}

const isPlayers = ({ frame }: Quarantine): boolean => {
  const decoded = decodeFrame(frame)
  return decoded.ok && decoded.value.inputs.some(({ player }) => player !== 0)
}

const wordsFor = ({ type, name }: Thing): string =>
  type === 'prop'
    ? `Your "${name}" was taken out of the realm: the simulation failed with it. The operator of the server has it in the recording.`
    : 'Your avatar was taken out of the realm: the simulation failed with it. What you wore then may be the cause.'

/** Runs the first frame as a tick of the log; what comes of it is told like what a replay brings. */
export function runFirst(
  realm: Realm,
  given: InputFrame,
  log: { frame(frame: InputFrame): InputFrame; hash(tick: number, stateHash: string): void },
  undelivered: UndeliveredOutcomes,
): void {
  const frame = log.frame(given)
  undelivered.record(frame.tick, step(realm, frame))
  log.hash(frame.tick, hash(realm))
}
