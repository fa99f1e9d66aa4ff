/**
 * A scene: some guests, sometimes a builder, and their actions tick by tick. Everything depends on the seed and on the
 * realm's content.
 */
import {
  creationCost,
  CREATION_COST_MAX,
  RANGES,
  compareInputs,
  iterateAvatars,
  iterateProps,
  type Command,
  type ElementId,
  type HandId,
  type Input,
  type InputFrame,
  type PlayerId,
  type Realm,
  type RealmDefinition,
  type Vec3,
} from '../../../sim/index.ts'
import { Actor, PERMISSIONS_ALL, type ActorView } from './actor.ts'
import { drawDefinition } from './definitions.ts'
import { Draw } from './edge-numbers.ts'
import { drawStyle, type Style } from './styles.ts'

/** Share of looks at an element that neither hand nor scale can move. */
const STATIC_SHARE = 0.2

interface ScenePlayer {
  readonly id: PlayerId
  readonly permissions: number
  sequence: number
  at: Vec3
  hands: HandId[]
}

/**
 * A mesh that no guest may spawn. The user who adds it is responsible for the cost of walking on it
 * (docs/threat-model.md).
 */
function makesTerrain(command: Command): boolean {
  const spec =
    command.type === 'spawn'
      ? command.prop
      : command.type === 'package' && command.physics.kind === 'object'
        ? command.physics.prop
        : null
  return (
    spec !== null &&
    typeof spec !== 'string' &&
    spec.colliders.some(({ shape }) => shape.type === 'trimesh' && shape.indices.length / 3 > RANGES.meshTriangles.max)
  )
}

export class Scene {
  readonly definition: RealmDefinition
  readonly style: Style
  #waiting: Input[] = []
  readonly #draw: Draw
  readonly #players: ScenePlayer[]
  readonly #actor: Actor
  /** Props that may still be spawned. */
  #left: number
  #serverSequence = 0

  constructor(seed: number) {
    const draw = new Draw(seed)
    this.#draw = draw
    this.definition = drawDefinition(draw)
    this.style = drawStyle(draw)
    const guests = draw.whole(2, 4)
    const builders = draw.chance(0.3) ? 1 : 0
    this.#players = Array.from({ length: guests + builders }, (_, i) => ({
      id: i + 1,
      permissions: i < guests ? this.definition.permissions : PERMISSIONS_ALL,
      sequence: 0,
      at: { x: 0, y: 0, z: 0 },
      hands: [],
    }))
    this.#actor = new Actor(draw, this.definition, this.style)
    this.#left = this.style.count(draw)
  }

  /** The frame of the realm's next tick. */
  frame(realm: Realm): InputFrame {
    const inputs: Input[] = realm.tick === 0 ? this.#players.map((player) => this.#join(player)) : []
    let view: ActorView | null = null
    for (const player of realm.tick === 0 ? [] : this.#players) {
      for (let count = this.style.pace(this.#draw); count > 0; count--) {
        view ??= this.#look(realm)
        const kind = this.#actor.nextKind()
        if (kind === 'server') inputs.push(this.#fromServer(this.#actor.order(player)))
        else if (kind !== 'spawn' || this.#left-- > 0)
          inputs.push({
            player: player.id,
            sequence: ++player.sequence,
            command: this.#actor.command(kind, player, view),
          })
      }
    }
    const drawn = inputs.filter(({ player, command }) => this.#isGuest(player) || !makesTerrain(command))
    return { tick: realm.tick + 1, inputs: this.#sealed(realm, drawn).toSorted(compareInputs) }
  }

  /**
   * The inputs that a server would seal into this frame: new colliders within the limit of a frame; the rest waits for
   * the next.
   */
  #sealed(realm: Realm, inputs: readonly Input[]): Input[] {
    const all = [...this.#waiting, ...inputs]
    this.#waiting = []
    let sum = 0
    return all.filter((input) => {
      const work = creationCost(realm, input.command)
      const fits = work === 0 || sum === 0 || sum + work <= CREATION_COST_MAX
      if (fits) sum += work
      else this.#waiting.push(input)
      return fits
    })
  }

  #isGuest(player: PlayerId): boolean {
    return this.#players.some(({ id, permissions }) => id === player && permissions !== PERMISSIONS_ALL)
  }

  #join({ id, permissions }: ScenePlayer): Input {
    return this.#fromServer({ type: 'join', player: id, user: id, name: `Player ${id}`, body: 0, permissions })
  }

  #fromServer(command: Command): Input {
    return { player: 0, sequence: ++this.#serverSequence, command }
  }

  #look(realm: Realm): ActorView {
    const of = (id: PlayerId): ScenePlayer | undefined => this.#players.find((player) => player.id === id)
    for (const player of this.#players) player.hands = []
    for (const avatar of iterateAvatars(realm)) {
      const player = of(avatar.player)
      if (player) player.at = { ...avatar.position }
    }
    const [elements, places]: [ElementId[], Vec3[]] = [[], []]
    for (const { id, spec, position, holder, hand } of iterateProps(realm)) {
      of(holder)?.hands.push(hand)
      if (spec.motion === 'static' && !this.#draw.chance(STATIC_SHARE)) continue
      elements.push(id)
      places.push({ x: position.x, y: position.y, z: position.z })
    }
    return { elements, places }
  }
}
