import { describe, expect, test } from 'vitest'
import {
  COMMAND_BYTES_MAX,
  encodeClientPacket,
  encodeInput,
  encodeSnapshotPart,
  PACKET_BYTES_MAX,
} from '../../protocol/index.ts'
import {
  COMMANDS_UNACKED_MAX,
  GOODBYE_MS_MAX,
  HEARTBEAT_MS,
  INPUT_INTERVAL_MS,
  INPUTS_BURST_MAX,
  MESSAGE_QUEUE_BYTES_MAX,
  PACKETS_BURST_MAX,
  SEQUENCE_JUMP_MAX,
  SILENCE_MS_MAX,
} from './limits.ts'
import { WELCOME, move, grab, drag, release, notice, head, inputsFrom, SessionPair } from './session-pair.fixture.ts'

describe('a client session', () => {
  test('SES-1: sends Hello until the Welcome arrives', () => {
    const pair = new SessionPair(null)
    pair.up()
    pair.pass(INPUT_INTERVAL_MS)
    pair.up()
    expect(pair.received.map(({ hello }) => hello?.mode)).toEqual(['render', 'render'])
    pair.server.queue(WELCOME)
    pair.down()
    pair.pass(INPUT_INTERVAL_MS)
    pair.up()
    expect(pair.received.at(-1)?.hello).toBeNull()
  })

  test('INP-1: numbers nothing before the Welcome', () => {
    const pair = new SessionPair(null)
    expect(pair.client.command(grab(1)).ok).toBe(false)
    expect(pair.client.latest(move(1))).toBe(0)
  })

  test('INP-2, INP-5: sends a new command at once and repeats it until it is acknowledged', () => {
    const pair = new SessionPair()
    pair.pass(20)
    pair.client.command(grab(7))
    expect(pair.up(true)).toHaveLength(1)
    expect(pair.up()).toHaveLength(0)
    pair.pass(INPUT_INTERVAL_MS)
    pair.up()
    pair.pass(INPUT_INTERVAL_MS)
    pair.up()
    expect(pair.commands).toEqual(['grab'])
    expect(pair.client.unacknowledged).toBe(1)
    pair.pass(HEARTBEAT_MS)
    pair.down()
    expect(pair.client.unacknowledged).toBe(0)
  })

  test('INP-3, PKT-5: repeats the newest move until a packet with it is acknowledged', () => {
    const pair = new SessionPair()
    pair.client.latest(move(1))
    pair.client.latest(move(2))
    pair.pass(INPUT_INTERVAL_MS)
    pair.up(true)
    pair.pass(INPUT_INTERVAL_MS)
    pair.up()
    expect(pair.received.at(-1)?.latest).toEqual([{ player: 3, sequence: 2, command: move(2) }])
    for (const packet of pair.server.packets([], pair.nowMs, true)) pair.client.receive(packet, pair.nowMs)
    pair.pass(INPUT_INTERVAL_MS)
    expect(pair.up()).toHaveLength(0)
  })

  test("INP-4: drops a hand's drag at its release", () => {
    const pair = new SessionPair()
    pair.client.latest(drag(1))
    pair.client.command(release)
    pair.pass(INPUT_INTERVAL_MS)
    pair.up()
    expect(pair.received.at(-1)).toMatchObject({ latest: [], commands: [{ command: release }] })
  })

  test('refuses a command if too many wait, and one that is too large', () => {
    const pair = new SessionPair()
    for (let i = 0; i < COMMANDS_UNACKED_MAX; i += 1) expect(pair.client.command(grab(i + 1)).ok).toBe(true)
    expect(pair.client.command(grab(1)).ok).toBe(false)
    const vertices = Array.from({ length: COMMAND_BYTES_MAX / 4 }, () => 1)
    const mesh = {
      name: 'a',
      motion: 'static',
      density: 1,
      friction: 1,
      restitution: 0,
      color: 0,
      colliders: [
        {
          shape: { type: 'trimesh', vertices, indices: [0, 1, 2] },
          position: { x: 0, y: 0, z: 0 },
          rotation: { x: 0, y: 0, z: 0, w: 1 },
        },
      ],
    } as const
    expect(
      new SessionPair().client.command({
        type: 'spawn',
        prop: mesh,
        position: { x: 0, y: 0, z: 0 },
        rotation: { x: 0, y: 0, z: 0, w: 1 },
        scale: 1,
        access: 0,
        owner: 0,
      }).ok,
    ).toBe(false)
  })

  test('PKT-2: keeps packets within their size, however many commands wait', () => {
    const pair = new SessionPair()
    for (let i = 0; i < COMMANDS_UNACKED_MAX; i += 1) pair.client.command(grab(1_000_000 + i))
    for (let i = 0; i < 40 && pair.client.unacknowledged > 0; i += 1) {
      pair.pass(INPUT_INTERVAL_MS)
      for (const packet of pair.up()) expect(packet.length).toBeLessThanOrEqual(PACKET_BYTES_MAX)
      pair.down()
      pair.pass(HEARTBEAT_MS)
    }
    expect(pair.commands).toHaveLength(COMMANDS_UNACKED_MAX)
  })

  test("sends the largest commands one by one, within the server's rate limit", () => {
    const pair = new SessionPair()
    const shape = { type: 'convex', points: Array.from({ length: 192 }, (_, i) => i / 7) } as const
    const colliders = Array.from({ length: 16 }, () => ({
      shape,
      position: { x: 0, y: 0, z: 0 },
      rotation: { x: 0, y: 0, z: 0, w: 1 },
    }))
    const prop = {
      name: 'heap',
      motion: 'dynamic',
      density: 1,
      friction: 1,
      restitution: 0,
      color: 0,
      colliders,
    } as const
    for (let i = 0; i < 8; i += 1)
      expect(
        pair.client.command({
          type: 'spawn',
          prop,
          position: { x: i, y: 0, z: 0 },
          rotation: { x: 0, y: 0, z: 0, w: 1 },
          scale: 1,
          access: 0,
          owner: 0,
        }).ok,
      ).toBe(true)
    // Acknowledgements take half a second; until then each command is repeated.
    for (let tick = 0; tick < 1_200; tick += 1) {
      pair.pass(1_000 / 60)
      pair.up()
      if (tick % 30 === 0) pair.down()
    }
    expect(pair.server.fault).toBeNull()
    expect(pair.commands).toHaveLength(8)
    expect(pair.client.unacknowledged).toBe(0)
  })

  test("CLK-1: measures the round trip without the server's waiting time", () => {
    const pair = new SessionPair()
    pair.pass(HEARTBEAT_MS)
    pair.up()
    pair.pass(200)
    const packets = pair.server.packets([], pair.nowMs, true)
    pair.pass(30)
    for (const packet of packets) pair.client.receive(packet, pair.nowMs)
    expect(pair.client.rttMs).toBeGreaterThan(0)
    expect(pair.client.rttMs).toBeLessThanOrEqual(30)
  })

  test('SES-6: gives up after silence', () => {
    const pair = new SessionPair()
    pair.pass(SILENCE_MS_MAX - 1)
    expect(pair.client.isSilent(pair.nowMs)).toBe(false)
    pair.pass(1)
    expect(pair.client.isSilent(pair.nowMs)).toBe(true)
    expect(pair.server.isSilent(pair.nowMs)).toBe(true)
  })

  test('PKT-8: reports a broken packet with a message', () => {
    const result = new SessionPair().client.receive(Uint8Array.of(255, 255, 255), 1_000)
    expect(result.ok ? '' : result.error.message).toMatch(/not valid/)
  })
})

