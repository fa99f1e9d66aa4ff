/** The state machines at both ends: whole conversations of mutated packets, a new session for each input. */
import {
  ClientSession,
  COMMAND_BYTES_UNACKED_MAX,
  MESSAGE_QUEUE_BYTES_MAX,
  MESSAGE_WINDOW,
  ServerSession,
  SNAPSHOT_PART_BYTES_MAX,
  type ReceivedInputs,
} from '../../../netcode/session/index.ts'
import { SnapshotDecoder } from '../../../netcode/snapshot/index.ts'
import {
  decodeClientPacket,
  decodeServerPacket,
  PACKET_BYTES_MAX,
  PROTOCOL_VERSION,
  type Welcome,
} from '../../../protocol/index.ts'
import { promise, splitRecords, type FuzzTarget } from '../target.ts'

/** Between two packets of a conversation, ms. */
const PACE_MS = 33

const WELCOME: Welcome = {
  type: 'welcome',
  protocol: PROTOCOL_VERSION,
  realm: 'fuzz',
  tick: 100,
  tickRate: 60,
  player: 1,
  user: 1,
  avatar: 3,
  permissions: 31,
  definition: '{}',
  resumed: false,
  sequence: 0,
  ackCommand: 0,
}

/** What a session accepts must be new: commands in order and once, and each input newer than the last of its kind. */
class OnceOnly {
  #command = 0

  check({ commands, latest }: ReceivedInputs): void {
    for (const { sequence, player } of commands) {
      promise(sequence > this.#command, `command ${sequence} was passed on after ${this.#command}`)
      promise(player === 1, 'an input carries another player')
      this.#command = sequence
    }
    for (const { player } of latest) promise(player === 1, 'an input carries another player')
  }
}

function serverSession(bytes: Uint8Array): boolean {
  let nowMs = 1_000
  const session = new ServerSession(nowMs)
  session.player = 1
  const once = new OnceOnly()
  let isAccepted = false
  let isWelcomed = false
  for (const packet of splitRecords(bytes)) {
    nowMs += PACE_MS
    const received = session.receive(packet, nowMs)
    if (!received.ok) {
      promise(received.error.message !== '' && session.fault !== null, 'a session ended without a word')
      session.goodbye(received.error.message, nowMs)
      return isAccepted
    }
    isAccepted = true
    once.check(received.value)
    if (received.value.hello && !isWelcomed) session.queue(WELCOME)
    isWelcomed ||= received.value.hello !== null
    for (const { sequence } of received.value.commands)
      session.queue({ type: 'commandDone', sequence, element: 9, tick: 100 })
    const parts = isWelcomed ? [{ bytes: new Uint8Array(20), acknowledged: () => undefined }] : []
    for (const out of session.packets(parts, nowMs, received.value.goodbye !== null))
      promise(out.length <= PACKET_BYTES_MAX, `a packet of ${out.length} bytes goes out`)
    promise(session.queuedBytes <= MESSAGE_QUEUE_BYTES_MAX, 'the queue of messages is beyond its limit')
  }
  return isAccepted
}

function clientSession(bytes: Uint8Array): boolean {
  let nowMs = 1_000
  const session = new ClientSession(nowMs)
  let isAccepted = false
  for (const packet of splitRecords(bytes)) {
    nowMs += PACE_MS
    const received = session.receive(packet, nowMs)
    if (!received.ok) {
      promise(received.error.message !== '', 'a session ended without a word')
      return isAccepted
    }
    isAccepted = true
    promise(session.messagesWaiting <= MESSAGE_WINDOW, 'more messages wait than the window holds')
    if (session.welcomed) {
      session.latest({ type: 'move', x: 0, y: 0, z: -1, yaw: 0, jump: false, run: false, fly: false })
      session.command({ type: 'release', hand: 1 })
    }
    for (const out of session.packets(nowMs))
      promise(
        out.length <= COMMAND_BYTES_UNACKED_MAX && decodeClientPacket(out).ok,
        'a client sends what no server takes',
      )
    const { rttMs } = session
    promise(rttMs === null || (rttMs >= 0 && Number.isFinite(rttMs)), 'the round trip is no time')
  }
  return isAccepted
}

/** Maximum states of one conversation: a packet has 1,000 bytes of records with at least three bytes each. */
const STATES_MAX = 64 * SNAPSHOT_PART_BYTES_MAX * 8

function snapshots(bytes: Uint8Array): boolean {
  const decoder = new SnapshotDecoder()
  let isAccepted = false
  for (const record of splitRecords(bytes)) {
    const packet = decodeServerPacket(record)
    if (!packet.ok || packet.value.snapshot === null) continue
    const taken = decoder.decode(packet.value.snapshot)
    if (taken.ok) {
      for (const { values } of taken.value.samples)
        for (const value of values) if (!Number.isFinite(value)) promise(false, 'a value of a snapshot is no number')
      isAccepted ||= taken.value.samples.length > 0
    } else promise(taken.error.message !== '', 'a refusal has no words')
  }
  promise(decoder.states <= STATES_MAX, 'more states are kept than were sent')
  return isAccepted
}

export const sessionTargets: readonly FuzzTarget[] = [
  { name: 'server-session', run: serverSession, share: 0.3 },
  { name: 'client-session', run: clientSession, share: 0.1 },
  { name: 'snapshot', run: snapshots, share: 0.2 },
]
