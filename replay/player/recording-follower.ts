/** Follows a recording that is still written: reads what was appended, and nothing twice. */
import { bad, caught, good, type RecordingResult } from '../error.ts'
import type { RandomAccessBytes } from '../format/random-access.ts'
import { openReader, type RecordingReader } from '../read.ts'
import type { Recording } from '../recording.ts'

/** Bytes to which others append. */
export interface GrowingBytes extends RandomAccessBytes {
  /** Looks for appended bytes. The first `keepBytes` have not changed. */
  refresh(keepBytes: number): void
}

export class RecordingFollower {
  readonly #bytes: GrowingBytes
  readonly #reader: RecordingReader
  #recording: Recording

  private constructor(bytes: GrowingBytes, reader: RecordingReader) {
    this.#bytes = bytes
    this.#reader = reader
    this.#recording = reader.recording()
  }

  /** Reads what there is. Errors: those of readRecording. */
  static open(bytes: GrowingBytes): RecordingResult<RecordingFollower> {
    return caught(() => {
      const reader = openReader(bytes)
      if (!reader.ok) return reader
      const error = reader.value.readAll(false)
      return error ? bad(error) : good(new RecordingFollower(bytes, reader.value))
    })
  }

  /** The recording as far as it was complete at the last refresh. `truncated` is false once its writer has closed it. */
  get recording(): Recording {
    return this.#recording
  }

  /** Reads what was appended since. Errors: `corrupt`, `unsupported-version`, `unreadable`. */
  refresh(): RecordingResult<Recording> {
    return caught(() => {
      this.#bytes.refresh(this.#recording.wholeBytes)
      const error = this.#reader.readAll(false)
      if (error) return bad(error)
      this.#recording = this.#reader.recording()
      return good(this.#recording)
    })
  }
}
