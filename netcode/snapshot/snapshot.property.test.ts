import { fc, test } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import { arbitraryQuat, arbitraryVec3 } from '../../testing/arbitraries.ts'
import { packPose, type AvatarView, type Quat } from '../../sim/index.ts'
import { encodeServerPacket, PACKET_BYTES_MAX } from '../../protocol/index.ts'
import { SNAPSHOT_PART_BYTES_MAX } from '../session/limits.ts'
import { BASELINE_TICKS_MAX, SnapshotDecoder, SnapshotSource, SnapshotBuilder, UPDATE_TICKS_MAX } from './index.ts'
import { BONES, bonesState, JOINTS, jointsState, componentKey, PROP, ROOT, type ComponentKind } from './components.ts'
import {
  BOUNDS,
  HEAD,
  arbitraryAvatar,
  arbitraryProp,
  numbered,
  distance,
  degrees,
  received,
  samplesOf,
  newest,
  statesOf,
  sayAll,
  expectAvatar,
  expectProp,
  WalkingCrowd,
  randomOf,
} from './snapshot-worlds.fixture.ts'

describe('a snapshot', () => {
  test.prop([fc.array(arbitraryAvatar, { maxLength: 12 }), fc.array(arbitraryProp, { maxLength: 30 })], {
    numRuns: 30,
  })('SNP-3, SNP-4: sends every avatar and prop within its error, and no static prop', (people, things) => {
    const avatars = numbered(people)
    const props = numbered(things, 100)
    const decoder = sayAll(new SnapshotSource(BOUNDS), avatars, props)
    for (const avatar of avatars) expectAvatar(decoder, avatar)
    for (const prop of props) {
      if (prop.spec.motion === 'static') expect(decoder.newest(prop.id, PROP)).toBeNull()
      else expectProp(decoder, prop)
    }
  })

  test.prop([arbitraryQuat(), arbitraryQuat(), arbitraryVec3(3)], { numRuns: 500 })(
    'sent whole, has head and hands within 0.2 degrees and 2 mm, bones within 1.2 degrees',
    (head, bone, position) => {
      const joint = { position, rotation: head }
      const pose = { head: joint, left: joint, right: joint, bones: [bone, ...Array.from({ length: 17 }, () => null)] }
      const avatar: AvatarView = {
        id: 1,
        player: 1,
        user: 1,
        name: 'Ada',
        body: 0,
        package: null,
        scale: 1,
        headMetres: 1.5,
        permissions: 0,
        position,
        yaw: 0,
        velocity: position,
        grounded: true,
        flying: false,
        pose,
        boneMask: packPose(pose).boneMask,
        moveSequence: 0,
      }
      const decoder = sayAll(new SnapshotSource(BOUNDS), [avatar], [], 1)
      expect(degrees(jointsState(newest(decoder, 1, JOINTS)).head.rotation, head)).toBeLessThanOrEqual(0.2)
      expect(degrees(bonesState(newest(decoder, 1, BONES))[0] as Quat, bone)).toBeLessThanOrEqual(1.2)
      expect(distance(jointsState(newest(decoder, 1, JOINTS)).left.position, position)).toBeLessThanOrEqual(0.002)
    },
  )

  test.prop([fc.array(arbitraryAvatar, { maxLength: 60 }), fc.array(arbitraryProp, { maxLength: 60 })], {
    numRuns: 20,
  })('SNP-1, PKT-2: fits a packet, however much changed', (people, things) => {
    const source = new SnapshotSource(BOUNDS)
    const view = new SnapshotBuilder(0)
    for (let i = 1; i < 20; i += 1) {
      source.update(4_000_000_000 + i, numbered(people, 4_000_000_000), numbered(things, 4_100_000_000))
      const { bytes } = view.nextPart(source, 1, 0)
      expect(bytes.length).toBeLessThanOrEqual(SNAPSHOT_PART_BYTES_MAX)
      expect(encodeServerPacket(HEAD, [], bytes).length).toBeLessThanOrEqual(PACKET_BYTES_MAX)
    }
  })

  test.prop([fc.array(arbitraryAvatar, { minLength: 1, maxLength: 8 }), fc.array(arbitraryProp, { maxLength: 20 })], {
    numRuns: 30,
  })('is almost empty if nothing changes', (people, things) => {
    const still = { x: 0, y: 0, z: 0 }
    const avatars = numbered(people).map((avatar) => ({ ...avatar, velocity: still }))
    const source = new SnapshotSource(BOUNDS)
    const view = new SnapshotBuilder(0)
    let last = Infinity
    for (let i = 1; i < 250; i += 1) {
      source.update(
        i * 3,
        avatars,
        numbered(things, 100).map((thing) => ({ ...thing, linvel: still })),
      )
      const part = view.nextPart(source, 1, 0)
      part.acknowledged()
      last = part.bytes.length
    }
    expect(last).toBeLessThan(12)
  })

  test.prop([fc.uint8Array({ maxLength: 400 }), fc.uint8Array({ maxLength: 400 })], { numRuns: 500 })(
    'SNP-8, SNP-10: malformed bytes are refused with a message',
    (avatars, props) => {
      const result = new SnapshotDecoder().decode({ tick: 1, avatars, props, own: null })
      if (!result.ok) expect(result.error.message).not.toBe('')
    },
  )

  test.prop([fc.array(arbitraryAvatar, { minLength: 1, maxLength: 5 }), fc.nat()])(
    'a part that is cut short is refused',
    (list, where) => {
      const source = new SnapshotSource(BOUNDS)
      source.update(9, numbered(list), [])
      const part = received(new SnapshotBuilder(0).nextPart(source, 1, 0).bytes)
      const cut = { ...part, avatars: part.avatars.subarray(0, 1 + (where % (part.avatars.length - 1))) }
      expect(new SnapshotDecoder().decode(cut).ok).toBe(false)
    },
  )
})

