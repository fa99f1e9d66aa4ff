/**
 * A realm without a log is brought back from what the archive saved: as inputs of the server, in the first frames of a
 * new recording, which thereby holds all that it needs.
 */
import { encodeInput } from '../protocol/index.ts'
import { parseProp, type Command, type PackagePhysics, type PropSpec, type Realm, type SimEvent } from '../sim/index.ts'
import type { LogPosition, SavedElement } from '../storage/archive/index.ts'
import type { InteractionCenter } from './interaction-center.ts'

/** Inputs and bytes of them in one frame: ticks of a few tens of milliseconds, frames well below what one may have. */
const INPUTS_MAX = 2_048
const BYTES_MAX = 2_000_000

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

export class Restoration {
  private readonly note: (text: string) => void
  private readonly commands: Command[]
  private readonly at: LogPosition
  /** Sequences of spawns that are under way. */
  private readonly spawning = new Set<number>()
  private readonly asked: number
  private brought = 0
  private refused = 0
  private isTold = false

  /** `realm`: as genesis made it. */
  constructor(realm: Realm, { elements, packages, at }: SavedStart & { readonly at: LogPosition }, note: (text: string) => void) {
    this.note = note
    this.at = at
    this.asked = elements.length
    this.commands = [
      ...[...realm.props.keys()].map((element): Command => ({ type: 'despawn', element })),
      ...packages.map(({ hash, physics }): Command => ({ type: 'package', hash, physics })),
      ...elements.flatMap((element) => spawnOf(element) ?? []),
    ].toReversed()
  }

  get isDone(): boolean {
    return this.commands.length === 0 && this.spawning.size === 0
  }

  /** Before a tick: orders as much as fits into one frame. */
  order(center: Pick<InteractionCenter, 'order'>): void {
    for (let inputs = 0, bytes = 0; inputs < INPUTS_MAX && bytes < BYTES_MAX; inputs++) {
      const command = this.commands.pop()
      if (!command) return
      bytes += command.type === 'despawn' ? 0 : encodeInput({ player: 0, sequence: 1, command }).length
      const sequence = center.order(command)
      if (command.type === 'spawn') this.spawning.add(sequence)
    }
  }

  /** After the tick; tells the operator when all is done. */
  ticked(events: readonly SimEvent[]): void {
    for (const event of events) {
      if (!('player' in event) || event.player !== 0 || !this.spawning.delete(event.sequence)) continue
      if (event.type === 'spawned') this.brought++
      else this.refused++
    }
    if (!this.isDone || this.isTold) return
    this.isTold = true
    const lost = this.asked - this.brought
    this.note(`there was no recording: ${this.brought} things stand where the archive saved them at tick ${this.at.tick} of epoch ${this.at.epoch}${lost === 0 ? '' : `; ${lost} could not be brought back (${this.refused} refused, the others damaged or of packages that are gone)`}`)
  }
}

/** Null where what was saved is no prop. */
function spawnOf({ package: hash, spec, position, rotation, scale, access, owner }: SavedElement): Command | null {
  const prop: PropSpec | string | null = hash ?? parseProp(spec)
  return prop === null ? null : { type: 'spawn', prop, position, rotation, scale, access, owner }
}
