/** Packages for users and realms: manifests, links to files, and who may use them. */
import { Context, Effect, Layer } from 'effect'
import type { ArchiveService, ObjectRecord, RealmRole } from '../../storage/archive/archive.ts'
import { Archive } from '../../storage/archive/index.ts'
import type { AssetsService } from '../../storage/assets/assets.ts'
import { Assets } from '../../storage/assets/index.ts'
import { GrantsService } from '../accounts/grants.ts'
import type { FileLink, PackageAnswer as PackageDescription, PackageRecord } from '../../http-contract/index.ts'
import type { PackageFile, PackageKind } from '../../packages/manifest.ts'
import { RouteError } from '../http/reply.ts'
import { readBody } from '../http/router.ts'
import { DOWNLOAD_LINK_SECONDS, PACKAGE_ANSWER_MS_MAX, PACKAGES_PER_USER_MAX } from '../limits.ts'
import type { PackageAccessAnswer } from '../both-threads/realm-messages.ts'
import type { Claims } from '../accounts/tokens.ts'
import { inTime, type StoreError } from '../store-calls.ts'
import { PackageCache } from './package-cache.ts'

export interface PackagesParts {
  readonly archive: ArchiveService
  readonly assets: AssetsService
  /** The role that a user has in the realm. */
  roleOf(uid: string): RealmRole | null
}

type Failure = RouteError | StoreError

export class Packages {
  readonly #parts: PackagesParts
  readonly #cache: PackageCache

  constructor(parts: PackagesParts) {
    this.#parts = parts
    this.#cache = new PackageCache(parts.archive)
  }

  /** Anyone who knows the hash may read it, because everyone in a realm must see its props. */
  describe(hash: string, { uid }: Claims): Effect.Effect<PackageDescription, Failure> {
    return Effect.gen({ self: this }, function* () {
      const stored = yield* this.#cache.find(hash)
      if (!stored) return yield* unknown(hash)
      const { manifest } = stored
      const own = yield* this.#ownRecord(hash, uid)
      const { runtime, original, levels, textures } = manifest.files
      return {
        schema: 'otherworld/package/1' as const,
        hash,
        manifest,
        files: {
          runtime: yield* this.#link(runtime),
          original: own ? yield* this.#link(original) : null,
          levels: yield* Effect.all(
            levels.map((each) => this.#link(each)),
            ALL_AT_ONCE,
          ),
          textures: Object.fromEntries(
            yield* Effect.all(
              textures.map((each) => Effect.map(this.#link(each), (link) => [each.id, link] as const)),
              ALL_AT_ONCE,
            ),
          ),
        },
      }
    })
  }

  #link({ sha256 }: PackageFile): Effect.Effect<FileLink, Failure> {
    return inTime(this.#parts.assets.downloadLink(`sha256/${sha256}`, DOWNLOAD_LINK_SECONDS)).pipe(
      Effect.map(({ url, expiresAtMs }) => ({ url, expiresAtMs })),
    )
  }

  /** Lists the user's own packages and those shared by others, the newest first. */
  list({ uid }: Claims): Effect.Effect<readonly PackageRecord[], Failure> {
    const { archive } = this.#parts
    return Effect.gen({ self: this }, function* () {
      const [own, shared] = yield* Effect.all(
        [inTime(archive.recordsOf(uid)), inTime(archive.sharedRecords(PACKAGES_PER_USER_MAX))],
        ALL_AT_ONCE,
      )
      const others = new Map(
        shared
          .filter((each) => own.every((mine) => mine.package !== each.package))
          .toReversed()
          .map((each) => [each.package, each]),
      )
      const records: PackageRecord[] = []
      for (const record of [...own, ...[...others.values()].toReversed()]) {
        const stored = yield* this.#cache.find(record.package)
        if (stored) records.push(packageRecordOf(record, stored.kind, uid))
      }
      return records
    })
  }

  /** Fails with 404 if the user has no record of it. */
  share(hash: string, body: unknown, { uid }: Claims): Effect.Effect<PackageRecord, Failure> {
    return Effect.gen({ self: this }, function* () {
      const { sharing } = yield* readBody('sharePackage', body)
      const record = yield* this.#ownRecord(hash, uid)
      const stored = record ? yield* this.#cache.find(hash) : null
      if (!record || !stored || !(yield* inTime(this.#parts.archive.setSharing(record.id, uid, sharing))))
        return yield* notYours(hash)
      return packageRecordOf({ ...record, sharing }, stored.kind, uid)
    })
  }

  /** Removes the user's record; records of other owners and props in realms stay. Fails with 404 if there is none. */
  remove(hash: string, { uid }: Claims): Effect.Effect<void, Failure> {
    return Effect.gen({ self: this }, function* () {
      const record = yield* this.#ownRecord(hash, uid)
      if (!record || !(yield* inTime(this.#parts.archive.removeRecord(record.id, uid)))) return yield* notYours(hash)
      return undefined
    })
  }

  #ownRecord(hash: string, uid: string): Effect.Effect<ObjectRecord | undefined, Failure> {
    return inTime(this.#parts.archive.recordsOf(uid)).pipe(
      Effect.map((records) => records.find((record) => record.package === hash)),
    )
  }

  /** Answers the realm: may the user use the package, and what is its physics? Always answers in time. */
  physicsFor(hash: string, uid: string): Effect.Effect<PackageAccessAnswer> {
    return Effect.all([this.#cache.find(hash, PACKAGE_ANSWER_MS_MAX), this.#mayUse(hash, uid)], ALL_AT_ONCE).pipe(
      Effect.map(([stored, may]): PackageAccessAnswer => {
        if (!stored) return { ok: false, reason: 'unknown-package' }
        return may ? { ok: true, physics: stored.manifest.physics } : { ok: false, reason: 'not-permitted' }
      }),
      Effect.catchCause(() => Effect.succeed<PackageAccessAnswer>({ ok: false, reason: 'archive-away' })),
    )
  }

  /** True for its owners, for everyone if one of them shares it, and for users with a role in the realm. */
  #mayUse(hash: string, uid: string): Effect.Effect<boolean, Failure> {
    if (this.#parts.roleOf(uid) !== null) return Effect.succeed(true)
    return inTime(this.#parts.archive.mayUse(uid, hash), PACKAGE_ANSWER_MS_MAX)
  }
}

const ALL_AT_ONCE = { concurrency: 'unbounded' } as const

const packageRecordOf = (
  { package: hash, name, sharing, bytes, createdAtMs, userUid }: ObjectRecord,
  kind: PackageKind,
  uid: string,
): PackageRecord => ({ hash, name, kind, sharing, bytes, createdAtMs, own: userUid === uid })

const unknown = (hash: string): RouteError =>
  new RouteError({
    reason: 'not-found',
    message: 'there is no such package',
    where: hash.slice(0, 64),
    fix: 'list the packages to see those that you may use',
  })
const notYours = (hash: string): RouteError =>
  new RouteError({
    reason: 'not-found',
    message: 'you have no such package',
    where: hash.slice(0, 64),
    fix: 'list the packages to see yours',
  })

export class PackagesService extends Context.Service<PackagesService, Packages>()('otherworld/Packages') {
  static readonly layer = Layer.effect(
    PackagesService,
    Effect.gen(function* () {
      const archive = yield* Archive
      const assets = yield* Assets
      const grants = yield* GrantsService
      return new Packages({ archive, assets, roleOf: (uid) => grants.roleOf(uid) })
    }),
  )
}
