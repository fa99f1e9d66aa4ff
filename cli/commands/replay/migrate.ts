/** `otherworld replay migrate`: records the inputs of old recordings again with this program. */
import { existsSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { loadEngine, type Realm } from '../../../sim/index.ts'
import { bitsOf, RecordingError, simulationOf, type Simulation } from '../../../replay/index.ts'
import { migrateRecording, type Migrated } from '../../../replay/fork/index.ts'
import { BUILD_OPTIONS, loadBuild, type Build } from '../../builds/load-build.ts'
import { errorFields, exitOf, openRecording, recordingsIn } from '../../files/recording-input.ts'
import { makeResultFolder, requireNew, writeNew } from '../../files/write-new.ts'
import { Progress, printJson, schemaOf, terminal, type Terminal } from '../../output.ts'
import { namedMoves } from '../../reports/fork-report.ts'
import { migrateText, type FileMigration, type MigrateOutcome } from '../../reports/migrate-report.ts'
import { Exit, UsageError, type Arguments, type CliCommand } from '../../command.ts'

const NAME = 'replay migrate'
/** If files end differently, the first of these that occurred is the exit code. */
const GRAVITY: readonly number[] = [Exit.failed, Exit.corrupt, Exit.version]

export async function runMigrate(
  args: Arguments,
  to: Terminal,
  load: () => Promise<Simulation<Realm>> = async () => simulationOf(await loadEngine()),
): Promise<number> {
  const out = args.text('out')
  if (args.positionals.length === 0 || out === undefined)
    throw new UsageError(`it takes recordings and a file or folder to write: otherworld ${NAME} FILE --out NEW.owr`)
  const build = args.text('build')
  const old = build === undefined ? null : await loadBuild(build)
  const places = await placesOf(args.positionals, out)
  const simulation = await load()
  const progress = new Progress(to, `migrating ${places.length === 1 ? 'a recording' : `${places.length} recordings`}`)
  const done: FileMigration[] = []
  for (const { file, target } of places) {
    const each = await migrate(file, target, { simulation, old }, (share) =>
      progress.update(done.length + share, places.length),
    )
    done.push(each)
    progress.end()
    if (!args.flag('json')) to.out(migrateText(to, each, old?.path ?? null))
  }
  const exits = new Set(done.map(exitFor))
  if (args.flag('json'))
    printJson(to, schemaOf(NAME), {
      ok: exits.size === 1 && exits.has(Exit.ok),
      simVersion: simulation.version,
      engine: simulation.engine,
      build: old?.path ?? null,
      files: done.map(fieldsOf),
    })
  return GRAVITY.find((code) => exits.has(code)) ?? Exit.ok
}

/** Where each recording goes. Of a folder or several files, `out` is a folder. Throws UsageError. */
async function placesOf(
  paths: readonly string[],
  out: string,
): Promise<readonly { readonly file: string; readonly target: string }[]> {
  const files = await recordingsIn(paths)
  const [path = ''] = paths
  if (paths.length === 1 && !statSync(path).isDirectory()) {
    requireNew(out)
    return [{ file: path, target: out }]
  }
  if (existsSync(out) && !statSync(out).isDirectory())
    throw new UsageError(`${out} is a file; --out takes a folder for the recordings of a folder, or for several`)
  const places = files.map((file) => ({ file, target: join(out, basename(file)) }))
  const known = new Map<string, string>()
  for (const { file, target } of places) {
    const other = known.get(target)
    if (other !== undefined)
      throw new UsageError(`${other} and ${file} have the same name; migrate their folders one after the other`)
    known.set(target, file)
  }
  makeResultFolder(out)
  for (const { target } of places) requireNew(target, 'folder')
  return places
}

async function migrate(
  file: string,
  target: string,
  { simulation, old }: { readonly simulation: Simulation<Realm>; readonly old: Build | null },
  onShare: (share: number) => void,
): Promise<FileMigration> {
  const recording = await openRecording(file)
  if (recording instanceof RecordingError) return { file, outcome: 'unusable', error: recording }
  const { header } = recording
  if (header.simVersion === simulation.version && header.engine === simulation.engine)
    return { file, outcome: 'current', simVersion: simulation.version }
  const made = await migrateRecording(recording, simulation, {
    build: old?.simulation ?? null,
    recordedBy: `otherworld ${NAME}`,
    onProgress: ({ done, total }) => onShare(total > 0 ? done / total : 1),
  })
  if (!made.ok) return { file, outcome: 'unusable', error: made.error }
  const { bytes, people, ...migrated } = made.value
  await writeNew(target, bytes)
  return {
    file,
    outcome: outcomeOf(migrated),
    out: target,
    bytes: bytes.length,
    startTick: recording.startTick,
    tickRate: header.tickRate,
    from: { simVersion: header.simVersion, engine: header.engine },
    to: { simVersion: simulation.version, engine: simulation.engine },
    migrated: { ...migrated, moved: migrated.moved && namedMoves(migrated.moved, people) },
    people,
  }
}

function outcomeOf({
  fault,
  difference,
  comparesHashes,
  rejections,
}: Omit<Migrated, 'bytes' | 'people'>): MigrateOutcome {
  if (fault) return 'faulted'
  if (difference) return 'changed'
  return comparesHashes || rejections ? 'same' : 'unknown'
}

function exitFor(each: FileMigration): number {
  if (each.outcome === 'unusable') return exitOf(each.error)
  return each.outcome === 'same' || each.outcome === 'current' ? Exit.ok : Exit.failed
}

function fieldsOf(each: FileMigration): Readonly<Record<string, unknown>> {
  const { file, outcome } = each
  if (each.outcome === 'unusable') return { file, outcome, error: errorFields(each.error) }
  if (each.outcome === 'current') return { file, outcome }
  const { out, bytes, startTick, from, migrated } = each
  const { difference, comparesHashes, ...rest } = migrated
  return {
    file,
    outcome,
    out,
    bytes,
    startTick,
    from,
    ...rest,
    hashesCompared: comparesHashes,
    difference: difference && {
      ...difference,
      expectedBits: bitsOf(difference.expected),
      actualBits: bitsOf(difference.actual),
    },
  }
}

export const command: CliCommand = {
  name: NAME,
  summary: [
    'Records the inputs of a recording of another version again with this program, and reports what became different.',
    '',
    'FILE is a recording that starts from genesis, or several, or a folder of them; then --out is a folder. Recordings of this version are left out.',
    'With --build, the Otherworld that made the recording replays it beside this one: the report has the first tick, phase, element and field, how far elements end from their old places, and the commands that only one version rejects.',
    'Without it, the new run is compared only with the hashes, counts and checkpoints of the recording that this program can read.',
    'Exit codes: 0 written and all states equal, or of this version already and not written, 1 written and a state differs or cannot be compared, 2 usage, 3 corrupt, 4 the build did not make the recording, or this program cannot restore the state that it starts from.',
  ].join('\n'),
  positionals: 'FILE|DIR...',
  options: {
    build: {
      ...BUILD_OPTIONS.build,
      help: `the Otherworld that made it: its folder, built, or its dist/node/simulation.mjs`,
    },
    out: { type: 'string', value: 'NEW.owr|DIR', help: 'the file to write, or the folder; no file is replaced' },
  },
  run: (args) => runMigrate(args, terminal),
}
