/** Limits of declared uploads: by user, by address, and in total. */
import { Effect } from 'effect'
import { bucketsByKey } from '../../http/rate-limit.ts'
import type { Claims } from '../accounts/tokens.ts'
import { RouteError } from '../http/reply.ts'
import * as limits from '../limits.ts'
import type { Upload } from './upload.ts'

export const tooMany = (what: string, fix: string): RouteError =>
  new RouteError({ reason: 'too-many-uploads', message: what, where: '/v1/uploads', fix })

export class UploadLimits {
  readonly #byUser = bucketsByKey(limits.UPLOADS_BURST_MAX, limits.UPLOADS_PER_SECOND_MAX, limits.LOGIN_ADDRESSES_MAX)
  readonly #byAddress = bucketsByKey(
    limits.UPLOADS_PER_ADDRESS_BURST_MAX,
    limits.UPLOADS_PER_ADDRESS_PER_SECOND_MAX,
    limits.LOGIN_ADDRESSES_MAX,
  )
  /** Counted declarations by user that are not uploads yet, because they wait for the archive. */
  readonly #declaring = new Map<string, number>()

  /**
   * Fails if the user, the address or the server has too many. Otherwise the declaration counts until `release`. `address`:
   * null if it has no limit.
   */
  admit(
    uploads: Iterable<Upload>,
    { uid }: Claims,
    address: string | null,
    nowMs: number,
  ): Effect.Effect<void, RouteError> {
    return Effect.suspend(() => {
      if ((address !== null && !this.#byAddress.take(address, nowMs)) || !this.#byUser.take(uid, nowMs))
        return Effect.fail(tooMany('uploads are declared too fast', 'wait some seconds, then try again'))
      const open = [...uploads].filter(({ settled }) => !settled)
      const mine = open.filter(({ owner }) => owner.uid === uid).length + (this.#declaring.get(uid) ?? 0)
      if (mine >= limits.UPLOADS_PER_USER_MAX)
        return Effect.fail(
          tooMany(`you have ${mine} uploads in progress, which is the limit`, 'wait until one of them is done'),
        )
      if (open.length >= limits.UPLOADS_OPEN_MAX)
        return Effect.fail(tooMany('many are uploading at this moment', 'try again in a minute'))
      this.#declaring.set(uid, (this.#declaring.get(uid) ?? 0) + 1)
      return Effect.void
    })
  }

  release({ uid }: Claims): void {
    const left = (this.#declaring.get(uid) ?? 1) - 1
    if (left > 0) this.#declaring.set(uid, left)
    else this.#declaring.delete(uid)
  }
}
