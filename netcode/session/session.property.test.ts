/** Many sessions over a bad network on the test's own clock. A failure names its seed. */
import { fc, test } from '@fast-check/vitest'
import { expect } from 'vitest'
import type { Command, Input } from '../../sim/types.ts'
import { encodeSnapshotPart, type ServerMessage, type Welcome } from '../../protocol/index.ts'
import { ClientSession } from './client/client-session.ts'
import { COMMANDS_UNACKED_MAX, MESSAGE_WINDOW } from './limits.ts'
import { ServerSession } from './server/server-session.ts'

interface Conditions {
  readonly lossShare: number
  readonly duplicateShare: number
  readonly delayMs: number
  readonly jitterMs: number
}

/** xorshift32: the same seed, the same network. */
function randomOf(seed: number): () => number {
  let state = seed | 0 || 1
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) / 4_294_967_296
  }
}

/** One direction: packets arrive late, out of order, twice, or never. */
class Pipe {
  readonly #random: () => number
  readonly #conditions: Conditions
  #underWay: { readonly dueMs: number; readonly bytes: Uint8Array }[] = []

  constructor(random: () => number, conditions: Conditions) {
    this.#random = random
    this.#conditions = conditions
  }

  send(packets: readonly Uint8Array[], nowMs: number): void {
    const { lossShare, duplicateShare, delayMs, jitterMs } = this.#conditions
    for (const bytes of packets) {
      const copies = this.#random() < lossShare ? 0 : this.#random() < duplicateShare ? 2 : 1
      for (let i = 0; i < copies; i += 1)
        this.#underWay.push({ dueMs: nowMs + delayMs + this.#random() * jitterMs, bytes })
    }
  }

  receive(nowMs: number): Uint8Array[] {
    const due = this.#underWay.filter(({ dueMs }) => dueMs <= nowMs).toSorted((a, b) => a.dueMs - b.dueMs)
    this.#underWay = this.#underWay.filter(({ dueMs }) => dueMs > nowMs)
    return due.map(({ bytes }) => bytes)
  }

  clear(): void {
    this.#underWay = []
  }
}

const WELCOME: Welcome = {
  type: 'welcome',
  protocol: 1,
  realm: 'plaza',
  tick: 1,
  tickRate: 60,
  player: 1,
  user: 1,
  avatar: 4,
  permissions: 7,
  definition: '{}',
  resumed: false,
  sequence: 0,
  ackCommand: 0,
}
const TICK_MS = 1_000 / 60
const SNAPSHOT = {
  bytes: encodeSnapshotPart({ tick: 1, avatars: new Uint8Array(900), props: new Uint8Array(0), own: null }),
  acknowledged: () => undefined,
}

/** One client, its server session, and a record of what either side did. */
class PropertyPlayer {
  readonly client: ClientSession
  readonly server: ServerSession
  readonly up: Pipe
  readonly down: Pipe
  readonly commandsSent: number[] = []
  readonly commandsReceived: number[] = []
  readonly latestReceived: Input[] = []
  readonly messagesSent: string[] = []
  readonly messagesHeard: string[] = []
  readonly outcomes: number[] = []
  readonly #random: () => number
  lastMove = 0

  constructor(seed: number, conditions: Conditions) {
    this.#random = randomOf(seed)
    this.client = new ClientSession(0)
    this.server = new ServerSession(0)
    this.server.player = 1
    this.up = new Pipe(this.#random, conditions)
    this.down = new Pipe(this.#random, conditions)
  }

  /** One tick. While `acting`, both sides send. */
  tick(tick: number, acting: boolean): void {
    const nowMs = tick * TICK_MS
    if (acting && this.client.welcomed) this.#act()
    this.up.send(this.client.packets(nowMs), nowMs)
    for (const bytes of this.up.receive(nowMs)) this.#serve(bytes, nowMs, acting)
    if (tick % 3 === 0) this.down.send(this.server.packets([SNAPSHOT], nowMs), nowMs)
    for (const bytes of this.down.receive(nowMs)) this.#hear(bytes, nowMs)
  }

  #act(): void {
    if (this.#random() < 0.1) {
      const queued = this.client.command({ type: 'grab', element: 1 + this.commandsSent.length, hand: 0 })
      if (queued.ok) this.commandsSent.push(queued.value)
    }
    if (this.#random() < 0.5) this.lastMove = this.client.latest(moveOf(this.#random()))
    if (this.#random() < 0.1)
      this.client.latest({
        type: 'drag',
        hand: 1,
        position: { x: 1, y: 1, z: 1 },
        rotation: { x: 0, y: 0, z: 0, w: 1 },
      })
  }

  #serve(bytes: Uint8Array, nowMs: number, acting: boolean): void {
    const result = this.server.receive(bytes, nowMs)
    if (!result.ok) throw new Error(result.error.message)
    const { hello, commands, latest } = result.value
    if (hello !== null && !this.#welcomed) {
      this.#welcomed = true
      this.server.queue({
        ...WELCOME,
        resumed: this.#known,
        sequence: this.server.sequence,
        ackCommand: this.server.ackCommand,
      })
      this.#known = true
    }
    for (const { sequence } of commands) {
      this.commandsReceived.push(sequence)
      this.server.recorded(sequence)
      this.server.queue({ type: 'commandDone', sequence, element: 0, tick: 1 })
    }
    this.latestReceived.push(...latest)
    if (acting && this.#welcomed && this.#random() < 0.3)
      this.#say(`message ${this.messagesSent.length} ${'.'.repeat(Math.floor(this.#random() * 1_500))}`.slice(0, 1_000))
  }

  #welcomed = false
  #known = false

  #say(text: string): void {
    this.messagesSent.push(text)
    this.server.queue({ type: 'notice', text })
  }

  #hear(bytes: Uint8Array, nowMs: number): void {
    const result = this.client.receive(bytes, nowMs)
    if (!result.ok) throw new Error(result.error.message)
    for (const message of result.value.messages) this.#record(message)
  }

  #record(message: ServerMessage): void {
    if (message.type === 'notice') this.messagesHeard.push(message.text)
    if (message.type === 'commandDone') this.outcomes.push(message.sequence)
  }

