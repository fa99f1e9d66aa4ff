/**
 * Settings of the archive and the file store (Effect's `Config`), from the command line or the environment, checked before
 * anything is opened.
 */
import { Config, ConfigProvider, Effect, Redacted } from 'effect'
import { fromEnvironment } from '../environment.ts'
import { ServerError } from '../error.ts'

/** An S3 server and the bucket in it. */
export interface S3Settings {
  /** Origin at which the server itself reaches it, http or https. */
  readonly endpoint: string
  /** Origin at which devices reach it; links are signed for it. */
  readonly publicEndpoint: string
  readonly bucket: string
  readonly region: string
  readonly accessKey: string
  readonly secretKey: Redacted.Redacted
}

export interface StoreSettings {
  /** postgresql://…; null selects the embedded archive. */
  readonly databaseUrl: Redacted.Redacted | null
  /** Null selects the local disk. */
  readonly s3: S3Settings | null
}

/** Option names without their dashes. The environment variable is OTHERWORLD_ and the name in capitals. */
export const STORE_OPTIONS = [
  'database-url',
  's3-endpoint',
  's3-public-endpoint',
  's3-bucket',
  's3-region',
  's3-access-key',
  's3-secret-key',
] as const
export type StoreOption = (typeof STORE_OPTIONS)[number]

export const environmentName = (option: StoreOption): string =>
  `OTHERWORLD_${option.replaceAll('-', '_').toUpperCase()}`

const DEFAULT_REGION = 'us-east-1'
/** Amazon S3 user guide, "General purpose bucket naming rules"; other servers accept no more. */
const BUCKET = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/
const REQUIRED = ['s3-bucket', 's3-access-key', 's3-secret-key'] as const

/** Settings by option. A value of spaces counts as missing. */
type Given = Readonly<Partial<Record<StoreOption, string>>>

const GIVEN: Config.Config<Given> = Config.all(
  Object.fromEntries(
    STORE_OPTIONS.map((option) => [
      option,
      Config.String(environmentName(option)).pipe(
        Config.map((text) => text.trim() || undefined),
        Config.withDefault(undefined),
      ),
    ]),
  ),
)

/** The options of the command line, under their names in the environment. */
export const optionsProvider = (given: (option: StoreOption) => string | undefined): ConfigProvider.ConfigProvider =>
  ConfigProvider.fromUnknown(
    Object.fromEntries(STORE_OPTIONS.map((option) => [environmentName(option), given(option)])),
  )

/** Reads the `ConfigProvider`. */
export const storeSettings: Effect.Effect<StoreSettings, ServerError> = Effect.gen(function* () {
  const given = yield* fromEnvironment(GIVEN)
  return { databaseUrl: yield* databaseUrlOf(given['database-url']), s3: yield* s3Of(given) }
})

const wrong = (option: StoreOption, what: string, fix: string): ServerError =>
  new ServerError({ reason: 'bad-setting', what, where: `--${option} or ${environmentName(option)}`, fix })

/** Error messages omit the value, because it contains a password. */
const databaseUrlOf: (text: string | undefined) => Effect.Effect<Redacted.Redacted | null, ServerError> =
  Effect.fnUntraced(function* (text) {
    if (text === undefined) return null
    const fix =
      'give postgresql://USER:PASSWORD@HOST:PORT/DATABASE; without it the records are kept in the data directory'
    if (!URL.canParse(text)) return yield* wrong('database-url', 'the database URL is not a URL', fix)
    const { protocol, hostname, pathname, searchParams } = new URL(text)
    if (protocol !== 'postgresql:' && protocol !== 'postgres:')
      return yield* wrong(
        'database-url',
        `the database URL begins with ${protocol}//, which is none of PostgreSQL or CockroachDB`,
        fix,
      )
    if (hostname === '' && !searchParams.has('host'))
      return yield* wrong('database-url', 'the database URL names no host', fix)
    if (pathname.length < 2) return yield* wrong('database-url', 'the database URL names no database', fix)
    return Redacted.make(text)
  })

const s3Of: (given: Given) => Effect.Effect<S3Settings | null, ServerError> = Effect.fnUntraced(function* (given) {
  const endpoint = given['s3-endpoint']
  if (endpoint === undefined) {
    const lonely = STORE_OPTIONS.find((option) => option.startsWith('s3-') && given[option] !== undefined)
    if (lonely === undefined) return null
    return yield* wrong(
      's3-endpoint',
      `--${lonely} is given, but no S3 server`,
      'give its address too, or leave out all S3 settings to keep the files in the data directory',
    )
  }
  const missing = REQUIRED.filter((option) => given[option] === undefined)
  const [first] = missing
  if (first !== undefined)
    return yield* wrong(
      first,
      `an S3 server is given, but not ${missing.map((option) => `--${option}`).join(', ')}`,
      'give all of --s3-endpoint, --s3-bucket, --s3-access-key and --s3-secret-key',
    )
  const bucket = given['s3-bucket'] ?? ''
  if (!BUCKET.test(bucket))
    return yield* wrong(
      's3-bucket',
      `"${bucket}" is not the name of a bucket`,
      'give 3 to 63 lower-case letters, digits, dots and hyphens',
    )
  return {
    endpoint: yield* originOf('s3-endpoint', endpoint),
    publicEndpoint: yield* originOf('s3-public-endpoint', given['s3-public-endpoint'] ?? endpoint),
    bucket,
    region: given['s3-region'] ?? DEFAULT_REGION,
    accessKey: given['s3-access-key'] ?? '',
    secretKey: Redacted.make(given['s3-secret-key'] ?? ''),
  }
})

function originOf(option: StoreOption, text: string): Effect.Effect<string, ServerError> {
  const url = URL.canParse(text) ? new URL(text) : null
  const isOrigin =
    url !== null &&
    /^https?:$/.test(url.protocol) &&
    url.pathname === '/' &&
    url.search === '' &&
    url.hash === '' &&
    url.username === '' &&
    url.password === ''
  return isOrigin
    ? Effect.succeed(url.origin)
    : Effect.fail(
        wrong(
          option,
          `"${text}" is not the address of an S3 server`,
          'give http://HOST:PORT or https://HOST, without a path, a user or a password',
        ),
      )
}

/** Describes the database for people and logs, without its password. */
export function describeDatabase(databaseUrl: StoreSettings['databaseUrl']): string {
  if (databaseUrl === null) return 'embedded'
  const { hostname, port, pathname } = new URL(Redacted.value(databaseUrl))
  return `PostgreSQL at ${hostname}${port === '' ? '' : `:${port}`}${pathname}`
}

export const describeFileStore = (s3: S3Settings | null): string =>
  s3 === null ? 'local' : `S3 at ${s3.endpoint}, bucket ${s3.bucket}`
