/** Reads rows of all tables except elements. */
import { REALM_ROLES, SHARINGS } from '../../http-contract/index.ts'
import type { PackageManifest } from '../../packages/manifest.ts'
import type {
  ArchivedCheckpoint,
  Grant,
  ObjectRecord,
  ArchivedRecording,
  SessionEntry,
  StoredPackage,
  User,
} from './archive.ts'
import type { Row, SqlValue } from './connection.ts'
import { integer, integerOrNull, json, text, word } from './rows.ts'

/** Formats Unix time in ms as TIMESTAMPTZ accepts it. */
export const timestamp = (ms: number): string => new Date(ms).toISOString()
export const timestampOrNull = (ms: number | null): SqlValue => (ms === null ? null : timestamp(ms))
export const numberOrNull = (value: number | null): SqlValue => (value === null ? null : String(value))

export const userOf = (row: Row): User => ({
  uid: text(row, 'uid'),
  number: integer(row, 'number'),
  name: text(row, 'name'),
})

export const sessionOf = (realm: string, row: Row): SessionEntry => ({
  id: text(row, 'id'),
  userUid: text(row, 'user_uid'),
  realm,
  player: integer(row, 'player'),
  startedAtMs: integer(row, 'started_at_ms'),
  endedAtMs: integerOrNull(row, 'ended_at_ms'),
})

export const packageOf = (hash: string, row: Row): StoredPackage => ({
  hash,
  kind: word(row, 'kind', ['avatar', 'object'] as const),
  manifest: json(row, 'manifest') as PackageManifest,
})

export const recordOf = (row: Row): ObjectRecord => ({
  id: text(row, 'id'),
  package: text(row, 'package'),
  userUid: text(row, 'user_uid'),
  name: text(row, 'name'),
  sharing: word(row, 'sharing', SHARINGS),
  bytes: integer(row, 'bytes'),
  createdAtMs: integer(row, 'created_at_ms'),
})

export const recordingOf = (row: Row): ArchivedRecording => ({
  realm: text(row, 'realm'),
  epoch: integer(row, 'epoch'),
  segment: integer(row, 'segment'),
  location: text(row, 'location'),
  startTick: integer(row, 'start_tick'),
  lastTick: integerOrNull(row, 'last_tick'),
  bytes: integer(row, 'bytes'),
})

export const checkpointOf = (row: Row): ArchivedCheckpoint => ({
  realm: text(row, 'realm'),
  epoch: integer(row, 'epoch'),
  tick: integer(row, 'tick'),
  segment: integer(row, 'segment'),
  stateHash: text(row, 'state_hash'),
  bytes: integer(row, 'bytes'),
})

export const grantOf = (row: Row): Grant => ({
  realm: text(row, 'realm'),
  userUid: text(row, 'user_uid'),
  role: word(row, 'role', REALM_ROLES),
})
