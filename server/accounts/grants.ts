/** Roles in the realm: which user has which, the permissions that each role adds, and who may change roles. */
import { Cause, Context, Effect, Layer, Schedule } from 'effect'
import type { ArchiveService, Grant, RealmRole } from '../../storage/archive/archive.ts'
import { Archive } from '../../storage/archive/index.ts'
import { ServerSettings } from '../config.ts'
import { bucketsByKey } from '../../http/rate-limit.ts'
import { Permission } from '../../sim/index.ts'
import { RouteError } from '../http/reply.ts'
import { readBody } from '../http/router.ts'
import * as limits from '../limits.ts'
import { isUid, type Claims } from './tokens.ts'
import { RecordWriteBehindService } from '../host/record-write-behind.ts'
import { inArea } from '../log.ts'
import { inTime, type StoreError } from '../store-calls.ts'

/**
 * Permission bits that a role adds. A builder also changes and removes other users' props; an owner of the realm also
 * flies and assigns roles.
 */
const ROLE_PERMISSIONS: Readonly<Record<RealmRole, number>> = {
  builder: Permission.spawn | Permission.grab | Permission.scale | Permission.manage,
  owner: Permission.spawn | Permission.grab | Permission.scale | Permission.manage | Permission.fly,
}

export interface GrantsParts {
  readonly realm: string
  readonly archive: Pick<ArchiveService, 'grants' | 'putGrant' | 'removeGrant' | 'user'>
  /** True for a user whose record is still to be written to the archive. */
  isNewUser(uid: string): boolean
  nowMs(): number
}

/** The caller who changes a role: the operator, or a user with a token. */
export type RoleCaller = 'operator' | Claims

type Failure = RouteError | StoreError

