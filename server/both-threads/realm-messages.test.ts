import { expect, test } from 'vitest'
import { AssertionError } from '../../sim/assert.ts'
import { PacketBatch, PacketReader, unpackOutbound } from './realm-messages.ts'

const packets = [Uint8Array.of(1, 2, 3), Uint8Array.of(), Uint8Array.of(4)]

function packed(): Uint8Array<ArrayBuffer> {
  const batch = new PacketBatch()
  for (const packet of packets) batch.add(packet)
  return batch.pack()
}

test('a reader returns the packets of a batch in the order in which they were added', () => {
  const reader = new PacketReader(packed())
  expect(packets.map(({ length }) => reader.next(length))).toEqual(packets)
})

test('a batch is empty after it was packed', () => {
  const batch = new PacketBatch()
  batch.add(Uint8Array.of(1))
  batch.pack()
  batch.add(Uint8Array.of(2))
  expect(batch.pack()).toEqual(Uint8Array.of(2))
})

test('a length that goes beyond the batch is a fault of ours', () => {
  const reader = new PacketReader(packed())
  reader.next(3)
  expect(() => reader.next(2)).toThrow(AssertionError)
})

test('each packet of a tick arrives with its link', () => {
  const received: [number, number[]][] = []
  unpackOutbound({ links: [7, 8, 7], lengths: [3, 0, 1], bytes: packed() }, (link, packet) =>
    received.push([link, [...packet]]),
  )
  expect(received).toEqual([
    [7, [1, 2, 3]],
    [8, []],
    [7, [4]],
  ])
})

test('a tick with a link but no length for it is a fault of ours', () => {
  expect(() => unpackOutbound({ links: [7], lengths: [], bytes: packed() }, () => undefined)).toThrow(AssertionError)
})
