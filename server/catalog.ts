/** What render clients are told of the world beside its motion: which elements there are, who holds them, their scale. */
import type { ServerMessage } from '../protocol/index.ts'
import { props, type ElementId, type PlayerId, type PropView, type Realm } from '../sim/index.ts'

interface Known {
  scale: number
  holder: PlayerId
  /** As it was described last; said again as long as it lies there. */
  message: PropAdded | null
}

type PropAdded = Extract<ServerMessage, { readonly type: 'propAdded' }>

export class Catalog {
  /** Each with what is said of it; that never changes. */
  private readonly avatars = new Map<ElementId, ServerMessage>()
  private readonly props = new Map<ElementId, Known>()

  constructor(realm: Realm) {
    this.update(realm)
  }

  /** Everything that stands in the realm, for who comes anew. What has not changed is the same object as the last time, so that it is encoded once. */
  describe(realm: Realm): readonly ServerMessage[] {
    return [...this.avatars.values(), ...props(realm).map((view) => this.described(view))]
  }

  private described(view: PropView): ServerMessage {
    const known = this.props.get(view.id)
    if (known?.message && isAsIn(view, known.message)) return known.message
    const message = propAdded(view)
    if (known) known.message = message
    return message
  }

  /** What has changed since the last call; looks at every element, because holds also end by themselves. */
  update(realm: Realm): readonly ServerMessage[] {
    const messages: ServerMessage[] = []
    this.removals(realm, messages)
    this.updateAvatars(realm, messages)
    this.updateProps(realm, messages)
    return messages
  }

  private removals(realm: Realm, messages: ServerMessage[]): void {
    for (const known of [this.avatars, this.props] as const) {
      const alive = known === this.avatars ? realm.avatars : realm.props
      for (const element of known.keys()) {
        if (alive.has(element)) continue
        known.delete(element)
        messages.push({ type: 'elementRemoved', element })
      }
    }
  }

  private updateAvatars(realm: Realm, messages: ServerMessage[]): void {
    for (const { id, player, name, body } of realm.avatars.values()) {
      if (this.avatars.has(id)) continue
      const message: ServerMessage = { type: 'avatarAdded', element: id, player, name, body }
      this.avatars.set(id, message)
      messages.push(message)
    }
  }

  private updateProps(realm: Realm, messages: ServerMessage[]): void {
    const added = new Set<ElementId>()
    for (const { id, scale, hold } of realm.props.values()) {
      const known = this.props.get(id)
      const holder = hold?.player ?? 0
      if (known?.scale === scale && known.holder === holder) continue
      if (known) {
        known.scale = scale
        known.holder = holder
        messages.push({ type: 'propChanged', element: id, scale, holder })
      } else {
        this.props.set(id, { scale, holder, message: null })
        added.add(id)
      }
    }
    if (added.size > 0) for (const view of props(realm)) if (added.has(view.id)) messages.push(this.described(view))
  }
}

const propAdded = ({ id, spec, scale, holder, owner, position, rotation }: PropView): PropAdded =>
  ({ type: 'propAdded', element: id, prop: spec, scale, holder, owner, position, rotation })

function isAsIn({ scale, holder, position: p, rotation: q }: PropView, { scale: wasScale, holder: wasHolder, position, rotation }: PropAdded): boolean {
  return scale === wasScale && holder === wasHolder && p.x === position.x && p.y === position.y && p.z === position.z
    && q.x === rotation.x && q.y === rotation.y && q.z === rotation.z && q.w === rotation.w
}
