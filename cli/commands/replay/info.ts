/** `otherworld replay info`: what a recording holds. Without `--replay` it runs nothing, so it works on other versions too. */
import { basename, dirname } from 'node:path'
import { loadEngine, type Realm } from '../../../sim/index.ts'
import {
  describeRecording,
  RecordingError,
  simulationOf,
  type Recording,
  type RecordingInfo,
  type Simulation,
} from '../../../replay/index.ts'
import { activityOf, chunkSizes, collectFacts, type RecordingFacts } from '../../../replay/search/index.ts'
import { listRecordings, nodePlatform, parseRecordingName } from '../../../storage/recordings/index.ts'
import { indexAll } from '../../files/index-all.ts'
import { defaultCacheFolder, readIndex } from '../../files/recording-indexes.ts'
import { openNewest, reportUnusable } from '../../files/recording-input.ts'
import { printJson, schemaOf, terminal, type Terminal } from '../../output.ts'
import { bytesAnHour, infoText, type InfoReport } from '../../reports/info-report.ts'
import { Exit, UsageError, type Arguments, type CliCommand } from '../../command.ts'

const NAME = 'replay info'

export async function runInfo(
  args: Arguments,
  to: Terminal,
  load: () => Promise<Simulation<Realm>> = async () => simulationOf(await loadEngine()),
  cacheFolder = defaultCacheFolder(),
): Promise<number> {
  if (args.positionals.length === 0)
    throw new UsageError('it takes a recording, or a folder of them: otherworld replay info FILE')
  const { file, recording } = await openNewest(args.positionals)
  const failed = (error: RecordingError): number => reportUnusable(to, NAME, args.flag('json'), file, error)
  if (recording instanceof RecordingError) return failed(recording)
  const info = describeRecording(recording)
  if (!info.ok) return failed(info.error)
  const asked = askedTick(args, recording)
  const facts = await factsOf(file, recording, to, args.flag('replay') ? load : null, cacheFolder)
  if (facts instanceof RecordingError) return failed(facts)
  const report: InfoReport = {
    file,
    info: info.value,
    facts,
    activity: activityOf(facts),
    sizes: await sizesOf(file, recording),
    segments: await segmentsBeside(file, info.value),
    asked,
  }
  if (args.flag('json')) printJson(to, schemaOf(NAME), fieldsOf(report))
  else to.out(infoText(to, report, args.flag('details')))
  return Exit.ok
}

/** The facts of the index if there is one. Otherwise a replay's if `load` is given, or what the inputs say. */
async function factsOf(
  file: string,
  recording: Recording,
  to: Terminal,
  load: (() => Promise<Simulation<Realm>>) | null,
  cacheFolder: string,
): Promise<RecordingFacts | RecordingError> {
  if (load) {
    const [indexed] = await indexAll([file], to, { load, cacheFolder })
    if (indexed) return indexed.found instanceof RecordingError ? indexed.found : indexed.found.facts
  }
  const known = await readIndex(file, cacheFolder)
  if (known) return known.facts
  const facts = await collectFacts(recording, null)
  return facts.ok ? facts.value : facts.error
}

async function sizesOf(file: string, { wholeBytes }: Recording): Promise<InfoReport['sizes']> {
  const source = await nodePlatform.open(file)
  try {
    return await chunkSizes(source, wholeBytes)
  } finally {
    await source.close()
  }
}

/** Counts the recordings of the realm in the folder, before and after this one. */
async function segmentsBeside(file: string, { epoch, segment }: RecordingInfo): Promise<InfoReport['segments']> {
  const name = parseRecordingName(basename(file))
  const entries = name ? await listRecordings(dirname(file), name.realm) : []
  const order = entries.map((entry) => entry.epoch - epoch || entry.segment - segment)
  return { before: order.filter((place) => place < 0).length, after: order.filter((place) => place > 0).length }
}

/** The tick of `--tick`, and the hash of the state after it. */
function askedTick(args: Arguments, recording: Recording): InfoReport['asked'] {
  if (args.text('tick') === undefined) return null
  const tick = args.number('tick', { min: recording.startTick, max: recording.lastTick, integer: true })
  return { tick, hash: recording.hash(tick) ?? '' }
}

const fieldsOf = ({ file, info, facts, activity, sizes, segments, asked }: InfoReport): Record<string, unknown> => ({
  file,
  ...info,
  ...asked,
  people: activity.people,
  props: facts.props,
  holds: facts.holds,
  rejections: Object.fromEntries(activity.rejections),
  inputsASecond: info.ticks === 0 ? 0 : (info.inputs * info.tickRate) / info.ticks,
  inputsASecondMax: activity.inputsASecondMax,
  sizes: Object.fromEntries(sizes),
  bytesAnHour: bytesAnHour(info),
  segments,
  /** Events of the simulation, such as holds, are known up to this tick. */
  eventsTo: facts.eventsTo,
  missing: facts.missing,
})

export const command: CliCommand = {
  name: 'replay info',
  summary: [
    'Shows what a recording holds: ticks, the last state hash, players and what they did, sizes, versions.',
    '',
    "FILE is a recording, several of one realm, a folder of them, or a server's data directory: the newest is described.",
    '',
    'It reads the index of `otherworld replay search`, if there is one, or the inputs only. --replay makes the index.',
    '',
    'epoch: the number of the server start that wrote it. segment: the number of the file within that start.',
    'genesis: the state at tick 0, as the realm definition gives it. checkpoint: a complete state, from which a replay can start.',
    'state hash: a hash of the state after a tick. Two runs with the same hash have the same state.',
    'frames: ticks with inputs. phase samples: ticks with a hash after each phase of the step, to find where two runs differ.',
    'packages: the SHA-256 of each uploaded model that the session used. quarantined: inputs and props that a recovery removed.',
    'torn tail: an incomplete write at the end, after a kill or a power cut. It is not used.',
    'engine: the hash of the physics engine. sim version: the version of the simulation. A replay needs the same ones.',
  ].join('\n'),
  positionals: 'FILE...',
  options: {
    details: { type: 'boolean', help: 'print all players, holds, elements, rejections, sizes and versions' },
    replay: {
      type: 'boolean',
      help: 'replay the recording if that is needed to know its holds, elements and rejections',
    },
    tick: { type: 'string', value: 'N', help: 'print the state hash of this tick too, to compare it with /v1/status' },
  },
  run: (args) => runInfo(args, terminal),
}
