/** `otherworld serve`: runs the server until it gets a signal. */
import { isIP } from 'node:net'
import { DEFAULT_DEFINITION } from '../../sim/index.ts'
import {
  DEFAULT_KEEP_GB,
  DEFAULT_PORT,
  defaultSettings,
  describeDatabase,
  describeFileStore,
  LOG_FORMS,
  OBSERVERS,
  readRealmFile,
  serverLogger,
  ServerError,
  readStoreSettings,
  startServer,
  type LogForm,
  type ObserverPolicy,
  type RunningServer,
  type Settings,
} from '../../server/main.ts'
import { printFailure, rows, terminal } from '../output.ts'
import { CONNECTIONS_PER_ADDRESS_MAX, LOGINS_PER_MINUTE_MAX, SHUTDOWN_MS_MAX } from '../../server/limits.ts'
import { Exit, UsageError, type Arguments, type CliCommand } from '../command.ts'

export const command: CliCommand = {
  name: 'serve',
  summary:
    'Runs a server with one realm. It serves the page, accepts clients over WebRTC and WebSocket, and records every tick.',
  options: {
    port: {
      type: 'string',
      value: 'N',
      help: 'TCP port of the page, the API and WebSocket; 0: any free port',
      default: String(DEFAULT_PORT),
    },
    host: {
      type: 'string',
      value: 'ADDRESS',
      help: 'address to listen on; 0.0.0.0 for all networks',
      default: '127.0.0.1',
    },
    'udp-port': {
      type: 'string',
      value: 'N',
      help: 'UDP port that all WebRTC clients share; 0: any free port (default: same as --port)',
    },
    'public-address': { type: 'string', value: 'IP', help: 'public address of the router in front of this machine' },
    data: {
      type: 'string',
      value: 'DIR',
      help: 'directory of recordings, keys and, by default, the database and the model files',
      default: 'data',
    },
    realm: { type: 'string', value: 'FILE', help: 'realm definition as JSON (default: a playground)' },
    observers: {
      type: 'string',
      value: 'WHO',
      help: `who may observe every input as a lockstep peer: ${OBSERVERS.join(', ')}`,
      default: 'loopback',
    },
    origins: {
      type: 'string',
      value: 'LIST',
      help: 'other origins whose pages may connect, separated by commas: https://example.org',
    },
    'connections-per-address': {
      type: 'string',
      value: 'N',
      help: 'connections from one network address; raise it for a LAN party or a load test (this machine is not limited)',
      default: String(CONNECTIONS_PER_ADDRESS_MAX),
    },
    'logins-per-minute': {
      type: 'string',
      value: 'N',
      help: 'logins from one network address: burst size, and number a minute (this machine is not limited)',
      default: String(LOGINS_PER_MINUTE_MAX),
    },
    'database-url': {
      type: 'string',
      value: 'URL',
      help: 'address of PostgreSQL or CockroachDB; prefer OTHERWORLD_DATABASE_URL, because other users can read a command line (default: an embedded database in DIR/archive)',
    },
    's3-endpoint': {
      type: 'string',
      value: 'URL',
      help: 'address of the S3 server for the model files; OTHERWORLD_S3_… variables set the S3 options too (default: files in DIR/assets)',
    },
    's3-public-endpoint': {
      type: 'string',
      value: 'URL',
      help: 'address at which players reach the S3 server (default: same as --s3-endpoint)',
    },
    's3-bucket': { type: 'string', value: 'NAME', help: 'bucket on the S3 server' },
    's3-region': { type: 'string', value: 'NAME', help: 'region of the bucket (default us-east-1)' },
    's3-access-key': { type: 'string', value: 'KEY', help: 'access key of the S3 server' },
    's3-secret-key': {
      type: 'string',
      value: 'SECRET',
      help: 'secret key of the S3 server; prefer OTHERWORLD_S3_SECRET_KEY, because other users can read a command line',
    },
    'keep-gb': {
      type: 'string',
      value: 'N',
      help: 'remove the oldest recordings beyond N GB',
      default: String(DEFAULT_KEEP_GB),
    },
    log: {
      type: 'string',
      value: 'FORM',
      help: 'how the log on stderr is written: text for people, json for programs (one object a line)',
      default: 'text',
    },
  },
  run: serve,
}

/** Errors of usage: exit code 2. */
const USAGE: ReadonlySet<ServerError['reason']> = new Set([
  'bad-realm',
  'bad-setting',
  'data-directory',
  'already-running',
  'port-in-use',
  'listen',
  'transport',
])

