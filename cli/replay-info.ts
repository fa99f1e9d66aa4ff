/** `otherworld replay info`: what a recording holds. Runs nothing, so it works on recordings of other versions too. */
import { describeRecording, RecordingError, type RecordingInfo } from '../replay/index.ts'
import { formatBytes, formatCount, formatSeconds, paint, plural, printJson, rows, terminal, type Terminal } from './output.ts'
import { errorFields, exitOf, openRecording } from './recording-input.ts'
import { Exit, UsageError, type Arguments, type Verb } from './verb.ts'

const SCHEMA = 'otherworld/replay-info/1'

export async function runInfo(args: Arguments, to: Terminal): Promise<number> {
  const [file, more] = args.positionals
  if (file === undefined || more !== undefined) throw new UsageError('it takes one recording: otherworld replay info FILE')
  const recording = await openRecording(file)
  const info = recording instanceof RecordingError ? recording : describe(recording)
  if (info instanceof RecordingError) {
    if (args.flag('json')) printJson(to, SCHEMA, { file, error: errorFields(info) })
    else to.err(`otherworld replay info: ${file}: ${info.message}\n`)
    return exitOf(info)
  }
  if (args.flag('json')) printJson(to, SCHEMA, { file, ...info })
  else to.out(textOf(to, file, info))
  return Exit.ok
}

function describe(recording: Parameters<typeof describeRecording>[0]): RecordingInfo | RecordingError {
  const info = describeRecording(recording)
  return info.ok ? info.value : info.error
}

function textOf(to: Terminal, file: string, info: RecordingInfo): string {
  const perTick = info.ticks > 0 ? ` (${Math.round(info.bytes / info.ticks)} a tick)` : ''
  const ending = info.truncated ? paint(to, 'yellow', `not closed${info.tornBytes > 0 ? `; a torn tail of ${plural(info.tornBytes, 'byte')} is left out` : ''}`) : 'closed, with index'
  return `${paint(to, 'bold', file)}\n${rows(to, [
    ['realm', `${info.realm}, epoch ${info.epoch}, segment ${info.segment}`],
    ['recorded', `${info.createdAt} by ${info.recordedBy}`],
    ['ticks', `${formatCount(info.ticks)} (${info.startTick + 1} to ${info.lastTick}), ${info.tickRate} a second: ${formatSeconds(info.ticks / info.tickRate)}`],
    ['starts from', info.start === 'genesis' ? 'genesis' : `a checkpoint at tick ${info.startTick}`],
    ['players', formatCount(info.players)],
    ['elements', formatCount(info.elements)],
    ['inputs', `${formatCount(info.inputs)} in ${plural(info.frames, 'frame')}`],
    ['checkpoints', formatCount(info.checkpoints)],
    ['phase samples', formatCount(info.samples)],
    ['packages', info.packages.length === 0 ? 'none' : info.packages.join(', ')],
    ...(info.quarantined > 0 ? [['quarantined', paint(to, 'yellow', plural(info.quarantined, 'frame'))] as const] : []),
    ['size', `${formatBytes(info.bytes)}${perTick}`],
    ['engine', info.engine],
    ['sim version', String(info.simVersion)],
    ['end', ending],
  ])}`
}

export const verb: Verb = {
  name: 'replay info',
  summary: 'Says what a recording holds: ticks, players, elements, checkpoints, versions.',
  positionals: 'FILE',
  options: {},
  run: (args) => runInfo(args, terminal),
}
