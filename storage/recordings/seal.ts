/**
 * Closes the newest recording of a realm whose writer was ended from outside. Call it only while nothing else writes to
 * the recording.
 */
import { closeSync, fsyncSync, ftruncateSync, openSync, writeSync } from 'node:fs'
import { sealRecording } from '../../replay/index.ts'
import { faultOf } from './fault.ts'
import { listRecordings } from './list.ts'
import { nodePlatform } from './platform.ts'

/**
 * - `sealed`: sealed by this call. `droppedTick`: the frame of that tick was moved into the recording's quarantine,
 *   because nobody saw the end of its step.
 * - `was-sealed`: it was already sealed, or there is no recording.
 */
export type Sealed =
  | { readonly type: 'sealed'; readonly path: string; readonly droppedTick: number | null }
  | { readonly type: 'was-sealed' }
  | { readonly type: 'failed'; readonly path: string; readonly message: string }

/** Seals the newest recording if it is open. Throws RecordingFault if the disk refuses. */
export async function sealLeftOpen(directory: string, realm: string, reason: string): Promise<Sealed> {
  const newest = (await listRecordings(directory, realm))[0]
  if (!newest || newest.summary?.index) return { type: 'was-sealed' }
  const { path } = newest
  const seal = sealRecording(await nodePlatform.read(path), reason)
  if (!seal.ok) return { type: 'failed', path, message: seal.error.message }
  if (seal.value === null) return { type: 'was-sealed' }
  const { keepBytes, append, quarantined } = seal.value
  try {
    const fd = openSync(path, 'r+')
    try {
      ftruncateSync(fd, keepBytes)
      for (let done = 0; done < append.length;)
        done += writeSync(fd, append, done, append.length - done, keepBytes + done)
      fsyncSync(fd)
    } finally {
      closeSync(fd)
    }
  } catch (error) {
    throw faultOf(error, path, 'close')
  }
  return { type: 'sealed', path, droppedTick: quarantined?.tick ?? null }
}
