/** `otherworld replay info`: what a recording holds. Runs nothing, so it works on recordings of other versions too. */
import { describeRecording, RecordingError, type Recording, type RecordingInfo } from '../../../replay/index.ts'
import { formatBytes, formatSeconds, paint, printJson, rows, terminal, type Terminal } from '../../output.ts'
import { formatCount, plural } from '../../../http-contract/plural.ts'
import { openNewest, reportUnusable } from '../../files/recording-input.ts'
import { Exit, UsageError, type Arguments, type CliCommand } from '../../command.ts'

const SCHEMA = 'otherworld/replay-info/1'

export async function runInfo(args: Arguments, to: Terminal): Promise<number> {
  if (args.positionals.length === 0)
    throw new UsageError('it takes a recording, or a folder of them: otherworld replay info FILE')
  const { file, recording } = await openNewest(args.positionals)
  const info = recording instanceof RecordingError ? recording : describe(recording)
  if (info instanceof RecordingError) return reportUnusable(to, 'replay info', args.flag('json'), file, info)
  const asked = askedTick(args, recording, info)
  if (args.flag('json')) printJson(to, SCHEMA, { file, ...info, ...asked })
  else to.out(textOf(to, file, info, asked))
  return Exit.ok
}

/** The tick of `--tick`, and the hash of the state after it. */
function askedTick(
  args: Arguments,
  recording: Recording | RecordingError,
  { startTick, lastTick }: RecordingInfo,
): { readonly tick: number; readonly hash: string } | null {
  if (args.text('tick') === undefined || recording instanceof RecordingError) return null
  const tick = args.number('tick', { min: startTick, max: lastTick, integer: true })
  return { tick, hash: recording.hash(tick) ?? '' }
}

function describe(recording: Parameters<typeof describeRecording>[0]): RecordingInfo | RecordingError {
  const info = describeRecording(recording)
  return info.ok ? info.value : info.error
}

function textOf(to: Terminal, file: string, info: RecordingInfo, asked: ReturnType<typeof askedTick>): string {
  const perTick = info.ticks > 0 ? ` (${Math.round(info.bytes / info.ticks)} a tick)` : ''
  const ending = info.truncated
    ? paint(
        to,
        'yellow',
        `not closed${info.tornBytes > 0 ? `; a torn tail of ${plural(info.tornBytes, 'byte')} is left out` : ''}`,
      )
    : 'closed, with index'
  return `${paint(to, 'bold', file)}\n${rows(to, [
    ['realm', `${info.realm}, epoch ${info.epoch}, segment ${info.segment}`],
    ['recorded', `${info.createdAt} by ${info.recordedBy}`],
    [
      'ticks',
      `${formatCount(info.ticks)} (${info.startTick + 1} to ${info.lastTick}), ${info.tickRate} a second: ${formatSeconds(info.ticks / info.tickRate)}`,
    ],
    [
      'starts from',
      `${info.start === 'genesis' ? 'genesis' : `a checkpoint at tick ${info.startTick}`}, state hash ${info.startHash}`,
    ],
    [
      'last tick',
      `${info.lastTick}, state hash ${info.lastHash}${info.unhashedFrame ? `; the frame of tick ${info.lastTick + 1} follows, without a hash` : ''}`,
    ],
    ...(asked ? [[`tick ${asked.tick}`, `state hash ${asked.hash}`] as const] : []),
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

export const command: CliCommand = {
  name: 'replay info',
  summary: [
    'Shows what a recording holds: ticks, the last state hash, players, elements, checkpoints, versions.',
    '',
    "FILE is a recording, several of one realm, a folder of them, or a server's data directory: the newest is described.",
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
    tick: { type: 'string', value: 'N', help: 'print the state hash of this tick too, to compare it with /v1/status' },
  },
  run: (args) => runInfo(args, terminal),
}
