/** The report of a benchmark, and its printed form. */

export interface BenchRow {
  readonly what: string
  readonly value: number
  readonly unit: string
  /** What we want the figure to be, where we have set a goal. */
  readonly goal?: number
  /** For most figures less is better. */
  readonly moreIsBetter?: boolean
}

export interface BenchReport {
  readonly name: string
  /** Conditions of the run in a few words. */
  readonly about: string
  readonly rows: readonly BenchRow[]
}

/** Ratio of a figure to its goal: 2 is twice as good, below 1 misses the goal. Null without a goal. */
export const ratioToGoal = ({ value, goal, moreIsBetter }: BenchRow): number | null =>
  goal === undefined ? null : moreIsBetter ? value / goal : goal / value

const number = (value: number): string =>
  Math.abs(value) >= 100 ? value.toFixed(0) : Math.abs(value) >= 10 ? value.toFixed(1) : value.toFixed(3)

/** The report as a table for people. */
export function tableOf({ name, about, rows }: BenchReport): string {
  const cells = rows.map((row) => {
    const ratio = ratioToGoal(row)
    const goal = row.goal === undefined ? '' : `${row.moreIsBetter ? '≥' : '≤'} ${row.goal}`
    return [
      row.what,
      number(row.value),
      row.unit,
      goal,
      ratio === null ? '' : `${ratio.toFixed(2)}${ratio < 1 ? ' missed' : ''}`,
    ]
  })
  const table = [['what', 'value', 'unit', 'goal', 'times as good'], ...cells]
  const widths = [0, 1, 2, 3, 4].map((i) => Math.max(...table.map((line) => (line[i] ?? '').length)))
  const lines = table.map((line) =>
    line
      .map((cell, i) => (i === 1 ? cell.padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0)))
      .join('  ')
      .trimEnd(),
  )
  return [`${name}: ${about}`, ...lines, ''].join('\n')
}
