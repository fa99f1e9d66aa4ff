/**
 * Offences of a client in a realm. Each offence ends or is refused for that client only, with a message, and the
 * realm continues.
 */
import { afterEach, beforeAll, expect, test } from 'vitest'
import { PACKETS_BURST_MAX, RECEIVED_BYTES_BURST_MAX, SEQUENCE_JUMP_MAX } from '../../../netcode/session/index.ts'
import { encodeClientPacket, encodeInput, type ClientHead } from '../../../protocol/index.ts'
import { TAKEOVERS_BURST_MAX } from '../../../server/limits.ts'
import { loadEngine, type Command, type Engine, type PropSpec } from '../../../sim/index.ts'
import { StageClient, hello, playAll, RealmStage } from '../../harness/server-stage.ts'

let engine: Engine
let stage: RealmStage | null = null
beforeAll(async () => {
  engine = await loadEngine()
})
afterEach(async () => {
  stage?.stop('the test is over')
  await stage?.pass(2_000)
  stage = null
})

function begin(changes: ConstructorParameters<typeof RealmStage>[1] = {}): RealmStage {
  stage = new RealmStage(engine, changes)
  return stage
}

const head = (packet: number, changes: Partial<ClientHead> = {}): ClientHead => ({
  packet,
  ackPacket: 0,
  ackBits: 0,
  ackMessage: 0,
  clientTimeMs: 0,
  control: null,
  ...changes,
})
const input = (sequence: number, command: Command): Uint8Array => encodeInput({ player: 0, sequence, command })
const move = { type: 'move', x: 0, y: 0, z: -1, yaw: 0, jump: false, run: false, fly: false } as const satisfies Command

/**
 * Eve has joined and played for `ms`; the test decides what she sends next. Her packet numbers so far are below 500.
 */
const attacks: readonly [string, (to: RealmStage) => void, RegExp][] = [
  [
    'packets faster than the rate',
    (to) => {
      for (let i = 0; i < PACKETS_BURST_MAX + 10; i++) to.receive(2, encodeClientPacket(head(500 + i), [], []))
    },
    /more than \d+ packets/,
  ],
  [
    'bytes faster than the rate',
    (to) => {
      for (let i = 0; i <= RECEIVED_BYTES_BURST_MAX / 16_000; i++) to.receive(2, new Uint8Array(16_000))
    },
    /more than|not valid/,
  ],
  [
    'a packet number that jumps',
    (to) => to.receive(2, encodeClientPacket(head(500 + SEQUENCE_JUMP_MAX), [], [])),
    /packet \d+ follows packet/,
  ],
  [
    'an input number that jumps',
    (to) => to.receive(2, encodeClientPacket(head(500), [], [input(1_000 + SEQUENCE_JUMP_MAX, move)])),
    /input \d+ comes too far after input/,
  ],
  [
    'inputs out of order',
    (to) =>
      to.receive(
        2,
        encodeClientPacket(
          head(500),
          [input(900, { type: 'release', hand: 0 }), input(899, { type: 'release', hand: 0 })],
          [],
        ),
      ),
    /comes after/,
  ],
  [
    'an acknowledgement of a message that was never sent',
    (to) => to.receive(2, encodeClientPacket(head(500, { ackMessage: 9_999 }), [], [])),
    /never sent/,
  ],
  [
    'an acknowledgement of a packet that was never sent',
    (to) => to.receive(2, encodeClientPacket(head(500, { ackPacket: 99_999, ackBits: 0xffff_ffff }), [], [])),
    /never sent/,
  ],
  [
    'a number that is none',
    (to) => to.receive(2, encodeClientPacket(head(500), [], [input(900, { ...move, x: Number.NaN })])),
    /finite/,
  ],
  [
    'a rotation that is none',
    (to) =>
      to.receive(
        2,
        encodeClientPacket(
          head(500),
          [],
          [input(900, { type: 'drag', hand: 1, position: { x: 0, y: 1, z: 0 }, rotation: { x: 3, y: 0, z: 0, w: 0 } })],
        ),
      ),
    /unit quaternion/,
  ],
  [
    "a command of the server's",
    (to) =>
      to.receive(
        2,
        encodeClientPacket(
          head(500),
          [input(900, { type: 'teleport', player: 1, position: { x: 0, y: 0, z: 0 }, yaw: 0 })],
          [],
        ),
      ),
    /may not send "teleport"/,
  ],
  ['an empty packet', (to) => to.receive(2, new Uint8Array(0)), /not valid/],
]

test.each(attacks)('%s ends only that client, with a message', async (_, attack, words) => {
  const at = begin()
  const [ada, eve] = [new StageClient(at, 1, 1), new StageClient(at, 2, 2)]
  await playAll(at, [ada, eve], 400)
  attack(at)
  await at.pass(100)
  eve.take()
  expect(eve.goodbye).toMatch(words)
  const seen = ada.snapshots
  await playAll(at, [ada], 1_500)
  expect(at.closes.get(2)).toMatch(words)
  expect(ada.goodbye).toBeNull()
  expect(ada.snapshots).toBeGreaterThan(seen)
  expect([...at.realm.players.keys()]).toEqual([1])
})

