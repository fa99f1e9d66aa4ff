/**
 * Settings of the archive and the file store, from the command line or the environment, checked before anything is
 * opened.
 */
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
  readonly secretKey: string
}

export interface StoreSettings {
  /** postgresql://…; null selects the embedded archive. */
  readonly databaseUrl: string | null
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

/** Reads the settings from the command line, or else from the environment. Throws ServerError. */
export function readStoreSettings(
  given: (option: StoreOption) => string | undefined,
  environment: Readonly<Record<string, string | undefined>>,
): StoreSettings {
  const value = (option: StoreOption): string | undefined => {
    const text = given(option) ?? environment[environmentName(option)]
    return text === undefined || text.trim() === '' ? undefined : text.trim()
  }
  return { databaseUrl: databaseUrlOf(value('database-url')), s3: s3Of(value) }
}

const wrong = (option: StoreOption, what: string, fix: string): ServerError =>
  new ServerError({ reason: 'bad-setting', what, where: `--${option} or ${environmentName(option)}`, fix })

/** Error messages omit the value, because it contains a password. */
function databaseUrlOf(text: string | undefined): string | null {
  if (text === undefined) return null
  const fix =
    'give postgresql://USER:PASSWORD@HOST:PORT/DATABASE; without it the records are kept in the data directory'
  if (!URL.canParse(text)) throw wrong('database-url', 'the database URL is not a URL', fix)
  const { protocol, hostname, pathname, searchParams } = new URL(text)
  if (protocol !== 'postgresql:' && protocol !== 'postgres:')
    throw wrong(
      'database-url',
      `the database URL begins with ${protocol}//, which is none of PostgreSQL or CockroachDB`,
      fix,
    )
  if (hostname === '' && !searchParams.has('host')) throw wrong('database-url', 'the database URL names no host', fix)
  if (pathname.length < 2) throw wrong('database-url', 'the database URL names no database', fix)
  return text
}

function s3Of(value: (option: StoreOption) => string | undefined): S3Settings | null {
  const endpoint = value('s3-endpoint')
  if (endpoint === undefined) {
    const lonely = STORE_OPTIONS.find((option) => option.startsWith('s3-') && value(option) !== undefined)
    if (lonely !== undefined)
      throw wrong(
        's3-endpoint',
        `--${lonely} is given, but no S3 server`,
        'give its address too, or leave out all S3 settings to keep the files in the data directory',
      )
    return null
  }
  const missing = REQUIRED.filter((option) => value(option) === undefined)
  const [first] = missing
  if (first !== undefined)
    throw wrong(
      first,
      `an S3 server is given, but not ${missing.map((option) => `--${option}`).join(', ')}`,
      'give all of --s3-endpoint, --s3-bucket, --s3-access-key and --s3-secret-key',
    )
  const bucket = value('s3-bucket') ?? ''
  if (!BUCKET.test(bucket))
    throw wrong(
      's3-bucket',
      `"${bucket}" is not the name of a bucket`,
      'give 3 to 63 lower-case letters, digits, dots and hyphens',
    )
  return {
    endpoint: originOf('s3-endpoint', endpoint),
    publicEndpoint: originOf('s3-public-endpoint', value('s3-public-endpoint') ?? endpoint),
    bucket,
    region: value('s3-region') ?? DEFAULT_REGION,
    accessKey: value('s3-access-key') ?? '',
    secretKey: value('s3-secret-key') ?? '',
  }
}

function originOf(option: StoreOption, text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null
  const isOrigin =
    url !== null &&
    /^https?:$/.test(url.protocol) &&
    url.pathname === '/' &&
    url.search === '' &&
    url.hash === '' &&
    url.username === '' &&
    url.password === ''
  if (isOrigin) return url.origin
  throw wrong(
    option,
    `"${text}" is not the address of an S3 server`,
    'give http://HOST:PORT or https://HOST, without a path, a user or a password',
  )
}

/** Describes the database for people and logs, without its password. */
export function describeDatabase(databaseUrl: string | null): string {
  if (databaseUrl === null) return 'embedded'
  const { hostname, port, pathname } = new URL(databaseUrl)
  return `PostgreSQL at ${hostname}${port === '' ? '' : `:${port}`}${pathname}`
}

export const describeFileStore = (s3: S3Settings | null): string =>
  s3 === null ? 'local' : `S3 at ${s3.endpoint}, bucket ${s3.bucket}`
