import { expect, test } from 'vitest'
import { decodeClientPacket, type ClientPacket } from '../../protocol/index.ts'
import type { Command } from '../../sim/types.ts'
import { ClientSession } from './client/client-session.ts'
import { ServerSession } from './server/server-session.ts'

const move = (z: number): Command => ({ type: 'move', x: 0, y: 0, z, yaw: 0, jump: false, run: false, fly: false })

/** A session with its Welcome at 0 ms, on a timeline with a tick every 10 ms. */
function welcomed(): { readonly client: ClientSession; readonly sent: (nowMs: number) => ClientPacket[] } {
  const [client, server] = [new ClientSession(0), new ServerSession(0)]
  server.player = 1
  for (const packet of client.packets(0)) server.receive(packet, 0)
  server.queue({
    type: 'welcome',
    protocol: 1,
    realm: 'r',
    tick: 1,
    tickRate: 60,
    player: 1,
    user: 1,
    avatar: 3,
    permissions: 0,
    definition: '{}',
    resumed: false,
    sequence: 0,
    ackCommand: 0,
  })
  for (const packet of server.packets([], 0)) client.receive(packet, 0)
  client.packets(0)
  client.timeline = (nowMs) => Math.floor(nowMs / 10)
  const sent = (nowMs: number): ClientPacket[] =>
    client.packets(nowMs).map((bytes) => {
      const packet = decodeClientPacket(bytes)
      return packet.ok ? packet.value : expect.fail(packet.error.message)
    })
  return { client, sent }
}

test('a change of direction is sent at once, and again in the next packet, with the tick of its first', () => {
  const { client, sent } = welcomed()
  client.latest(move(-1), true)
  const packets = Array.from({ length: 12 }, (_, i) =>
    sent(100 + 16 * i).map(({ tick, moveTicks, latest }) => ({ at: i, tick, moveTicks, moves: latest.length })),
  ).flat()
  expect(packets.slice(0, 2)).toEqual([
    { at: 0, tick: 10, moveTicks: 0, moves: 1 },
    { at: 1, tick: 11, moveTicks: 1, moves: 1 },
  ])
  // From then on it is repeated as often as every input, until it is acknowledged.
  expect(packets[2]).toEqual({ at: 6, tick: 19, moveTicks: 9, moves: 1 })
  expect(client.sentMove).toEqual({ sequence: 1, tick: 10 })
})

test('a turn waits for the next packet, and counts from there', () => {
  const { client, sent } = welcomed()
  client.latest(move(-1), true)
  sent(100)
  sent(116)
  client.latest(move(-0.9))
  expect(sent(132)).toEqual([])
  expect(sent(190)).toMatchObject([{ tick: 19, moveTicks: 0, latest: [{ sequence: 2 }] }])
  expect(client.sentMove).toEqual({ sequence: 2, tick: 19 })
})

test('a client without a timeline sends tick 0', () => {
  const { client, sent } = welcomed()
  client.timeline = () => 0
  client.latest(move(-1), true)
  expect(sent(100)).toMatchObject([{ tick: 0, moveTicks: 0 }])
})
