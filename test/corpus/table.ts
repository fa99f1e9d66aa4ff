/** The table of the scripted sessions and of what the corpus exercises: fixtures/replays/scripted/README.md. */
import { readRecording, type Recording, type Simulation } from '../../replay/index.ts'
import type { Realm } from '../../sim/index.ts'
import { coverageOf, recordingFacts, UNREACHABLE, WANTED } from './coverage.ts'
import { SESSIONS } from './sessions/index.ts'

/** Recordings that a line of the table names at most. */
const NAMED_MAX = 3

export interface NamedFile {
  readonly name: string
  readonly bytes: Uint8Array
}

function opened({ bytes }: NamedFile): Recording {
  const read = readRecording(bytes)
  if (!read.ok) throw read.error
  return read.value
}

/**
 * For each thing that the corpus has to exercise, the recordings that do. `recorded` are sessions of a server: of them
 * only what their files say counts.
 */
export async function corpusCoverage(
  scripted: readonly NamedFile[],
  recorded: readonly NamedFile[],
  simulation: Simulation<Realm>,
): Promise<Map<string, string[]>> {
  const covered = new Map<string, string[]>(WANTED.map((wanted) => [wanted, []]))
  for (const file of scripted)
    for (const fact of await coverageOf(opened(file), simulation)) covered.get(fact)?.push(file.name)
  for (const file of recorded) for (const fact of recordingFacts(opened(file))) covered.get(fact)?.push(file.name)
  return covered
}

const named = (names: readonly string[]): string =>
  names.length <= NAMED_MAX
    ? names.join(', ')
    : `${names.slice(0, NAMED_MAX).join(', ')} and ${names.length - NAMED_MAX} more`

/** The whole README. */
export function corpusReadme(covered: ReadonlyMap<string, readonly string[]>): string {
  const sessions = SESSIONS.map(({ name, about, ticks }) => `| \`${name}.owr\` | ${about} | ${ticks} |`)
  const facts = Array.from(covered, ([fact, names]) => `| ${fact} | ${UNREACHABLE.get(fact) ?? named(names)} |`)
  return [
    '# Scripted sessions',
    '',
    'Short recordings that between them exercise everything that a recording can contain. `node scripts/make-corpus.mjs` makes them from',
    '`test/corpus/sessions/`, with the same bytes each time. Make them again whenever the simulation changes on purpose (`SIM_VERSION`).',
    '',
    '| file | what happens | ticks |',
    '|---|---|---|',
    ...sessions,
    '',
    '## What they exercise',
    '',
    '| what | recordings |',
    '|---|---|',
    ...facts,
    '',
  ].join('\n')
}
