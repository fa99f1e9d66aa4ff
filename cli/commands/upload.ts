/** `otherworld upload`: uploads a file to a server and reports the result. */
import { basename, extname } from 'node:path'
import { drive, RenderClient } from '../../netcode/index.ts'
import { connectWebSocket } from '../../netcode/websocket/client-node.ts'
import { PACKAGE_KINDS, type UploadStatus } from '../../http-contract/index.ts'
import { readAsGlb, Rejected } from '../../ingest/index.ts'
import { NAME_CHARACTERS_MAX } from '../../protocol/index.ts'
import { FIT_HELP, HUMANOID_HELP, readMap } from './ingest.ts'
import { requireFile } from '../files/model-files.ts'
import { notesText } from '../reports/ingest-report.ts'
import {
  formatSeconds,
  paint,
  percentText,
  printFailure,
  printJson,
  Progress,
  rows,
  schemaOf,
  tellRegularly,
  terminal,
} from '../output.ts'
import { logIn, LOGIN_OPTIONS, nameIn } from '../server-client/log-in.ts'
import { ApiError, ServerApi, serverIn } from '../server-client/server-api.ts'
import { printServerFailure, type Advice } from '../server-client/server-failure.ts'
import { uploadBytes, type UploadWish, type Watch } from '../server-client/upload-file.ts'
import { Exit, UsageError, type Arguments, type CliCommand } from '../command.ts'

export const command: CliCommand = {
  name: 'upload',
  summary: [
    'Uploads a .glb, .vrm or .gltf file to a server, which checks it and makes a package.',
    '',
    'Exits with 0 if the package is done (it prints the hash), 1 if the file was rejected or the server refused it,',
    '2 for wrong usage, 5 for a timeout. The package belongs to the identity in --identity.',
  ].join('\n'),
  positionals: 'FILE',
  options: {
    ...LOGIN_OPTIONS,
    name: { type: 'string', value: 'NAME', help: "name of the package (default: the file's name)" },
    kind: { type: 'string', value: 'KIND', help: 'avatar or object (default: detected from the file)' },
    humanoid: {
      type: 'string',
      value: 'FILE',
      help: HUMANOID_HELP,
    },
    fit: { type: 'boolean', help: FIT_HELP },
    share: { type: 'boolean', help: 'let everyone use it, not only you' },
    spawn: { type: 'boolean', help: 'spawn it in the realm, near the marker' },
    timeout: { type: 'string', value: 'S', help: 'timeout in seconds', default: '600' },
  },
  run,
}

const ADVICE: Advice = {
  token: 'run the command again: it logs in again',
  'bad-declaration': 'see `otherworld upload --help` for --name, --kind and --humanoid',
  'not-uploaded': 'run the command again',
  'too-many-uploads': 'wait a minute, then run the command again',
  quota:
    'delete packages that you no longer need: `otherworld packages list` and `otherworld packages delete HASH`, or upload as another user with --identity FILE',
}

/** Throws UsageError. */
function kindOf(args: Arguments): UploadWish['kind'] {
  const kind = args.text('kind')
  if (kind === undefined) return undefined
  const known = PACKAGE_KINDS.find((each) => each === kind)
  if (known === undefined) throw new UsageError(`--kind is "${kind}"; it takes ${PACKAGE_KINDS.join(', ')}`)
  return known
}

async function run(args: Arguments): Promise<number> {
  const [file, ...more] = args.positionals
  if (file === undefined || more.length > 0) throw new UsageError('name one file: otherworld upload FILE')
  requireFile(file)
  const url = serverIn(args)
  const kind = kindOf(args)
  const signal = AbortSignal.timeout(args.number('timeout', { min: 1, max: 86_400 }) * 1_000)
  try {
    return await upload(args, file, kind, url, signal)
  } catch (error) {
    return failed(error, args, signal)
  }
}

async function upload(
  args: Arguments,
  file: string,
  kind: UploadWish['kind'],
  url: string,
  signal: AbortSignal,
): Promise<number> {
  const map = args.text('humanoid')
  const wish = {
    name: nameIn('name', args.text('name') ?? basename(file, extname(file)).slice(0, NAME_CHARACTERS_MAX)),
    fileName: basename(file),
    kind: kind ?? null,
    humanoid: map === undefined ? null : readMap(map),
    sharing: args.flag('share') ? 'everyone' : 'owner',
    fit: args.flag('fit'),
  } as const
  const bytes = await readAsGlb(file)
  const token = await logIn(args, url)
  const watch = watchOf(signal)
  const status = await uploadBytes(new ServerApi(url, token), url, bytes, wish, watch).finally(() => watch.end())
  const hash = status.package
  if (hash === undefined || !args.flag('spawn')) print(args, file, status, null)
  else {
    // The package stays even if the realm rejects it, so print its hash first.
    const element = await spawnIt(url, token, hash, signal).catch((error: unknown) => {
      terminal.err(`the package is done: ${hash}\n`)
      throw error
    })
    print(args, file, status, element)
  }
  return status.stage === 'done' ? Exit.ok : Exit.failed
}

