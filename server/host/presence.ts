/**
 * Records in the archive who is in the realm. A session begins with its first link, and ends when its last link closes.
 */
import type { RecordWriteBehind } from './record-write-behind.ts'
import type { Claims } from '../accounts/tokens.ts'

export class Presence {
  readonly #realm: string
  readonly #records: Pick<RecordWriteBehind, 'session'>
  readonly #nowMs: () => number
  readonly #open = new Map<string, { readonly startedAtMs: number; links: number }>()

  constructor(realm: string, records: Pick<RecordWriteBehind, 'session'>, nowMs: () => number) {
    this.#realm = realm
    this.#records = records
    this.#nowMs = nowMs
  }

  linkOpened(claims: Claims): void {
    const known = this.#open.get(claims.session)
    if (known) known.links++
    else {
      const startedAtMs = this.#nowMs()
      this.#open.set(claims.session, { startedAtMs, links: 1 })
      this.#record(claims, startedAtMs, null)
    }
  }

  linkClosed(claims: Claims): void {
    const known = this.#open.get(claims.session)
    if (!known || --known.links > 0) return
    this.#open.delete(claims.session)
    this.#record(claims, known.startedAtMs, this.#nowMs())
  }

  #record({ session, uid, player }: Claims, startedAtMs: number, endedAtMs: number | null): void {
    this.#records.session({ id: session, userUid: uid, realm: this.#realm, player, startedAtMs, endedAtMs })
  }
}
