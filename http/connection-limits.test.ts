import { fc, test as property } from '@fast-check/vitest'
import { expect, test } from 'vitest'
import {
  ConnectionLimits,
  isLoopback,
  isRefusal,
  limitKey,
  plainAddress,
  type ConnectionSlot,
} from './connection-limits.ts'

const OPTIONS = {
  connectionsMax: 8,
  connectionsPerAddressMax: 4,
  halfOpenMax: 5,
  halfOpenPerAddressMax: 2,
  connectBurstMax: 1_000,
  connectsPerSecondMax: 1,
  ownMachineLimited: false,
}

const action = fc.oneof(
  fc.record({ kind: fc.constant('reserve' as const), address: fc.integer({ min: 1, max: 4 }) }),
  fc.record({ kind: fc.constantFrom('opened' as const, 'free' as const), which: fc.nat({ max: 20 }) }),
)

property.prop([fc.array(action, { maxLength: 80 })])(
  'no limit is exceeded in any order of calls, and all places are returned',
  (actions) => {
    const limits = new ConnectionLimits(OPTIONS)
    const places: { place: ConnectionSlot; address: number; state: string }[] = []
    for (const step of actions) {
      if (step.kind === 'reserve') {
        const answer = limits.reserve(`192.0.2.${step.address}`, 0)
        if (!isRefusal(answer)) places.push({ place: answer, address: step.address, state: 'half-open' })
      } else {
        const held = places[step.which]
        held?.place[step.kind]()
        if (held && held.state !== 'free') held.state = step.kind
      }
      const count = (state: string, address?: number) =>
        places.filter(
          (held) =>
            (state === 'all' ? held.state !== 'free' : held.state === state) &&
            (address ?? held.address) === held.address,
        ).length
      expect(limits.connections).toBe(count('all'))
      expect(limits.halfOpen).toBe(count('half-open'))
      expect(limits.connections).toBeLessThanOrEqual(OPTIONS.connectionsMax)
      expect(limits.halfOpen).toBeLessThanOrEqual(OPTIONS.halfOpenMax)
      for (const address of [1, 2, 3, 4]) {
        expect(count('all', address)).toBeLessThanOrEqual(OPTIONS.connectionsPerAddressMax)
        expect(count('half-open', address)).toBeLessThanOrEqual(OPTIONS.halfOpenPerAddressMax)
      }
    }
    for (const { place } of places) place.free()
    expect([limits.connections, limits.halfOpen, limits.addresses]).toEqual([0, 0, 0])
  },
)

test('a refusal has the reason and the HTTP status', () => {
  const limits = new ConnectionLimits({ ...OPTIONS, halfOpenPerAddressMax: 1, halfOpenMax: 2 })
  expect(isRefusal(limits.reserve('192.0.2.1', 0))).toBe(false)
  expect(limits.reserve('192.0.2.1', 0)).toMatchObject({ status: 429, reason: 'address-busy' })
  expect(isRefusal(limits.reserve('192.0.2.2', 0))).toBe(false)
  expect(limits.reserve('192.0.2.3', 0)).toMatchObject({ status: 503, reason: 'busy' })
})

test('an address that reconnects too often has to wait, even if each connection closes at once', () => {
  const limits = new ConnectionLimits({ ...OPTIONS, connectBurstMax: 3, connectsPerSecondMax: 2 })
  const connect = (address: string, nowMs: number): string => {
    const answer = limits.reserve(address, nowMs)
    if (isRefusal(answer)) return answer.reason
    answer.free()
    return 'connected'
  }
  expect([0, 1, 2, 3].map((nowMs) => connect('192.0.2.1', nowMs))).toEqual([
    'connected',
    'connected',
    'connected',
    'address-rate',
  ])
  expect(connect('192.0.2.2', 3)).toBe('connected')
  expect(connect('192.0.2.1', 600)).toBe('connected')
  expect(connect('192.0.2.1', 601)).toBe('address-rate')
})

test('by default this machine is limited only by the total', () => {
  const own = new ConnectionLimits({ ...OPTIONS, connectBurstMax: 1 })
  const places = Array.from({ length: 5 }, () => own.reserve('127.0.0.1', 0))
  expect(places.some(isRefusal)).toBe(false)
  expect(own.reserve('::1', 0)).toMatchObject({ reason: 'busy' })
  const limited = new ConnectionLimits({ ...OPTIONS, ownMachineLimited: true })
  expect([0, 1, 2].map(() => isRefusal(limited.reserve('127.0.0.1', 0)))).toEqual([false, false, true])
})

test('an IPv6 subscriber counts as one address in every notation, and each IPv4 address counts on its own', () => {
  expect(limitKey('::ffff:192.0.2.1')).toBe(limitKey('192.0.2.1'))
  expect(limitKey('192.0.2.1')).not.toBe(limitKey('192.0.2.2'))
  expect(limitKey('2001:db8:1:2::1')).toBe(limitKey('2001:0DB8:0001:0002:ffff:0:0:9'))
  expect(limitKey('2001:db8:1:2::1')).not.toBe(limitKey('2001:db8:1:3::1'))
  expect(limitKey('2001:db8::1')).toBe(limitKey('2001:db8:0:0:5::'))
  expect(limitKey('fe80::1%eth0')).toBe(limitKey('fe80::2'))
  expect(limitKey('::1')).toBe(limitKey('0:0:0:0:0:0:0:1'))
})

test("isLoopback is true only for this machine's addresses", () => {
  expect(['127.0.0.1', '::1', '::ffff:127.0.0.1', '127.3.2.1'].every(isLoopback)).toBe(true)
  expect(['192.0.2.1', '::2', '1.127.0.0', 'unknown'].some(isLoopback)).toBe(false)
  expect(plainAddress('::ffff:10.0.0.1')).toBe('10.0.0.1')
})
