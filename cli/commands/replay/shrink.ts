/** `otherworld replay shrink`: a small recording that fails like a large one, with a test that holds it. */
import { basename, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { loadEngine, type Realm } from '../../../sim/index.ts'
import { knownText, RecordingError, simulationOf, type Recording, type Simulation } from '../../../replay/index.ts'
import {
  ConditionError,
  parsePredicate,
  shrinkRecording,
  type Moment,
  type Predicate,
  type ShrinkProgress,
  type Shrunk,
} from '../../../replay/fork/index.ts'
import { plural } from '../../../http-contract/plural.ts'
import { failingTest } from '../../files/failing-test.ts'
import { openRecording, recordingsIn, reportUnusable } from '../../files/recording-input.ts'
import { makeResultFolder, requireNew, writeNew } from '../../files/write-new.ts'
import {
  formatBytes,
  formatSeconds,
  paint,
  percentText,
  printJson,
  schemaOf,
  tellWork,
  terminal,
  type Terminal,
} from '../../output.ts'
import { Exit, UsageError, type Arguments, type CliCommand } from '../../command.ts'

const NAME = 'replay shrink'
const DEFAULT_SECONDS = 5
const SECONDS_MAX = 600
const DEFAULT_TRIES = 500
const TRIES_MAX = 100_000

interface Fails {
  readonly predicate: Predicate
  /** The module that has the condition; null for an expression. */
  readonly module: string | null
}

/** Reads --fails: an expression, or the path of a module that exports `fails`. Throws UsageError. */
async function failsOf(args: Arguments): Promise<Fails> {
  const text = args.text('fails') ?? ''
  if (/\.m?js$/.test(text)) {
    const module = resolve(text)
    const loaded = (await import(pathToFileURL(module).href).catch((error: Error) => {
      throw new UsageError(`--fails: cannot load ${text}: ${error.message}`, { cause: error })
    })) as { readonly fails?: unknown }
    const { fails } = loaded
    if (typeof fails !== 'function')
      throw new UsageError(
        `--fails: ${text} has to export a function named "fails", which takes a moment and returns a boolean`,
      )
    const holds = (moment: Moment): boolean => {
      let held: unknown
      try {
        held = fails(moment)
      } catch (error) {
        throw new UsageError(`--fails: ${text} threw at tick ${moment.tick}: ${(error as Error).message}`, {
          cause: error,
        })
      }
      if (typeof held === 'boolean') return held
      throw new UsageError(
        `--fails: fails() of ${text} returned a value of type ${typeof held} at tick ${moment.tick}; return true or false`,
      )
    }
    return { predicate: { kind: 'moment', text, holds }, module }
  }
  try {
    return { predicate: parsePredicate(text), module: null }
  } catch (error) {
    if (error instanceof ConditionError) throw new UsageError(`--fails: ${error.message}`, { cause: error })
    throw error
  }
}

const lineOf = ({ stage, done, total, left }: ShrinkProgress): string =>
  total === null
    ? `shrinking ${stage}: ${left} left after ${plural(done, 'try', 'tries')}`
    : `looking for the failure: ${percentText(done, total)} of the ticks`

export async function runShrink(
  args: Arguments,
  to: Terminal,
  load: () => Promise<Simulation<Realm>> = async () => simulationOf(await loadEngine()),
): Promise<number> {
  const out = args.text('out')
  if (args.positionals.length === 0 || out === undefined || args.text('fails') === undefined)
    throw new UsageError(
      `it takes a recording, a condition and a folder: otherworld ${NAME} FILE --fails CONDITION --out DIR`,
    )
  const seconds =
    args.text('seconds') === undefined ? DEFAULT_SECONDS : args.number('seconds', { min: 0.1, max: SECONDS_MAX })
  const triesMax =
    args.text('tries') === undefined ? DEFAULT_TRIES : args.number('tries', { min: 1, max: TRIES_MAX, integer: true })
  const { predicate, module } = await failsOf(args)
  const files = await recordingsIn(args.positionals)
  for (const file of files) for (const path of Object.values(savedAs(out, file))) requireNew(path, 'folder')
  const simulation = await load()
  const trueFromStart: string[] = []
  let last: ShrinkProgress = { stage: 'find', done: 0, total: 0, left: 0 }
  const told = tellWork(to, () => lineOf(last))
  const startMs = performance.now()
  try {
    const opened: { readonly file: string; readonly recording: Recording }[] = []
    for (const file of files) {
      const recording = await openRecording(file)
      if (recording instanceof RecordingError) return reportUnusable(to, NAME, args.flag('json'), file, recording)
      opened.push({ file, recording })
    }
    // The latest first: its failure is the one that was reported.
    const ageOf = ({ recording: { header } }: (typeof opened)[number]): number => header.epoch * 1e6 + header.segment
    for (const { file, recording } of opened.toSorted((a, b) => ageOf(b) - ageOf(a))) {
      const result = await shrinkRecording(recording, simulation, predicate, {
        seconds,
        triesMax,
        recordedBy: `otherworld ${NAME}`,
        onProgress: (progress) => {
          last = progress
        },
      })
      if (!result.ok) return reportUnusable(to, NAME, args.flag('json'), file, result.error)
      if (typeof result.value === 'string') {
        if (result.value === 'true-from-start') trueFromStart.push(file)
        continue
      }
      const saved = await save(out, file, { predicate, module }, result.value)
      told.end()
      show(args, to, { file, ...saved }, result.value, recording.header.tickRate, (performance.now() - startMs) / 1000)
      return Exit.ok
    }
  } finally {
    told.end()
  }
  reportNothing(args, to, predicate, files.length, trueFromStart)
  return Exit.failed
}

/** Reports that no recording shows how the condition becomes true. */
function reportNothing(
  args: Arguments,
  to: Terminal,
  predicate: Predicate,
  files: number,
  trueFromStart: readonly string[],
): void {
  const unknown = trueFromStart.length === 0 && predicate.kind === 'moment' ? (predicate.unknownWords?.() ?? []) : []
  if (args.flag('json')) {
    printJson(to, schemaOf(NAME), {
      ok: false,
      fails: predicate.text,
      found: false,
      trueFromStart,
      unknownWords: unknown,
    })
    return
  }
  const hints = unknown.map(({ what, word, known }) =>
    what === 'field'
      ? `  No element in question has had the field "${word}"${knownText(word, known, 'the fields are')}\n`
      : `  There was no ${what} "${word}"${knownText(word, known, what === 'element' ? 'the elements are' : `the ${what}s are`)}\n`,
  )
  const outcome =
    trueFromStart.length === 0
      ? `never becomes true in ${plural(files, 'recording')}`
      : `is true from the start of ${trueFromStart.join(', ')}: no recording shows how it became true. Name an earlier recording, or another condition`
  to.out(`${paint(to, 'yellow', '?')} "${predicate.text}" ${outcome}\n${hints.join('')}`)
}

interface Saved {
  readonly recording: string
  readonly test: string
}

function savedAs(folder: string, file: string): Saved {
  const name = `${basename(file, '.owr')}-shrunk`
  return { recording: join(folder, `${name}.owr`), test: join(folder, `${name}.test.ts`) }
}

async function save(folder: string, file: string, { predicate, module }: Fails, { bytes }: Shrunk): Promise<Saved> {
  makeResultFolder(folder)
  const saved = savedAs(folder, file)
  await writeNew(saved.recording, bytes)
  await writeNew(
    saved.test,
    failingTest({ recording: basename(saved.recording), condition: predicate.text, module, folder: resolve(folder) }),
  )
  return saved
}

function show(
  args: Arguments,
  to: Terminal,
  { file, recording, test }: Saved & { readonly file: string },
  shrunk: Shrunk,
  tickRate: number,
  seconds: number,
): void {
  const { bytes, ...fields } = shrunk
  if (args.flag('json')) {
    printJson(to, schemaOf(NAME), {
      ok: true,
      file,
      recording,
      test,
      ...fields,
      bytes: bytes.length,
      seconds: Number(seconds.toFixed(1)),
    })
    return
  }
  const size = ({ ticks, players, props, inputs }: Shrunk['after']): string =>
    `${formatSeconds(ticks / tickRate)} (${plural(ticks, 'tick')}), ${plural(players, 'player')}, ${plural(props, 'prop')}, ${plural(inputs, 'input')}`
  to.out(
    [
      `${paint(to, 'green', '✓')} ${file} fails at tick ${shrunk.originalTick}`,
      `  from ${size(shrunk.before)}`,
      `  to   ${size(shrunk.after)}, ${formatBytes(bytes.length)}`,
      `  ${plural(shrunk.tries, 'try', 'tries')} in ${formatSeconds(seconds)}${shrunk.minimal ? '' : '; --tries ended it, more may shrink it further'}`,
      `  ${recording}, fails at tick ${shrunk.tick}`,
      `  ${test}`,
      '',
    ].join('\n'),
  )
}

export const command: CliCommand = {
  name: NAME,
  summary: [
    'Finds a small recording that fails like a large one: a late start, few players, props and inputs. Writes it with a Vitest file that fails as long as the fault is there.',
    '',
    "FILE is a recording, several, a folder of them, or a server's data directory. Of several, the last one that fails is shrunk.",
    'CONDITION is divergence, fault, an expression on states and events such as "any prop position.y < -1", or the path of a module (.js, .mjs) that exports fails(moment). docs/replay.md describes them.',
    'Exit codes: 0 written, 1 the condition never becomes true, is true from the start, or the failure cannot be repeated, 2 usage, 3 corrupt, 4 other version.',
  ].join('\n'),
  positionals: 'FILE...',
  options: {
    fails: { type: 'string', value: 'CONDITION', help: 'what the small recording has to show' },
    out: { type: 'string', value: 'DIR', help: 'the folder for the recording and its test' },
    seconds: {
      type: 'string',
      value: 'N',
      help: `how long before the failure the small recording may begin (default ${DEFAULT_SECONDS}); if it does not fail from there, at a checkpoint before`,
    },
    tries: { type: 'string', value: 'N', help: `runs of each stage at most (default ${DEFAULT_TRIES})` },
  },
  run: (args) => runShrink(args, terminal),
}