test('a second Hello changes nothing, and a Hello with the first goodbye leaves no player behind', async () => {
  const at = begin()
  const ada = new StageClient(at, 1, 1)
  await ada.play(400)
  const { avatar } = ada.last('welcome') ?? {}
  at.receive(
    1,
    encodeClientPacket(head(500, { control: { type: 'hello', protocol: 99, mode: 'lockstep', body: 7 } }), [], []),
  )
  await ada.play(300)
  expect(ada.messages.filter(({ type }) => type === 'welcome')).toHaveLength(1)
  expect(at.realm.players.get(1)?.id).toBe(avatar)
  for (let i = 0; i < 5; i++)
    at.receive(1, encodeClientPacket(head(600 + i, { control: { type: 'goodbye', reason: 'x'.repeat(900) } }), [], []))
  await at.pass(300)
  expect(at.realm.players.size).toBe(0)
})

test('distant poses, distant drags and senseless scales are limited to the reach or rejected', async () => {
  const at = begin()
  const [ada, eve] = [new StageClient(at, 1, 1), new StageClient(at, 2, 2)]
  await playAll(at, [ada, eve], 400)
  const bytes = new Uint8Array(30 + 18 * 4).fill(0x7f)
  eve.session.latest({ type: 'pose', pose: { bytes, boneMask: 2 ** 18 - 1 } })
  for (const value of [3.4e38, -3.4e38, 1e-45]) {
    eve.session.latest({ ...move, x: value, y: value, yaw: value, fly: true })
    eve.session.latest({
      type: 'drag',
      hand: 1,
      position: { x: value, y: value, z: value },
      rotation: { x: 0, y: 0, z: 0, w: 1 },
    })
    eve.session.command({ type: 'scale', element: [...at.realm.props.keys()][0] ?? 0, scale: value })
    eve.session.command({ type: 'grab', element: 0xffff_ffff, hand: 1 })
    await playAll(at, [ada, eve], 300)
  }
  expect(eve.messages.filter(({ type }) => type === 'commandRejected').length).toBeGreaterThanOrEqual(6)
  expect(eve.goodbye).toBeNull()
  expect(ada.goodbye).toBeNull()
  const { min, max } = at.realm.definition.bounds
  for (const {
    position: { x, y, z },
  } of at.realm.avatars.values()) {
    expect(x >= min.x && x <= max.x && z >= min.z && z <= max.z && y >= min.y && y <= max.y).toBe(true)
  }
})

test("one player's props are limited: further spawns are rejected with a reason, and despawning makes room", async () => {
  const share = 64
  const at = begin({ elementsMax: 4 * share })
  const eve = new StageClient(at, 1, 1)
  await eve.play(400)
  const pebble: PropSpec = {
    name: 'pebble',
    motion: 'static',
    density: 100,
    friction: 0.5,
    restitution: 0,
    color: 0,
    colliders: [
      { shape: { type: 'sphere', radius: 0.1 }, position: { x: 0, y: 0, z: 0 }, rotation: { x: 0, y: 0, z: 0, w: 1 } },
    ],
  }
  const spawn = (i: number) =>
    eve.session.command({
      type: 'spawn',
      prop: pebble,
      position: { x: (i % 30) / 2 - 8, y: 0.5, z: -2 - Math.floor(i / 30) / 4 },
      rotation: { x: 0, y: 0, z: 0, w: 1 },
      scale: 1,
      access: 0,
      owner: 0,
    })
  const outcomes = () => eve.messages.filter(({ type }) => type === 'commandDone' || type === 'commandRejected')
  const reasons = () =>
    new Set(eve.messages.flatMap((message) => (message.type === 'commandRejected' ? [message.reason] : [])))
  for (let i = 0; i < share + 30;) {
    // Below the rate limit of inputs, or she would be disconnected for that.
    for (let j = 0; j < 15 && i < share + 30; j++) if (spawn(i).ok) i += 1
    await eve.play(150)
  }
  for (let i = 0; i < 20 && outcomes().length < share + 30; i++) await eve.play(500)
  expect(eve.goodbye).toBeNull()
  expect(outcomes()).toHaveLength(share + 30)
  const owned = [...at.realm.props.values()].filter(({ owner }) => owner === 1)
  expect(owned).toHaveLength(share)
  expect(reasons()).toContain('share-limit')
  eve.session.command({ type: 'despawn', element: owned[0]?.id ?? 0 })
  await eve.play(300)
  spawn(0)
  await eve.play(300)
  expect(outcomes().at(-1)?.type).toBe('commandDone')
})

test('takeovers with a stolen token are limited; then further ones are refused with a message', async () => {
  const at = begin()
  const ada = new StageClient(at, 1, 1)
  await ada.play(300)
  const last = TAKEOVERS_BURST_MAX + 4
  for (let link = 2; link <= last; link++) {
    at.open(link, 1)
    at.receive(link, hello('render'))
    await at.pass(50)
  }
  await at.pass(1_000)
  expect(at.closes.get(1)).toBe('This session continues on another connection.')
  expect(at.closes.get(last)).toContain('too often')
  expect(at.realm.players.size).toBe(1)
})