export class Grants {
  readonly #parts: GrantsParts
  #roles: ReadonlyMap<string, RealmRole> = new Map()
  /** Number of changes made by this server. */
  #revision = 0
  readonly #changes = bucketsByKey(
    limits.GRANT_CHANGES_BURST_MAX,
    limits.GRANT_CHANGES_PER_SECOND_MAX,
    limits.LOGIN_ADDRESSES_MAX,
  )
  #isAway = false
  #changed: (uid: string) => void = () => undefined

  constructor(parts: GrantsParts) {
    this.#parts = parts
  }

  /** Sets the callback for each user whose role has changed. `roleOf` already returns the new role then. */
  onChange(changed: (uid: string) => void): void {
    this.#changed = changed
  }

  /** The role as last read from the archive. */
  roleOf(uid: string): RealmRole | null {
    return this.#roles.get(uid) ?? null
  }

  permissionsOf(uid: string): number {
    const role = this.roleOf(uid)
    return role === null ? 0 : ROLE_PERMISSIONS[role]
  }

  /** Applies changes of other servers on the same archive. While the archive is away, roles stay unchanged. */
  readonly refresh = Effect.suspend(() => {
    const { archive, realm } = this.#parts
    const revision = this.#revision
    return archive.grants(realm).pipe(
      Effect.map((grants) => {
        this.#isAway = false
        // A change made here during the read is newer.
        if (revision === this.#revision) this.#take(new Map(grants.map(({ userUid, role }) => [userUid, role])))
      }),
      Effect.catchCause((cause) => {
        const wasAway = this.#isAway
        this.#isAway = true
        if (wasAway) return Effect.void
        return Effect.logWarning(
          'the roles of the realm cannot be read; those known so far count:',
          Cause.squash(cause),
        )
      }),
      inArea('grants'),
    )
  })

  #take(roles: ReadonlyMap<string, RealmRole>): void {
    const before = this.#roles
    this.#roles = roles
    for (const uid of new Set([...before.keys(), ...roles.keys()]))
      if (before.get(uid) !== roles.get(uid)) this.#changed(uid)
  }

  /** Fails with RouteError 403, 404. */
  list(realm: string, caller: RoleCaller): Effect.Effect<readonly Grant[], Failure> {
    return Effect.andThen(this.#admit(realm, caller), inTime(this.#parts.archive.grants(realm)))
  }

  /** Fails with RouteError 400, 403, 404, 409, 429, 503. */
  put(realm: string, uid: string, body: unknown, caller: RoleCaller): Effect.Effect<Grant, Failure> {
    return Effect.gen({ self: this }, function* () {
      yield* this.#admit(realm, caller, uid)
      const role = yield* this.#readRole(realm, uid, body)
      yield* this.#requireUser(uid)
      const grant: Grant = { realm, userUid: uid, role }
      yield* inTime(this.#parts.archive.putGrant(grant))
      this.#revision++
      this.#take(new Map([...this.#roles, [uid, role]]))
      return grant
    })
  }

  /** Fails with RouteError 404 for a uid that no user has: a mistyped one would leave a role that nobody can use. */
  #requireUser(uid: string): Effect.Effect<void, Failure> {
    if (this.#parts.isNewUser(uid)) return Effect.void
    return Effect.flatMap(inTime(this.#parts.archive.user(uid)), (user) =>
      user === null
        ? Effect.fail(
            new RouteError({
              reason: 'not-found',
              message: 'there is no user with this uid',
              where: uid,
              fix: "copy the uid from the user's page; the user must have logged in to this server once",
            }),
          )
        : Effect.void,
    )
  }

  #readRole(realm: string, uid: string, body: unknown): Effect.Effect<RealmRole, RouteError> {
    return Effect.gen({ self: this }, function* () {
      const { role } = yield* readBody('putGrant', body)
      if (!this.#roles.has(uid) && this.#roles.size >= limits.GRANTS_MAX)
        return yield* new RouteError({
          reason: 'too-many-grants',
          message: `the realm has ${this.#roles.size} roles already`,
          where: realm,
          fix: 'remove some first',
        })
      return role
    })
  }

  /** Fails with RouteError 403, 404, 429, 503. */
  remove(realm: string, uid: string, caller: RoleCaller): Effect.Effect<void, Failure> {
    return Effect.gen({ self: this }, function* () {
      yield* this.#admit(realm, caller, uid)
      const removed = yield* inTime(this.#parts.archive.removeGrant(realm, uid))
      this.#revision++
      this.#take(new Map([...this.#roles].filter(([each]) => each !== uid)))
      if (removed) return undefined
      return yield* new RouteError({
        reason: 'not-found',
        message: 'this user has no role in the realm',
        where: uid,
        fix: 'list the roles of the realm to see who has one',
      })
    })
  }

  /** Admits the operator and the realm's owners. Only changes count against the rate limit. Fails with RouteError. */
  #admit(realm: string, caller: RoleCaller, uid?: string): Effect.Effect<void, RouteError> {
    return Effect.gen({ self: this }, function* () {
      if (realm !== this.#parts.realm)
        return yield* new RouteError({
          reason: 'not-found',
          message: 'there is no such realm on this server',
          where: realm.slice(0, 64),
          fix: `its realm is ${this.#parts.realm}`,
        })
      if (caller !== 'operator' && this.roleOf(caller.uid) !== 'owner')
        return yield* new RouteError({
          reason: 'not-permitted',
          message: 'only the operator and owners of the realm may see and give its roles',
          where: realm,
          fix: 'ask one of them',
        })
      if (uid === undefined) return undefined
      if (!isUid(uid))
        return yield* new RouteError({
          reason: 'bad-user',
          message: 'this is not the uid of a user',
          where: 'uid',
          fix: 'send the UUID that the login answers as user.uid, in lower case',
        })
      if (!this.#changes.take(caller === 'operator' ? 'operator' : caller.uid, this.#parts.nowMs()))
        return yield* new RouteError({
          reason: 'too-many-changes',
          message: 'roles are changed too fast',
          where: realm,
          fix: 'wait a few seconds, then try again',
        })
      return undefined
    })
  }
}

/** The roles of this server's realm, read from the archive at the start and every GRANTS_REFRESH_MS. */
export class GrantsService extends Context.Service<GrantsService, Grants>()('otherworld/Grants') {
  static readonly layer = Layer.effect(
    GrantsService,
    Effect.gen(function* () {
      const { definition } = yield* ServerSettings
      const archive = yield* Archive
      const records = yield* RecordWriteBehindService
      const grants = new Grants({
        realm: definition.id,
        archive,
        isNewUser: (uid) => records.hasUser(uid),
        nowMs: Date.now,
      })
      yield* grants.refresh.pipe(Effect.repeat(Schedule.spaced(limits.GRANTS_REFRESH_MS)), Effect.forkScoped)
      return grants
    }),
  )
}
