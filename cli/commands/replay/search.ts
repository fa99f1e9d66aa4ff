/** `otherworld replay search`: finds moments in many recordings. */
import { loadEngine, type Realm } from '../../../sim/index.ts'
import { knownText, simulationOf, type RecordingError, type Simulation } from '../../../replay/index.ts'
import {
  mayMiss,
  parseQuery,
  QueryError,
  search,
  TOPIC_NAMES,
  unknownNames,
  type Query,
} from '../../../replay/search/index.ts'
import { plural } from '../../../http-contract/plural.ts'
import { indexAll, type Indexed } from '../../files/index-all.ts'
import { defaultCacheFolder, searchableIn, type IndexedRecording } from '../../files/recording-indexes.ts'
import { errorFields, exitOf } from '../../files/recording-input.ts'
import { printJson, schemaOf, terminal, type Terminal } from '../../output.ts'
import { matchesText, MatchReporter } from '../../reports/search-report.ts'
import { defaultThreads } from '../../workers/pool.ts'
import { Exit, UsageError, type Arguments, type CliCommand } from '../../command.ts'

const NAME = 'replay search'
const LIMIT_MAX = 1_000_000
const JOBS_MAX = 256

export interface SearchHow {
  load?(): Promise<Simulation<Realm>>
  readonly cacheFolder?: string
  /** Threads without `--jobs`. */
  readonly threads?: number
  /** The bundle of the threads. */
  readonly workerFile?: URL
}

export async function runSearch(
  args: Arguments,
  to: Terminal,
  {
    load = async () => simulationOf(await loadEngine()),
    cacheFolder = defaultCacheFolder(),
    threads = 1,
    workerFile,
  }: SearchHow = {},
): Promise<number> {
  const [text, ...paths] = args.positionals
  if (text === undefined || paths.length === 0)
    throw new UsageError(`it takes a query and recordings or folders: otherworld ${NAME} "grabbed ball by Ann" DIR`)
  const limit = args.number('limit', { min: 1, max: LIMIT_MAX, integer: true })
  const jobs = args.text('jobs') === undefined ? threads : args.number('jobs', { min: 1, max: JOBS_MAX, integer: true })
  const query = parsed(text)
  const files = await searchableIn(paths)
  const startMs = performance.now()
  const indexed = await indexAll(files, to, {
    load,
    cacheFolder,
    threads: jobs,
    ...(workerFile && { workerFile }),
  })
  const searchMs = performance.now()
  const usable = indexed.flatMap(({ found }) => (found instanceof Error ? [] : [found]))
  const matches = search(query, usable)
  const unknown =
    matches.length > 0
      ? []
      : unknownNames(
          query,
          usable.map(({ facts }) => facts),
        )
  const reporter = new MatchReporter(query)
  const reports = matches.slice(0, limit).map((match) => reporter.report(match))
  const endMs = performance.now()
  if (args.flag('json'))
    printJson(to, schemaOf(NAME), {
      query: text,
      total: matches.length,
      unknownNames: unknown,
      matches: reports,
      files: indexed.map((one) => fileFields(query, one)),
      indexMilliseconds: Math.round(searchMs - startMs),
      searchMilliseconds: Math.round(endMs - searchMs),
    })
  else {
    to.out(matchesText(to, reports))
    to.out(`${summary(matches.length, reports.length, usable.length)}\n`)
    for (const { what, name, known } of unknown)
      to.err(`otherworld ${NAME}: no recording has a ${what} "${name}"${knownText(name, known, `the ${what}s are`)}\n`)
    for (const line of remarks(query, indexed)) to.err(`otherworld ${NAME}: ${line}\n`)
  }
  return exitFor(query, indexed)
}

function parsed(text: string): Query {
  try {
    return parseQuery(text)
  } catch (error) {
    if (error instanceof QueryError) throw new UsageError(error.explanation, { cause: error })
    throw error
  }
}

