/** The text of `replay info`. */
import type { RecordingInfo } from '../../replay/index.ts'
import {
  heldTicks,
  Names,
  type Activity,
  type ChunkKind,
  type ChunkSize,
  type PlayerActivity,
  type RecordingFacts,
} from '../../replay/search/index.ts'
import { formatCount, plural } from '../../http-contract/plural.ts'
import { formatBytes, formatSeconds, paint, rows, type Terminal } from '../output.ts'

export interface InfoReport {
  readonly file: string
  readonly info: RecordingInfo
  readonly facts: RecordingFacts
  readonly activity: Activity
  readonly sizes: ReadonlyMap<ChunkKind, ChunkSize>
  /** Recordings of the same realm in the same folder. */
  readonly segments: { readonly before: number; readonly after: number }
  /** The tick of `--tick`, and the hash of the state after it. */
  readonly asked: { readonly tick: number; readonly hash: string } | null
}

type Row = readonly [name: string, value: string]

/** Players in the short form; props of each. */
const PLAYERS_SHOWN = 12
const PROPS_SHOWN = 2
/** Rejections in the short form. */
const REASONS_SHOWN = 3

export const bytesAnHour = ({ bytes, ticks, tickRate }: RecordingInfo): number =>
  ticks === 0 ? 0 : Math.round((bytes * 3600 * tickRate) / ticks)

export function infoText(to: Terminal, report: InfoReport, isLong: boolean): string {
  const { file, info } = report
  const sections = [
    `${paint(to, 'bold', file)}\n${rows(to, [...mainRows(to, report), ...(isLong ? detailRows(report) : [])])}`,
    peopleTable(to, report, isLong),
    ...(isLong
      ? [sizesTable(to, report), rejectionsTable(to, report), propsTable(to, report), holdsTable(to, report)]
      : []),
    report.facts.missing !== null && info.ticks > 0
      ? `${paint(to, 'yellow', missingText(report.facts))}\n`
      : isLong
        ? ''
        : `${paint(to, 'dim', '--details shows holds, elements, rejections, sizes and versions.')}\n`,
  ]
  return sections.filter((section) => section !== '').join('\n')
}

function missingText({ replayedBy, missing, eventsTo, origin }: RecordingFacts): string {
  if (replayedBy === null) return 'Holds, elements and rejections need a replay: --replay'
  const from = eventsTo > origin.startTick ? ` after tick ${eventsTo}` : ''
  return `Holds, elements and rejections${from} are not known: ${missing}`
}

function mainRows(to: Terminal, { info, segments, activity, facts, asked }: InfoReport): Row[] {
  const others = [
    ...(segments.before > 0 ? [`${formatCount(segments.before)} before`] : []),
    ...(segments.after > 0 ? [`${formatCount(segments.after)} after`] : []),
  ]
  const beside = others.length === 0 ? '' : `; ${others.join(' and ')} it in this folder`
  const seconds = info.ticks / info.tickRate
  // Players who were there at the start are known only after a replay, and so are their inputs.
  const most = activity.people.length < info.players ? '' : `, at most ${formatCount(activity.inputsASecondMax)}`
  const perSecond = seconds > 0 ? `, ${(info.inputs / seconds).toFixed(1)} a second${most}` : ''
  const size =
    info.ticks > 0 ? ` (${Math.round(info.bytes / info.ticks)} a tick, ${formatBytes(bytesAnHour(info))} an hour)` : ''
  const rejected = activity.rejections.reduce((sum, [, count]) => sum + count, 0)
  const [first] = activity.rejections
  const reasons = activity.rejections
    .slice(0, REASONS_SHOWN)
    .map(([reason, count]) => `${formatCount(count)} ${reason}`)
  const hidden = activity.rejections.length > REASONS_SHOWN ? ' …' : ''
  return [
    ['realm', `${info.realm}, epoch ${info.epoch}, segment ${info.segment}${beside}`],
    ['recorded', `${info.createdAt} by ${info.recordedBy}`],
    [
      'ticks',
      `${formatCount(info.ticks)} (${info.startTick + 1} to ${info.lastTick}), ${info.tickRate} a second: ${formatSeconds(seconds)}`,
    ],
    [
      'last tick',
      `${info.lastTick}, state hash ${info.lastHash}${info.unhashedFrame ? `; the frame of tick ${info.lastTick + 1} follows, without a hash` : ''}`,
    ],
    ...(asked ? [[`tick ${asked.tick}`, `state hash ${asked.hash}`] as const] : []),
    ['players', formatCount(info.players)],
    ['elements', formatCount(info.elements)],
    ['inputs', `${formatCount(info.inputs)} in ${plural(info.frames, 'frame')}${perSecond}`],
    ...(facts.replayedBy === null
      ? []
      : [['rejected', first ? `${formatCount(rejected)}: ${reasons.join(', ')}${hidden}` : 'none'] as const]),
    ...(info.quarantined > 0 ? [['quarantined', paint(to, 'yellow', plural(info.quarantined, 'frame'))] as const] : []),
    ['size', `${formatBytes(info.bytes)}${size}`],
    ['end', ending(to, info)],
  ]
}

const ending = (to: Terminal, { truncated, tornBytes }: RecordingInfo): string =>
  truncated
    ? paint(
        to,
        'yellow',
        `not closed${tornBytes > 0 ? `; a torn tail of ${plural(tornBytes, 'byte')} is left out` : ''}`,
      )
    : 'closed, with index'

