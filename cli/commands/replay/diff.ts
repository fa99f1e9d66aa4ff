/** `otherworld replay diff`: where two recordings of a realm first differ. */
import { loadEngine, type Realm } from '../../../sim/index.ts'
import { compareRecordings, RecordingError, simulationOf, type Simulation } from '../../../replay/index.ts'
import { openRecording, reportUnusable } from '../../files/recording-input.ts'
import { printJson, schemaOf, terminal, type Terminal } from '../../output.ts'
import { COMPARISON_EXITS, COMPARISON_WHAT, fieldsOf, sameText, textOf } from '../../reports/comparison-report.ts'
import type { TickRange } from '../../workers/verify-files.ts'
import { Exit, UsageError, type Arguments, type CliCommand } from '../../command.ts'

export type Load = () => Promise<Simulation<Realm>>
export const loadSimulation: Load = async () => simulationOf(await loadEngine())

export async function runDiff(args: Arguments, to: Terminal, load: Load = loadSimulation): Promise<number> {
  if (args.positionals.length !== 2)
    throw new UsageError('it takes two recordings: otherworld replay diff EXPECTED ACTUAL')
  return await compareFiles('replay diff', args, {}, to, load)
}

/** Compares the two recordings that the arguments name, and prints the report. Returns the exit code. */
export async function compareFiles(
  name: string,
  args: Arguments,
  range: TickRange,
  to: Terminal,
  load: Load,
): Promise<number> {
  const [first = '', second = ''] = args.positionals
  const failed = (file: string, error: RecordingError): number =>
    reportUnusable(to, name, args.flag('json'), file, error)
  const expected = await openRecording(first)
  if (expected instanceof RecordingError) return failed(first, expected)
  const actual = await openRecording(second)
  if (actual instanceof RecordingError) return failed(second, actual)
  if (actual.header.realm !== expected.header.realm)
    throw new UsageError(
      `${first} is of the realm "${expected.header.realm}", ${second} of "${actual.header.realm}"; compare recordings of one realm`,
    )
  const found = await compareRecordings(expected, actual, await load(), range)
  if (!found.ok) return failed(args.positionals.join(', '), found.error)
  const { difference } = found.value
  if (args.flag('json')) printJson(to, schemaOf(name), fieldsOf(found.value))
  else
    to.out(
      difference
        ? `${textOf(to, found.value, difference, expected, ['the first recording', 'the second recording'])}\nBoth recordings have the ticks ${Math.max(expected.startTick, actual.startTick)} to ${Math.min(expected.lastTick, actual.lastTick)}.\n`
        : sameText(to, found.value, args.positionals, expected.header.tickRate),
    )
  return difference ? Exit.failed : Exit.ok
}

export const diff: CliCommand = {
  name: 'replay diff',
  summary: ['Compares two recordings of one realm, tick by tick.', '', COMPARISON_WHAT, COMPARISON_EXITS].join('\n'),
  positionals: 'EXPECTED ACTUAL',
  options: {},
  run: (args) => runDiff(args, terminal),
}
