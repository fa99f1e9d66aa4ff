/**
 * Catalog of elements for render clients: finds what was added, changed or removed, except for motion, which snapshots
 * carry.
 */
import type { ServerMessage } from '../../../protocol/index.ts'
import {
  boxOf,
  props,
  bodyView,
  type Avatar,
  type ElementId,
  type PlayerId,
  type PropSpec,
  type PropView,
  type Realm,
} from '../../../sim/index.ts'

interface KnownProp {
  scale: number
  holder: PlayerId
  access: number
  /** Its last description, sent again while the prop has not moved. */
  message: PropAdded | null
}

type PropAdded = Extract<ServerMessage, { readonly type: 'propAdded' }>

export class Catalog {
  /** The message that announced each avatar; a new one where its body changes. */
  readonly #avatars = new Map<ElementId, Pick<Avatar, 'bodyChoice' | 'scale'> & { readonly message: ServerMessage }>()
  readonly #props = new Map<ElementId, KnownProp>()

  constructor(realm: Realm) {
    this.update(realm)
  }

  /**
   * Returns messages that describe all elements, for a new client. An element that has not changed has the same message
   * object as before, so that it is encoded once.
   */
  describe(realm: Realm): readonly ServerMessage[] {
    return [
      ...Array.from(this.#avatars.values(), ({ message }) => message),
      ...props(realm).map((view) => this.#described(view)),
    ]
  }

  #described(view: PropView): ServerMessage {
    const known = this.#props.get(view.id)
    if (known?.message && isAsIn(view, known.message)) return known.message
    const message = propAdded(view)
    if (known) known.message = message
    return message
  }

  /**
   * Returns what has changed since the last call. Compares every element, because holds can also end without a command.
   */
  update(realm: Realm): readonly ServerMessage[] {
    const messages: ServerMessage[] = []
    this.#removals(realm, messages)
    this.#updateAvatars(realm, messages)
    this.#updateProps(realm, messages)
    return messages
  }

  #removals(realm: Realm, messages: ServerMessage[]): void {
    for (const known of [this.#avatars, this.#props] as const) {
      const alive = known === this.#avatars ? realm.avatars : realm.props
      for (const element of known.keys()) {
        if (alive.has(element)) continue
        known.delete(element)
        messages.push({ type: 'elementRemoved', element })
      }
    }
  }

  #updateAvatars(realm: Realm, messages: ServerMessage[]): void {
    for (const avatar of realm.avatars.values()) {
      const { id, bodyChoice, scale } = avatar
      const known = this.#avatars.get(id)
      if (known?.bodyChoice === bodyChoice && known.scale === scale) continue
      const message = avatarAdded(avatar)
      this.#avatars.set(id, { bodyChoice, scale, message })
      messages.push(known ? { type: 'avatarChanged', element: id, ...bodyView(avatar) } : message)
    }
  }

  #updateProps(realm: Realm, messages: ServerMessage[]): void {
    const added = new Set<ElementId>()
    for (const { id, scale, access, hold } of realm.props.values()) {
      const known = this.#props.get(id)
      const holder = hold?.player ?? 0
      if (known?.scale === scale && known.holder === holder && known.access === access) continue
      if (known) {
        known.scale = scale
        known.holder = holder
        known.access = access
        messages.push({ type: 'propChanged', element: id, scale, holder, access })
      } else {
        this.#props.set(id, { scale, holder, access, message: null })
        added.add(id)
      }
    }
    if (added.size > 0) for (const view of props(realm)) if (added.has(view.id)) messages.push(this.#described(view))
  }
}

export const avatarAdded = (
  avatar: Pick<Avatar, 'id' | 'player' | 'user' | 'name' | 'bodyChoice' | 'scale' | 'body'>,
): ServerMessage => ({
  type: 'avatarAdded',
  element: avatar.id,
  player: avatar.player,
  user: avatar.user,
  name: avatar.name,
  ...bodyView(avatar),
})

/** Specs of packages with one box in place of their colliders. All props of a package share its spec. */
const boxes = new WeakMap<PropSpec, PropSpec>()

function boxFor(spec: PropSpec): PropSpec {
  const known = boxes.get(spec) ?? boxOf(spec)
  boxes.set(spec, known)
  return known
}

export const propAdded = ({
  id,
  spec,
  package: hash,
  scale,
  holder,
  owner,
  access,
  position,
  rotation,
}: PropView): PropAdded => ({
  type: 'propAdded',
  element: id,
  prop: hash === null ? spec : boxFor(spec),
  package: hash,
  scale,
  holder,
  owner,
  access,
  position,
  rotation,
})

function isAsIn(
  { scale, holder, access, position: p, rotation: q }: PropView,
  { scale: wasScale, holder: wasHolder, access: wasAccess, position, rotation }: PropAdded,
): boolean {
  return (
    scale === wasScale &&
    holder === wasHolder &&
    access === wasAccess &&
    p.x === position.x &&
    p.y === position.y &&
    p.z === position.z &&
    q.x === rotation.x &&
    q.y === rotation.y &&
    q.z === rotation.z &&
    q.w === rotation.w
  )
}
