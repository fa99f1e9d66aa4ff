/** `otherworld replay verify --follow`: compares a recording while the server still writes it. */
import { setTimeout as sleep } from 'node:timers/promises'
import {
  RecordingError,
  RecordingFollower,
  verify,
  type Recording,
  type Simulation,
  type Verification,
} from '../../../replay/index.ts'
import { openGrowing, openNewest } from '../../files/recording-input.ts'
import { formatSeconds, type Terminal } from '../../output.ts'

/** Time between two looks for appended ticks, ms. A server writes several times a second. */
const LOOK_EVERY_MS = 250
/** Time between two lines of progress, ms. */
const LINE_EVERY_MS = 10_000

export interface Followed {
  readonly file: string
  readonly tickRate: number
  readonly result: Verification | RecordingError
}

/**
 * Verifies the newest recording of the paths as far as it goes, then as it grows, until its writer closes it, a state
 * differs, or `signal` ends it.
 */
export async function followNewest(
  paths: readonly string[],
  simulation: Simulation<unknown>,
  from: number | undefined,
  to: Terminal,
  signal: AbortSignal,
): Promise<Followed> {
  const { file } = await openNewest(paths)
  const opened = RecordingFollower.open(openGrowing(file))
  if (!opened.ok) return { file, tickRate: 0, result: opened.error }
  const follower = opened.value
  const { tickRate } = follower.recording.header
  let fault: RecordingError | null = null
  let toldMs = -Infinity
  const tell = (tick: number): void => {
    if (performance.now() - toldMs < LINE_EVERY_MS) return
    toldMs = performance.now()
    to.err(`following ${file}: equal up to tick ${tick} (${formatSeconds(tick / tickRate)})\n`)
  }
  const grown = async (): Promise<Recording | null> => {
    const before = follower.recording
    while (!signal.aborted && follower.recording.truncated) {
      tell(before.lastTick)
      await sleep(LOOK_EVERY_MS, undefined, { signal }).catch(() => undefined)
      const next = follower.refresh()
      if (!next.ok) fault = next.error
      if (!next.ok) return null
      if (next.value.wholeBytes > before.wholeBytes) return next.value
    }
    return null
  }
  const verified = await verify(follower.recording, simulation, { ...(from !== undefined && { from }), grown })
  return { file, tickRate, result: fault ?? (verified.ok ? verified.value : verified.error) }
}
