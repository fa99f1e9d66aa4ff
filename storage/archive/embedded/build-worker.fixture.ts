import { buildEntry } from '../../../test/harness/build-entry.ts'

/** Builds the embedded database's thread; resolves with its path. */
export const buildArchiveWorker = (): Promise<string> =>
  buildEntry(new URL('embedded-worker.ts', import.meta.url), 'archive-worker')
