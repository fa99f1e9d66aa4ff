import { expect, test } from 'vitest'
import { SnapshotBuilder } from '../../../netcode/snapshot/index.ts'
import { PROTOCOL_VERSION, type Hello } from '../../../protocol/index.ts'
import { AssertionError } from '../../../sim/assert.ts'
import { DEFAULT_DEFINITION, genesis, loadEngine, step, type Input, type Realm } from '../../../sim/index.ts'
import { NEWCOMERS_PER_TICK_MAX } from '../../limits.ts'
import { AdmissionControl } from './admission.ts'
import { CommandRouter } from '../command-router.ts'
import { InteractionCenter } from '../interaction-center.ts'
import { Member } from './member.ts'
import { MemberTable } from './member-table.ts'
import { OutcomeRouter } from '../outcomes.ts'

const engine = await loadEngine()
const HELLO: Hello = { type: 'hello', protocol: PROTOCOL_VERSION, mode: 'render', body: 0 }

const memberOf = (player: number): Member => new Member({ player, user: player, name: `Player ${player}` }, 0, 0)

/** Admission over an Interaction Center whose frames the test seals and steps. */
class Entrance {
  readonly realm: Realm
  readonly center = new InteractionCenter()
  readonly members = new MemberTable()
  readonly refused: string[] = []
  readonly admission: AdmissionControl
  readonly outcomes: OutcomeRouter
  closedTo: string | null = null

  constructor(playersMax = 10) {
    this.realm = genesis(engine, { ...DEFAULT_DEFINITION, playersMax })
    this.outcomes = new OutcomeRouter(this.realm, {
      memberOf: (player) => this.members.get(player),
      refuse: (_, reason) => this.refused.push(reason),
    })
    this.admission = new AdmissionControl({
      realm: this.realm,
      center: this.center,
      outcomes: this.outcomes,
      closedTo: () => this.closedTo,
    })
  }

  arrive(player: number, link = player): Member {
    const member = memberOf(player)
    this.members.add(member)
    this.members.attach(member, link, 0)
    return member
  }

  tick(): void {
    this.outcomes.route(step(this.realm, this.center.seal(this.realm.tick + 1)))
    this.admission.ticked()
  }
}

test('a player joins after its Hello, and is welcomed once it has an avatar', () => {
  const entrance = new Entrance()
  const member = entrance.arrive(1)
  expect(member.connection.state).toBe('awaiting-hello')
  expect(entrance.admission.receiveHello(member, 1, HELLO)).toBeNull()
  expect([member.stage, member.connection.state]).toEqual(['joining', 'admitted'])
  entrance.tick()
  expect(member.stage).toBe('playing')
  member.welcome(new SnapshotBuilder(entrance.realm.tick), 0)
  expect(member.connection).toMatchObject({ state: 'welcomed', link: 1 })
})

test('players beyond the share of a tick wait in the queue for the next one', () => {
  const entrance = new Entrance()
  const members = Array.from({ length: NEWCOMERS_PER_TICK_MAX + 1 }, (_, i) => entrance.arrive(i + 1))
  for (const member of members) entrance.admission.receiveHello(member, member.player, HELLO)
  expect(members.at(-1)?.connection.state).toBe('queued')
  entrance.tick()
  expect(members.at(-1)?.connection.state).toBe('admitted')
})

test('a player that changes its link in the queue loses its place', () => {
  const entrance = new Entrance()
  const members = Array.from({ length: NEWCOMERS_PER_TICK_MAX + 1 }, (_, i) => entrance.arrive(i + 1))
  for (const member of members) entrance.admission.receiveHello(member, member.player, HELLO)
  const last = members.at(-1)
  if (last) entrance.members.attach(last, 99, 0)
  entrance.tick()
  expect([last?.stage, last?.connection.state]).toEqual(['new', 'awaiting-hello'])
})

