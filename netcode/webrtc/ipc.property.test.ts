import { fc, test } from '@fast-check/vitest'
import { expect } from 'vitest'
import { Batch, readFromChild, RECORD_HEAD_BYTES, unpackBatch, type FromChild } from './ipc.ts'

const records = fc.array(
  fc.record({ connection: fc.integer({ min: 0, max: 2 ** 32 - 1 }), bytes: fc.uint8Array({ maxLength: 2_000 }) }),
  { maxLength: 40 },
)

interface Record {
  readonly connection: number
  readonly bytes: Uint8Array
}

function packed(list: readonly Record[]): { bytes: Uint8Array; announced: number } {
  const batch = new Batch()
  for (const { connection, bytes } of list) batch.add(connection, bytes)
  const announced = batch.bytes
  return { bytes: batch.pack(), announced }
}

function unpacked(bytes: Uint8Array): { list: Record[]; whole: boolean } {
  const list: Record[] = []
  const whole = unpackBatch(bytes, (connection, message) => {
    list.push({ connection, bytes: new Uint8Array(message) })
  })
  return { list, whole }
}

test.prop([records])('packed messages are unpacked unchanged, in order, in as many bytes as announced', (list) => {
  const { bytes, announced } = packed(list)
  expect(bytes.length).toBe(announced)
  expect(unpacked(bytes)).toEqual({
    list: list.map(({ connection, bytes: message }) => ({ connection, bytes: new Uint8Array(message) })),
    whole: true,
  })
})

test.prop([records, fc.nat()])('a truncated batch yields exactly its whole records', (list, cut) => {
  const { bytes } = packed(list)
  const length = bytes.length === 0 ? 0 : cut % bytes.length
  let end = 0
  const wholeCount = list.filter(({ bytes: message }) => (end += RECORD_HEAD_BYTES + message.length) <= length).length
  const result = unpacked(bytes.subarray(0, length))
  expect(result.list).toHaveLength(wholeCount)
  expect(result.whole).toBe(
    list.slice(0, wholeCount).reduce((sum, { bytes: message }) => sum + RECORD_HEAD_BYTES + message.length, 0) ===
      length,
  )
})

test('a batch is empty after pack', () => {
  const batch = new Batch()
  batch.add(1, Uint8Array.of(1))
  batch.pack()
  expect(batch.isEmpty).toBe(true)
  expect(batch.pack()).toEqual(new Uint8Array(0))
})

const messages: readonly FromChild[] = [
  { type: 'ready' },
  { type: 'offered', connection: 1, sdp: 'v=0', candidates: ['candidate:1'] },
  { type: 'candidate', connection: 1, candidate: 'candidate:1' },
  { type: 'answered', connection: 1, error: null },
  { type: 'opened', connection: 1 },
  { type: 'closed', connection: 1, reason: 'connection lost' },
  { type: 'batch', bytes: Uint8Array.of(1), droppedReceived: 0, droppedSends: 2 },
  { type: 'fault', where: 'port', message: 'taken' },
  {
    type: 'usage',
    usage: { cpuSeconds: 0.5, activeSeconds: 0.25, idleSeconds: 9, residentBytes: 1e8, heapUsedBytes: 1e7 },
  },
]

test.prop([fc.constantFrom(...messages), fc.nat(), fc.anything()])(
  'a valid message of the child is accepted, and one with a wrong field is refused',
  (message, which, other) => {
    expect(readFromChild(message)).toEqual(message)
    const names = Object.keys(message)
    const name = names[which % names.length] ?? ''
    const changed = { ...message, [name]: other }
    const read = readFromChild(changed)
    if (read !== null)
      expect(typeof other === typeof Reflect.get(message, name) || other === null || typeof other === 'string').toBe(
        true,
      )
    expect(readFromChild(other)).toBeNull()
  },
)
