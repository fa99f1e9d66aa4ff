/**
 * Applies to a realm the recovery plan that a search has found, and reports it to the operator and the users
 * concerned.
 */
import { decodeFrame } from '../../../protocol/index.ts'
import type { Quarantine, Recording } from '../../../replay/index.ts'
import { assert } from '../../../sim/assert.ts'
import { hash, step, type InputFrame, type Realm } from '../../../sim/index.ts'
import {
  frameOf,
  describeElement,
  quarantineOf,
  removableElements,
  type RecoveryPlan,
  type RemovableElement,
} from '../../../storage/recordings/index.ts'
import type { SequenceTracker } from '../recorder/sequence-tracker.ts'
import type { RemovalNotices } from '../recorder/removal-notices.ts'
import type { UndeliveredOutcomes } from '../recorder/undelivered-outcomes.ts'
import type { ReportNote } from '../../both-threads/realm-messages.ts'

export interface AppliedPlan {
  /** Entries of the new recording's quarantine. */
  readonly quarantined: readonly Quarantine[]
  /** First frame of the new recording, or null where none is needed. */
  readonly frame: InputFrame | null
}

/** Recorders and recipients of what a plan leaves out. */
export interface PlanTargets {
  readonly sequences: SequenceTracker
  readonly undelivered: UndeliveredOutcomes
  readonly removalNotices: RemovalNotices
  readonly note: ReportNote
}

/** `realm` must be at the plan's tick, and `recording` is the one it was resumed from. */
export function applyPlan(realm: Realm, recording: Recording, plan: RecoveryPlan, targets: PlanTargets): AppliedPlan {
  assert(realm.tick === plan.tick, 'a realm is at the tick of its recovery plan')
  const tick = plan.tick + 1
  const pending = plan.goesBack ? null : recording.frameBytes(tick)
  const out = removableElements(realm).filter(({ type, element, player }) =>
    type === 'prop' ? plan.props.includes(element) : plan.players.includes(player),
  )
  const quarantined = out.map((element) => quarantineOf(realm, element, tick, plan.reason))
  for (const element of out) {
    targets.note(
      `${describeElement(element)} is removed because the simulation fails with it (${plan.reason}); the recording keeps it in quarantine`,
      'warning',
    )
    targets.removalNotices.add(element.user, noticeFor(element))
  }
  if (plan.leavesOut && pending) {
    const left = { tick, reason: plan.reason, frame: pending.slice() }
    quarantined.push(left)
    targets.undelivered.recordLeftOut(left, targets.sequences)
    targets.note(
      `the inputs of tick ${tick} made the simulation fail twice (${plan.reason}); they are left out, and the recording keeps them in quarantine`,
      'warning',
    )
  }
  if (plan.goesBack) goBack(realm, recording, plan, targets)
  const frame = frameOf(tick, {
    pending: plan.leavesOut ? null : pending,
    props: plan.props,
    players: plan.players,
  })
  return { quarantined, frame: frame && frame.inputs.length > 0 ? frame : null }
}

/**
 * Rejects the commands of the ticks that are dropped, so that clients do not send them again: one of them made the
 * realm fail.
 */
function goBack(realm: Realm, recording: Recording, { tick, reason }: RecoveryPlan, targets: PlanTargets): void {
  for (let at = tick + 1; at <= recording.lastTick + 1; at++) {
    const frame = recording.frameBytes(at)
    if (frame) targets.undelivered.recordLeftOut({ tick: at, reason, frame }, targets.sequences)
  }
  targets.note(
    `the realm goes back to tick ${tick}, because nothing less keeps the simulation from failing (${reason}); only the recording ${recording.header.realm}-e${recording.header.epoch} has what came after`,
    'warning',
  )
  for (const { user } of realm.avatars.values())
    targets.removalNotices.add(
      user,
      'The realm had to go back to an earlier moment after a fault. What happened since is gone.',
    )
}

/** Frames quarantined at the end of a recording. They were dropped when the recording was closed by another process. */
export function droppedAtEnd(recording: Recording, tick: number): readonly Quarantine[] {
  return recording.quarantined.filter(
    (one) => one.tick === tick + 1 && tick === recording.lastTick && hasPlayerInputs(one),
  )
}

const hasPlayerInputs = ({ frame }: Quarantine): boolean => {
  const decoded = decodeFrame(frame)
  return decoded.ok && decoded.value.inputs.some(({ player }) => player !== 0)
}

const noticeFor = ({ type, name }: RemovableElement): string =>
  type === 'prop'
    ? `Your "${name}" was taken out of the realm: the simulation failed with it. The operator of the server has it in the recording.`
    : 'Your avatar was taken out of the realm: the simulation failed with it. What you wore then may be the cause.'

/** Runs the first frame as a tick of the log. Its outcomes are delivered like those of a replay. */
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
