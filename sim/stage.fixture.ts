/** A realm driven by a script, and helpers for props. */
import {
  avatars,
  DEFAULT_DEFINITION,
  free,
  genesis,
  loadEngine,
  props,
  step,
  type AvatarView,
  type Collider,
  type Command,
  type Input,
  type PropSpec,
  type PropView,
  type Realm,
  type RealmDefinition,
  type RejectReason,
  type Shape,
  type SimEvent,
  type Vec3,
} from './index.ts'

export const engine = await loadEngine()
export const UPRIGHT = { x: 0, y: 0, z: 0, w: 1 }
/** A guest's permissions: everything except manage. */
const GUEST = 23
export const MANAGER = 31

export const at = (x: number, y: number, z: number): Vec3 => ({ x, y, z })
export const collider = (shape: Shape, position = at(0, 0, 0)): Collider => ({ shape, position, rotation: UPRIGHT })
export const boxShape = (half: number): Shape => ({ type: 'box', halfExtents: at(half, half, half) })
export const spec = (motion: PropSpec['motion'], ...colliders: Collider[]): PropSpec => ({
  name: 'thing',
  motion,
  colliders,
  density: 200,
  friction: 0.5,
  restitution: 0,
  color: 0,
})
export const crate = (half = 0.25): PropSpec => spec('dynamic', collider(boxShape(half)))

/** A `move` without motion. */
export const still = { x: 0, y: 0, z: 0, yaw: 0, jump: false, run: false, fly: false }
/** The first element after plane and marker. */
export const FIRST = 3
/** A realm with one crate of 0.4 m. */
export const oneCrate = (position: Vec3): Partial<RealmDefinition> => ({
  props: [{ prop: crate(0.2), position, rotation: UPRIGHT, scale: 1 }],
})
export const reasonOf = (events: readonly SimEvent[]): string | undefined =>
  events.find((e) => e.type === 'rejected')?.reason

/** A realm that tests step tick by tick, with its players' commands. */
export class Stage {
  readonly realm: Realm
  #sequence = 0

  constructor(change: Partial<RealmDefinition> = {}) {
    this.realm = genesis(engine, {
      ...DEFAULT_DEFINITION,
      props: [],
      spawn: { position: at(0, 0, 5), yaw: 0, radius: 0 },
      ...change,
    })
  }

  tick(...commands: (readonly [player: number, command: Command])[]): readonly SimEvent[] {
    const inputs: Input[] = commands.map(([player, command]) => ({ player, sequence: ++this.#sequence, command }))
    return step(this.realm, { tick: this.realm.tick + 1, inputs })
  }

  wait(ticks: number): SimEvent[] {
    return Array.from({ length: ticks }, () => this.tick()).flat()
  }

  join(player: number, { permissions = GUEST, share = player }: { permissions?: number; share?: number } = {}): void {
    this.tick([0, { type: 'join', player, user: player, share, name: `p${player}`, body: 0, permissions }])
  }

  /** Joins players with all permissions in one tick. */
  joinManagers(...players: number[]): void {
    this.tick(
      ...players.map(
        (player) =>
          [0, { type: 'join', player, user: player, name: `p${player}`, body: 0, permissions: MANAGER }] as const,
      ),
    )
  }

  prop(id: number): PropView {
    const found = props(this.realm).find((p) => p.id === id)
    if (!found) throw new Error(`no prop ${id}`)
    return found
  }

  avatar(player: number): AvatarView {
    const found = avatars(this.realm).find((a) => a.player === player)
    if (!found) throw new Error(`no player ${player}`)
    return found
  }

  /** Returns why a spawn is refused, or the id of the prop. */
  spawn(player: number, prop: PropSpec, position: Vec3, scale = 1): RejectReason | number {
    const events = this.tick([player, { type: 'spawn', prop, position, rotation: UPRIGHT, scale, access: 0, owner: 0 }])
    for (const event of events) {
      if (event.type === 'spawned') return event.element
      if (event.type === 'rejected') return event.reason
    }
    throw new Error('a spawn was not answered')
  }
}

export function stage(use: (s: Stage) => void, change?: Partial<RealmDefinition>): void {
  const s = new Stage(change)
  try {
    use(s)
  } finally {
    free(s.realm)
  }
}