  /** The connection breaks, with everything in flight; a new one exists at once. */
  reconnect(tick: number): void {
    this.up.clear()
    this.down.clear()
    this.server.detach()
    this.server.attach(tick * TICK_MS)
    this.client.attach(tick * TICK_MS)
    this.#welcomed = false
  }
}

function moveOf(yaw: number): Command {
  return { type: 'move', x: 0, y: 0, z: 0, yaw: Math.fround(yaw), jump: false, run: false, fly: false }
}

function expectOrder(inputs: readonly Input[]): void {
  const newest = new Map<string, number>()
  for (const { sequence, command } of inputs) {
    expect(sequence).toBeGreaterThan(newest.get(command.type) ?? 0)
    newest.set(command.type, sequence)
  }
}

const arbitraryConditions: fc.Arbitrary<Conditions> = fc.record({
  lossShare: fc.double({ min: 0, max: 0.3, noNaN: true }),
  duplicateShare: fc.double({ min: 0, max: 0.2, noNaN: true }),
  delayMs: fc.integer({ min: 0, max: 150 }),
  jitterMs: fc.integer({ min: 0, max: 150 }),
})

/** Upper bound of the test's queued messages: 18 a second of 750 bytes, resent within a second, at 30 % loss. */
const QUEUED_BYTES_EXPECTED = 131_072
const ACTING_TICKS = 300
/** Long enough for what is lost three times. */
const SETTLING_TICKS = 600

test.prop([arbitraryConditions, fc.array(fc.integer(), { minLength: 1, maxLength: 4 })], { numRuns: 6 })(
  'every command and message arrives once and in order, the newest move arrives, and queues stay short',
  (conditions, seeds) => {
    const players = seeds.map((seed) => new PropertyPlayer(seed, conditions))
    for (let tick = 1; tick <= ACTING_TICKS + SETTLING_TICKS; tick += 1) {
      for (const player of players) {
        player.tick(tick, tick <= ACTING_TICKS)
        const { client, server } = player
        if (
          client.unacknowledged > COMMANDS_UNACKED_MAX ||
          server.queuedBytes > QUEUED_BYTES_EXPECTED ||
          client.messagesWaiting > MESSAGE_WINDOW
        )
          throw new Error(
            `at tick ${tick} ${client.unacknowledged} commands, ${server.queuedBytes} bytes and ${client.messagesWaiting} messages wait`,
          )
      }
    }
    for (const player of players) {
      expect(player.commandsReceived).toEqual(player.commandsSent)
      expect(player.outcomes).toEqual(player.commandsSent)
      expect(player.messagesHeard).toEqual(player.messagesSent)
      expect(player.latestReceived.findLast(({ command }) => command.type === 'move')?.sequence ?? 0).toBe(
        player.lastMove,
      )
      expectOrder(player.latestReceived)
      expect([player.client.unacknowledged, player.server.queuedBytes, player.client.messagesWaiting]).toEqual([
        0, 0, 0,
      ])
    }
  },
)

test.prop(
  [
    arbitraryConditions,
    fc.integer(),
    fc.array(fc.integer({ min: 20, max: ACTING_TICKS }), { minLength: 1, maxLength: 4 }),
  ],
  { numRuns: 10 },
)('every command arrives once and in order, with its outcome, over lost connections', (conditions, seed, breaks) => {
  const player = new PropertyPlayer(seed, conditions)
  for (let tick = 1; tick <= ACTING_TICKS + SETTLING_TICKS; tick += 1) {
    if (breaks.includes(tick)) player.reconnect(tick)
    player.tick(tick, tick <= ACTING_TICKS)
  }
  expect(player.commandsReceived).toEqual(player.commandsSent)
  expect([...new Set(player.outcomes)].toSorted((a, b) => a - b)).toEqual(player.commandsSent)
  expectOrder(player.latestReceived)
  expect(player.client.unacknowledged).toBe(0)
})
