import { afterEach, describe, expect, test } from 'vitest'
import {
  avatars,
  DEFAULT_BODY,
  DEFAULT_DEFINITION,
  free,
  genesis,
  hash,
  loadEngine,
  Permission,
  step,
  type CommandType,
  type InputFrame,
  type Realm,
  type RealmDefinition,
  type SimEvent,
} from '../sim/index.ts'
import { loadClips } from './clip-files.ts'
import { BEHAVIOURS, type BehaviourName } from './bot-behaviour.ts'
import { fitClips } from './motion-clip-player.ts'
import { SimCrowd } from './sim-crowd.ts'

const engine = await loadEngine()
const clips = fitClips(await loadClips(), DEFAULT_BODY)
const realms: Realm[] = []
afterEach(() => {
  for (const realm of realms.splice(0)) free(realm)
})

interface Played {
  readonly realm: Realm
  readonly frames: InputFrame[]
  readonly events: SimEvent[]
  /** Distance that each player covered on the ground, metres. */
  readonly travelled: number[]
}

function play(
  behaviour: BehaviourName,
  {
    count = 6,
    seconds = 20,
    seed = 1,
    definition = DEFAULT_DEFINITION,
  }: { count?: number; seconds?: number; seed?: number; definition?: RealmDefinition } = {},
): Played {
  const realm = genesis(engine, definition)
  realms.push(realm)
  const crowd = new SimCrowd({ count, behaviour, seed, clips })
  const played: Played = { realm, frames: [], events: [], travelled: Array.from({ length: count }, () => 0) }
  for (let i = 0; i < seconds * definition.tickRate; i++) {
    const frame = crowd.nextFrame(realm)
    const events = step(realm, frame)
    crowd.handleEvents(events)
    played.frames.push(frame)
    played.events.push(...events)
    for (const { player, velocity } of avatars(realm))
      played.travelled[player - 1] =
        (played.travelled[player - 1] ?? 0) + Math.hypot(velocity.x, velocity.z) / definition.tickRate
  }
  return played
}

const counted = ({ events }: Played, type: SimEvent['type']): number =>
  events.filter((event) => event.type === type).length
const sent = ({ frames }: Played, type: CommandType): number =>
  frames.flatMap(({ inputs }) => inputs).filter(({ command }) => command.type === type).length
const reasons = ({ events }: Played): string[] =>
  events.flatMap((event) => (event.type === 'rejected' ? [`${event.command}: ${event.reason}`] : []))

describe.each(BEHAVIOURS)('bots that %s', (behaviour) => {
  test('walk about and stay on the ground', () => {
    const played = play(behaviour)
    for (const metres of played.travelled) expect(metres).toBeGreaterThan(5)
    const { ground } = DEFAULT_DEFINITION
    for (const { position } of avatars(played.realm)) {
      expect(Math.abs(position.x)).toBeLessThan(ground.x)
      expect(Math.abs(position.z)).toBeLessThan(ground.z)
      expect(position.y).toBeGreaterThan(-0.1)
    }
  })

  test('send only commands that can succeed', () => {
    const honest = /held-by-another|out-of-reach|hand-empty|unknown-element|scale-out-of-range|not-movable/
    for (const reason of reasons(play(behaviour, { seed: 11 }))) expect(reason).toMatch(honest)
  })

  test('behave the same for the same seed and differently for another', () => {
    const [once, again, other] = [1, 1, 2].map((seed) => hash(play(behaviour, { seed, seconds: 5 }).realm))
    expect(again).toBe(once)
    expect(other).not.toBe(once)
  })
})

test('dragging bots grab, carry, throw and scale', () => {
  const played = play('drag', { seconds: 30 })
  expect(counted(played, 'grabbed')).toBeGreaterThan(15)
  expect(counted(played, 'released')).toBeGreaterThan(15)
  expect(counted(played, 'scaled')).toBeGreaterThan(1)
  expect(sent(played, 'drag')).toBeGreaterThan(500)
  const asked = sent(played, 'grab') + sent(played, 'release') + sent(played, 'scale')
  expect(reasons(played).filter((reason) => !reason.startsWith('drag')).length).toBeLessThan(asked * 0.2)
})

test('thrown props fly', () => {
  const realm = genesis(engine, DEFAULT_DEFINITION)
  realms.push(realm)
  const crowd = new SimCrowd({ count: 4, behaviour: 'drag', seed: 3, clips })
  const speeds: number[] = []
  for (let i = 0; i < 1200; i++) {
    const events = step(realm, crowd.nextFrame(realm))
    crowd.handleEvents(events)
    for (const event of events) {
      const motion = event.type === 'released' ? realm.props.get(event.element)?.motion : undefined
      if (motion) speeds.push(Math.hypot(motion[7] ?? 0, motion[8] ?? 0, motion[9] ?? 0))
    }
  }
  expect(Math.max(...speeds)).toBeGreaterThan(2)
})

test('mocap bots send 15 poses a second with bones, and sometimes grab a prop', () => {
  const played = play('mocap', { count: 8, seconds: 40 })
  expect(sent(played, 'pose') / (8 * 40)).toBeGreaterThan(14)
  expect(sent(played, 'pose') / (8 * 40)).toBeLessThan(16)
  for (const { pose } of avatars(played.realm))
    expect(pose?.bones.filter((bone) => bone !== null).length).toBeGreaterThanOrEqual(16)
  expect(counted(played, 'grabbed')).toBeGreaterThan(3)
})

test('mixed bots spawn props and remove some of them', () => {
  const played = play('mixed', { count: 8, seconds: 60 })
  expect(counted(played, 'spawned')).toBeGreaterThan(20)
  expect(counted(played, 'despawned')).toBeGreaterThan(5)
  expect(sent(played, 'pose')).toBeGreaterThan(100)
})

test('bots that may not grab continue to walk and retry rarely', () => {
  const played = play('drag', { definition: { ...DEFAULT_DEFINITION, permissions: Permission.spawn }, seconds: 20 })
  expect(counted(played, 'grabbed')).toBe(0)
  expect(reasons(played)).toContain('grab: not-permitted')
  expect(sent(played, 'grab')).toBeLessThan(6 * 20)
  for (const metres of played.travelled) expect(metres).toBeGreaterThan(5)
})
