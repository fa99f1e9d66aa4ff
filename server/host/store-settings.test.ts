import { ConfigProvider, Effect, Redacted } from 'effect'
import { expect, test } from 'vitest'
import { ServerError } from '../error.ts'
import {
  describeDatabase,
  optionsProvider,
  storeSettings,
  STORE_OPTIONS,
  environmentName,
  describeFileStore,
  type StoreOption,
  type StoreSettings,
} from './store-settings.ts'

type Given = Readonly<Partial<Record<StoreOption, string>>>
const read = (given: Given, environment: Readonly<Record<string, string>> = {}): StoreSettings =>
  Effect.runSync(
    Effect.provideService(
      storeSettings,
      ConfigProvider.ConfigProvider,
      ConfigProvider.orElse(
        optionsProvider((option) => given[option]),
        ConfigProvider.fromEnvRecord(environment),
      ),
    ),
  )

const S3: Given = {
  's3-endpoint': 'http://127.0.0.1:9400',
  's3-bucket': 'things',
  's3-access-key': 'key',
  's3-secret-key': 'a secret',
}

function refused(given: Given, environment: Readonly<Record<string, string>> = {}): ServerError {
  try {
    read(given, environment)
  } catch (error) {
    if (error instanceof ServerError) return error
    throw error
  }
  throw new Error('it was taken')
}

test('without settings everything is kept in the data directory', () => {
  expect(read({})).toEqual({ databaseUrl: null, s3: null })
  expect(read({ 'database-url': '  ' }, { OTHERWORLD_S3_ENDPOINT: '' })).toEqual({ databaseUrl: null, s3: null })
})

test('an option of the command line overrides the environment', () => {
  const environment = Object.fromEntries(STORE_OPTIONS.map((option) => [environmentName(option), S3[option] ?? '']))
  expect(
    read({ 's3-bucket': 'mine' }, { ...environment, OTHERWORLD_DATABASE_URL: 'postgresql://u:p@db:5432/world' }),
  ).toEqual({
    databaseUrl: Redacted.make('postgresql://u:p@db:5432/world'),
    s3: {
      endpoint: 'http://127.0.0.1:9400',
      publicEndpoint: 'http://127.0.0.1:9400',
      bucket: 'mine',
      region: 'us-east-1',
      accessKey: 'key',
      secretKey: Redacted.make('a secret'),
    },
  })
  expect(read({ ...S3, 's3-public-endpoint': 'https://files.example/', 's3-region': 'eu-west-3' }).s3).toMatchObject({
    publicEndpoint: 'https://files.example',
    region: 'eu-west-3',
  })
})

test.each([
  ['a text', 'somewhere', /not a URL/],
  ['another database', 'mysql://u:hush@h/d', /begins with mysql:/],
  ['no database', 'postgresql://u:hush@h', /names no database/],
  ['no host', 'postgresql:///world', /names no host/],
])('a database URL with %s is refused without showing its password', (_, url, words) => {
  const error = refused({ 'database-url': url })
  expect(error).toMatchObject({
    reason: 'bad-setting',
    what: expect.stringMatching(words),
    where: '--database-url or OTHERWORLD_DATABASE_URL',
    fix: expect.stringContaining('postgresql://USER'),
  })
  expect(error.message).not.toContain('hush')
})

test('either all settings of S3 are given or none', () => {
  expect(refused({ 's3-bucket': 'things' })).toMatchObject({ where: expect.stringContaining('--s3-endpoint') })
  expect(refused({}, { OTHERWORLD_S3_SECRET_KEY: 'hush' }).message).not.toContain('hush')
  expect(refused({ 's3-endpoint': 'http://h', 's3-bucket': 'things' })).toMatchObject({
    what: 'an S3 server is given, but not --s3-access-key, --s3-secret-key',
  })
})

test.each([
  ['s3-endpoint', 'ftp://host', /not the address of an S3 server/],
  ['s3-endpoint', 'http://key:secret@host', /not the address/],
  ['s3-public-endpoint', 'https://host/path', /not the address/],
  ['s3-bucket', 'My Bucket', /not the name of a bucket/],
] as const)('--%s %s is refused with the accepted form', (option, value, words) => {
  expect(refused({ ...S3, [option]: value })).toMatchObject({
    reason: 'bad-setting',
    what: expect.stringMatching(words),
    where: expect.stringContaining(`--${option}`),
  })
})

test('messages about the stores contain no secrets', () => {
  const { databaseUrl, s3 } = read({
    ...S3,
    'database-url': 'postgresql://u:hush@db.example:5433/world?sslmode=require',
  })
  expect(describeDatabase(databaseUrl)).toBe('PostgreSQL at db.example:5433/world')
  expect(JSON.stringify({ databaseUrl, s3 })).not.toMatch(/hush|a secret/)
  expect(describeFileStore(s3)).toBe('S3 at http://127.0.0.1:9400, bucket things')
  expect([describeDatabase(null), describeFileStore(null)]).toEqual(['embedded', 'local'])
})
