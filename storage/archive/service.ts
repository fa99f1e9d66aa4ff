/** The archive's methods, which are the same for every database. */
import { Effect } from 'effect'
import { exactJson } from '../../replay/index.ts'
import { ArchiveError, type ArchiveService, type ObjectRecord } from './archive.ts'
import { archiveError, failed } from './classify.ts'
import type { SqlSession, SqlText, SqlValue } from './connection.ts'
import { checkSize, fence, saveElements, savedRealm } from './elements.ts'
import {
  checkpointOf,
  grantOf,
  numberOrNull,
  packageOf,
  recordingOf,
  recordOf,
  sessionOf,
  timestamp,
  timestampOrNull,
  userOf,
} from './records.ts'
import { integer, text } from './rows.ts'
import { STATEMENTS } from './statements.ts'
import type { Repeatability } from './transactions.ts'

/** The methods run on transactions of a database whose tables exist. */
export interface Runner {
  readonly kind: ArchiveService['kind']
  readonly where: string
  run<T>(work: (sql: SqlSession) => Promise<T>, repeatability?: Repeatability): Effect.Effect<T, ArchiveError>
}

export function archiveService(runner: Runner): ArchiveService {
  return {
    kind: runner.kind,
    ...people(runner),
    ...packages(runner),
    ...realms(runner),
    ...recordings(runner),
    ...grants(runner),
  }
}

/** Runs `work` in a transaction. */
const answer = <T>(
  runner: Runner,
  work: (sql: SqlSession) => Promise<T>,
  repeatability?: Repeatability,
): Effect.Effect<T, ArchiveError> => runner.run(work, repeatability)

const one =
  (sql: SqlText, values: readonly SqlValue[]) =>
  async (session: SqlSession): Promise<void> =>
    void (await session.query(sql, values))
const isAny =
  (sql: SqlText, values: readonly SqlValue[]) =>
  async (session: SqlSession): Promise<boolean> =>
    (await session.query(sql, values)).length > 0

function people(
  runner: Runner,
): Pick<ArchiveService, 'ping' | 'putUser' | 'user' | 'newestUserNumber' | 'putSession' | 'sessions'> {
  return {
    ping: () => answer(runner, one(STATEMENTS.ping, [])),
    putUser: ({ uid, number, name }) => answer(runner, one(STATEMENTS.putUser, [uid, String(number), name])),
    user: (uid) => answer(runner, async (sql) => (await sql.query(STATEMENTS.user, [uid])).map(userOf)[0] ?? null),
    newestUserNumber: () =>
      answer(runner, async (sql) => {
        const rows = [...(await sql.query(STATEMENTS.newestUser)), ...(await sql.query(STATEMENTS.newestOwner))]
        return Math.max(0, ...rows.map((row) => integer(row, 'number')))
      }),
    putSession: ({ id, userUid, realm, player, startedAtMs, endedAtMs }) =>
      answer(runner, (sql) =>
        one(STATEMENTS.putSession, [
          id,
          userUid,
          realm,
          String(player),
          timestamp(startedAtMs),
          timestampOrNull(endedAtMs),
        ])(sql),
      ),
    sessions: (realm, limit) =>
      answer(runner, async (sql) =>
        (await sql.query(STATEMENTS.sessions, [realm, String(limit)])).map((row) => sessionOf(realm, row)),
      ),
  }
}

function packages(
  runner: Runner,
): Pick<
  ArchiveService,
  'putPackage' | 'package' | 'putRecord' | 'recordsOf' | 'sharedRecords' | 'setSharing' | 'removeRecord' | 'mayUse'
> {
  return {
    putPackage: ({ hash, kind, manifest }) =>
      answer(runner, one(STATEMENTS.putPackage, [hash, kind, exactJson(manifest)])),
    package: (hash) =>
      answer(
        runner,
        async (sql) => (await sql.query(STATEMENTS.package, [hash])).map((row) => packageOf(hash, row))[0] ?? null,
      ),
    putRecord: (record, quota) => answer(runner, (sql) => putRecord(sql, record, quota, runner.where)),
    recordsOf: (userUid) =>
      answer(runner, async (sql) => (await sql.query(STATEMENTS.recordsOf, [userUid])).map(recordOf)),
    sharedRecords: (limit) =>
      answer(runner, async (sql) => (await sql.query(STATEMENTS.sharedRecords, [String(limit)])).map(recordOf)),
    setSharing: (id, userUid, sharing) => answer(runner, isAny(STATEMENTS.setSharing, [id, userUid, sharing])),
    removeRecord: (id, userUid) => answer(runner, isAny(STATEMENTS.removeRecord, [id, userUid]), 'once'),
    mayUse: (userUid, hash) => answer(runner, isAny(STATEMENTS.mayUse, [userUid, hash])),
  }
}

