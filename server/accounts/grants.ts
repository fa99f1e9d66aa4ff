/** Roles in the realm: who has which, what each adds to what everyone may, who may give and take them. */
import { Context, Effect, Layer } from 'effect'
import type { ArchiveService, Grant, RealmRole } from '../../storage/archive/archive.ts'
import { Archive } from '../../storage/archive/index.ts'
import { ServerSettings } from '../config.ts'
import { bucketsByKey } from '../../http/rate-limit.ts'
import { Permission } from '../../sim/index.ts'
import { RouteError } from '../http/reply.ts'
import { readBody } from '../http/router.ts'
import * as limits from '../limits.ts'
import { isUid, type Claims } from './tokens.ts'
import { inTime, outcomeOf } from '../uploads/retry.ts'

/** Bits that a role adds: a builder changes and removes what others left; an owner of the realm also flies, and gives roles. */
export const ROLE_PERMISSIONS: Readonly<Record<RealmRole, number>> = {
  builder: Permission.spawn | Permission.grab | Permission.scale | Permission.manage,
  owner: Permission.spawn | Permission.grab | Permission.scale | Permission.manage | Permission.fly,
}

export interface GrantsParts {
  readonly realm: string
  readonly archive: Pick<ArchiveService, 'grants' | 'putGrant' | 'removeGrant'>
  nowMs(): number
  log(line: string): void
}

/** Who asks to change a role: the operator, or somebody with a token. */
export type Asker = 'operator' | Claims

export class Grants {
  private readonly parts: GrantsParts
  private roles: ReadonlyMap<string, RealmRole> = new Map()
  /** Counts what was given and taken here. */
  private revision = 0
  private readonly changes = bucketsByKey(
    limits.GRANT_CHANGES_BURST_MAX,
    limits.GRANT_CHANGES_PER_SECOND_MAX,
    limits.LOGIN_ADDRESSES_MAX,
  )
  private told = false
  private changed: (uid: string) => void = () => undefined

  constructor(parts: GrantsParts) {
    this.parts = parts
  }

  /** Who hears of each user whose role has changed, as `roleOf` tells it by then. */
  tell(changed: (uid: string) => void): void {
    this.changed = changed
  }

  /** As the archive said last. */
  roleOf(uid: string): RealmRole | null {
    return this.roles.get(uid) ?? null
  }

  permissionsOf(uid: string): number {
    const role = this.roleOf(uid)
    return role === null ? 0 : ROLE_PERMISSIONS[role]
  }

  /** Takes over what other servers on the same archive, or an earlier one, have given; while it is away everything stays as it is. */
  async refresh(): Promise<void> {
    const { archive, realm, log } = this.parts
    const { revision } = this
    try {
      const grants = await outcomeOf(archive.grants(realm))
      this.told = false
      // What was given or taken while they were read is newer than they are.
      if (revision === this.revision) this.take(new Map(grants.map(({ userUid, role }) => [userUid, role])))
    } catch (error) {
      if (!this.told) log(`grants: the roles of the realm cannot be read, those known so far count: ${String(error)}`)
      this.told = true
    }
  }

  private take(roles: ReadonlyMap<string, RealmRole>): void {
    const before = this.roles
    this.roles = roles
    for (const uid of new Set([...before.keys(), ...roles.keys()]))
      if (before.get(uid) !== roles.get(uid)) this.changed(uid)
  }

  /** Throws RouteError 403, 404. */
  async list(realm: string, asker: Asker): Promise<readonly Grant[]> {
    this.admit(realm, asker)
    return inTime(this.parts.archive.grants(realm))
  }

  /** Throws RouteError 400, 403, 404, 409, 429, 503. */
  async put(realm: string, uid: string, body: unknown, asker: Asker): Promise<Grant> {
    this.admit(realm, asker, uid)
    const { role } = readBody('putGrant', body)
    if (!this.roles.has(uid) && this.roles.size >= limits.GRANTS_MAX)
      throw new RouteError(
        409,
        'too-many-grants',
        `the realm has ${this.roles.size} roles given already`,
        realm,
        'take some back first',
      )
    const grant: Grant = { realm, userUid: uid, role }
    await inTime(this.parts.archive.putGrant(grant))
    this.revision++
    this.take(new Map([...this.roles, [uid, role]]))
    return grant
  }

  /** Throws RouteError 403, 404, 429, 503. */
  async remove(realm: string, uid: string, asker: Asker): Promise<void> {
    this.admit(realm, asker, uid)
    const removed = await inTime(this.parts.archive.removeGrant(realm, uid))
    this.revision++
    this.take(new Map([...this.roles].filter(([each]) => each !== uid)))
    if (!removed)
      throw new RouteError(
        404,
        'not-found',
        'this user has no role in the realm',
        uid,
        'ask GET /v1/realms/ID/grants for those who have',
      )
  }

  /** The operator and the realm's owners may; only whoever changes something is counted. */
  private admit(realm: string, asker: Asker, uid?: string): void {
    if (realm !== this.parts.realm)
      throw new RouteError(
        404,
        'not-found',
        'there is no such realm on this server',
        realm.slice(0, 64),
        `its realm is ${this.parts.realm}`,
      )
    if (asker !== 'operator' && this.roleOf(asker.uid) !== 'owner')
      throw new RouteError(
        403,
        'not-permitted',
        'only the operator and owners of the realm may see and give its roles',
        realm,
        'ask one of them',
      )
    if (uid === undefined) return undefined
    if (!isUid(uid))
      throw new RouteError(
        400,
        'bad-user',
        'this is not the uid of a user',
        'uid',
        'send the UUID that the login answers as user.uid, in lower case',
      )
    if (!this.changes.take(asker === 'operator' ? 'operator' : asker.uid, this.parts.nowMs()))
      throw new RouteError(
        429,
        'too-many-changes',
        'roles are changed too fast',
        realm,
        'wait a few seconds, then try again',
      )
    return undefined
  }
}

/** The roles of this server's realm, read from the archive at the start and every GRANTS_REFRESH_MS. */
export class GrantsService extends Context.Service<GrantsService, Grants>()('otherworld/Grants') {
  static readonly layer = Layer.effect(
    GrantsService,
    Effect.gen(function* () {
      const { definition, log } = yield* ServerSettings
      const archive = yield* Archive
      const grants = new Grants({ realm: definition.id, archive, nowMs: Date.now, log })
      yield* Effect.acquireRelease(
        Effect.sync(() => {
          void grants.refresh()
          return setInterval(() => void grants.refresh(), limits.GRANTS_REFRESH_MS)
        }),
        (timer) => Effect.sync(() => clearInterval(timer)),
      )
      return grants
    }),
  )
}