/** Shows the progress of an upload: on a terminal as a bar for each stage, otherwise as a line now and then. */
function watchOf(signal: AbortSignal): Watch & { end(): void } {
  const startMs = performance.now()
  let label = 'connecting'
  let percent = ''
  let progress: Progress | null = null
  const lines = tellRegularly(
    terminal,
    () => `upload: ${label}${percent} after ${formatSeconds(Math.round((performance.now() - startMs) / 1000))}`,
  )
  const show = (next: string, done: number, total: number): void => {
    percent = `, ${percentText(done, total)}`
    if (next !== label) progress?.end()
    if (next !== label || progress === null) progress = new Progress(terminal, next)
    label = next
    if (terminal.errIsTerminal) progress.update(done, total)
  }
  return {
    signal,
    sent: (bytes, total) => show('sending', bytes, total),
    stage: (stage, share, message) => show(message === undefined ? stage : `${stage} (${message})`, share, 1),
    end: () => {
      lines.end()
      progress?.end()
    },
  }
}

/** Joins the realm briefly to spawn the package; returns the element's id. */
async function spawnIt(url: string, token: string, hash: string, signal: AbortSignal): Promise<number> {
  const client = new RenderClient({ url, token, connects: [connectWebSocket] })
  const stop = drive([client])
  try {
    client.start()
    while (client.state.type !== 'joined') {
      if (client.state.type === 'closed')
        throw new ApiError(0, 'not-joined', `the realm did not admit you: ${client.state.reason}`)
      signal.throwIfAborted()
      await new Promise((resolve) => {
        setTimeout(resolve, 20)
      })
    }
    const outcome = await client.spawn(hash, {
      position: { x: 0, y: 1, z: -1.5 },
      rotation: { x: 0, y: 0, z: 0, w: 1 },
      scale: 1,
    })
    if (!outcome.ok) throw refusalOf(outcome.reason)
    await client.close('done')
    return outcome.element
  } finally {
    stop()
  }
}

const refusalOf = (reason: string): ApiError =>
  reason === 'wrong-kind'
    ? new ApiError(
        0,
        reason,
        'the realm rejected it: avatars are worn, not spawned',
        '--spawn',
        'leave out --spawn; with --share you can wear it on the page (T) and in Godot',
      )
    : new ApiError(0, reason, `the realm rejected it: ${reason}`)

/** The part of a status that is printed. Without an `id` the file was rejected before it was sent. */
type Printed = Partial<UploadStatus> & Pick<UploadStatus, 'stage'>

function print(args: Arguments, file: string, status: Printed, element: number | null): void {
  const { id = null, stage, package: hash = null, kind = null, rank = null, rejections = [], warnings = [] } = status
  const message = status.message ?? null
  if (args.flag('json'))
    return printJson(terminal, schemaOf('upload'), {
      file,
      id,
      stage,
      package: hash,
      kind,
      rank,
      rejections,
      warnings,
      message,
      element,
    })
  const notes = notesText(terminal, rejections, warnings)
  if (stage !== 'done')
    return terminal.out(
      `${paint(terminal, 'bold', file)}: ${paint(terminal, 'red', String(stage))}\n${message === null ? '' : `  ${message}\n`}${notes}`,
    )
  return terminal.out(
    `${paint(terminal, 'bold', file)}: ${paint(terminal, 'green', `done${kind === null ? '' : `, an ${kind}`}`)}\n${notes}${rows(
      terminal,
      [
        ...(rank === null ? [] : [['rank', `${rank.pc} on PC, ${rank.mobile} on mobile`] as const]),
        ...(element === null ? [] : [['element', String(element)] as const]),
        ['package', String(hash)],
      ],
    )}`,
  )
}

function failed(error: unknown, args: Arguments, signal: AbortSignal): number {
  const json = args.flag('json')
  if (error instanceof Rejected) {
    print(args, args.positionals[0] ?? '', { stage: 'rejected', rejections: error.rejections }, null)
    return Exit.failed
  }
  if (signal.aborted) {
    const message = `it was not finished within ${args.text('timeout')} s`
    printFailure(terminal, 'upload', json, { reason: 'timed-out', message, fix: 'try again, or set --timeout S' })
    return Exit.timeout
  }
  if (error instanceof UsageError) throw error
  printServerFailure(terminal, 'upload', json, error, ADVICE)
  return Exit.failed
}
