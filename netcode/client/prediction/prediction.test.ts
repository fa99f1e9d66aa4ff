import { fc, test } from '@fast-check/vitest'
import { afterAll, describe, expect } from 'vitest'
import {
  DEFAULT_DEFINITION,
  free,
  genesis,
  loadEngine,
  step,
  type Input,
  type Realm,
  type RealmDefinition,
  type Vec3,
} from '../../../sim/index.ts'
import { OwnMoveTracker } from '../../snapshot/own-move-tracker.ts'
import { Prediction, type Move } from './prediction.ts'

const engine = await loadEngine()
const PLAIN: RealmDefinition = {
  ...DEFAULT_DEFINITION,
  props: [],
  spawn: { position: { x: 0, y: 0, z: 0 }, yaw: 0, radius: 0 },
}
const realms: Realm[] = []
afterAll(() => realms.forEach(free))

const REST: Move = { type: 'move', x: 0, y: 0, z: 0, yaw: 0, jump: false, run: false, fly: false }
const apart = (a: Vec3, b: Vec3): number => Math.hypot(a.x - b.x, a.y - b.y, a.z - b.z)

/** A realm with one avatar and its client, whose moves take effect `delayTicks` after they were made. */
class PredictionPair {
  readonly realm: Realm
  readonly watch = new OwnMoveTracker()
  readonly prediction: Prediction
  /** The true position at each tick. */
  readonly truth: Vec3[] = []
  readonly #delayTicks: number
  #inputs = new Map<number, Input[]>()
  #sequence = 0

  constructor(delayTicks: number, definition = PLAIN) {
    this.#delayTicks = delayTicks
    this.realm = genesis(engine, definition)
    realms.push(this.realm)
    this.prediction = new Prediction(definition)
    step(this.realm, {
      tick: 1,
      inputs: [
        {
          player: 0,
          sequence: 1,
          command: { type: 'join', player: 1, user: 1, name: 'Ada', body: 0, permissions: 31 },
        },
      ],
    })
  }

