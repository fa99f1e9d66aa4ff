/** Packages towards users and realms: what they are, where their files are, who may use them. */
import { Context, Effect, Layer } from 'effect'
import type { ArchiveService, ObjectRecord, RealmRole } from '../../storage/archive/archive.ts'
import { Archive } from '../../storage/archive/index.ts'
import type { AssetsService } from '../../storage/assets/assets.ts'
import { Assets } from '../../storage/assets/index.ts'
import { GrantsService } from '../accounts/grants.ts'
import type { FileLink, PackageAnswer as PackageDescription, PackageRecord } from '../../http-api/index.ts'
import type { PackageFile, PackageKind } from '../../packages/manifest.ts'
import { RouteError } from '../http/reply.ts'
import { readBody } from '../http/router.ts'
import { DOWNLOAD_LINK_SECONDS, PACKAGE_ANSWER_MS_MAX, PACKAGES_PER_USER_MAX } from '../limits.ts'
import type { PackageAnswer } from '../realm-messages.ts'
import type { Claims } from '../accounts/tokens.ts'
import { inTime } from '../uploads/retry.ts'
import { PackageCache } from './package-cache.ts'

export interface PackagesParts {
  readonly archive: ArchiveService
  readonly assets: AssetsService
  /** The role that a user has in the realm. */
  roleOf(uid: string): RealmRole | null
}

export class Packages {
  private readonly parts: PackagesParts
  private readonly cache: PackageCache

  constructor(parts: PackagesParts) {
    this.parts = parts
    this.cache = new PackageCache(parts.archive)
  }

  /** To whoever knows the hash: all who are in a realm must see what stands there. Throws RouteError. */
  async tell(hash: string, { uid }: Claims): Promise<PackageDescription> {
    const stored = await this.cache.find(hash)
    if (!stored) throw unknown(hash)
    const { manifest } = stored
    const own = await this.ownRecord(hash, uid)
    const { runtime, original, levels, textures } = manifest.files
    return {
      schema: 'otherworld/package/1',
      hash,
      manifest,
      files: {
        runtime: await this.link(runtime),
        original: own ? await this.link(original) : null,
        levels: await Promise.all(levels.map((each) => this.link(each))),
        textures: Object.fromEntries(
          await Promise.all(textures.map(async (each) => [each.id, await this.link(each)] as const)),
        ),
      },
    }
  }

  private async link({ sha256 }: PackageFile): Promise<FileLink> {
    const { url, expiresAtMs } = await inTime(this.parts.assets.downloadLink(`sha256/${sha256}`, DOWNLOAD_LINK_SECONDS))
    return { url, expiresAtMs }
  }

  /** The asker's own, and those that others share with everyone, the newest of them first. */
  async list({ uid }: Claims): Promise<readonly PackageRecord[]> {
    const [own, shared] = await Promise.all([
      inTime(this.parts.archive.recordsOf(uid)),
      inTime(this.parts.archive.sharedRecords(PACKAGES_PER_USER_MAX)),
    ])
    const others = new Map(
      shared
        .filter((each) => own.every((mine) => mine.package !== each.package))
        .toReversed()
        .map((each) => [each.package, each]),
    )
    const told: PackageRecord[] = []
    for (const record of [...own, ...[...others.values()].toReversed()]) {
      const stored = await this.cache.find(record.package)
      if (stored) told.push(this.toldOf(record, stored.kind, uid))
    }
    return told
  }

  private toldOf(
    { package: hash, name, sharing, bytes, createdAtMs, userUid }: ObjectRecord,
    kind: PackageKind,
    uid: string,
  ): PackageRecord {
    return { hash, name, kind, sharing, bytes, createdAtMs, own: userUid === uid }
  }

  /** Throws RouteError 404 where the asker has no record of it. */
  async share(hash: string, body: unknown, { uid }: Claims): Promise<PackageRecord> {
    const { sharing } = readBody('sharePackage', body)
    const record = await this.ownRecord(hash, uid)
    const stored = record ? await this.cache.find(hash) : null
    if (!record || !stored || !(await inTime(this.parts.archive.setSharing(record.id, uid, sharing))))
      throw notYours(hash)
    return this.toldOf({ ...record, sharing }, stored.kind, uid)
  }

  /** Removes the asker's record: it can be used by its other owners alone. What stands in realms stays. Throws RouteError 404. */
  async remove(hash: string, { uid }: Claims): Promise<void> {
    const record = await this.ownRecord(hash, uid)
    if (!record || !(await inTime(this.parts.archive.removeRecord(record.id, uid)))) throw notYours(hash)
  }

  private async ownRecord(hash: string, uid: string): Promise<ObjectRecord | undefined> {
    return (await inTime(this.parts.archive.recordsOf(uid))).find((record) => record.package === hash)
  }

  /** For the realm: may the user bring it in, and what does the simulation take? Answers in time, never rejects. */
  async physicsFor(hash: string, uid: string): Promise<PackageAnswer> {
    try {
      const [stored, may] = await Promise.all([this.cache.find(hash, PACKAGE_ANSWER_MS_MAX), this.mayUse(hash, uid)])
      if (!stored) return { ok: false, reason: 'unknown-package' }
      return may ? { ok: true, physics: stored.manifest.physics } : { ok: false, reason: 'not-permitted' }
    } catch {
      return { ok: false, reason: 'archive-away' }
    }
  }

  /** Its owners, everyone where one of them shares it, and who has a role in the realm. */
  private async mayUse(hash: string, uid: string): Promise<boolean> {
    if (this.parts.roleOf(uid) !== null) return true
    return inTime(this.parts.archive.mayUse(uid, hash), PACKAGE_ANSWER_MS_MAX)
  }
}

const unknown = (hash: string): RouteError =>
  new RouteError(
    404,
    'not-found',
    'there is no such package',
    hash.slice(0, 64),
    'ask GET /v1/packages for those you may use',
  )
const notYours = (hash: string): RouteError =>
  new RouteError(404, 'not-found', 'you have no such package', hash.slice(0, 64), 'ask GET /v1/packages for yours')

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
