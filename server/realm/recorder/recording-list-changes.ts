/** Finds what changed between two listings of a realm's recordings, for the archive's list. */
import { basename } from 'node:path'
import type { ArchivedRecording } from '../../../storage/archive/index.ts'
import type { RecordingEntry } from '../../../storage/recordings/index.ts'
import type { LogEvent } from '../../both-threads/archive-messages.ts'

/**
 * Returns a function that takes the current recordings. It reports those that are new, changed or removed since its
 * last call.
 */
export function recordingListChanges(report: (event: LogEvent) => void): (entries: readonly RecordingEntry[]) => void {
  const reported = new Map<string, { readonly entry: ArchivedRecording; readonly text: string }>()
  return (entries) => {
    const here = new Set(entries.map(({ path }) => path))
    for (const [path, { entry }] of reported) {
      if (here.has(path)) continue
      reported.delete(path)
      report({ type: 'recording-removed', entry: { realm: entry.realm, epoch: entry.epoch, segment: entry.segment } })
    }
    for (const recording of entries) {
      const entry = listed(recording)
      const text = JSON.stringify(entry)
      if (entry === null || reported.get(recording.path)?.text === text) continue
      reported.set(recording.path, { entry, text })
      report({ type: 'recording', entry })
    }
  }
}

/**
 * Returns null where the file cannot be read. A file that was not closed has no last tick, and its size is given as 0.
 */
function listed({ realm, epoch, segment, path, bytes, summary }: RecordingEntry): ArchivedRecording | null {
  if (!summary) return null
  const { header, index } = summary
  return {
    realm,
    epoch,
    segment,
    location: basename(path),
    startTick: header.startTick,
    lastTick: index?.lastTick ?? null,
    bytes: index ? bytes : 0,
  }
}
