/**
 * The tables, as steps that only go forward. Each step is one change of the schema that can safely run twice, because
 * CockroachDB commits a schema change before the note that it was made. Never change a released step. JSON documents
 * are stored as the text that was received, so that the order of keys and the form of numbers survive; hashes and
 * comparisons rely on both. To query a document by hand, cast it: `manifest::jsonb`.
 */
export const MIGRATIONS = [
  {
    version: 1,
    name: 'users',
    sql: 'CREATE TABLE IF NOT EXISTS users (uid UUID PRIMARY KEY, number INT8 NOT NULL, name TEXT NOT NULL)',
  },
  {
    version: 2,
    name: 'sessions',
    sql: `CREATE TABLE IF NOT EXISTS sessions (id UUID PRIMARY KEY, user_uid UUID NOT NULL, realm TEXT NOT NULL, player INT8 NOT NULL,
      started_at TIMESTAMPTZ NOT NULL, ended_at TIMESTAMPTZ)`,
  },
  {
    version: 3,
    name: 'sessions by realm',
    sql: 'CREATE INDEX IF NOT EXISTS sessions_by_realm ON sessions (realm, started_at)',
  },
  {
    version: 4,
    name: 'realms',
    sql: `CREATE TABLE IF NOT EXISTS realms (id TEXT PRIMARY KEY, definition TEXT NOT NULL, epoch INT8 NOT NULL,
      saved_epoch INT8 NOT NULL, saved_tick INT8 NOT NULL)`,
  },
  {
    version: 5,
    name: 'packages',
    sql: 'CREATE TABLE IF NOT EXISTS packages (hash TEXT PRIMARY KEY, kind TEXT NOT NULL, manifest TEXT NOT NULL)',
  },
  {
    version: 6,
    name: 'records',
    sql: `CREATE TABLE IF NOT EXISTS records (id UUID PRIMARY KEY, package TEXT NOT NULL, user_uid UUID NOT NULL, name TEXT NOT NULL,
      sharing TEXT NOT NULL, bytes INT8 NOT NULL, created_at TIMESTAMPTZ NOT NULL)`,
  },
  { version: 7, name: 'records by user', sql: 'CREATE INDEX IF NOT EXISTS records_by_user ON records (user_uid)' },
  { version: 8, name: 'records by package', sql: 'CREATE INDEX IF NOT EXISTS records_by_package ON records (package)' },
  {
    version: 9,
    name: 'elements',
    sql: `CREATE TABLE IF NOT EXISTS elements (realm TEXT NOT NULL, element INT8 NOT NULL, name TEXT NOT NULL, package TEXT, spec TEXT,
      owner INT8 NOT NULL, access INT4 NOT NULL, px FLOAT8 NOT NULL, py FLOAT8 NOT NULL, pz FLOAT8 NOT NULL,
      qx FLOAT8 NOT NULL, qy FLOAT8 NOT NULL, qz FLOAT8 NOT NULL, qw FLOAT8 NOT NULL, scale FLOAT8 NOT NULL, PRIMARY KEY (realm, element))`,
  },
  {
    version: 10,
    name: 'recordings',
    sql: `CREATE TABLE IF NOT EXISTS recordings (realm TEXT NOT NULL, epoch INT8 NOT NULL, segment INT8 NOT NULL, location TEXT NOT NULL,
      start_tick INT8 NOT NULL, last_tick INT8, bytes INT8 NOT NULL, PRIMARY KEY (realm, epoch, segment))`,
  },
  {
    version: 11,
    name: 'checkpoints',
    sql: `CREATE TABLE IF NOT EXISTS checkpoints (realm TEXT NOT NULL, epoch INT8 NOT NULL, tick INT8 NOT NULL, segment INT8 NOT NULL,
      state_hash TEXT NOT NULL, bytes INT8 NOT NULL, PRIMARY KEY (realm, epoch, tick))`,
  },
  {
    version: 12,
    name: 'grants',
    sql: 'CREATE TABLE IF NOT EXISTS grants (realm TEXT NOT NULL, user_uid UUID NOT NULL, role TEXT NOT NULL, PRIMARY KEY (realm, user_uid))',
  },
  {
    version: 13,
    name: 'records by sharing',
    sql: 'CREATE INDEX IF NOT EXISTS records_by_sharing ON records (sharing, created_at)',
  },
] as const

export const SCHEMA_VERSION = MIGRATIONS[MIGRATIONS.length - 1]?.version ?? 0
