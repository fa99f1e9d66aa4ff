/**
 * Restores a realm that has no recording from what the archive saved. This happens before the new recording starts, so
 * that the recording starts with the restored state. If the server ends before, the next start restores again.
 */
import { decodeFrame, encodeFrame } from '../../../protocol/index.ts'
import { parseProp, step, type Command, type Input, type PropSpec, type Realm } from '../../../sim/index.ts'
import type { LogPosition, SavedElement } from '../../../storage/archive/index.ts'
import type { SavedStart } from '../../both-threads/archive-messages.ts'
import type { ReportNote } from '../../both-threads/realm-messages.ts'
import { plural } from '../../../http-contract/plural.ts'

/**
 * Replaces the props of a realm, as genesis made it, with the saved elements, and reports how many. Throws
 * SimulationFault.
 */
export function restoreFromArchive(
  realm: Realm,
  { elements, packages, at }: SavedStart & { readonly at: LogPosition },
  note: ReportNote,
): void {
  const commands = [
    ...[...realm.props.keys()].map((element): Command => ({ type: 'despawn', element })),
    ...packages.flatMap(({ hash, physics }) => asRecorded({ type: 'package', hash, physics })),
    ...elements.flatMap((element) => spawnOf(element) ?? []),
  ]
  const inputs = commands.map((command, i): Input => ({ player: 0, sequence: i + 1, command }))
  const events = inputs.length === 0 ? [] : step(realm, { tick: realm.tick + 1, inputs })
  const restored = events.filter(({ type }) => type === 'spawned').length
  const refused = events.filter((event) => event.type === 'rejected' && event.command === 'spawn').length
  const lost = elements.length - restored
  note(
    `there was no recording: ${plural(restored, 'prop was', 'props were')} restored from the archive's save at tick ${at.tick} of epoch ${at.epoch}${lost === 0 ? '' : `; ${lost} could not be restored (${refused} refused, the others damaged or of packages that are gone)`}`,
    lost === 0 ? undefined : 'warning',
  )
}

/**
 * Returns the command with its numbers rounded as a recording rounds them, so that a package is the same either way.
 * Empty where it cannot be encoded.
 */
function asRecorded(command: Command): readonly Command[] {
  const read = decodeFrame(encodeFrame({ tick: 1, inputs: [{ player: 0, sequence: 1, command }] }))
  return read.ok ? read.value.inputs.map((input) => input.command) : []
}

/** Returns null where the saved element is not a valid prop. */
function spawnOf({ package: hash, spec, position, rotation, scale, access, owner }: SavedElement): Command | null {
  const prop: PropSpec | string | null = hash ?? parseProp(spec)
  return prop === null ? null : { type: 'spawn', prop, position, rotation, scale, access, owner }
}
