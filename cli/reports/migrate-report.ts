/** The report of `otherworld replay migrate`. */
import { fieldText, type RecordingError, type RunDifference } from '../../replay/index.ts'
import type { Migrated, Person, Rejected } from '../../replay/fork/index.ts'
import { plural } from '../../http-contract/plural.ts'
import { formatBytes, formatSeconds, paint, rows, type Terminal } from '../output.ts'
import { moveText, moveTitle } from './fork-report.ts'

/** Elements and commands in the text of a report; JSON has all. */
const SHOWN_MAX = 12

/** `unknown`: no state could be compared. `current`: the recording is of this version; nothing was written. */
export type MigrateOutcome = 'same' | 'changed' | 'faulted' | 'unknown'

interface Version {
  readonly simVersion: number
  readonly engine: string
}

export type FileMigration =
  | { readonly file: string; readonly outcome: 'unusable'; readonly error: RecordingError }
  | { readonly file: string; readonly outcome: 'current'; readonly simVersion: number }
  | {
      readonly file: string
      readonly outcome: MigrateOutcome
      readonly out: string
      readonly bytes: number
      readonly startTick: number
      readonly tickRate: number
      readonly from: Version
      readonly to: Version
      readonly migrated: Omit<Migrated, 'bytes' | 'people'>
      readonly people: readonly Person[]
    }

type Made = Extract<FileMigration, { readonly out: string }>

/** `build`: the path of the build that made the recording; null without one. */
export function migrateText(to: Terminal, each: FileMigration, build: string | null): string {
  const name = paint(to, 'bold', each.file)
  if (each.outcome === 'unusable') return `${paint(to, 'red', '✗')} ${name}: ${each.error.message}\n`
  if (each.outcome === 'current')
    return `${paint(to, 'green', '✓')} ${name} is of version ${each.simVersion} already; nothing is written\n`
  const { outcome, out, bytes, startTick, tickRate, from, to: now, migrated } = each
  const seconds = (migrated.lastTick - startTick) / tickRate
  const mark = outcome === 'same' ? paint(to, 'green', '✓') : paint(to, outcome === 'unknown' ? 'yellow' : 'red', '✗')
  return [
    `${mark} ${name} → ${paint(to, 'bold', out)}: ${versionsText(from, now)}, ticks ${startTick + 1} to ${migrated.lastTick}, ${formatSeconds(seconds)}, ${formatBytes(bytes)}\n`,
    stateText(each, build),
    movedText(to, each),
    rejectionsText(to, each),
    build === null && outcome !== 'same'
      ? '  --build PATH, the Otherworld that made it, would find the phase, the field, the moves and the rejections.\n'
      : '',
  ].join('')
}

const versionsText = (from: Version, to: Version): string =>
  from.simVersion === to.simVersion
    ? `physics engine ${from.engine.slice(0, 12)}… → ${to.engine.slice(0, 12)}…`
    : `version ${from.simVersion} → ${to.simVersion}${from.engine === to.engine ? '' : ' and another physics engine'}`

function stateText({ migrated, startTick, tickRate }: Made, build: string | null): string {
  const { difference, fault, comparesHashes, rejections } = migrated
  const ended = fault ? `  The simulation fails at tick ${fault.tick}: ${fault.message}\n` : ''
  if (difference && difference.trap === null) return `  ${differenceText(difference, tickRate)}\n${ended}`
  if (ended !== '') return ended
  const states = plural(migrated.lastTick - startTick + 1, 'state')
  if (comparesHashes) return `  No state differs: the hashes of ${states} are equal.\n`
  if (rejections && build !== null)
    return `  No field of ${states} differs. The versions hash equal states in different ways.\n`
  return '  The states could not be compared: the versions hash the starting state differently. The recorded counts of players and elements are equal.\n'
}

function differenceText(
  { tick, phase, element, field, expected, actual, fieldsTick }: RunDifference,
  tickRate: number,
): string {
  const where = `The states first differ ${phase === null ? 'at' : `after phase "${phase}" of`} tick ${tick} (${formatSeconds(tick / tickRate)})`
  if (field === null)
    return fieldsTick === null
      ? `${where}. The fields are not known.`
      : `${where}, only in the physics engine's own state.`
  const when = fieldsTick === null || fieldsTick === tick ? '' : `, at tick ${fieldsTick}`
  return `${where}: element ${element} ${field}${when} was ${fieldText(expected)}, is ${fieldText(actual)}.`
}

function movedText(to: Terminal, { migrated: { moved, movedTick, difference } }: Made): string {
  if (!moved || movedTick === null || difference === null) return ''
  if (moved.length === 0) return `  At tick ${movedTick}, every element is at its old place.\n`
  const shown = moved.slice(0, SHOWN_MAX)
  return [
    `  At tick ${movedTick}, ${plural(moved.length, 'element is', 'elements are')} elsewhere:\n`,
    indented(
      rows(
        to,
        shown.map((each) => [moveTitle(each), moveText(each, 'new recording', 'old')]),
      ),
    ),
    more(moved.length - shown.length),
  ].join('')
}

function rejectionsText(to: Terminal, { migrated: { rejections }, people }: Made): string {
  if (!rejections) return ''
  const list = (some: readonly Rejected[], words: (count: string) => string): string => {
    if (some.length === 0) return ''
    const shown = some.slice(0, SHOWN_MAX)
    const lines = shown.map(({ tick, player, sequence, command, reason }): readonly [string, string] => [
      `tick ${tick}`,
      `${command} of ${people.find((each) => each.player === player)?.name || `player ${player}`}, input ${sequence}: ${reason}`,
    ])
    return `  ${words(plural(some.length, 'command is', 'commands are'))}:\n${indented(rows(to, lines))}${more(some.length - shown.length)}`
  }
  return [
    list(rejections.onlyNow, (commands) => `${commands} rejected now, and not before`),
    list(rejections.onlyBefore, (commands) => `${commands} not rejected any more`),
  ].join('')
}

const indented = (lines: string): string => lines.replaceAll(/^(?=.)/gm, '  ')
const more = (count: number): string => (count > 0 ? `    and ${count} more; --json has all\n` : '')
