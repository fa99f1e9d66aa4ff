/** Messages between a realm's worker thread and the archive. The main thread carries them. */
import type { ElementId, PackagePhysics } from '../../sim/index.ts'
import type { ArchivedCheckpoint, ArchivedRecording, LogPosition, SavedElement } from '../../storage/archive/index.ts'

/** Elements that have changed since the last message. */
export interface ElementChanges {
  readonly tick: number
  readonly put: readonly SavedElement[]
  readonly removed: readonly ElementId[]
  /** All elements follow from here on. Discard what was sent before. */
  readonly begins: boolean
  /** The round is complete: everything sent so far is one state of the realm and may be saved. */
  readonly isComplete: boolean
}

/** A change in a realm's log. */
export type LogEvent =
  | { readonly type: 'recording'; readonly entry: ArchivedRecording }
  | { readonly type: 'recording-removed'; readonly entry: Pick<ArchivedRecording, 'realm' | 'epoch' | 'segment'> }
  | { readonly type: 'checkpoint'; readonly entry: ArchivedCheckpoint }

/** The archive's saved state of a realm without a recording. */
export interface SavedStart {
  /** The newest epoch of the realm that the archive knows. */
  readonly newestEpoch: number
  /** Position of the save in the log. Null where nothing was saved: the realm keeps the props of its definition. */
  readonly at: LogPosition | null
  readonly elements: readonly SavedElement[]
  /** Packages of the elements, as far as the archive has them. */
  readonly packages: readonly { readonly hash: string; readonly physics: PackagePhysics }[]
}
