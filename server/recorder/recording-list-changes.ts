/** What changed from one listing of a realm's recordings to the next, for the archive's list. */
import { basename } from 'node:path'
import type { RecordingEntry as ListedRecording } from '../../storage/archive/index.ts'
import type { RecordingEntry } from '../../storage/recordings/index.ts'
import type { LogEvent } from '../host/element-write-behind.ts'

/** Returns what takes all recordings as they stand, and tells those that are new, have changed or are gone. */
export function recordingListChanges(tell: (event: LogEvent) => void): (entries: readonly RecordingEntry[]) => void {
  const told = new Map<string, { readonly entry: ListedRecording; readonly text: string }>()
  return (entries) => {
    const here = new Set(entries.map(({ path }) => path))
    for (const [path, { entry }] of told) {
      if (here.has(path)) continue
      told.delete(path)
      tell({ type: 'recording-removed', entry: { realm: entry.realm, epoch: entry.epoch, segment: entry.segment } })
    }
    for (const recording of entries) {
      const entry = listed(recording)
      const text = JSON.stringify(entry)
      if (entry === null || told.get(recording.path)?.text === text) continue
      told.set(recording.path, { entry, text })
      tell({ type: 'recording', entry })
    }
  }
}

/** Null where the file cannot be read. One that is being written, or was when its process was killed, has no last tick, and says nothing of its size. */
function listed({ realm, epoch, segment, path, bytes, summary }: RecordingEntry): ListedRecording | null {
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
