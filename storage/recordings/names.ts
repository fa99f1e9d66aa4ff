/** File names of recordings: REALM-eEPOCH-sSEGMENT.owr, so that a directory sorts by realm, epoch and segment. */

export interface RecordingName {
  readonly realm: string
  readonly epoch: number
  readonly segment: number
}

const PATTERN = /^([a-z0-9][a-z0-9-]{0,63})-e(\d{6,10})-s(\d{4,10})\.owr$/

export const recordingName = ({ realm, epoch, segment }: RecordingName): string =>
  `${realm}-e${String(epoch).padStart(6, '0')}-s${String(segment).padStart(4, '0')}.owr`

/** Returns null if the file is not a realm's recording. */
export function parseRecordingName(file: string): RecordingName | null {
  const [, realm, epoch, segment] = PATTERN.exec(file) ?? []
  return realm === undefined ? null : { realm, epoch: Number(epoch), segment: Number(segment) }
}

/** Suffix of a file that was unfinished when the process ended. Nothing ever relied on its content. */
export const UNFINISHED = '.new'
