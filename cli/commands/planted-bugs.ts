/** `otherworld fuzz --planted-bugs`: a table of the planted bugs and of what catches each. */
import { PLANTED_BUGS } from '../../testing/planted-bugs/bugs.ts'
import type { HuntReport } from '../../testing/planted-bugs/hunt.ts'
import { Exit, type Arguments } from '../command.ts'
import { paint, printJson, Progress, schemaOf, type Terminal } from '../output.ts'
import { JobPool } from '../workers/pool.ts'
import type { FuzzKinds } from '../workers/fuzz-worker.ts'

/** Hunts all planted bugs in `threads` threads. The reports are in the order of the bugs. */
export async function huntAll(
  threads: number,
  worker: URL,
  onProgress: (done: number, total: number) => void = () => undefined,
): Promise<readonly HuntReport[]> {
  const pool = new JobPool<FuzzKinds>(threads, worker)
  let done = 0
  try {
    return await Promise.all(
      PLANTED_BUGS.map(async ({ name }) => {
        const report = await pool.run('hunt', name)
        onProgress(++done, PLANTED_BUGS.length)
        return report
      }),
    )
  } finally {
    await pool.close()
  }
}

const HEADINGS = ['bug', 'caught by', 'sessions', 'seconds', 'shrunk in', 'players', 'ticks', 'inputs'] as const

function rowOf({ bug, caught, runs, seconds, shrinkSeconds }: HuntReport): readonly string[] {
  if (!caught) return [bug, 'nothing', String(runs), seconds.toFixed(1), '', '', '', '']
  const { property, players, ticks, inputs } = caught
  return [
    bug,
    property,
    String(runs),
    seconds.toFixed(1),
    shrinkSeconds.toFixed(1),
    String(players),
    String(ticks),
    String(inputs),
  ]
}

function tableOf(to: Terminal, reports: readonly HuntReport[]): string {
  const table = [HEADINGS, ...reports.map(rowOf)]
  const widths = HEADINGS.map((_, column) => Math.max(...table.map((row) => row[column]?.length ?? 0)))
  return table
    .map((row, i) => {
      const line = row.map((cell, column) =>
        column < 2 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      return `${paint(to, i === 0 ? 'dim' : reports[i - 1]?.caught ? 'green' : 'red', line.join('  ').trimEnd())}\n`
    })
    .join('')
}

export async function runPlantedBugs(args: Arguments, to: Terminal, worker: URL, threads: number): Promise<number> {
  const progress = new Progress(to, 'hunting')
  const reports = await huntAll(threads, worker, (done, total) => progress.update(done, total))
  progress.end()
  const missed = reports.filter(({ caught }) => caught === null).length
  if (args.flag('json')) printJson(to, schemaOf('fuzz'), { ok: missed === 0, plantedBugs: reports })
  else to.out(`${tableOf(to, reports)}${reports.length - missed} of ${reports.length} planted bugs caught\n`)
  return missed === 0 ? Exit.ok : Exit.failed
}
