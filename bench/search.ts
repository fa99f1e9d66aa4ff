/**
 * A search over 20 hours of recordings by their indexes. Two sessions of two minutes with 20 players are recorded and
 * indexed; their indexes are copied until there are 600 files. The recordings beside them are links to the two, because a
 * search reads only their ends. The files are in the system's cache: a disk would have to deliver the bytes of the row
 * "indexes" too.
 */
import { copyFileSync, linkSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArguments } from '../cli/command.ts'
import { command, runSearch } from '../cli/commands/replay/search.ts'
import { makeIndex } from '../cli/files/recording-indexes.ts'
import { RecordingError, simulationOf } from '../replay/index.ts'
import { loadEngine, type InputFrame } from '../sim/index.ts'
import { randomFrom, recordSession, sessionFrames } from '../test/harness/recording-example.ts'
import { median } from './measure.ts'
import type { BenchReport, BenchRow } from './report.ts'

const HOURS = 20
const SESSION_TICKS = 7_200
const PLAYERS = 20
const SESSIONS = 2
const RUNS = 3
/** Goal for one search, ms. */
const SEARCH_MS_GOAL = 2_000
/** Share of the generated commands, apart from moves, that is kept: about one in three seconds of each player. */
const KEPT_SHARE = 0.04

const QUERIES = [
  'joined by "player 7"',
  'grabbed then released within 500ms',
  'held by "player 3" then by "player 4"',
  'rejections > 3 per 1s',
  'inputs > 40 per 1s',
] as const

/** Generated players act without pause; people do not. */
function frames(seed: number): InputFrame[] {
  const random = randomFrom(seed)
  return sessionFrames({ ticks: SESSION_TICKS, players: PLAYERS, seed }).map(({ tick, inputs }) => ({
    tick,
    inputs: inputs.filter(({ player, command: { type } }) => player === 0 || type === 'move' || random() < KEPT_SHARE),
  }))
}

interface Sources {
  readonly files: readonly string[]
  readonly facts: number
  readonly indexMs: number
}

async function record(folder: string): Promise<Sources> {
  const simulation = simulationOf(await loadEngine())
  const files: string[] = []
  let facts = 0
  let indexMs = 0
  for (let seed = 1; seed <= SESSIONS; seed++) {
    const file = join(folder, `source-${seed}.owr`)
    writeFileSync(file, recordSession(simulation, { ticks: SESSION_TICKS, players: PLAYERS, frames: frames(seed) }))
    const startMs = performance.now()
    const made = await makeIndex(file, folder, simulation)
    indexMs += performance.now() - startMs
    if (made instanceof RecordingError) throw made
    facts += made.facts.facts.count
    files.push(file)
  }
  return { files, facts, indexMs }
}

function multiply(folder: string, { files }: Sources): string[] {
  const count = Math.ceil((HOURS * 3600 * 60) / SESSION_TICKS)
  return Array.from({ length: count }, (_, i) => {
    const source = files[i % files.length] ?? ''
    const file = join(folder, `yard-e000001-s${String(i + 1).padStart(4, '0')}.owr`)
    linkSync(source, file)
    copyFileSync(`${source}.index`, `${file}.index`)
    return file
  })
}

async function searchMs(query: string, folder: string): Promise<{ readonly ms: number; readonly matches: number }> {
  let out = ''
  const to = {
    out: (text: string) => void (out += text),
    err: () => undefined,
    outIsTerminal: false,
    errIsTerminal: false,
  }
  const startMs = performance.now()
  const never = () => Promise.reject(new Error('each recording has an index'))
  await runSearch(parseArguments(command, [query, folder, '--json']), to, { load: never, cacheFolder: folder })
  return { ms: performance.now() - startMs, matches: (JSON.parse(out) as { readonly total: number }).total }
}

export async function run(): Promise<BenchReport> {
  const folder = mkdtempSync(join(tmpdir(), 'otherworld-search-'))
  try {
    const sources = await record(folder)
    const files = multiply(folder, sources)
    for (const source of sources.files) rmSync(source)
    const megabytes = files.reduce((sum, file) => sum + statSync(`${file}.index`).size, 0) / 1e6
    const rows: BenchRow[] = [
      { what: 'recordings', value: files.length, unit: 'files' },
      { what: 'facts', value: (sources.facts * files.length) / SESSIONS / 1e3, unit: 'thousand' },
      { what: 'indexes', value: megabytes, unit: 'MB' },
      {
        what: 'making an index, once',
        value: (SESSIONS * SESSION_TICKS * 1_000) / 60 / sources.indexMs,
        unit: '× real time',
        moreIsBetter: true,
      },
    ]
    for (const query of QUERIES) {
      const runs = []
      for (let i = 0; i < RUNS; i++) runs.push(await searchMs(query, folder))
      const what = `${query}: ${runs[0]?.matches ?? 0} matches`
      rows.push({ what, value: median(runs.map(({ ms }) => ms)), unit: 'ms', goal: SEARCH_MS_GOAL })
    }
    return {
      name: 'search',
      about: `${HOURS} hours, ${PLAYERS} players, files of ${SESSION_TICKS / 3600} minutes, wall time with reading the indexes, median of ${RUNS}`,
      rows,
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
