/** Both ends of a session without a network, and the messages of their tests. */
import type { Command } from '../../sim/types.ts'
import { encodeInput, type ServerMessage, type Welcome } from '../../protocol/index.ts'
import { ClientSession } from './client/client-session.ts'
import { ServerSession, type OutgoingPart, type ReceivedInputs } from './server/server-session.ts'

export const WELCOME: Welcome = {
  type: 'welcome',
  protocol: 1,
  realm: 'plaza',
  tick: 1,
  tickRate: 60,
  player: 3,
  user: 3,
  avatar: 4,
  permissions: 7,
  definition: '{}',
  resumed: false,
  sequence: 0,
  ackCommand: 0,
}
export const move = (yaw: number): Command => ({
  type: 'move',
  x: 0,
  y: 0,
  z: -1,
  yaw,
  jump: false,
  run: false,
  fly: false,
})
export const grab = (element: number): Command => ({ type: 'grab', element, hand: 0 })
export const drag = (x: number): Command => ({
  type: 'drag',
  hand: 0,
  position: { x, y: 0, z: 0 },
  rotation: { x: 0, y: 0, z: 0, w: 1 },
})
export const release: Command = { type: 'release', hand: 0 }
export const notice = (text: string): ServerMessage => ({ type: 'notice', text })
export const head = (packet: number) => ({
  packet,
  ackPacket: 0,
  ackBits: 0,
  ackMessage: 0,
  clientTimeMs: 0,
  control: null,
})

export const inputsFrom = (first: number, count: number): Uint8Array[] =>
  Array.from({ length: count }, (_, i) => encodeInput({ player: 0, sequence: first + i, command: release }))

/** Both ends without a network: what one sends reaches the other at once, or is lost. */
export class SessionPair {
  nowMs = 1_000
  /** If true, the server's log takes commands as they come. */
  records = true
  readonly client = new ClientSession(1_000)
  readonly server = new ServerSession(1_000)
  readonly received: ReceivedInputs[] = []
  readonly messages: ServerMessage[] = []

  constructor(welcome: Welcome | null = WELCOME) {
    this.server.player = 3
    if (welcome === null) return
    this.up()
    this.server.queue(welcome)
    this.down()
  }

  /** The client's packets; the server receives them unless `lost`. */
  up(lost = false): Uint8Array[] {
    const packets = this.client.packets(this.nowMs)
    for (const packet of lost ? [] : packets) {
      const result = this.server.receive(packet, this.nowMs)
      if (!result.ok) throw new Error(result.error.message)
      this.received.push(result.value)
      if (this.records) this.record()
    }
    return packets
  }

  /** The log takes what was received. */
  record(): void {
    const sequence = this.received.flatMap(({ commands }) => commands).at(-1)?.sequence
    if (sequence !== undefined) this.server.recorded(sequence)
  }

  down(lost = false, parts: readonly OutgoingPart[] = []): Uint8Array[] {
    const packets = this.server.packets(parts, this.nowMs)
    for (const packet of lost ? [] : packets) {
      const result = this.client.receive(packet, this.nowMs)
      if (!result.ok) throw new Error(result.error.message)
      this.messages.push(...result.value.messages)
    }
    return packets
  }

  pass(ms: number): void {
    this.nowMs += ms
  }

  get commands(): string[] {
    return this.received.flatMap(({ commands }) => commands).map(({ command }) => command.type)
  }
}
