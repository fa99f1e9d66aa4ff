/** `otherworld replay clip`: cuts a part out of a recording. */
import { loadEngine, type Realm } from '../../../sim/index.ts'
import { clipRecording, RecordingError, simulationOf, type Recording, type Simulation } from '../../../replay/index.ts'
import { anonymousClip, type AnonymousClip } from '../../../replay/anonymous/index.ts'
import { UINT32_MAX } from '../../../protocol/limits.ts'
import { formatCount, plural } from '../../../http-contract/plural.ts'
import { openHolding, reportUnusable } from '../../files/recording-input.ts'
import { requireNew, writeNew } from '../../files/write-new.ts'
import {
  formatBytes,
  formatSeconds,
  printJson,
  Progress,
  rows,
  schemaOf,
  terminal,
  type Terminal,
} from '../../output.ts'
import { Exit, UsageError, type Arguments, type CliCommand } from '../../command.ts'

const NAME = 'replay clip'

export async function runClip(
  args: Arguments,
  to: Terminal,
  load: () => Promise<Simulation<Realm>> = async () => simulationOf(await loadEngine()),
): Promise<number> {
  const out = args.text('out')
  if (args.positionals.length === 0 || out === undefined || out === '' || args.text('from') === undefined)
    throw new UsageError(
      `it takes a recording, a tick and a file: otherworld ${NAME} FILE --from A --to B --out OUT.owr`,
    )
  requireNew(out)
  const from = args.number('from', { min: 0, max: UINT32_MAX, integer: true })
  let last = from
  const { file, recording } = await openHolding(
    args.positionals,
    from,
    (text) => to.err(`otherworld ${NAME}: ${text}\n`),
    (found) => {
      last = lastTickOf(args, from, found)
      // An anonymous clip replays from the tick before.
      return { from: args.flag('anonymous') ? Math.max(found.startTick, from - 1) : from, to: last }
    },
  )
  const failed = (error: RecordingError): number => reportUnusable(to, NAME, args.flag('json'), file, error)
  if (recording instanceof RecordingError) return failed(recording)
  if (args.flag('anonymous')) {
    const made = await anonymousOf(recording, await load(), to, { from, to: last })
    if (made instanceof RecordingError) return failed(made)
    await writeNew(out, made.bytes)
    reportAnonymous(args, to, { file, out, tickRate: recording.header.tickRate }, made)
    return Exit.ok
  }
  const clipped = await clipRecording(recording, await load(), { from, to: last })
  if (!clipped.ok) return failed(clipped.error)
  await writeNew(out, clipped.value)
  const ticks = last - from
  if (args.flag('json'))
    printJson(to, schemaOf(NAME), { file, out, from, to: last, ticks, bytes: clipped.value.length })
  else
    to.out(
      `${out}: ${plural(ticks, 'tick')} (${ticks === 1 ? last : `${from + 1} to ${last}`}), ${formatSeconds(ticks / recording.header.tickRate)}, ${formatBytes(clipped.value.length)}\n`,
    )
  return Exit.ok
}

async function anonymousOf(
  recording: Recording,
  simulation: Simulation<Realm>,
  to: Terminal,
  range: { readonly from: number; readonly to: number },
): Promise<AnonymousClip | RecordingError> {
  if (recording.header.start === 'checkpoint' && range.from === recording.startTick && range.to === range.from + 1)
    throw new UsageError(
      `an anonymous clip begins after the recording's first tick, so --to is at least ${range.from + 2} here`,
    )
  const progress = new Progress(to, 'playing anonymously')
  const made = await anonymousClip(recording, simulation, {
    ...range,
    onProgress: ({ done, total }) => progress.update(done, total),
  })
  progress.end()
  return made.ok ? made.value : made.error
}

function reportAnonymous(
  args: Arguments,
  to: Terminal,
  { file, out, tickRate }: { readonly file: string; readonly out: string; readonly tickRate: number },
  { bytes, ...made }: AnonymousClip,
): void {
  const ticks = made.to - made.from
  if (args.flag('json')) {
    const { from, to: last, ...differs } = made
    return printJson(to, schemaOf(NAME), { file, out, from, to: last, ticks, bytes: bytes.length, anonymous: differs })
  }
  to.out(
    `${out}: ${plural(ticks, 'tick')} (${made.from + 1} to ${made.to}), ${formatSeconds(ticks / tickRate)}, ${formatBytes(bytes.length)}, anonymous\n${rows(
      to,
      [
        ['a run of its own', 'its states and hashes differ from those of the original'],
        [
          'avatars',
          `at most ${made.farthestMetres.toFixed(1)} m from where they were${made.putBack > 0 ? `; put back ${plural(made.putBack, 'time')}` : ''}`,
        ],
        [
          'commands',
          `${formatCount(made.rejected)} rejected (original: ${formatCount(made.rejectedBefore)}), ${formatCount(made.leftOut)} left out`,
        ],
      ],
    )}`,
  )
}

/** The tick of `--to`, or the recording's last. Throws UsageError. */
function lastTickOf(
  args: Arguments,
  from: number,
  { file, lastTick }: { readonly file: string; readonly lastTick: number },
): number {
  if (from >= lastTick) throw new UsageError(`--from is ${from}; ${file} has no tick after it: its last is ${lastTick}`)
  const last =
    args.text('to') === undefined ? lastTick : args.number('to', { min: from + 1, max: UINT32_MAX, integer: true })
  if (last > lastTick)
    throw new UsageError(`--to is ${last}; ${file} ends with tick ${lastTick}, and a clip is a part of one file`)
  return last
}

export const command: CliCommand = {
  name: NAME,
  summary: [
    'Cuts a part out of a recording. The clip is a recording too: it begins with the state at its start and replays on its own.',
    '',
    "FILE is a recording, several of one realm, a folder of them, or a server's data directory: the file that has the first tick is used.",
    'The clip keeps what was recorded. Where the recording differs from a replay, the clip does, at the same tick.',
    'A clip contains the names and movements of the people in it. --anonymous makes one without them: a run of its own, with coarse motion. docs/replay.md says what differs.',
    'Exit codes: 0 written, 1 the replay differs from the recording before the clip, 2 usage, 3 corrupt, 4 other version.',
  ].join('\n'),
  positionals: 'FILE...',
  options: {
    from: { type: 'string', value: 'A', help: 'the clip starts from the state after this tick' },
    to: { type: 'string', value: 'B', help: "the clip's last tick; without it, the recording's" },
    anonymous: {
      type: 'boolean',
      help: 'play the part again without names, numbers, poses and fine motion of the people in it',
    },
    out: { type: 'string', value: 'OUT.owr', help: 'the file to write; it must not exist' },
  },
  run: (args) => runClip(args, terminal),
}
