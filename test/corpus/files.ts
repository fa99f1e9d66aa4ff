/** The recordings in the repository. */
import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** Sessions of a real server. */
export const RECORDED = fileURLToPath(new URL('../../fixtures/replays/', import.meta.url))
/** Sessions that a script makes. */
export const SCRIPTED = `${RECORDED}scripted/`

export const recordingsIn = (folder: string): string[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.owr'))
    .toSorted()
    .map((name) => folder + name)

/** The paths of all recordings. */
export const recordingPaths = (): string[] => [...recordingsIn(RECORDED), ...recordingsIn(SCRIPTED)]