  /** Sends at the client's tick; the network delays it by `lateTicks`. */
  send(tick: number, move: Move, lateTicks = 0): void {
    this.#sequence += 1
    this.prediction.moveSent(this.#sequence, tick, move)
    const at = tick + this.#delayTicks + lateTicks + 1
    this.#inputs.set(at, [...(this.#inputs.get(at) ?? []), { player: 1, sequence: this.#sequence, command: move }])
  }

  /** The server advances to the client's `tick`. The answer of every third tick comes after the same delay again. */
  pass(tick: number): void {
    while (this.realm.tick < tick) this.#step()
    const answer = this.#answers.get(tick)
    if (answer)
      this.prediction.reconcile(
        answer,
        tick - this.#delayTicks,
        { present: tick, nowMs: tick * 16.7, awayTicks: this.#delayTicks },
        [],
      )
  }

  readonly #answers = new Map<number, ReturnType<OwnMoveTracker['ownState']>>()

  #step(): void {
    const tick = this.realm.tick + 1
    step(this.realm, { tick, inputs: this.#inputs.get(tick) ?? [] })
    const avatar = this.realm.players.get(1)
    if (avatar === undefined) throw new Error('no avatar')
    this.watch.update(avatar, tick)
    this.truth[tick] = avatar.position
    if (tick % 3 === 0) this.#answers.set(tick + this.#delayTicks, this.watch.ownState(avatar, tick))
  }
}

const arbitraryMove: fc.Arbitrary<Move> = fc
  .record(
    {
      x: fc.constantFrom(-1, 0, 1),
      y: fc.constantFrom(-1, 0, 1),
      z: fc.constantFrom(-1, 0, 1),
      yaw: fc.double({ min: -4, max: 4, noNaN: true }).map(Math.fround),
      jump: fc.boolean(),
      run: fc.boolean(),
      fly: fc.integer({ min: 0, max: 5 }).map((n) => n === 0),
    },
    { noNullPrototype: true },
  )
  .map((move) => ({ type: 'move', ...move }))

describe('prediction', () => {
  test.prop(
    [
      fc.array(fc.tuple(fc.integer({ min: 1, max: 25 }), arbitraryMove), { minLength: 1, maxLength: 12 }),
      fc.integer({ min: 0, max: 20 }),
    ],
    { numRuns: 40 },
  )(
    'OWN-4: matches the simulation bit for bit: walking, running, jumping, falling, flying, turning',
    (script, delayTicks) => {
      const pair = new PredictionPair(delayTicks)
      const starts = new Map<number, Move>()
      let end = 40
      for (const [ticks, move] of script) {
        starts.set(end, move)
        end += ticks
      }
      const shown: Vec3[] = []
      for (let tick = 2; tick < end + 2 * delayTicks + 12; tick += 1) {
        pair.pass(tick)
        const move = starts.get(tick)
        if (move) pair.send(tick, move)
        shown[tick] = pair.prediction.at(tick, tick * 16.7)?.position ?? { x: 0, y: 0, z: 0 }
        if (tick > 20) expect(pair.prediction.correction.lastMetres).toBe(0)
      }
      for (let tick = 60; tick < end; tick += 1)
        expect(apart(shown[tick] ?? REST, pair.truth[tick + delayTicks] ?? REST)).toBeLessThan(1e-6)
    },
  )

  test('a move is visible in the frame that sends it', () => {
    const pair = new PredictionPair(8)
    for (let tick = 2; tick <= 60; tick += 1) pair.pass(tick)
    const before = pair.prediction.at(60.5, 1_010)
    pair.send(60, { ...REST, z: -1 })
    expect((pair.prediction.at(60.5, 1_010)?.position.z ?? 0) - (before?.position.z ?? 0)).toBeLessThan(-0.002)
  })

  test('OWN-3: an error is blended out over a tenth of a second, without a jump', () => {
    const pair = new PredictionPair(6)
    for (let tick = 2; tick <= 60; tick += 1) pair.pass(tick)
    pair.send(60, { ...REST, z: -1 })
    // The stop comes five ticks late, so the server's avatar goes 17 cm farther.
    let [last, most] = [0, 0]
    for (let tick = 61; tick <= 140; tick += 1) {
      if (tick === 90) pair.send(90, REST, 5)
      pair.pass(tick)
      const z = pair.prediction.at(tick, tick * 16.7)?.position.z ?? 0
      if (tick > 61) most = Math.max(most, Math.abs(z - last))
      last = z
    }
    // At walking speed a tick is 3.3 cm.
    expect(most).toBeLessThan(0.06)
    expect(last).toBeCloseTo(pair.truth[139]?.z ?? 0, 2)
    expect(pair.prediction.correction.rmsMetres).toBeGreaterThan(0)
  })

  test('a teleport is followed at once', () => {
    const prediction = new Prediction(PLAIN)
    const at = (x: number) => ({
      moveSequence: 0,
      moveTicks: 0,
      position: { x, y: 0, z: 0 },
      velocity: { x: 0, y: 0, z: 0 },
      yaw: 0,
      grounded: true,
      flying: false,
      jumping: false,
    })
    prediction.reconcile(at(0), 3, { present: 10, nowMs: 100, awayTicks: 5 }, [])
    prediction.reconcile(at(20), 6, { present: 13, nowMs: 150, awayTicks: 5 }, [])
    expect(prediction.at(13, 150)?.position.x).toBe(20)
  })

  test('an obstacle holds the avatar where the server has it', () => {
    const prediction = new Prediction(PLAIN)
    const wall = [{ x: 0, z: -1, radius: 0.5 }]
    prediction.moveSent(1, 1, { ...REST, z: -1 })
    for (let tick = 3; tick < 120; tick += 3)
      prediction.reconcile(
        {
          moveSequence: 1,
          moveTicks: tick,
          position: { x: 0, y: 0, z: -0.2 },
          velocity: { x: 0, y: 0, z: -2 },
          yaw: 0,
          grounded: true,
          flying: false,
          jumping: false,
        },
        tick,
        { present: tick + 10, nowMs: tick * 16.7, awayTicks: 5 },
        wall,
      )
    expect(prediction.at(130, 2_200)?.position.z).toBeCloseTo(-0.2, 2)
  })

  test('an avatar that stands on a prop does not sink into it', () => {
    const prediction = new Prediction(PLAIN)
    const on = {
      moveSequence: 0,
      moveTicks: 0,
      position: { x: 0, y: 1, z: 0 },
      velocity: { x: 0, y: 0, z: 0 },
      yaw: 0,
      grounded: true,
      flying: false,
      jumping: false,
    }
    prediction.reconcile(on, 3, { present: 10, nowMs: 100, awayTicks: 5 }, [{ x: 0, z: 0, radius: 1 }])
    expect(prediction.at(40, 600)).toMatchObject({ position: on.position, grounded: true })
  })

  test('the avatar stays within the realm until the server brings it back', () => {
    const prediction = new Prediction(PLAIN)
    const { max } = PLAIN.bounds
    prediction.moveSent(1, 1, { ...REST, x: 1, run: true })
    prediction.reconcile(
      {
        moveSequence: 1,
        moveTicks: 1,
        position: { x: max.x - 0.1, y: 0, z: 0 },
        velocity: { x: 4, y: 0, z: 0 },
        yaw: 0,
        grounded: true,
        flying: false,
        jumping: false,
      },
      3,
      { present: 10, nowMs: 100, awayTicks: 5 },
      [],
    )
    expect(prediction.at(80, 1_000)?.position.x).toBeLessThanOrEqual(max.x)
  })

  test('a move sent before the first answer counts from that answer on', () => {
    const prediction = new Prediction(PLAIN)
    prediction.moveSent(1, 0, { ...REST, z: -1 })
    const answer = {
      moveSequence: 1,
      moveTicks: 3,
      position: { x: 0, y: 0, z: 0 },
      velocity: { x: 0, y: 0, z: -2 },
      yaw: 0,
      grounded: true,
      flying: false,
      jumping: false,
    }
    prediction.reconcile(answer, 300, { present: 310, nowMs: 1_000, awayTicks: 5 }, [])
    // Fifteen steps: ten so far, and five on the way.
    expect(prediction.at(310, 1_000)?.position.z).toBeCloseTo(-15 / 30, 4)
  })

  test('a page that slept does not walk on for that time', () => {
    const pair = new PredictionPair(6)
    for (let tick = 2; tick <= 60; tick += 1) pair.pass(tick)
    pair.send(60, { ...REST, z: -1 })
    const before = pair.prediction.at(66, 1_100)?.position.z ?? 0
    expect((pair.prediction.at(216_000, 3_600_000)?.position.z ?? 0) - before).toBeGreaterThan(-0.1)
  })

  test.prop(
    [
      fc.integer({ min: 0, max: 30 }),
      arbitraryMove.filter(({ x, z }) => x !== 0 || z !== 0),
      fc.integer({ min: 1, max: 40 }),
    ],
    { numRuns: 30 },
  )(
    'OWN-5: the avatar stands 1.5 s after the last answer, however often it is drawn, and continues with the next',
    (delayTicks, move, frameTicks) => {
      const pair = new PredictionPair(delayTicks)
      for (let tick = 2; tick <= 120; tick += 1) {
        pair.pass(tick)
        if (tick === 80) pair.send(80, move)
      }
      const heard = pair.prediction.at(120, 2_000)?.position ?? REST
      // The last answer is of tick 120 at the latest.
      for (let tick = 120; tick < 212; tick += Math.min(frameTicks, 212 - tick)) pair.prediction.at(tick, tick * 16.7)
      const stopped = pair.prediction.at(212, 212 * 16.7)
      expect(stopped?.velocity).toEqual({ x: 0, y: 0, z: 0 })
      for (let tick = 212; tick < 300; tick += frameTicks)
        expect(pair.prediction.at(tick + 0.5, tick * 16.7)?.position).toEqual(stopped?.position)
      // Running or falling for 1.5 s leads no farther than this.
      expect(apart(stopped?.position ?? REST, heard)).toBeLessThan(20)
      for (let tick = 300; tick <= 320; tick += 1) pair.pass(tick)
      expect(apart(pair.prediction.at(320, 1e9)?.position ?? REST, stopped?.position ?? REST)).toBeGreaterThan(0.5)
      expect(pair.prediction.correction.lastMetres).toBe(0)
    },
  )

  test('an avatar that stands for lack of answers still turns', () => {
    const pair = new PredictionPair(6)
    for (let tick = 2; tick <= 60; tick += 1) pair.pass(tick)
    pair.send(61, { ...REST, z: -1 })
    pair.prediction.at(160, 2_700)
    pair.send(160, { ...REST, z: -1, yaw: 1 })
    expect(pair.prediction.at(170, 2_900)?.yaw).toBe(1)
  })
})
