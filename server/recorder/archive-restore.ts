/**
 * A realm without a log is brought back from what the archive saved, before its recording begins: that starts from the
 * state with everything in it. Whatever ends the server before leaves no recording, and the next start does it all again.
 */
import { decodeFrame, encodeFrame } from '../../protocol/index.ts'
import {
  parseProp,
  step,
  type Command,
  type Input,
  type PackagePhysics,
  type PropSpec,
  type Realm,
} from '../../sim/index.ts'
import type { LogPosition, SavedElement } from '../../storage/archive/index.ts'

/** What a realm begins with that has no log. */
export interface SavedStart {
  /** The newest epoch of the realm that the archive knows. */
  readonly newestEpoch: number
  /** Of the save; null where nothing was ever saved: then the definition's props stand in the realm. */
  readonly at: LogPosition | null
  readonly elements: readonly SavedElement[]
  /** Of the packages that the elements are of, as far as the archive has them. */
  readonly packages: readonly { readonly hash: string; readonly physics: PackagePhysics }[]
}

/** Steps the realm, as genesis made it, so that all that was saved stands in it; tells the operator how much that is. Throws SimulationFault. */
export function restoreFromArchive(
  realm: Realm,
  { elements, packages, at }: SavedStart & { readonly at: LogPosition },
  note: (text: string) => void,
): void {
  const commands = [
    ...[...realm.props.keys()].map((element): Command => ({ type: 'despawn', element })),
    ...packages.flatMap(({ hash, physics }) => asRecorded({ type: 'package', hash, physics })),
    ...elements.flatMap((element) => spawnOf(element) ?? []),
  ]
  const inputs = commands.map((command, i): Input => ({ player: 0, sequence: i + 1, command }))
  const events = inputs.length === 0 ? [] : step(realm, { tick: realm.tick + 1, inputs })
  const brought = events.filter(({ type }) => type === 'spawned').length
  const refused = events.filter((event) => event.type === 'rejected' && event.command === 'spawn').length
  const lost = elements.length - brought
  note(
    `there was no recording: ${brought} things stand where the archive saved them at tick ${at.tick} of epoch ${at.epoch}${lost === 0 ? '' : `; ${lost} could not be brought back (${refused} refused, the others damaged or of packages that are gone)`}`,
  )
}

/** With its numbers as a recording has them, so that a package is the same whichever way it came into a realm. Empty: it is no input. */
function asRecorded(command: Command): readonly Command[] {
  const read = decodeFrame(encodeFrame({ tick: 1, inputs: [{ player: 0, sequence: 1, command }] }))
  return read.ok ? read.value.inputs.map((input) => input.command) : []
}

/** Null where what was saved is no prop. */
function spawnOf({ package: hash, spec, position, rotation, scale, access, owner }: SavedElement): Command | null {
  const prop: PropSpec | string | null = hash ?? parseProp(spec)
  return prop === null ? null : { type: 'spawn', prop, position, rotation, scale, access, owner }
}
