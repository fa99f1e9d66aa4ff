/** Opens recordings that the command line names, and says how an error ends the command. */
import { readFile } from 'node:fs/promises'
import { readRecording, RecordingError, type Recording, type RecordingErrorReason } from '../replay/index.ts'
import { Exit, UsageError } from './verb.ts'

const EXITS: Readonly<Record<RecordingErrorReason, number>> = {
  'not-a-recording': Exit.corrupt,
  corrupt: Exit.corrupt,
  'torn-header': Exit.corrupt,
  'no-start': Exit.corrupt,
  'bad-definition': Exit.corrupt,
  'unsupported-version': Exit.version,
  'other-engine': Exit.version,
  'other-sim': Exit.version,
}

export const exitOf = (error: RecordingError): number => EXITS[error.reason]

/** Fields of an error for `--json`. */
export const errorFields = (error: RecordingError): Readonly<Record<string, unknown>> => ({ reason: error.reason, message: error.message, offset: error.offset })

/** The recording, or what is wrong with it. Throws UsageError where the file cannot be read at all. */
export async function openRecording(file: string): Promise<Recording | RecordingError> {
  let bytes: Uint8Array
  try {
    bytes = await readFile(file)
  } catch (error) {
    throw new UsageError(`cannot read ${file}: ${(error as NodeJS.ErrnoException).code === 'ENOENT' ? 'there is no such file' : (error as Error).message}`, { cause: error })
  }
  const recording = readRecording(bytes)
  return recording.ok ? recording.value : recording.error
}
