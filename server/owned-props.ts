/** How many props of a realm each user owns; counted once a tick at most, and only where somebody spawns. */
import type { Realm, UserNumber } from '../sim/index.ts'

export class OwnedProps {
  private readonly realm: Realm
  private counts = new Map<UserNumber, number>()
  private tick = -1

  constructor(realm: Realm) {
    this.realm = realm
  }

  of(user: UserNumber): number {
    if (this.tick !== this.realm.tick) this.count()
    return this.counts.get(user) ?? 0
  }

  private count(): void {
    this.tick = this.realm.tick
    this.counts = new Map()
    for (const { owner } of this.realm.props.values()) this.counts.set(owner, (this.counts.get(owner) ?? 0) + 1)
  }
}
