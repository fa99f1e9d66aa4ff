/** Neutral numbers and names for everything in a recording that points to a person. */
import type {
  PackageHash,
  PackagePhysics,
  PlayerId,
  PropSpec,
  RealmDefinition,
  ShareNumber,
  UserNumber,
} from '../../sim/index.ts'

/** Address groups of several users; a group of one user has the user's number. */
const SHARES_FROM = 0x8000_0000
const HASH_CHARACTERS = 64

/** Numbers from 1, in the order in which they are asked for. */
class Numbering<T> {
  readonly #numbers = new Map<T, number>()

  of(value: T): number {
    const number = this.#numbers.get(value) ?? this.#numbers.size + 1
    this.#numbers.set(value, number)
    return number
  }
}

export class Pseudonyms {
  readonly #players: ReadonlyMap<PlayerId, PlayerId>
  readonly #users = new Numbering<UserNumber>()
  readonly #shares = new Numbering<ShareNumber>()
  readonly #props = new Numbering<string>()
  readonly #packages = new Numbering<PackageHash>()

  /** `players`: all of the run. They keep their order, because the order of inputs in a frame depends on it. */
  constructor(players: Iterable<PlayerId>) {
    const sorted = [...new Set(players)].toSorted((a, b) => a - b)
    this.#players = new Map(sorted.map((player, i) => [player, i + 1]))
  }

  /** 0 stays the server. Throws RangeError for an unknown player. */
  player(player: PlayerId): PlayerId {
    const number = player === 0 ? 0 : this.#players.get(player)
    if (number === undefined) throw new RangeError(`player ${player} is not among the players of the run`)
    return number
  }

  /** True for a player of the run. An input may name another. */
  knows(player: PlayerId): boolean {
    return player === 0 || this.#players.has(player)
  }

  /** 0 stays the realm. */
  user(user: UserNumber): UserNumber {
    return user === 0 ? 0 : this.#users.of(user)
  }

  nameOf(user: UserNumber): string {
    return `person ${this.user(user)}`
  }

  share(share: ShareNumber, user: UserNumber): ShareNumber {
    return share === 0 ? 0 : share === user ? this.user(user) : SHARES_FROM + this.#shares.of(share)
  }

  prop(spec: PropSpec): PropSpec {
    return { ...spec, name: `prop ${this.#props.of(spec.name)}` }
  }

  package(hash: PackageHash): PackageHash {
    return this.#packages.of(hash).toString(16).padStart(HASH_CHARACTERS, '0')
  }

  physics(physics: PackagePhysics): PackagePhysics {
    return physics.kind === 'object'
      ? { ...physics, prop: this.prop(physics.prop) }
      : { ...physics, body: { ...physics.body, name: 'body' } }
  }

  /** Keeps what the simulation depends on, such as the seed. */
  definition(definition: RealmDefinition): RealmDefinition {
    return {
      ...definition,
      id: 'anonymous',
      name: 'Anonymous realm',
      bodies: definition.bodies.map((body, i) => ({ ...body, name: `body ${i + 1}` })),
      props: definition.props.map((placed) => ({ ...placed, prop: this.prop(placed.prop) })),
    }
  }
}