async function serve(args: Arguments): Promise<number> {
  const json = args.flag('json')
  outliveOutputs()
  const ending = new AbortController()
  const stopped = stopSignal((signal) => {
    if (!json) process.stderr.write(`\n${signal}: saying goodbye and sealing the recording.\n`)
    limitShutdown()
    ending.abort()
  })
  try {
    const settings = settingsOf(args)
    const server = await startServer(settings, ending.signal)
    if (server === null) return Exit.ok
    process.stdout.write(json ? readyJson(server) : readyText(server, settings))
    await stopped
    await server.stop()
    return Exit.ok
  } catch (error) {
    if (!(error instanceof ServerError)) throw error
    const { reason, what, where, fix } = error
    printFailure(terminal, 'serve', json, { reason, message: what, where, fix })
    return USAGE.has(error.reason)
      ? Exit.usage
      : error.reason === 'recording'
        ? Exit.corrupt
        : error.reason === 'other-version'
          ? Exit.version
          : Exit.failed
  }
}

function settingsOf(args: Arguments): Settings {
  const port = args.number('port', { min: 0, max: 65_535, integer: true })
  const realm = args.text('realm')
  return {
    ...defaultSettings(args.text('data') ?? 'data'),
    port,
    host: args.text('host') ?? '127.0.0.1',
    udpPort:
      args.text('udp-port') === undefined ? port : args.number('udp-port', { min: 0, max: 65_535, integer: true }),
    publicAddress: publicAddressOf(args.text('public-address')),
    definition: realm === undefined ? DEFAULT_DEFINITION : readRealmFile(realm),
    observers: observersOf(args.text('observers') ?? 'loopback'),
    origins: originsOf(args.text('origins') ?? ''),
    connectionsPerAddressMax: args.number('connections-per-address', { min: 1, max: 1_000, integer: true }),
    loginsPerMinuteMax: args.number('logins-per-minute', { min: 1, max: 100_000, integer: true }),
    ...readStoreSettings((option) => args.text(option)),
    keepBytes: args.number('keep-gb', { min: 0.1, max: 1e6 }) * 1e9,
    logger: serverLogger(
      logFormOf(args.text('log') ?? 'text'),
      process.stderr.isTTY === true && !process.env['NO_COLOR'],
    ),
  }
}

function publicAddressOf(text: string | undefined): string | null {
  if (text === undefined || isIP(text) !== 0) return text ?? null
  throw new UsageError(`--public-address is "${text}"; it takes an IP address like 203.0.113.7, not a name`)
}

function observersOf(text: string): ObserverPolicy {
  const found = OBSERVERS.find((each) => each === text)
  if (found === undefined) throw new UsageError(`--observers is "${text}"; it takes ${OBSERVERS.join(', ')}`)
  return found
}

function logFormOf(text: string): LogForm {
  const found = LOG_FORMS.find((each) => each === text)
  if (found === undefined) throw new UsageError(`--log is "${text}"; it takes ${LOG_FORMS.join(', ')}`)
  return found
}

function originsOf(text: string): readonly string[] {
  return text
    .split(',')
    .map((each) => each.trim())
    .filter((each) => each !== '')
    .map((each) => {
      if (URL.canParse(each) && new URL(each).origin === each) return each
      throw new UsageError(`--origins has "${each}"; an origin looks like https://example.org, without a path`)
    })
}

/** Ignores errors of closed terminals and pipes: the recording must still be sealed. */
function outliveOutputs(): void {
  for (const output of [process.stdout, process.stderr]) output.on('error', () => undefined)
}

/**
 * Waits for the first SIGINT, SIGTERM or SIGHUP. A second SIGINT or SIGTERM ends the process. A closing terminal may
 * send SIGHUP twice, so a second SIGHUP is ignored.
 */
function stopSignal(tell: (signal: string) => void): Promise<void> {
  return new Promise((resolve) => {
    let isTold = false
    const take = (signal: string): void => {
      if (!isTold) tell(signal)
      isTold = true
      resolve()
    }
    process.on('SIGHUP', () => take('SIGHUP'))
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.once(signal, () => {
        process.once(signal, () => process.exit(Exit.failed))
        take(signal)
      })
    }
  })
}

/**
 * Ends the process if the shutdown hangs. The recording is sealed first, so only other parts, such as the database, can
 * hang.
 */
function limitShutdown(): void {
  setTimeout(() => {
    process.stderr.write(
      `The server did not end within ${SHUTDOWN_MS_MAX / 1_000} s and is terminated. The recording has everything that the archive could not save.\n`,
    )
    process.exit(Exit.ok)
  }, SHUTDOWN_MS_MAX).unref()
}

function readyJson({ url, data }: RunningServer): string {
  return `${JSON.stringify({ schema: 'otherworld/serve/1', ready: true, url, pid: process.pid, data })}\n`
}

function readyText({ url, recordings }: RunningServer, { databaseUrl, s3 }: Settings): string {
  return `Otherworld is open: ${url}\n${rows(terminal, [
    ['recordings', recordings],
    ['archive', describeDatabase(databaseUrl)],
    ['files', describeFileStore(s3)],
    ['process', `${process.pid}; Ctrl+C stops it`],
  ])}`
}
