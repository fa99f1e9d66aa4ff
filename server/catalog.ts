/** What render clients are told of the world beside its motion: which elements there are, who holds them, their scale. */
import type { ServerMessage } from '../protocol/index.ts'
import { avatars, props, type ElementId, type PlayerId, type PropView, type Realm } from '../sim/index.ts'

interface Known {
  readonly scale: number
  readonly holder: PlayerId
}

export class Catalog {
  private readonly avatars = new Set<ElementId>()
  private readonly props = new Map<ElementId, Known>()

  constructor(realm: Realm) {
    this.update(realm)
  }

  /** Everything that stands in the realm, for who comes anew. */
  describe(realm: Realm): readonly ServerMessage[] {
    return [
      ...avatars(realm).map(({ id, player, name, body }): ServerMessage => ({ type: 'avatarAdded', element: id, player, name, body })),
      ...props(realm).map(propAdded),
    ]
  }

  /** What has changed since the last call; looks at every element, because holds also end by themselves. */
  update(realm: Realm): readonly ServerMessage[] {
    return [...this.removals(realm), ...this.updateAvatars(realm), ...this.updateProps(realm)]
  }

  private removals(realm: Realm): readonly ServerMessage[] {
    const gone = [...this.avatars].filter((id) => !realm.avatars.has(id)).concat([...this.props.keys()].filter((id) => !realm.props.has(id)))
    for (const id of gone) {
      this.avatars.delete(id)
      this.props.delete(id)
    }
    return gone.map((element) => ({ type: 'elementRemoved', element }))
  }

  private updateAvatars(realm: Realm): readonly ServerMessage[] {
    const messages: ServerMessage[] = []
    for (const { id, player, name, body } of realm.avatars.values()) {
      if (this.avatars.has(id)) continue
      this.avatars.add(id)
      messages.push({ type: 'avatarAdded', element: id, player, name, body })
    }
    return messages
  }

  private updateProps(realm: Realm): readonly ServerMessage[] {
    const messages: ServerMessage[] = []
    const added = new Set<ElementId>()
    for (const { id, scale, hold } of realm.props.values()) {
      const known = this.props.get(id)
      const holder = hold?.player ?? 0
      if (known?.scale === scale && known.holder === holder) continue
      this.props.set(id, { scale, holder })
      if (known) messages.push({ type: 'propChanged', element: id, scale, holder })
      else added.add(id)
    }
    if (added.size > 0) messages.push(...props(realm).filter(({ id }) => added.has(id)).map(propAdded))
    return messages
  }
}

const propAdded = ({ id, spec, scale, holder, owner, position, rotation }: PropView): ServerMessage =>
  ({ type: 'propAdded', element: id, prop: spec, scale, holder, owner, position, rotation })
