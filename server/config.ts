/** The server's settings, from the command line or from a program. */
import { readFileSync } from 'node:fs'
import { Context, type Redacted } from 'effect'
import { DEFAULT_DEFINITION, parseDefinition, type RealmDefinition } from '../sim/index.ts'
import { codeOf, ServerError, textOf } from './error.ts'
import type { S3Settings } from './host/store-settings.ts'
import { CONNECTIONS_PER_ADDRESS_MAX, LOGINS_PER_MINUTE_MAX } from './limits.ts'
import { serverLogger, type ServerLogger } from './log.ts'
import { plural } from '../http-contract/plural.ts'

/** Policy for lockstep peers, which see every input of all players. */
export const OBSERVERS = ['loopback', 'anyone', 'nobody'] as const
export type ObserverPolicy = (typeof OBSERVERS)[number]

export interface Settings {
  /** Address to listen on: 127.0.0.1 for this machine only, 0.0.0.0 or :: for all networks. */
  readonly host: string
  /** TCP port of HTTP and WebSocket; 0 selects any free port. */
  readonly port: number
  /** UDP port that all WebRTC peers share; 0 selects any free port. */
  readonly udpPort: number
  /** Address at which clients reach this machine if it is behind NAT; null otherwise. */
  readonly publicAddress: string | null
  readonly dataDirectory: string
  /** Archive database, postgresql://…; null selects the embedded database in the data directory. */
  readonly databaseUrl: Redacted.Redacted | null
  /** Store of files; null keeps them in the data directory. */
  readonly s3: S3Settings | null
  readonly definition: RealmDefinition
  readonly observers: ObserverPolicy
  /** Origins of other pages that may use this server, e.g. https://example.org. */
  readonly origins: readonly string[]
  /**
   * Maximum bytes of the realm's recordings; beyond it the oldest are deleted. Files that a recovery may need always
   * stay.
   */
  readonly keepBytes: number
  /** Connections of one network address, per transport. This machine has no such limit. */
  readonly connectionsPerAddressMax: number
  /**
   * Logins that one network address may make at once; the allowance refills evenly within a minute. This machine has no
   * such limit.
   */
  readonly loginsPerMinuteMax: number
  /** False enables only WebSocket. */
  readonly webrtc: boolean
  /** Ticks of a scratch realm before the realm starts (server/realm/warm-up.ts); default in server/environment.ts. */
  readonly warmUpTicks?: number
  /** The built worker of a realm; by default dist/node/realm-worker.js. */
  readonly realmWorker?: string
  /** Receives the log. */
  readonly logger: ServerLogger
}

export class ServerSettings extends Context.Service<ServerSettings, Settings>()('otherworld/ServerSettings') {}

/** The default port of HTTP and WebSocket, and of WebRTC's UDP. */
export const DEFAULT_PORT = 7350

/** Maximum size of recordings, in 10^9 bytes: about three months of a small realm, a day of a full one. */
export const DEFAULT_KEEP_GB = 20

/** Settings for a server on this machine; tests and programs override what they need. */
export function defaultSettings(dataDirectory: string): Settings {
  return {
    host: '127.0.0.1',
    port: DEFAULT_PORT,
    udpPort: DEFAULT_PORT,
    publicAddress: null,
    dataDirectory,
    databaseUrl: null,
    s3: null,
    definition: DEFAULT_DEFINITION,
    observers: 'loopback',
    origins: [],
    keepBytes: DEFAULT_KEEP_GB * 1e9,
    connectionsPerAddressMax: CONNECTIONS_PER_ADDRESS_MAX,
    loginsPerMinuteMax: LOGINS_PER_MINUTE_MAX,
    webrtc: true,
    logger: serverLogger('text', process.stderr.isTTY === true),
  }
}

/** Maximum bytes of a realm file. Convex props and bodies make it long, but not this long. */
const REALM_FILE_BYTES_MAX = 4 * 1024 * 1024
/** Faults of a realm file in one message. */
const FAULTS_SHOWN_MAX = 10

/** Reads a realm definition. Throws ServerError that names each wrong place. */
export function readRealmFile(file: string): RealmDefinition {
  const fail = (what: string, fix: string, cause?: unknown): never => {
    throw new ServerError({ reason: 'bad-realm', what, where: file, fix, cause })
  }
  let text = ''
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    return fail(
      codeOf(error) === 'ENOENT' ? 'there is no such realm file' : `the realm file cannot be read: ${textOf(error)}`,
      'give the path of a JSON file with --realm FILE',
      error,
    )
  }
  if (Buffer.byteLength(text) > REALM_FILE_BYTES_MAX)
    return fail(`the realm file is larger than ${REALM_FILE_BYTES_MAX} bytes`, 'make it smaller')
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (error) {
    return fail(`the realm file is not JSON: ${textOf(error)}`, 'correct the JSON', error)
  }
  const parsed = parseDefinition(json)
  if (parsed.ok) return parsed.definition
  const shown = parsed.errors
    .slice(0, FAULTS_SHOWN_MAX)
    .map((error) => `\n    ${error.where === '' ? 'the whole' : error.where}: ${error.message}`)
  const more =
    parsed.errors.length > FAULTS_SHOWN_MAX ? `\n    and ${parsed.errors.length - FAULTS_SHOWN_MAX} more` : ''
  return fail(
    `the realm file has ${plural(parsed.errors.length, 'fault')}:${shown.join('')}${more}`,
    'correct these places',
  )
}
