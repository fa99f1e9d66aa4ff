/** The matches of `replay search`, as text and as JSON. */
import {
  factAt,
  Names,
  occurrenceText,
  type Occurrence,
  type Query,
  type RecordingFacts,
  type SearchMatch,
} from '../../replay/search/index.ts'
import { formatSeconds, paint, type Terminal } from '../output.ts'

/** Seconds before and after a match that the printed `clip` command cuts out too. */
const CLIP_MARGIN_SECONDS = 2

export interface MatchReport {
  readonly file: string
  readonly tick: number
  /** Equal to `tick` for an event. */
  readonly endTick: number
  /** Since the start of the recording. */
  readonly seconds: number
  /** RFC 3339 time, by the header's `createdAt`; null if that is no time. */
  readonly time: string | null
  readonly text: string
  readonly steps: readonly StepReport[]
  /** Commands that show the moment and cut it out. */
  readonly seek: string
  readonly clip: string
}

interface StepReport {
  readonly file: string
  readonly tick: number
  readonly endTick: number
  readonly event: string
  readonly player: number
  readonly playerName: string
  readonly element: number
  readonly elementName: string
  readonly detail: string
  readonly about: string
  readonly text: string
}

/** Makes the reports of a search's matches. */
export class MatchReporter {
  readonly #query: Query
  readonly #names = new Map<RecordingFacts, Names>()

  constructor(query: Query) {
    this.#query = query
  }

  report({ file, facts, found }: SearchMatch<string>): MatchReport {
    const steps = found.map((one, i) => this.#step(one, i))
    const [first, last] = [found[0], found.at(-1)]
    const { startTick, lastTick, tickRate, createdAt } = facts.origin
    const inside = (tick: number): number => Math.min(Math.max(tick, startTick), lastTick)
    const tick = last?.tick ?? startTick
    const seconds = (tick - startTick) / tickRate
    const margin = CLIP_MARGIN_SECONDS * tickRate
    const [from, to] = [inside((first?.tick ?? tick) - margin), inside((last?.endTick ?? tick) + margin)]
    const element = last?.element ? ` --element ${last.element}` : ''
    return {
      file,
      tick,
      endTick: last?.endTick ?? tick,
      seconds,
      time: timeOf(createdAt, seconds),
      text: joinSteps(found, steps, tickRate),
      steps,
      seek: `otherworld replay seek ${quoted(file)} --tick ${inside(tick)}${element}`,
      clip: `otherworld replay clip ${quoted(file)} --from ${Math.min(from, Math.max(startTick, lastTick - 1))} --to ${to} --out moment.owr`,
    }
  }

  #step(found: Occurrence<string>, i: number): StepReport {
    const { at, tick, endTick, type, player, element, row } = found
    let names = this.#names.get(at.facts)
    if (!names) this.#names.set(at.facts, (names = new Names(at.facts)))
    const fact = row === null ? null : factAt(at.facts.facts, row)
    return {
      file: at.file,
      tick,
      endTick,
      event: fact?.kind ?? type,
      player,
      playerName: names.player(player),
      element,
      elementName: element === 0 ? '' : names.element(element),
      detail: fact?.detail ?? '',
      about: fact?.about ?? '',
      text: occurrenceText(found, names, this.#counted(i)),
    }
  }

  /** What a step counts, in the plural. */
  #counted(i: number): string {
    const step = this.#query.steps[i]
    if (step?.type !== 'rate' || step.of === null) return 'inputs'
    const kinds = step.of.kinds.map((kind) => (kind === 'rejected' ? 'rejections' : `"${kind}" events`)).join(' or ')
    return step.of.reason === null ? kinds : `${kinds} (${step.of.reason})`
  }
}

function joinSteps(found: readonly Occurrence<string>[], steps: readonly StepReport[], tickRate: number): string {
  return steps
    .map(({ text, tick }, i) => {
      const before = found[i - 1]
      return before ? `${formatSeconds((tick - before.endTick) / tickRate)} later ${text}` : text
    })
    .join(', ')
}

function timeOf(createdAt: string, seconds: number): string | null {
  const startMs = Date.parse(createdAt)
  const date = new Date(startMs + Math.round(seconds * 1_000))
  return Number.isNaN(date.getTime()) ? null : date.toISOString()
}

/** A path as a shell reads it. */
const quoted = (path: string): string => (/^[\w./@%+=:,-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`)

/** The matches by recording. The last lines say how to cut out the first. */
export function matchesText(to: Terminal, matches: readonly MatchReport[]): string {
  const width = Math.max(0, ...matches.map(({ tick }) => String(tick).length))
  let file = ''
  let text = ''
  for (const match of matches) {
    if (match.file !== file) text += `${file === '' ? '' : '\n'}${paint(to, 'bold', match.file)}\n`
    file = match.file
    const when = `${formatSeconds(match.seconds)}${match.time === null ? '' : `, ${match.time.slice(0, 19).replace('T', ' ')} UTC`}`
    text += `  tick ${String(match.tick).padEnd(width)}  ${match.text} ${paint(to, 'dim', `(${when})`)}\n`
    text += `  ${paint(to, 'dim', match.seek)}\n`
  }
  const [first] = matches
  return first ? `${text}\nTo cut out the first: ${first.clip}\n` : text
}
