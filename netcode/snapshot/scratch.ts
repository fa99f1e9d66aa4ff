/**
 * Working memory for one part of a snapshot, shared by all views of a source. Nothing in it outlives a call of
 * `nextPart`.
 */
import { SNAPSHOT_PART_BYTES_MAX } from '../session/limits.ts'
import { RecordWriter } from './bytes.ts'
import { grown } from './history.ts'
import { Viewpoint } from './interest.ts'

/** Candidates by how many shares of their interval have passed; those that waited too long are in the last bucket. */
export const BUCKETS = 256

export class SnapshotScratch {
  readonly block = new RecordWriter(SNAPSHOT_PART_BYTES_MAX + 64)
  readonly eye = new Viewpoint()
  /** By bucket: its first slot, -1 if empty. */
  readonly first = new Int32Array(BUCKETS)
  /** By slot: the next slot in its bucket, -1 if none. */
  following = new Int32Array(0)
  /** By slot: the offset of the chosen record, -1 if none; and its bytes. */
  chosenAt = new Int32Array(0)
  chosenBytes = new Uint8Array(0)
  /** The chosen slots; the first `sentCount` are valid. */
  sent = new Uint32Array(0)
  sentCount = 0

  /** Grows to `size` slots if there is no room for `slots`. */
  ensureCapacity(slots: number, size: number): void {
    if (slots <= this.following.length) return
    this.following = grown(this.following, size)
    this.chosenAt = grown(this.chosenAt, size)
    this.chosenBytes = new Uint8Array(size)
    this.sent = new Uint32Array(size)
  }
}
