/** `otherworld replay clip`: cuts a part out of a recording. */
import { writeFile } from 'node:fs/promises'
import { loadEngine, type Realm } from '../../../sim/index.ts'
import { clipRecording, RecordingError, simulationOf, type Simulation } from '../../../replay/index.ts'
import { UINT32_MAX } from '../../../protocol/limits.ts'
import { plural } from '../../../http-contract/plural.ts'
import { openHolding, reportUnusable } from '../../files/recording-input.ts'
import { formatBytes, formatSeconds, printJson, schemaOf, terminal, type Terminal } from '../../output.ts'
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
  const from = args.number('from', { min: 0, max: UINT32_MAX, integer: true })
  const { file, recording } = await openHolding(args.positionals, from, (text) =>
    to.err(`otherworld ${NAME}: ${text}\n`),
  )
  const failed = (error: RecordingError): number => reportUnusable(to, NAME, args.flag('json'), file, error)
  if (recording instanceof RecordingError) return failed(recording)
  if (from >= recording.lastTick)
    throw new UsageError(`--from is ${from}; ${file} has no tick after it: its last is ${recording.lastTick}`)
  const last =
    args.text('to') === undefined
      ? recording.lastTick
      : args.number('to', { min: from + 1, max: UINT32_MAX, integer: true })
  if (last > recording.lastTick)
    throw new UsageError(
      `--to is ${last}; ${file} ends with tick ${recording.lastTick}, and a clip is a part of one file`,
    )
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

/** Never replaces a file: it may be the recording itself. */
async function writeNew(path: string, bytes: Uint8Array): Promise<void> {
  try {
    await writeFile(path, bytes, { flag: 'wx' })
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === 'EEXIST') throw new UsageError(`${path} exists already; name another file for --out`, { cause: error })
    throw new UsageError(`cannot write ${path}: ${code === 'ENOENT' ? 'there is no such folder' : message}`, {
      cause: error,
    })
  }
}

export const command: CliCommand = {
  name: NAME,
  summary: [
    'Cuts a part out of a recording. The clip is a recording too: it begins with the state at its start and replays on its own.',
    '',
    "FILE is a recording, several of one realm, a folder of them, or a server's data directory: the file that has the first tick is used.",
    'The clip keeps what was recorded. Where the recording differs from a replay, the clip does, at the same tick.',
    'Exit codes: 0 written, 1 the replay differs from the recording before the clip, 2 usage, 3 corrupt, 4 other version.',
  ].join('\n'),
  positionals: 'FILE...',
  options: {
    from: { type: 'string', value: 'A', help: 'the clip starts from the state after this tick' },
    to: { type: 'string', value: 'B', help: "the clip's last tick; without it, the recording's" },
    out: { type: 'string', value: 'OUT.owr', help: 'the file to write; it must not exist' },
  },
  run: (args) => runClip(args, terminal),
}
