/** Retention of a realm's recordings: lists them for the archive, and removes the oldest beyond the limit. */
import { INDEX_SUFFIX } from '../../../replay/search/index.ts'
import { listRecordings, nodePlatform, type Platform, type RecordingEntry } from '../../../storage/recordings/index.ts'
import { textOf } from '../../error.ts'
import type { LogEvent } from '../../both-threads/archive-messages.ts'
import { recordingListChanges } from './recording-list-changes.ts'
import type { ReportNote } from '../../both-threads/realm-messages.ts'

export interface RetentionOptions {
  /** Directory of the recordings. */
  readonly directory: string
  readonly realm: string
  /** The epoch that is being recorded. */
  readonly epoch: number
  /** Largest size of all recordings of the realm together, bytes. */
  readonly keepBytes: number
  readonly platform?: Platform | undefined
  onLog(event: LogEvent): void
  readonly note: ReportNote
}

export class Retention {
  readonly #options: RetentionOptions
  readonly #reportChanges: (entries: readonly RecordingEntry[]) => void

  constructor(options: RetentionOptions) {
    this.#options = options
    this.#reportChanges = recordingListChanges((event) => options.onLog(event))
  }

  /** Lists the recordings and reports what has changed. Newest first. */
  async list(): Promise<readonly RecordingEntry[]> {
    const { directory, realm, platform } = this.#options
    const entries = await listRecordings(directory, realm, platform)
    this.#reportChanges(entries)
    return entries
  }

  /** Removes the oldest recordings beyond the limit. A failure is reported and does not stop the realm. */
  async apply(): Promise<void> {
    await this.#remove().catch((error: unknown) =>
      this.#options.note(`old recordings could not be removed: ${textOf(error)}`, 'warning'),
    )
  }

  async #remove(): Promise<void> {
    const { epoch, keepBytes, platform = nodePlatform, note } = this.#options
    for (const { path } of removable(await this.list(), epoch, keepBytes)) {
      // The index of `replay search` contains names too. It goes first, so that none outlives its recording.
      await platform.removeLater(`${path}${INDEX_SUFFIX}`).catch(ignoreMissing)
      await platform.removeLater(path)
      note(`removed ${path}: the recordings take more than ${keepBytes} bytes`)
      await this.list()
    }
  }
}

function ignoreMissing(error: unknown): void {
  if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
}

/**
 * Returns the recordings that do not fit into `keepBytes`, oldest first. `entries` are newest first. It never returns a
 * file that a recovery may need: the two newest (the newest may not be on the disk yet) and the newest of an epoch
 * before `epoch`.
 */
export function removable(
  entries: readonly RecordingEntry[],
  epoch: number,
  keepBytes: number,
): readonly RecordingEntry[] {
  const newestBefore = entries.find((entry) => entry.epoch < epoch)
  let total = 0
  return entries
    .filter((entry, i) => {
      total += entry.bytes
      return i > 1 && entry !== newestBefore && total > keepBytes
    })
    .toReversed()
}
