import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  DEFAULT_DEFINITION,
  free,
  genesis,
  loadEngine,
  step,
  type Command,
  type Engine,
  type PropSpec,
  type Realm,
} from '../../../sim/index.ts'
import { elementOf } from '../../../storage/archive/archive.fixture.ts'
import type { SavedElement } from '../../../storage/archive/index.ts'
import type { ElementChanges } from '../../both-threads/archive-messages.ts'
import { ElementChangeTracker, MOVING_SECONDS, ROUND_SECONDS } from './element-change-tracker.ts'
import { restoreFromArchive } from '../recorder/archive-restore.ts'

let engine: Engine
const realms: Realm[] = []
beforeAll(async () => {
  engine = await loadEngine()
})
afterAll(() => {
  for (const realm of realms) free(realm)
})

const prop = (element: number): SavedElement =>
  elementOf(element, {
    spec: {
      name: 'pebble',
      motion: 'kinematic',
      density: 1,
      friction: 0.5,
      restitution: 0,
      color: 1,
      colliders: [
        {
          shape: { type: 'sphere', radius: 0.25 },
          position: { x: 0, y: 0, z: 0 },
          rotation: { x: 0, y: 0, z: 0, w: 1 },
        },
      ],
    },
    position: { x: (element % 30) / 2 - 7, y: 1, z: Math.floor(element / 30) / 64 - 8 },
    rotation: { x: 0, y: 0, z: 0, w: 1 },
    scale: 1,
    owner: 9,
    access: 2,
  })

function realmOf(propsMax = 4_000): Realm {
  const realm = genesis(engine, { ...DEFAULT_DEFINITION, elementsMax: propsMax })
  realms.push(realm)
  return realm
}

const order = (realm: Realm, commands: readonly Command[] = []): ReturnType<typeof step> =>
  step(realm, {
    tick: realm.tick + 1,
    inputs: commands.map((command, i) => ({ player: 0, sequence: realm.tick * 100 + i + 1, command })),
  })

/** Runs ticks with the tracker until a round is complete, for at most `seconds`; returns what was sent. */
function round(realm: Realm, watch: ElementChangeTracker, sent: ElementChanges[], seconds: number): ElementChanges[] {
  sent.length = 0
  for (let i = 0; i < seconds * realm.definition.tickRate; i++) {
    order(realm)
    watch.ticked()
  }
  return [...sent]
}

const ids = (changes: readonly ElementChanges[]): number[] =>
  changes.flatMap(({ put }) => put.map(({ element }) => element))

describe('the element change tracker', () => {
  test('sends all elements first, and then the changes of each round once', () => {
    const realm = realmOf()
    const sent: ElementChanges[] = []
    const watch = new ElementChangeTracker(realm, (changes) => sent.push(changes))
    const { spec, position, rotation, owner, access, scale } = prop(1)
    order(realm, [{ type: 'spawn', prop: spec as PropSpec, position, rotation, scale, access, owner }])
    for (let i = 0; i < 600; i++) order(realm)
    const first = round(realm, watch, sent, ROUND_SECONDS)
    expect(ids(first).toSorted((a, b) => a - b)).toEqual([...realm.props.keys()])
    expect(first.filter(({ isComplete }) => isComplete)).toHaveLength(1)
    expect(first.map(({ begins }) => begins)).toEqual([true, ...first.slice(1).map(() => false)])
    expect(ids(round(realm, watch, sent, 2 * ROUND_SECONDS))).toEqual([])
    // The last one floats away from the others, which stay when it is removed.
    const [one = 0] = realm.props.keys()
    const two = [...realm.props.keys()].at(-1) ?? 0
    order(realm, [
      { type: 'access', element: one, access: 3 },
      { type: 'despawn', element: two },
    ])
    const changed = round(realm, watch, sent, 2 * ROUND_SECONDS)
    expect(changed.at(-1)).toMatchObject({
      put: [{ element: one, access: 3 }],
      removed: [two],
      begins: false,
      isComplete: true,
    })
    expect(changed).toHaveLength(1)
  })

  test('a moving prop is sent rarely, a resting one at once, and the last round sends all as they are', () => {
    const realm = realmOf()
    const sent: ElementChanges[] = []
    for (let i = 0; i < 600; i++) order(realm)
    const watch = new ElementChangeTracker(realm, (changes) => sent.push(changes))
    round(realm, watch, sent, ROUND_SECONDS)
    const ball = [...realm.props.values()].find(({ spec }) => spec.motion === 'dynamic')!
    let times = 0
    for (let i = 0; i < 2 * MOVING_SECONDS * realm.definition.tickRate; i++) {
      ball.body.setLinvel({ x: i % 2 ? 1 : -1, y: 0, z: 0 }, true)
      sent.length = 0
      order(realm)
      watch.ticked()
      times += ids(sent).filter((id) => id === ball.id).length
    }
    expect(times).toBeGreaterThanOrEqual(1)
    expect(times).toBeLessThanOrEqual(3)
    sent.length = 0
    watch.finish()
    expect(sent.at(-1)?.put.find(({ element }) => element === ball.id)?.position).toEqual({
      x: ball.motion[0],
      y: ball.motion[1],
      z: ball.motion[2],
    })
    expect(sent.at(-1)?.isComplete).toBe(true)
  })

  test('a large realm is sent over several ticks, with a limited part in each', () => {
    const realm = realmOf()
    restoreFromArchive(
      realm,
      {
        newestEpoch: 1,
        at: { realm: 'yard', epoch: 1, tick: 1 },
        elements: Array.from({ length: 1_000 }, (_, i) => prop(i)),
        packages: [],
      },
      () => undefined,
    )
    const sent: ElementChanges[] = []
    const changes = round(realm, new ElementChangeTracker(realm, (each) => sent.push(each)), sent, 1)
    expect(ids(changes)).toHaveLength(1_000)
    expect(Math.max(...changes.map(({ put }) => put.length))).toBeLessThanOrEqual(128)
    expect(new Set(changes.map(({ tick }) => tick)).size).toBe(changes.length)
  })

  test('sends all elements again on request', () => {
    const realm = realmOf()
    const sent: ElementChanges[] = []
    const watch = new ElementChangeTracker(realm, (changes) => sent.push(changes))
    for (let i = 0; i < 600; i++) order(realm)
    round(realm, watch, sent, ROUND_SECONDS)
    watch.resendAll()
    const again = round(realm, watch, sent, 1)
    expect(ids(again)).toHaveLength(realm.props.size)
    expect(again[0]?.begins).toBe(true)
  })
})

describe('a restore from the archive', () => {
  test('leaves out damaged elements and reports how many were restored', () => {
    const realm = realmOf()
    const notes: string[] = []
    const elements = [
      ...Array.from({ length: 3_000 }, (_, i) => prop(i)),
      { ...prop(1), spec: { name: 'damaged' } },
      { ...prop(2), position: { x: 1e9, y: 0, z: 0 } },
    ]
    restoreFromArchive(
      realm,
      { newestEpoch: 4, at: { realm: 'yard', epoch: 4, tick: 99 }, elements, packages: [] },
      (text) => void notes.push(text),
    )
    expect(realm.tick).toBe(1)
    expect(realm.props.size).toBe(3_000)
    expect([...realm.props.values()].every(({ owner, access }) => owner === 9 && access === 2)).toBe(true)
    expect(notes).toEqual([
      "there was no recording: 3,000 props were restored from the archive's save at tick 99 of epoch 4; 2 could not be restored (1 refused, the others damaged or of packages that are gone)",
    ])
  })
})
