/** Options of commands that replay parts of recordings in threads. */
import { UINT32_MAX } from '../../protocol/limits.ts'
import { UsageError, type Arguments } from '../command.ts'
import type { TickRange } from './verify-files.ts'

const JOBS_MAX = 256

/** The threads of `--jobs`, or `threads` without it. Throws UsageError. */
export const jobsOf = (args: Arguments, threads: number): number =>
  args.text('jobs') === undefined ? threads : args.number('jobs', { min: 1, max: JOBS_MAX, integer: true })

/** The ticks of `--from` and `--to`. Throws UsageError. */
export function rangeOf(args: Arguments): TickRange {
  const bound = (name: string): number | null =>
    args.text(name) === undefined ? null : args.number(name, { min: 0, max: UINT32_MAX, integer: true })
  const [from, to] = [bound('from'), bound('to')]
  if (from !== null && to !== null && to < from)
    throw new UsageError(`--to is ${to}, before --from, which is ${from}; give the ticks in their order`)
  return { ...(from !== null && { from }), ...(to !== null && { to }) }
}
