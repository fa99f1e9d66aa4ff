/**
 * All SQL of the archive except its migrations. It uses only what PostgreSQL and CockroachDB both run, which a test
 * checks. Every parameter has an explicit type, because the two infer differently, and travels as text.
 */
export const STATEMENTS = {
  begin: 'BEGIN TRANSACTION ISOLATION LEVEL SERIALIZABLE',
  commit: 'COMMIT',
  rollback: 'ROLLBACK',
  ping: 'SELECT 1 AS one',

  createMigrations:
    'CREATE TABLE IF NOT EXISTS migrations (version INT4 PRIMARY KEY, name TEXT NOT NULL, applied_at TIMESTAMPTZ NOT NULL)',
  /** The sentinel row. A host that migrates holds its lock. */
  putSentinel:
    "INSERT INTO migrations (version, name, applied_at) VALUES (0, 'sentinel', now()) ON CONFLICT (version) DO NOTHING",
  lockSentinel: 'SELECT version FROM migrations WHERE version = 0 FOR UPDATE',
  newestMigration: 'SELECT max(version) AS version FROM migrations',
  recordMigration:
    'INSERT INTO migrations (version, name, applied_at) VALUES ($1::INT4, $2::TEXT, now()) ON CONFLICT (version) DO NOTHING',

  putUser:
    'INSERT INTO users (uid, number, name) VALUES ($1::UUID, $2::INT8, $3::TEXT) ON CONFLICT (uid) DO UPDATE SET number = excluded.number, name = excluded.name',
  user: 'SELECT uid, number, name FROM users WHERE uid = $1::UUID',
  newestUser: 'SELECT coalesce(max(number), 0)::INT8 AS number FROM users',
  newestOwner: 'SELECT coalesce(max(owner), 0)::INT8 AS number FROM elements',

  putSession: `INSERT INTO sessions (id, user_uid, realm, player, started_at, ended_at)
    VALUES ($1::UUID, $2::UUID, $3::TEXT, $4::INT8, $5::TIMESTAMPTZ, $6::TIMESTAMPTZ)
    ON CONFLICT (id) DO UPDATE SET user_uid = excluded.user_uid, realm = excluded.realm, player = excluded.player,
      started_at = excluded.started_at, ended_at = excluded.ended_at`,
  sessions: `SELECT id, user_uid, player, round(extract(epoch FROM started_at) * 1000)::INT8 AS started_at_ms,
      round(extract(epoch FROM ended_at) * 1000)::INT8 AS ended_at_ms
    FROM sessions WHERE realm = $1::TEXT ORDER BY started_at DESC, id LIMIT $2::INT8`,

  realmForUpdate: 'SELECT epoch, saved_epoch, saved_tick FROM realms WHERE id = $1::TEXT FOR UPDATE',
  putRealm: `INSERT INTO realms (id, definition, epoch, saved_epoch, saved_tick) VALUES ($1::TEXT, $2::TEXT, $3::INT8, 0, 0)
    ON CONFLICT (id) DO UPDATE SET definition = excluded.definition, epoch = excluded.epoch`,
  realm: 'SELECT definition, epoch, saved_epoch, saved_tick FROM realms WHERE id = $1::TEXT',
  realmSaved: 'UPDATE realms SET epoch = $2::INT8, saved_epoch = $2::INT8, saved_tick = $3::INT8 WHERE id = $1::TEXT',

  putPackage:
    'INSERT INTO packages (hash, kind, manifest) VALUES ($1::TEXT, $2::TEXT, $3::TEXT) ON CONFLICT (hash) DO NOTHING',
  package: 'SELECT kind, manifest FROM packages WHERE hash = $1::TEXT',

  /** Sums up the user's records other than `$2`. */
  quotaUsed:
    'SELECT coalesce(sum(bytes), 0)::INT8 AS bytes, count(*)::INT8 AS count FROM records WHERE user_uid = $1::UUID AND id <> $2::UUID',
  recordOwner: 'SELECT user_uid FROM records WHERE id = $1::UUID',
  recordOfPackage: 'SELECT id FROM records WHERE user_uid = $1::UUID AND package = $2::TEXT',
  putRecord: `INSERT INTO records (id, package, user_uid, name, sharing, bytes, created_at)
    VALUES ($1::UUID, $2::TEXT, $3::UUID, $4::TEXT, $5::TEXT, $6::INT8, $7::TIMESTAMPTZ) ON CONFLICT (id) DO NOTHING`,
  recordsOf: `SELECT id, package, user_uid, name, sharing, bytes, round(extract(epoch FROM created_at) * 1000)::INT8 AS created_at_ms
    FROM records WHERE user_uid = $1::UUID ORDER BY created_at, id`,
  sharedRecords: `SELECT id, package, user_uid, name, sharing, bytes, round(extract(epoch FROM created_at) * 1000)::INT8 AS created_at_ms
    FROM records WHERE sharing = 'everyone' ORDER BY created_at DESC, id DESC LIMIT $1::INT4`,
  setSharing: 'UPDATE records SET sharing = $3::TEXT WHERE id = $1::UUID AND user_uid = $2::UUID RETURNING id',
  removeRecord: 'DELETE FROM records WHERE id = $1::UUID AND user_uid = $2::UUID RETURNING id',
  mayUse:
    "SELECT 1 AS one FROM records WHERE package = $2::TEXT AND (user_uid = $1::UUID OR sharing = 'everyone') LIMIT 1",

  removeAllElements: 'DELETE FROM elements WHERE realm = $1::TEXT',
  removeElements:
    'DELETE FROM elements WHERE realm = $1::TEXT AND element IN (SELECT r.element FROM jsonb_to_recordset($2::JSONB) AS r (element INT8))',
  putElements: `INSERT INTO elements (realm, element, name, package, spec, owner, access, px, py, pz, qx, qy, qz, qw, scale)
    SELECT $1::TEXT, e.element, e.name, e.package, e.spec, e.owner, e.access, e.px::FLOAT8, e.py::FLOAT8, e.pz::FLOAT8,
      e.qx::FLOAT8, e.qy::FLOAT8, e.qz::FLOAT8, e.qw::FLOAT8, e.scale::FLOAT8
    FROM jsonb_to_recordset($2::JSONB) AS e (element INT8, name TEXT, package TEXT, spec TEXT, owner INT8, access INT4,
      px TEXT, py TEXT, pz TEXT, qx TEXT, qy TEXT, qz TEXT, qw TEXT, scale TEXT)
    ON CONFLICT (realm, element) DO UPDATE SET name = excluded.name, package = excluded.package, spec = excluded.spec,
      owner = excluded.owner, access = excluded.access, px = excluded.px, py = excluded.py, pz = excluded.pz,
      qx = excluded.qx, qy = excluded.qy, qz = excluded.qz, qw = excluded.qw, scale = excluded.scale`,
  elements: `SELECT element, name, package, spec, owner, access, px, py, pz, qx, qy, qz, qw, scale
    FROM elements WHERE realm = $1::TEXT ORDER BY element`,

  putRecording: `INSERT INTO recordings (realm, epoch, segment, location, start_tick, last_tick, bytes)
    VALUES ($1::TEXT, $2::INT8, $3::INT8, $4::TEXT, $5::INT8, $6::INT8, $7::INT8)
    ON CONFLICT (realm, epoch, segment) DO UPDATE SET location = excluded.location, start_tick = excluded.start_tick,
      last_tick = excluded.last_tick, bytes = excluded.bytes`,
  recordings: `SELECT realm, epoch, segment, location, start_tick, last_tick, bytes
    FROM recordings WHERE realm = $1::TEXT ORDER BY epoch DESC, segment DESC`,
  removeRecording: 'DELETE FROM recordings WHERE realm = $1::TEXT AND epoch = $2::INT8 AND segment = $3::INT8',
  removeCheckpoints: 'DELETE FROM checkpoints WHERE realm = $1::TEXT AND epoch = $2::INT8 AND segment = $3::INT8',
  putCheckpoint: `INSERT INTO checkpoints (realm, epoch, tick, segment, state_hash, bytes)
    VALUES ($1::TEXT, $2::INT8, $3::INT8, $4::INT8, $5::TEXT, $6::INT8)
    ON CONFLICT (realm, epoch, tick) DO UPDATE SET segment = excluded.segment, state_hash = excluded.state_hash, bytes = excluded.bytes`,
  checkpoints: `SELECT realm, epoch, tick, segment, state_hash, bytes
    FROM checkpoints WHERE realm = $1::TEXT ORDER BY epoch DESC, tick DESC LIMIT $2::INT8`,

  putGrant:
    'INSERT INTO grants (realm, user_uid, role) VALUES ($1::TEXT, $2::UUID, $3::TEXT) ON CONFLICT (realm, user_uid) DO UPDATE SET role = excluded.role',
  removeGrant: 'DELETE FROM grants WHERE realm = $1::TEXT AND user_uid = $2::UUID RETURNING user_uid',
  grants: 'SELECT realm, user_uid, role FROM grants WHERE realm = $1::TEXT ORDER BY user_uid',
} as const
