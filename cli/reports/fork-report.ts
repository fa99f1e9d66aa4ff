/** The report of `otherworld replay fork`. */
import type { Vec3 } from '../../sim/index.ts'
import type { Moved, Person } from '../../replay/fork/index.ts'
import { plural } from '../../http-contract/plural.ts'
import { formatBytes, formatSeconds, paint, rows, type Terminal } from '../output.ts'

/** Elements in the text of a report; JSON has all. */
const SHOWN_MAX = 12

export interface ForkReport {
  readonly file: string
  readonly out: string
  /** The first tick with other inputs, and the last tick that was stepped. */
  readonly from: number
  readonly to: number
  readonly changes: readonly string[]
  /** The first tick whose state differs; null: none. */
  readonly differsFrom: number | null
  readonly fault: { readonly tick: number; readonly message: string } | null
  /** Elements that are elsewhere at the end, or only in one of the states; `expected`: in the recording. */
  readonly moved: readonly Moved[]
  readonly bytes: number
}

/** The elements with the names of their players. */
export const namedMoves = (moved: readonly Moved[], people: readonly Person[]): readonly Moved[] =>
  moved.map((each) =>
    each.kind === 'prop' ? each : { ...each, name: people.find(({ player }) => player === each.player)?.name ?? '' },
  )

const placeText = ({ x, y, z }: Vec3): string => [x, y, z].map((metres) => metres.toFixed(3)).join(', ')

/** `newRun`: the run in which the actual place is. `old`: an adjective of the place that was expected. */
export function moveText({ expected, actual, metres }: Moved, newRun = 'fork', old = 'recorded'): string {
  if (expected && actual)
    return `${metres !== null && metres < 0.0005 ? 'less than 0.001' : metres?.toFixed(3)} m from its ${old} place: ${placeText(expected)} → ${placeText(actual)}`
  return actual
    ? `only in the ${newRun}: ${placeText(actual)}`
    : `only in the ${old === 'recorded' ? 'recording' : `${old} one`}`
}

export const moveTitle = ({ element, kind, name }: Moved): string => `${element} ${kind} "${name}"`

export function forkText(to: Terminal, report: ForkReport, tickRate: number): string {
  const { file, out, from, to: last, changes, differsFrom, fault, moved, bytes } = report
  const shown = moved.slice(0, SHOWN_MAX)
  const title = `${out}: ticks ${from} to ${last}, ${formatSeconds((last - from + 1) / tickRate)}, ${formatBytes(bytes)}; ${changes.join('; ')}`
  if (fault) return `${title}\n${paint(to, 'red', '✗')} the simulation fails at tick ${fault.tick}: ${fault.message}\n`
  if (differsFrom === null) return `${title}\nNo state differs from the recording.\n`
  return [
    `${title}\n`,
    `The states differ from tick ${differsFrom} on (${formatSeconds(differsFrom / tickRate)}). At tick ${last}, ${moved.length === 0 ? 'every element is at its recorded place' : `${plural(moved.length, 'element is', 'elements are')} elsewhere`}.\n`,
    rows(
      to,
      shown.map((each) => [moveTitle(each), moveText(each)]),
    ),
    moved.length > shown.length ? `  and ${plural(moved.length - shown.length, 'more')}; --json has all\n` : '',
    `\`otherworld replay diff ${file} ${out}\` shows the first fields that differ.\n`,
  ].join('')
}
