/**
 * Model-based testing (fast-check's `commands`): random commands run on a realm and on a small model of its rules, which
 * must agree on each answer and on who holds what.
 */
import fc from 'fast-check'
import {
  DEFAULT_DEFINITION,
  type Command,
  type HandId,
  type Input,
  type Realm,
  type RealmDefinition,
} from '../../sim/index.ts'
import { loadLab } from '../physics/copies.ts'
import type { Physics } from '../physics/physics.ts'
import { expectedReason } from './expected.ts'
import { Rules } from './rules.ts'

export interface CommandCheckOptions {
  /** Number of sequences of commands. Default 100. */
  readonly runs?: number
  readonly seed?: number
  /** Commands in one sequence at most. Default 40. */
  readonly commandsMax?: number
  /** The simulation under test. Default: this one. */
  readonly physics?: Physics
}

const PLAYERS = 3
const FIRST_PROP = 3

/** Few props and players, everything within reach, and one player too many. */
const DEFINITION: RealmDefinition = {
  ...DEFAULT_DEFINITION,
  reach: 100,
  playersMax: PLAYERS - 1,
  props: DEFAULT_DEFINITION.props.filter((_, i) => i < 3 || DEFAULT_DEFINITION.props.length - i < 3),
}

interface RealWorld {
  readonly physics: Physics
  readonly realm: Realm
  sequence: number
}

/** One command of a player, or of the server as player 0. */
class SentCommand implements fc.Command<Rules, RealWorld> {
  readonly #player: number
  readonly #command: Command

  constructor(player: number, command: Command) {
    this.#player = player
    this.#command = command
  }

  /** Every command may be sent at any time. The model says what the answer must be. */
  check(): boolean {
    return true
  }

  run(rules: Rules, world: RealWorld): void {
    const { physics, realm } = world
    const input: Input = { player: this.#player, sequence: ++world.sequence, command: this.#command }
    const expected = expectedReason(rules, realm.definition, input)
    const events = physics.step(realm, { tick: realm.tick + 1, inputs: [input] })
    const rejected = events.find((event) => event.type === 'rejected')
    const answer = rejected?.reason ?? null
    if (answer !== expected)
      throw new Error(`${this.toString()}: the realm answers ${answer ?? 'done'}; the rules say ${expected ?? 'done'}`)
    const fault = rules.follow([input], events) ?? rules.compare(physics.avatars(realm), physics.props(realm))
    if (fault) throw new Error(`${this.toString()}: ${fault.message}`)
  }

  toString(): string {
    const { type, ...rest } = this.#command
    return `${this.#player === 0 ? 'server' : `player ${this.#player}`}: ${type} ${JSON.stringify(rest)}`
  }
}

/** Arbitraries of the commands that the rules answer: join, leave, permit, grab, release, scale, access, despawn. */
function arbitraryCommands(): fc.Arbitrary<SentCommand>[] {
  const player = fc.integer({ min: 1, max: PLAYERS })
  const element = fc.integer({ min: FIRST_PROP, max: FIRST_PROP + DEFINITION.props.length })
  const hand = fc.constantFrom<HandId>(0, 1)
  const permissions = fc.oneof(fc.constantFrom(31, 23), fc.nat(31))
  const sent = (from: fc.Arbitrary<number>, command: fc.Arbitrary<Command>): fc.Arbitrary<SentCommand> =>
    fc.tuple(from, command).map(([by, what]) => new SentCommand(by, what))
  const server = fc.constant(0)
  const type = <T extends Command['type']>(name: T): fc.Arbitrary<T> => fc.constant(name)
  return [
    sent(
      server,
      fc
        .record({ player, permissions })
        .map((who): Command => ({ type: 'join', ...who, user: who.player, name: `p${who.player}`, body: 0 })),
    ),
    sent(server, fc.record({ type: type('leave'), player })),
    sent(server, fc.record({ type: type('permit'), player, permissions })),
    sent(player, fc.record({ type: type('grab'), element, hand })),
    sent(player, fc.record({ type: type('release'), hand })),
    sent(player, fc.record({ type: type('scale'), element, scale: fc.constantFrom(0.5, 1, 2) })),
    sent(player, fc.record({ type: type('access'), element, access: fc.nat(63) })),
    sent(player, fc.record({ type: type('despawn'), element })),
  ]
}

/**
 * Checks the rules of a realm on random sequences of commands. Rejects with fast-check's error, which has the shortest
 * sequence that fails, its seed and its path.
 *
 * @example
 * ```ts
 * import { checkCommands } from 'otherworld/testing'
 *
 * await checkCommands({ runs: 10 })
 * ```
 */
export async function checkCommands(options: CommandCheckOptions = {}): Promise<void> {
  const physics = options.physics ?? (await loadLab()).plain
  const commands = fc.commands(arbitraryCommands(), { maxCommands: options.commandsMax ?? 40, size: 'max' })
  fc.assert(
    fc.property(commands, (sequence) => {
      const realm = physics.genesis(DEFINITION)
      try {
        const setup = () => ({
          model: new Rules(DEFINITION, physics.props(realm)),
          real: { physics, realm, sequence: 0 },
        })
        fc.modelRun(setup, sequence)
      } finally {
        physics.free(realm)
      }
    }),
    { numRuns: options.runs ?? 100, ...(options.seed !== undefined && { seed: options.seed }) },
  )
}