const detailRows = ({ info }: InfoReport): Row[] => [
  [
    'starts from',
    `${info.start === 'genesis' ? 'genesis' : `a checkpoint at tick ${info.startTick}`}, state hash ${info.startHash}`,
  ],
  ['checkpoints', formatCount(info.checkpoints)],
  ['phase samples', formatCount(info.samples)],
  ['packages', info.packages.length === 0 ? 'none' : info.packages.join(', ')],
  ['engine', info.engine],
  ['sim version', String(info.simVersion)],
]

/** Columns of which the first is left-aligned, indented, under a heading. Empty without lines. */
function table(to: Terminal, heading: readonly string[], lines: readonly (readonly string[])[]): string {
  if (lines.length === 0) return ''
  const widths = heading.map((title, i) => Math.max(title.length, ...lines.map((line) => (line[i] ?? '').length)))
  const text = (line: readonly string[]): string =>
    `  ${line
      .map((cell, i) => cell.padEnd(widths[i] ?? 0))
      .join('  ')
      .trimEnd()}`
  return `${paint(to, 'dim', text(heading))}\n${lines.map((line) => `${text(line)}\n`).join('')}`
}

function peopleTable(to: Terminal, { activity: { people }, facts, info }: InfoReport, isLong: boolean): string {
  const { startTick, tickRate } = facts.origin
  const at = (tick: number | null, otherwise: string): string =>
    tick === null ? otherwise : `${((tick - startTick) / tickRate).toFixed(1)} s`
  const knowsHolds = facts.eventsTo > startTick
  const shown = isLong ? people : people.slice(0, PLAYERS_SHOWN)
  const line = (one: PlayerActivity): string[] => [
    one.name || `player ${one.player}`,
    String(one.player),
    ...(isLong ? [String(one.user)] : []),
    at(one.joined, 'at the start'),
    at(one.left, 'stays'),
    formatCount(one.inputs),
    one.inputsASecond.toFixed(1),
    ...(knowsHolds ? [formatCount(one.rejected), heldText(one, tickRate, isLong)] : []),
  ]
  const heading = [
    'player',
    'number',
    ...(isLong ? ['user'] : []),
    'joined',
    'left',
    'inputs',
    'a second',
    ...(knowsHolds ? ['rejected', 'held'] : []),
  ]
  const more = people.length - shown.length
  const unnamed = info.players - people.length
  return [
    table(to, heading, shown.map(line)),
    more > 0 ? `  … and ${plural(more, 'more player')}: --details shows all\n` : '',
    unnamed > 0
      ? `  ${plural(unnamed, 'player')} ${unnamed === 1 ? 'was' : 'were'} in the realm at the start${facts.replayedBy === null ? ': --replay shows their names' : ''}\n`
      : '',
  ].join('')
}

function heldText({ held }: PlayerActivity, tickRate: number, isLong: boolean): string {
  const shown = isLong ? held : held.slice(0, PROPS_SHOWN)
  const texts = shown.map(
    ({ name, element, ticks, times }) =>
      `${name || element} ${formatSeconds(ticks / tickRate)}${isLong && times > 1 ? ` in ${plural(times, 'hold')}` : ''}`,
  )
  const more = held.length - shown.length
  return `${texts.join(', ')}${more > 0 ? ` and ${formatCount(more)} more` : ''}`
}

function sizesTable(to: Terminal, { sizes, info }: InfoReport): string {
  const lines = [...sizes].toSorted((a, b) => b[1].bytes - a[1].bytes)
  return table(
    to,
    ['chunks', 'count', 'size', 'share', 'an hour'],
    lines.map(([kind, { chunks, bytes }]) => [
      kind,
      formatCount(chunks),
      formatBytes(bytes),
      `${((100 * bytes) / Math.max(1, info.bytes)).toFixed(1)} %`,
      formatBytes(bytesAnHour({ ...info, bytes })),
    ]),
  )
}

const rejectionsTable = (to: Terminal, { activity, info }: InfoReport): string =>
  table(
    to,
    ['rejected', 'count', 'a minute'],
    activity.rejections.map(([reason, count]) => [
      reason,
      formatCount(count),
      ((60 * count * info.tickRate) / Math.max(1, info.ticks)).toFixed(1),
    ]),
  )

function propsTable(to: Terminal, { facts }: InfoReport): string {
  const names = new Names(facts)
  const { startTick, tickRate } = facts.origin
  const at = (tick: number): string => `${((tick - startTick) / tickRate).toFixed(1)} s`
  return table(
    to,
    ['element', 'name', 'spawned', 'by', 'removed'],
    facts.props.map(({ element, name, spawned, by, ended }) => [
      String(element),
      name,
      spawned === null ? 'at the start' : at(spawned),
      spawned === null ? '' : names.player(by),
      ended === null ? 'stays' : at(ended),
    ]),
  )
}

const HANDS = ['left', 'right', 'pointer'] as const

function holdsTable(to: Terminal, { facts }: InfoReport): string {
  const names = new Names(facts)
  return table(
    to,
    ['held from tick', 'seconds', 'player', 'hand', 'element'],
    facts.holds.map((hold) => [
      `${hold.from}${hold.heldBefore ? ' or before' : ''}`,
      `${(heldTicks(hold, facts) / facts.origin.tickRate).toFixed(1)}${hold.to === null ? ' or more' : ''}`,
      names.player(hold.player),
      HANDS[hold.hand],
      names.element(hold.element),
    ]),
  )
}