test.each([
  ['another protocol version', { ...HELLO, protocol: PROTOCOL_VERSION + 1 }, 'version'],
  ['lockstep with a token of a player', { ...HELLO, mode: 'lockstep' as const }, 'observer'],
  ['a body that the realm does not have', { ...HELLO, body: 99 }, 'no body 99'],
])('a Hello with %s is refused with a reason', (_, hello, words) => {
  const entrance = new Entrance()
  const member = entrance.arrive(1)
  expect(entrance.admission.receiveHello(member, 1, hello)).toContain(words)
  expect(member.connection.state).toBe('awaiting-hello')
})

test('a closed realm refuses new players, but not those who have an avatar', () => {
  const entrance = new Entrance()
  const known = entrance.arrive(1)
  entrance.admission.receiveHello(known, 1, HELLO)
  entrance.tick()
  entrance.closedTo = 'the disk is full'
  entrance.members.attach(known, 2, 0)
  expect(entrance.admission.receiveHello(known, 2, HELLO)).toBeNull()
  expect(entrance.admission.receiveHello(entrance.arrive(3), 3, HELLO)).toBe('the disk is full')
})

test('a player for whom the realm has no room is refused', () => {
  const entrance = new Entrance(1)
  for (const player of [1, 2]) entrance.admission.receiveHello(entrance.arrive(player), player, HELLO)
  entrance.tick()
  expect(entrance.refused).toEqual([expect.stringContaining('The realm is full')])
})

test('the join of a player who has left does not count for its next member', () => {
  const entrance = new Entrance()
  const first = entrance.arrive(1)
  entrance.admission.receiveHello(first, 1, HELLO)
  entrance.members.remove(first)
  const second = entrance.arrive(1, 2)
  entrance.tick()
  expect(second.stage).toBe('new')
})

test('a member asserts the order of its states', () => {
  const member = memberOf(1)
  expect(() => member.enqueue()).toThrow(AssertionError)
  member.attach(1, 0)
  expect(() => member.admit()).toThrow(AssertionError)
  member.enqueue()
  expect(() => member.enqueue()).toThrow(AssertionError)
  expect(() => member.joined()).toThrow(AssertionError)
  expect(member.admit()).toBe(true)
  expect(() => member.welcome(new SnapshotBuilder(0), 0)).toThrow(AssertionError)
})

test('a member that returns keeps its stage and starts again with a Hello', () => {
  const member = memberOf(1)
  member.attach(1, 0)
  member.enqueue()
  member.admit()
  member.joined()
  member.detach(500)
  expect([member.stage, member.link]).toEqual(['playing', null])
  expect(member.connection).toEqual({ state: 'disconnected', sinceMs: 500 })
  member.attach(2, 900)
  member.enqueue()
  expect(member.admit()).toBe(false)
})

test('the table finds a member by the link that it has now', () => {
  const members = new MemberTable()
  const member = memberOf(1)
  members.add(member)
  members.attach(member, 7, 0)
  members.attach(member, 8, 0)
  expect([members.onLink(7), members.onLink(8), members.connected]).toEqual([undefined, member, 1])
  members.detach(member, 0)
  expect([members.onLink(8), members.get(1), members.connected]).toEqual([undefined, member, 0])
})

test('a lost player gets one input that stops its avatar, with the next sequence', () => {
  const entrance = new Entrance()
  const member = entrance.arrive(1)
  const commands = new CommandRouter(entrance.realm, entrance.center, entrance.members)
  commands.standStill(member)
  expect(entrance.center.backlog).toBe(0)
  entrance.admission.receiveHello(member, 1, HELLO)
  entrance.tick()
  commands.standStill(member)
  const { inputs } = entrance.center.seal(entrance.realm.tick + 1)
  expect(inputs).toMatchObject([{ player: 1, sequence: 1, command: { type: 'move', x: 0, y: 0, z: 0 } }])
})

test('inputs beyond the backlog of a player are refused', () => {
  const entrance = new Entrance()
  const commands = new CommandRouter(entrance.realm, entrance.center, entrance.members)
  const inputs = Array.from({ length: 10_000 }, (_, i): Input => ({
    player: 1,
    sequence: i + 1,
    command: { type: 'release', hand: 0 },
  }))
  expect(commands.submit(memberOf(1), inputs.slice(0, 10))).toBe(true)
  expect(commands.submit(memberOf(1), inputs)).toBe(false)
})
