import { expect, test } from 'vitest'
import { MESSAGE_QUEUE_BYTES_MAX } from '../../../netcode/session/limits.ts'
import { encodeClientPacket, encodeInput, PROTOCOL_VERSION } from '../../../protocol/index.ts'
import {
  DEFAULT_DEFINITION,
  genesis,
  hash,
  loadEngine,
  step,
  type Command,
  type InputFrame,
  type SimEvent,
} from '../../../sim/index.ts'
import { RealmMeters } from '../../metrics/realm-meters.ts'
import { InteractionCenter } from '../interaction-center.ts'
import { SendBuffer } from '../replication/send-buffer.ts'
import { scratchLog } from '../recorder/scratch-log.ts'
import { Sessions } from './sessions.ts'

const engine = await loadEngine()
const PLAYER = 1
const LINK = 1
/** Room in the queue of messages beside the realm's definition, bytes. The player never acknowledges a message. */
const QUEUE_BYTES_FREE = 100_000
const MOVE: Command = { type: 'move', x: 0, y: 0, z: -1, yaw: 0, jump: false, run: false, fly: false }
const GRAB: Command = { type: 'grab', element: 1, hand: 0 }

/** A realm's sessions with one player, whose packets the test writes by hand. */
class OnePlayer {
  readonly realm = genesis(engine, {
    ...DEFAULT_DEFINITION,
    name: 'x'.repeat(MESSAGE_QUEUE_BYTES_MAX - QUEUE_BYTES_FREE),
    props: [],
  })
  readonly center = new InteractionCenter()
  readonly meters = new RealmMeters()
  readonly #sessions: Sessions
  #packet = 0

  constructor() {
    const { realm, center, meters } = this
    this.#sessions = new Sessions(
      {
        realm,
        log: scratchLog(realm),
        center,
        packageAccess: { forget: () => undefined },
        out: new SendBuffer(),
        meters,
        note: () => undefined,
        closedTo: () => null,
      },
      0,
    )
    const claims = { session: 's', player: PLAYER, user: 1, name: 'Ada', uid: 'u', role: 'player' } as const
    this.#sessions.opened(LINK, claims, 0, 0)
    this.send({ type: 'hello', protocol: PROTOCOL_VERSION, mode: 'render', body: 0 })
    for (let i = 0; i < 10; i += 1) this.tick()
  }

  /** Sends a packet with a Hello, or with a move that was made at a tick of the client's timeline. */
  send(
    content: { readonly type: 'hello'; protocol: number; mode: 'render'; body: number } | { readonly madeAt: number },
  ) {
    const isHello = 'type' in content
    this.#packet += 1
    const head = { packet: this.#packet, ackPacket: 0, ackBits: 0, ackMessage: 0, clientTimeMs: 0 }
    const input = encodeInput({ player: 0, sequence: this.#packet, command: MOVE })
    const bytes = isHello
      ? encodeClientPacket({ ...head, control: content }, [], [])
      : encodeClientPacket({ ...head, control: null, tick: content.madeAt }, [], [input])
    this.#sessions.received(LINK, bytes, 0)
  }

  tick(): void {
    this.#step(this.center.seal(this.realm.tick + 1), [])
  }

  /** Runs a tick before which the player's queue of inputs became full. `events` are reported besides the step's. */
  tickWithFullBacklog(events: readonly SimEvent[]): void {
    const frame = this.center.seal(this.realm.tick + 1)
    let sequence = 1_000
    while (this.center.submit(PLAYER, { player: PLAYER, sequence, command: GRAB })) sequence += 1
    this.#step(frame, events)
  }

  #step(frame: InputFrame, events: readonly SimEvent[]): void {
    const stepped = step(this.realm, frame)
    this.#sessions.ticked({ frame, events: [...stepped, ...events], hash: hash(this.realm) }, 0)
  }

  ended(reason: string): number {
    const { realm } = this.meters
    return realm.read('sessionsEnded', realm.rowOf('sessionsEnded', reason))[0] ?? 0
  }
}

test('a player whose backlog is full leaves once, even if it reads too slowly in the same tick', () => {
  const one = new OnePlayer()
  // The first move comes three ticks late, so that the second one waits for three ticks.
  one.send({ madeAt: one.realm.tick - 2 })
  one.send({ madeAt: one.realm.tick + 1 })
  for (let i = 0; i < 2; i += 1) one.tick()
  const rejected: SimEvent = {
    type: 'rejected',
    player: PLAYER,
    sequence: 9,
    command: 'grab',
    reason: 'held-by-another',
  }
  one.tickWithFullBacklog(Array.from({ length: QUEUE_BYTES_FREE / 8 }, () => rejected))
  expect([one.ended('backlog'), one.ended('slow-reader')]).toEqual([1, 0])
  const { inputs } = one.center.seal(one.realm.tick + 1)
  expect(inputs.map(({ command }) => command)).toEqual([{ type: 'leave', player: PLAYER }])
})
