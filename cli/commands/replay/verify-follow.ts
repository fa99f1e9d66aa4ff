/** `otherworld replay verify --follow`: compares a recording while the server still writes it. */
import { stat } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  RecordingError,
  RecordingFollower,
  verify,
  type Recording,
  type Simulation,
  type Verification,
} from '../../../replay/index.ts'
import { UsageError } from '../../command.ts'
import { unreadable } from '../../files/file-faults.ts'
import { openGrowing, openNewest } from '../../files/recording-input.ts'
import { formatSeconds, type Terminal } from '../../output.ts'

/** Time between two looks for appended ticks, ms. A server writes several times a second. */
const LOOK_EVERY_MS = 250
/** Time between two lines of progress, ms. */
const LINE_EVERY_MS = 10_000
/** Longest time in which a running server appends nothing, ms. */
const QUIET_MS = 10_000

export interface Followed {
  readonly file: string
  readonly tickRate: number
  readonly result: Verification | RecordingError
}

/** Throws UsageError for what is no file or folder: to open a pipe waits for its writer. */
async function checkPath(path: string): Promise<void> {
  const status = await stat(path).catch((error: unknown) => {
    throw unreadable(path, error)
  })
  if (!status.isFile() && !status.isDirectory())
    throw new UsageError(`${path} is no regular file, so it cannot be followed; name a recording or a folder`)
}

/**
 * Verifies a recording, or the newest one of a folder, as far as it goes, then as it grows, until its writer closes it, a
 * state differs, or `signal` ends it. Throws UsageError.
 */
export async function followNewest(
  path: string,
  simulation: Simulation<unknown>,
  from: number | undefined,
  to: Terminal,
  signal: AbortSignal,
): Promise<Followed> {
  await checkPath(path)
  const { file } = await openNewest([path])
  const opened = RecordingFollower.open(openGrowing(file))
  if (!opened.ok) return { file, tickRate: 0, result: opened.error }
  const follower = opened.value
  const { tickRate } = follower.recording.header
  let fault: RecordingError | null = null
  let [toldMs, grewMs] = [-Infinity, performance.now()]
  const tell = (tick: number): void => {
    const nowMs = performance.now()
    if (nowMs - toldMs < LINE_EVERY_MS) return
    toldMs = nowMs
    const quietMs = nowMs - grewMs
    const quiet =
      quietMs < QUIET_MS
        ? ''
        : `; nothing was appended for ${formatSeconds(Math.round(quietMs / 1000))}: if the server has stopped, press Ctrl+C`
    to.err(`following ${file}: equal up to tick ${tick} (${formatSeconds(tick / tickRate)})${quiet}\n`)
  }
  const grown = async (): Promise<Recording | null> => {
    const before = follower.recording
    while (!signal.aborted && follower.recording.truncated) {
      tell(before.lastTick)
      await sleep(LOOK_EVERY_MS, undefined, { signal }).catch(() => undefined)
      const next = follower.refresh()
      if (!next.ok) fault = next.error
      if (!next.ok) return null
      if (next.value.wholeBytes === before.wholeBytes) continue
      grewMs = performance.now()
      return next.value
    }
    return null
  }
  const verified = await verify(follower.recording, simulation, { ...(from !== undefined && { from }), grown })
  return { file, tickRate, result: fault ?? (verified.ok ? verified.value : verified.error) }
}