describe('over a bad network', () => {
  const arbitraryCrowd = fc.tuple(
    fc.array(arbitraryAvatar, { minLength: 1, maxLength: 8 }),
    fc.array(
      arbitraryProp.filter(({ spec }) => spec.motion !== 'static'),
      { maxLength: 12 },
    ),
  )

  test.prop([arbitraryCrowd, fc.integer(), fc.double({ min: 0, max: 0.6, noNaN: true })], { numRuns: 12 })(
    "SNP-6, SNP-9: despite loss, delay and duplicates, the client has exactly the source's states, and the newest ones once the network recovers",
    ([people, things], seed, loss) => {
      const random = randomOf(seed)
      const crowd = new WalkingCrowd(random, numbered(people), numbered(things, 100))
      const source = new SnapshotSource(BOUNDS)
      const view = new SnapshotBuilder(0)
      const decoder = new SnapshotDecoder()
      const underWay: { readonly dueTick: number; readonly run: () => void }[] = []
      for (let tick = 1; tick < 1_500; tick += 1) {
        const isBad = tick < 900
        if (isBad) crowd.tick()
        else crowd.rest()
        source.update(tick, crowd.avatars, crowd.props)
        // A blackout longer than a baseline may be old.
        const isDark = tick > 300 && tick < 300 + BASELINE_TICKS_MAX + 60
        const part = tick % 3 === 0 ? view.nextPart(source, 1, 80) : null
        if (part !== null && (!isBad || (!isDark && random() >= loss))) {
          const truth = statesOf(source)
          const late = (): number => tick + (isBad ? Math.floor(random() * 12) : 3)
          const arrive = (): void => {
            for (const { element, kind, values } of samplesOf(decoder, received(part.bytes)))
              expect(values).toEqual(truth.get(componentKey(element, kind)))
          }
          underWay.push({
            dueTick: late(),
            run: () => {
              arrive()
              if (!isBad || random() >= loss) underWay.push({ dueTick: late() + 3, run: () => part.acknowledged() })
            },
          })
          if (random() < 0.1) underWay.push({ dueTick: late(), run: arrive })
        }
        const due = underWay.filter(({ dueTick }) => dueTick <= tick)
        for (const one of due) underWay.splice(underWay.indexOf(one), 1)
        for (const { run } of due) run()
      }
      for (const [key, values] of statesOf(source))
        expect(newest(decoder, Math.floor(key / 4), (key % 4) as ComponentKind)).toEqual(values)
      for (const avatar of crowd.avatars) expectAvatar(decoder, avatar)
      for (const prop of crowd.props) expectProp(decoder, prop)
      // Three components an avatar, one a prop, each with only the states of the last seconds.
      expect(decoder.states).toBeLessThanOrEqual((crowd.avatars.length * 3 + crowd.props.length) * BASELINE_TICKS_MAX)
    },
  )

  test.prop([fc.array(arbitraryAvatar, { minLength: 2, maxLength: 4 }), fc.array(arbitraryProp, { maxLength: 4 })], {
    numRuns: 20,
  })(
    'SNP-7: a record without its baseline is skipped, the others are read, and the server continues without a baseline',
    (people, things) => {
      const crowd = new WalkingCrowd(randomOf(1), numbered(people), numbered(things, 100))
      const source = new SnapshotSource(BOUNDS)
      const view = new SnapshotBuilder(0)
      const decoder = new SnapshotDecoder()
      let [passed, read] = [0, 0]
      for (let tick = 3; tick < 3 + BASELINE_TICKS_MAX * 3; tick += 3) {
        crowd.tick()
        source.update(tick, crowd.avatars, crowd.props)
        const part = view.nextPart(source, 1, 0)
        const decoded = decoder.decode(received(part.bytes))
        if (!decoded.ok) throw new Error(decoded.error.message)
        const truth = statesOf(source)
        for (const { element, kind, values } of decoded.value.samples)
          expect(values).toEqual(truth.get(componentKey(element, kind)))
        if (decoded.value.missing === 0) part.acknowledged()
        else {
          passed += decoded.value.missing
          read += decoded.value.samples.length
        }
        // The element is removed while its records are still on their way.
        if (tick === 30) decoder.forget(1)
      }
      expect(passed).toBeGreaterThan(0)
      expect(read).toBeGreaterThan(0)
      crowd.rest()
      for (let tick = 900; tick < 1_200; tick += 3) {
        source.update(tick, crowd.avatars, crowd.props)
        const part = view.nextPart(source, 1, 0)
        samplesOf(decoder, received(part.bytes))
        part.acknowledged()
      }
      // An element that was forgotten and then rests is not sent again, because it was acknowledged; all that moved
      // are.
      for (const avatar of crowd.avatars) if (avatar.id !== 1) expectAvatar(decoder, avatar)
      expect(newest(decoder, 1, ROOT)).toEqual(statesOf(source).get(componentKey(1, ROOT)))
    },
  )

  test('SNP-11: everybody is updated once a second, however many there are', () => {
    const random = randomOf(3)
    const person = fc.sample(arbitraryAvatar, { numRuns: 300, seed: 5 })
    const crowd = new WalkingCrowd(
      random,
      numbered(person.map((a) => ({ ...a, position: { x: random() * 300, y: 0, z: random() * 100 } }))),
      [],
    )
    const source = new SnapshotSource(BOUNDS)
    const view = new SnapshotBuilder(0)
    const decoder = new SnapshotDecoder()
    const seen = new Map<number, number>()
    let longest = 0
    for (let tick = 3; tick < 900; tick += 3) {
      crowd.avatars = crowd.avatars.map((a) => ({
        ...a,
        position: { ...a.position, x: a.position.x + 0.02 },
        velocity: { x: 1.2, y: 0, z: 0 },
      }))
      source.update(tick, crowd.avatars, [])
      const part = view.nextPart(source, 1, 0)
      for (const { element, kind } of samplesOf(decoder, received(part.bytes))) {
        if (kind !== ROOT) continue
        if (tick > 400) longest = Math.max(longest, tick - (seen.get(element) ?? 0))
        seen.set(element, tick)
      }
      part.acknowledged()
    }
    expect(seen.size).toBe(300)
    expect(longest).toBeLessThanOrEqual(UPDATE_TICKS_MAX + 9)
  })
})

test('an empty world has a snapshot with its tick', () => {
  const source = new SnapshotSource(BOUNDS)
  source.update(5, [], [])
  expect(received(new SnapshotBuilder(0).nextPart(source, 1, 0).bytes)).toEqual({
    tick: 5,
    avatars: new Uint8Array(0),
    props: new Uint8Array(0),
    own: null,
  })
})
