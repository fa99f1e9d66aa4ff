import { fc, test as property } from '@fast-check/vitest'
import { expect, test } from 'vitest'
import { ANSWER_CANDIDATES_MAX, extraHostCandidates, splitDescription, usableCandidates } from './sdp.ts'

const OFFER = [
  'v=0',
  'o=rtc 1 0 IN IP4 127.0.0.1',
  's=-',
  't=0 0',
  'm=application 41233 UDP/DTLS/SCTP webrtc-datachannel',
  'c=IN IP4 192.0.2.2',
  'a=mid:0',
  'a=candidate:2 1 UDP 2116026111 2001:db8::2 41233 typ host',
  'a=candidate:1 1 UDP 2114977791 192.0.2.2 41233 typ host',
  'a=end-of-candidates',
  '',
].join('\r\n')

test("a description loses its candidates and the media line's address, and nothing else", () => {
  const { sdp, candidates } = splitDescription(OFFER)
  expect(sdp.split('\r\n')).toEqual([
    'v=0',
    'o=rtc 1 0 IN IP4 127.0.0.1',
    's=-',
    't=0 0',
    'm=application 9 UDP/DTLS/SCTP webrtc-datachannel',
    'c=IN IP4 0.0.0.0',
    'a=mid:0',
    '',
  ])
  expect(candidates).toEqual([
    'candidate:2 1 UDP 2116026111 2001:db8::2 41233 typ host',
    'candidate:1 1 UDP 2114977791 192.0.2.2 41233 typ host',
  ])
})

test('a candidate after a bare carriage return is removed too', () => {
  const { sdp, candidates } = splitDescription('v=0\ra=candidate:1 1 UDP 1 secret.internal 9 typ host\ra=mid:0')
  expect(sdp).toBe('v=0\r\na=mid:0\r\n')
  expect(usableCandidates(candidates)).toEqual([])
})

test("SIG-6: only a peer's first IP candidates are used, and host names are not looked up", () => {
  const address = (i: number) => `candidate:${i} 1 UDP 1 192.0.2.${i} 5000 typ host`
  const names = [
    'candidate:a 1 UDP 1 7f3c.local 5000 typ host',
    'candidate:b 1 UDP 1 metadata.internal 80 typ host',
    'candidate:c',
    'candidate:',
  ]
  expect(usableCandidates([...names, address(1), 'candidate:d 1 UDP 1 fe80::1 5000 typ host'])).toEqual([
    address(1),
    'candidate:d 1 UDP 1 fe80::1 5000 typ host',
  ])
  expect(usableCandidates(Array.from({ length: 100 }, (_, i) => address(i)))).toHaveLength(ANSWER_CANDIDATES_MAX)
})

test('extra addresses get the ports of the host candidates, once, with lower priority', () => {
  const { candidates } = splitDescription(OFFER)
  const extra = extraHostCandidates(candidates, ['127.0.0.1', '192.0.2.2', '203.0.113.9'])
  expect(extra.map((candidate) => candidate.split(' ').slice(4, 6))).toEqual([
    ['127.0.0.1', '41233'],
    ['203.0.113.9', '41233'],
  ])
  for (const candidate of extra) {
    const priority = Number(candidate.split(' ')[3])
    expect(Number.isInteger(priority)).toBe(true)
    expect(priority).toBeLessThan(2 ** 31)
    expect(priority).toBeGreaterThan(0)
  }
  expect(extraHostCandidates([], ['127.0.0.1'])).toEqual([])
})

property.prop([fc.array(fc.oneof(fc.string(), fc.constantFrom(...OFFER.split('\r\n'))))])(
  'any text is split into lines without candidates, and splitting again changes nothing',
  (lines) => {
    const { sdp, candidates } = splitDescription(lines.join('\n'))
    expect(sdp).not.toMatch(/^a=(candidate:|end-of-candidates$)/m)
    expect(splitDescription(sdp)).toEqual({ sdp, candidates: [] })
    expect(usableCandidates(candidates).length).toBeLessThanOrEqual(ANSWER_CANDIDATES_MAX)
  },
)