/** Corrupt files before those of another version: what they hold is unknown. */
function exitFor(query: Query, indexed: readonly Indexed[]): number {
  const exits = indexed.map(({ found }) => (found instanceof Error ? exitOf(found) : incompleteExit(query, found)))
  return [Exit.corrupt, Exit.failed, Exit.version].find((code) => exits.includes(code)) ?? Exit.ok
}

const isOfOtherVersion = ({ facts: { replayedBy, origin } }: IndexedRecording): boolean =>
  replayedBy !== null && (replayedBy.engine !== origin.engine || replayedBy.version !== origin.simVersion)

function incompleteExit(query: Query, found: IndexedRecording): number {
  if (!mayMiss(query, found.facts)) return Exit.ok
  return isOfOtherVersion(found) ? Exit.version : Exit.failed
}

function fileFields(query: Query, { file, found, wasMade }: Indexed): Readonly<Record<string, unknown>> {
  if (found instanceof Error) return { file, error: errorFields(found) }
  const { origin, eventsTo, missing } = found.facts
  return {
    file,
    startTick: origin.startTick,
    lastTick: origin.lastTick,
    eventsTo,
    missing,
    incomplete: mayMiss(query, found.facts),
    index: found.place,
    indexed: wasMade,
  }
}

function summary(total: number, shown: number, files: number): string {
  const what = total === 0 ? 'no match' : plural(total, 'match', 'matches')
  return `${what} in ${plural(files, 'recording')}${shown < total ? `; the first ${shown} are shown, --limit shows more` : ''}`
}

/** What a reader of the matches has to know about the files. */
function remarks(query: Query, indexed: readonly Indexed[]): string[] {
  const unreadable = indexed.flatMap(({ file, found }) =>
    found instanceof Error ? [`${file} is left out: ${(found as RecordingError).message}`] : [],
  )
  const usable = indexed.flatMap(({ found, wasMade }) => (found instanceof Error ? [] : [{ ...found, wasMade }]))
  const missing = usable
    .filter(({ facts }) => mayMiss(query, facts))
    .map(({ file, facts }) =>
      facts.eventsTo > facts.origin.startTick
        ? `${file}: events after tick ${facts.eventsTo} are missing: ${facts.missing}`
        : `${file}: events of the simulation are missing, only inputs, joins and notes were searched: ${facts.missing}`,
    )
  const made = usable.filter(({ wasMade }) => wasMade)
  const cached = made.filter(({ place }) => place === 'cache').length
  const lost = made.filter(({ place }) => place === 'memory').length
  return [
    ...unreadable,
    ...missing,
    ...(cached > 0
      ? [`${plural(cached, 'index', 'indexes')} could not be written beside the recording; it is in your cache folder`]
      : []),
    ...(lost > 0
      ? [`${plural(lost, 'index', 'indexes')} could not be written, so the next search replays the recording again`]
      : []),
  ]
}

export const command: CliCommand = {
  name: NAME,
  summary: [
    'Finds moments in recordings: who did what, when, and what followed.',
    '',
    'QUERY is one step, or several in their order: "held by Ann then by Bob", "dropped within 2s after join",',
    '"rejected out-of-reach > 10 per 1s", "grabbed ball by Ann then released within 500ms". docs/replay.md has the whole language.',
    `Events: ${TOPIC_NAMES.join(', ')}.`,
    '',
    'FILE is a recording. A folder means all .owr files in it and below. The first search replays a recording once and writes its index beside it, X.owr.index. Later searches only read the index.',
    'Exit codes: 0 searched, 1 a replay differs from a recording, so events are missing, 2 usage, 3 corrupt, 4 other version, so events are missing.',
  ].join('\n'),
  positionals: 'QUERY FILE|DIR...',
  options: {
    jobs: {
      type: 'string',
      value: 'N',
      help: 'threads that make missing indexes, each of another recording (default: one less than the cores)',
    },
    limit: { type: 'string', value: 'N', default: '100', help: 'print at most N matches' },
  },
  run: (args) => runSearch(args, terminal, { threads: defaultThreads() }),
}
