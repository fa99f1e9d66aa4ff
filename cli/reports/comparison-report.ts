/** The report of `replay diff` and `replay bisect`: where two runs first differ. */
import type { Input } from '../../sim/index.ts'
import {
  bitsOf,
  fieldText,
  type Comparison,
  type FieldDifference,
  type Recording,
  type RunDifference,
} from '../../replay/index.ts'
import { plural } from '../../http-contract/plural.ts'
import { formatSeconds, paint, rows, type Terminal } from '../output.ts'

/** Fields in the text of a report; JSON has all. */
const SHOWN_MAX = 12

/** Where the two runs come from. */
export type Sides = readonly [expected: string, actual: string]

/** False if the builds hash their states in different ways; then only the fields were compared. */
export const hashesCompared = (found: Comparison): boolean =>
  !('comparesHashes' in found) || found.comparesHashes === true

export const statesText = (found: Comparison): string =>
  `the ${hashesCompared(found) ? 'hashes' : 'fields'} of ${plural(found.to - found.from + 1, 'state')}`

const withBits = (each: FieldDifference) => ({
  ...each,
  expectedBits: bitsOf(each.expected),
  actualBits: bitsOf(each.actual),
})

/** The fields of a report without a difference. */
const NONE: Omit<RunDifference, 'tick' | 'kind'> & { readonly tick: null; readonly kind: null } = {
  kind: null,
  tick: null,
  equalAgainTick: null,
  phase: null,
  element: null,
  field: null,
  expected: null,
  actual: null,
  differences: [],
  fieldsTick: null,
  inputs: { expected: [], actual: [] },
  trap: null,
}

/** The fields of `--json`. */
export function fieldsOf({ difference, from, to, inputsTick }: Comparison): Readonly<Record<string, unknown>> {
  const found = difference ?? NONE
  return {
    diverged: difference !== null,
    ...found,
    expectedBits: bitsOf(found.expected),
    actualBits: bitsOf(found.actual),
    differences: found.differences.map(withBits),
    inputsTick,
    compared: { from, to },
  }
}

/** The text if nothing differs. */
export function sameText(
  to: Terminal,
  { from, to: last, inputsTick }: Comparison,
  [first = '', second]: readonly string[],
  tickRate: number,
): string {
  const states = `the hashes of ${plural(last - from + 1, 'state')} are equal`
  if (second === undefined) return `${paint(to, 'green', '✓')} ${first} replays as it was recorded: ${states}\n`
  const inputs =
    inputsTick === null
      ? ''
      : `  The inputs differ from tick ${inputsTick} on (${formatSeconds(inputsTick / tickRate)}), without an effect.\n`
  return `${paint(to, 'green', '✓')} ${first} and ${second} agree in the ticks that both have, ${from} to ${last}: ${states}\n${inputs}`
}

/** The text of a difference. */
export function textOf(
  to: Terminal,
  { from, inputsTick }: Comparison,
  found: RunDifference,
  expected: Recording,
  sides: Sides,
): string {
  const { tick } = found
  const time = formatSeconds(tick / expected.header.tickRate)
  const shown = found.differences.slice(0, SHOWN_MAX)
  const more = found.differences.length - shown.length
  return [
    `${paint(to, 'red', '✗')} ${paint(to, 'bold', whatDiffers(found, from))} (${time})\n`,
    rows(to, [
      ['expected', sides[0]],
      ['actual', sides[1]],
    ]),
    fieldsText(found),
    rows(
      to,
      shown.map((each) => [
        `element ${each.element} ${each.field}`,
        `expected ${fieldText(each.expected)}, actual ${fieldText(each.actual)}`,
      ]),
    ),
    more > 0 ? `  and ${plural(more, 'more field')}; --json has all\n` : '',
    found.kind === 'checkpoint' ? uncheckedText(found, from, expected) : inputsText(found, inputsTick),
  ].join('')
}

function whatDiffers({ kind, tick, phase }: RunDifference, from: number): string {
  if (kind === 'checkpoint') return `the checkpoint of tick ${tick} restores to another state than the recorded one`
  return tick === from
    ? `the states differ at tick ${tick} already, the first that can be compared`
    : `the states first differ after ${phase === null ? '' : `phase "${phase}" of `}tick ${tick}`
}

/** Checkpoints are compared before the ticks. */
const uncheckedText = ({ tick }: RunDifference, from: number, { startTick }: Recording): string =>
  `\nThe replay from tick ${from} to ${tick} has the recorded hashes, so the checkpoint is damaged, not the run.\n` +
  (from > startTick ? `Ticks ${startTick} to ${from} were not replayed; --to ${from} compares them.\n` : '')

function fieldsText({ tick, fieldsTick, differences, trap, equalAgainTick }: RunDifference): string {
  if (trap !== null) return `\nThe simulation trapped: ${trap}\n`
  if (fieldsTick === null && equalAgainTick !== null)
    return equalAgainTick === tick + 1
      ? `\nOnly this tick differs: from tick ${equalAgainTick} on, the hashes are equal. Probably its recorded hash is damaged, not the run.\n`
      : `\nFrom tick ${equalAgainTick} on, the hashes are equal again, so no later checkpoint shows the fields.\n`
  if (fieldsTick === null)
    return '\nNo two states could be compared: this program does not replay this tick, and no later checkpoint differs.\n'
  const when = fieldsTick === tick ? '' : ` at the next checkpoint, of tick ${fieldsTick}`
  if (differences.length === 0)
    return `\nNo field differs${when}: only the physics engine's own state does (contacts, forces, sleep).\n`
  return `\n${plural(differences.length, 'field differs', 'fields differ')}${when}:\n`
}

function inputsText({ tick, inputs }: RunDifference, inputsTick: number | null): string {
  const list = (from: readonly Input[]): string =>
    (from.length === 0 ? '    none\n' : '') +
    from
      .map(({ player, sequence, command }) => `    player ${player}, ${sequence}: ${JSON.stringify(command)}\n`)
      .join('')
  const cause =
    inputsTick === null
      ? ''
      : `\nThe inputs differ from tick ${inputsTick} on, so the runs had to become different there.\n`
  const same = JSON.stringify(inputs.expected) === JSON.stringify(inputs.actual)
  if (same && inputs.expected.length === 0) return `${cause}\nTick ${tick} has no inputs.\n`
  if (same) return `${cause}\nThe inputs of tick ${tick}:\n${list(inputs.expected)}`
  return `${cause}\nThe inputs of tick ${tick}:\n  expected\n${list(inputs.expected)}  actual\n${list(inputs.actual)}`
}

export const COMPARISON_EXITS = 'Exit codes: 0 equal, 1 different, 2 usage, 3 corrupt, 4 other version.'
export const COMPARISON_WHAT = [
  'The report has the first tick, phase of the step, element and field that differ, and the inputs of that tick. Numbers are',
  'shown in decimal and as the bits of a float.',
].join(' ')