/** Reads the user's records and adds one. SERIALIZABLE lets only one of two concurrent calls succeed. */
async function putRecord(
  sql: SqlSession,
  record: ObjectRecord,
  quota: { readonly bytesMax: number; readonly countMax: number },
  where: string,
): Promise<void> {
  const { id, userUid, bytes } = record
  const [existing] = await sql.query(STATEMENTS.recordOwner, [id])
  if (existing && text(existing, 'user_uid') !== userUid)
    throw failed('conflict', `the record ${id} is another user's`, where)
  if (existing || (await sql.query(STATEMENTS.recordOfPackage, [userUid, record.package])).length > 0) return
  const [used] = await sql.query(STATEMENTS.quotaUsed, [userUid, id])
  const bytesAfter = (used ? integer(used, 'bytes') : 0) + bytes
  const countAfter = (used ? integer(used, 'count') : 0) + 1
  if (bytesAfter > quota.bytesMax || countAfter > quota.countMax)
    throw new ArchiveError({
      reason: 'conflict',
      where,
      what: `the user would have ${countAfter} uploads of together ${bytesAfter} bytes; ${quota.countMax} of ${quota.bytesMax} bytes are allowed`,
      fix: 'remove an upload that is no longer needed',
    })
  await sql.query(STATEMENTS.putRecord, [
    id,
    record.package,
    userUid,
    record.name,
    record.sharing,
    String(bytes),
    timestamp(record.createdAtMs),
  ])
}

function realms(runner: Runner): Pick<ArchiveService, 'putRealm' | 'saveElements' | 'replaceElements' | 'savedRealm'> {
  const { where } = runner
  const save = (saved: Parameters<typeof saveElements>[1]): Effect.Effect<void, ArchiveError> =>
    Effect.suspend(() => {
      try {
        checkSize(saved, where)
      } catch (error) {
        return Effect.fail(archiveError(error, where))
      }
      return answer(runner, (sql) => saveElements(sql, saved, where))
    })
  return {
    putRealm: (definition, epoch) =>
      answer(runner, async (sql) => {
        const [known] = await sql.query(STATEMENTS.realmForUpdate, [definition.id])
        if (known) fence(integer(known, 'epoch'), epoch, definition.id, where)
        await sql.query(STATEMENTS.putRealm, [definition.id, exactJson(definition), String(epoch)])
      }),
    saveElements: (at, put, removed) => save({ at, put, removed }),
    replaceElements: (at, put) => save({ at, put, removed: 'all' }),
    savedRealm: (realm) => answer(runner, (sql) => savedRealm(sql, realm)),
  }
}

function recordings(
  runner: Runner,
): Pick<ArchiveService, 'putRecording' | 'putCheckpoint' | 'recordings' | 'removeRecording' | 'checkpoints'> {
  return {
    putRecording: ({ realm, epoch, segment, location, startTick, lastTick, bytes }) =>
      answer(
        runner,
        one(STATEMENTS.putRecording, [
          realm,
          String(epoch),
          String(segment),
          location,
          String(startTick),
          numberOrNull(lastTick),
          String(bytes),
        ]),
      ),
    putCheckpoint: ({ realm, epoch, tick, segment, stateHash, bytes }) =>
      answer(
        runner,
        one(STATEMENTS.putCheckpoint, [realm, String(epoch), String(tick), String(segment), stateHash, String(bytes)]),
      ),
    recordings: (realm) =>
      answer(runner, async (sql) => (await sql.query(STATEMENTS.recordings, [realm])).map(recordingOf)),
    removeRecording: ({ realm, epoch, segment }) =>
      answer(runner, async (sql) => {
        const key = [realm, String(epoch), String(segment)]
        await sql.query(STATEMENTS.removeCheckpoints, key)
        await sql.query(STATEMENTS.removeRecording, key)
      }),
    checkpoints: (realm, limit) =>
      answer(runner, async (sql) =>
        (await sql.query(STATEMENTS.checkpoints, [realm, String(limit)])).map(checkpointOf),
      ),
  }
}

function grants(runner: Runner): Pick<ArchiveService, 'putGrant' | 'removeGrant' | 'grants'> {
  return {
    putGrant: ({ realm, userUid, role }) => answer(runner, one(STATEMENTS.putGrant, [realm, userUid, role])),
    removeGrant: (realm, userUid) => answer(runner, isAny(STATEMENTS.removeGrant, [realm, userUid]), 'once'),
    grants: (realm) => answer(runner, async (sql) => (await sql.query(STATEMENTS.grants, [realm])).map(grantOf)),
  }
}