describe('a server session', () => {
  test('MSG-1, MSG-2: delivers each message once and in order despite packet loss', () => {
    const pair = new SessionPair()
    for (let i = 0; i < 50; i += 1) {
      pair.server.queue(notice(`${i}`))
      pair.down(i % 3 === 0)
      pair.pass(25)
      if (i % 2 === 0) pair.up()
    }
    for (let i = 0; i < 40; i += 1) {
      pair.down()
      pair.pass(100)
      pair.up()
    }
    expect(pair.messages.slice(1)).toEqual(Array.from({ length: 50 }, (_, i) => notice(`${i}`)))
    expect(pair.server.queuedBytes).toBe(0)
  })

  test('MSG-3: sends a message larger than a packet in parts', () => {
    const pair = new SessionPair()
    const large = { ...WELCOME, definition: JSON.stringify(Array.from({ length: 9_000 }, (_, i) => i)) }
    pair.server.queue(large)
    pair.server.queue(notice('after it'))
    for (let i = 0; i < 60; i += 1) {
      for (const packet of pair.down(i % 4 === 1)) expect(packet.length).toBeLessThanOrEqual(PACKET_BYTES_MAX)
      pair.pass(50)
      pair.up()
    }
    expect(pair.messages.slice(1)).toEqual([large, notice('after it')])
  })

  test('sends one part of the snapshot in each packet, with messages beside it', () => {
    const pair = new SessionPair()
    pair.server.queue(notice('hello'))
    const parts = [0, 1].map((part) => ({
      bytes: encodeSnapshotPart({ tick: 5 + part, avatars: new Uint8Array(950), props: new Uint8Array(0), own: null }),
      acknowledged: () => undefined,
    }))
    const packets = pair.down(false, parts)
    expect(packets).toHaveLength(2)
    for (const packet of packets) expect(packet.length).toBeLessThanOrEqual(PACKET_BYTES_MAX)
    expect(pair.messages.at(-1)).toEqual(notice('hello'))
  })

  test('ends a client that reads too slowly, with a reason', () => {
    const pair = new SessionPair()
    const text = 'x'.repeat(900)
    for (let bytes = 0; bytes <= MESSAGE_QUEUE_BYTES_MAX; bytes += text.length) pair.server.queue(notice(text))
    expect(pair.server.fault?.reason).toBe('slow-reader')
    expect(pair.server.queuedBytes).toBeLessThanOrEqual(MESSAGE_QUEUE_BYTES_MAX)
    expect(pair.server.receive(encodeClientPacket(head(99), [], []), pair.nowMs)).toMatchObject({
      ok: false,
      error: { reason: 'slow-reader' },
    })
  })

  const faults: [string, string, (pair: SessionPair) => Uint8Array[]][] = [
    ['bytes that are not a packet', 'protocol', () => [Uint8Array.of(1, 2, 3)]],
    [
      'too many packets',
      'rate',
      () => Array.from({ length: PACKETS_BURST_MAX + 1 }, (_, i) => encodeClientPacket(head(i + 10), [], [])),
    ],
    [
      'too many inputs',
      'rate',
      () =>
        Array.from({ length: INPUTS_BURST_MAX / 100 + 1 }, (_, i) =>
          encodeClientPacket(head(i + 10), inputsFrom(i * 100 + 1, 100), []),
        ),
    ],
    [
      'a sequence far ahead',
      'sequence',
      () => [
        encodeClientPacket(
          head(10),
          [encodeInput({ player: 0, sequence: SEQUENCE_JUMP_MAX + 1, command: release })],
          [],
        ),
      ],
    ],
    [
      'decreasing sequences',
      'sequence',
      () => [
        encodeClientPacket(
          head(10),
          [2, 1].map((sequence) => encodeInput({ player: 0, sequence, command: release })),
          [],
        ),
      ],
    ],
    ['a packet number far ahead', 'sequence', () => [encodeClientPacket(head(SEQUENCE_JUMP_MAX * 2), [], [])]],
    [
      'an acknowledgement of what was never sent',
      'protocol',
      () => [encodeClientPacket({ ...head(10), ackMessage: 2 }, [], [])],
    ],
  ]
  test.each(faults)('LIM-1, PKT-3, INP-1: ends because of %s', (_, reason, packets) => {
    const pair = new SessionPair()
    const results = packets(pair).map((packet) => pair.server.receive(packet, pair.nowMs))
    expect(results.at(-1)).toMatchObject({ ok: false, error: { reason } })
    expect(pair.server.fault?.reason).toBe(reason)
  })

  test('INP-4: drops a drag of an earlier hold', () => {
    const pair = new SessionPair()
    pair.client.latest(drag(1))
    pair.pass(INPUT_INTERVAL_MS)
    const [late] = pair.client.packets(pair.nowMs)
    pair.client.command(release)
    pair.pass(INPUT_INTERVAL_MS)
    pair.up()
    const result = pair.server.receive(late ?? new Uint8Array(0), pair.nowMs)
    expect(result).toMatchObject({ ok: true, value: { latest: [] } })
  })

  test('SES-7: its goodbye is done once it is acknowledged or times out', () => {
    const pair = new SessionPair()
    pair.server.goodbye('the realm closes', pair.nowMs)
    pair.down()
    expect(pair.server.isGoodbyeDone(pair.nowMs)).toBe(false)
    for (const packet of pair.client.packets(pair.nowMs, true)) pair.server.receive(packet, pair.nowMs)
    expect(pair.server.isGoodbyeDone(pair.nowMs)).toBe(true)
    const deaf = new SessionPair()
    deaf.server.goodbye('the realm closes', deaf.nowMs)
    expect(deaf.server.isGoodbyeDone(deaf.nowMs + GOODBYE_MS_MAX)).toBe(true)
  })

  test("receives a client's goodbye and acknowledges it", () => {
    const pair = new SessionPair()
    pair.client.goodbye('going home', pair.nowMs)
    pair.pass(INPUT_INTERVAL_MS)
    pair.up()
    expect(pair.received.at(-1)?.goodbye).toBe('going home')
    for (const packet of pair.server.packets([], pair.nowMs, true)) pair.client.receive(packet, pair.nowMs)
    expect(pair.client.isGoodbyeDone(pair.nowMs)).toBe(true)
  })
})
