/** How many props of a realm each player has spawned; counted once a tick at most, and only where somebody spawns. */
import type { PlayerId, Realm } from '../sim/index.ts'

export class OwnedProps {
  private readonly realm: Realm
  private counts = new Map<PlayerId, number>()
  private tick = -1

  constructor(realm: Realm) {
    this.realm = realm
  }

  of(player: PlayerId): number {
    if (this.tick !== this.realm.tick) this.count()
    return this.counts.get(player) ?? 0
  }

  private count(): void {
    this.tick = this.realm.tick
    this.counts = new Map()
    for (const { owner } of this.realm.props.values()) this.counts.set(owner, (this.counts.get(owner) ?? 0) + 1)
  }
}
