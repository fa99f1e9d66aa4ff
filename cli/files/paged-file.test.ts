import { appendFileSync, mkdirSync, renameSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fc, test as property } from '@fast-check/vitest'
import { expect, test } from 'vitest'
import { crcOf } from '../../replay/format/random-access.ts'
import { temporaryDirectory } from '../../test/harness/cleanup.ts'
import { openBytes, PAGE_BYTES, PagedFile } from './paged-file.ts'

const directory = temporaryDirectory()
const CONTENT = Uint8Array.from({ length: 4 * PAGE_BYTES + 1_000 }, (_, i) => (i * 2_654_435_761) >>> 13)

function paged(name: string, content: Uint8Array, memoryBytesMax = 2 * PAGE_BYTES): PagedFile {
  const path = join(directory, name)
  writeFileSync(path, content)
  const bytes = openBytes(path, { memoryBytesMax })
  if (!(bytes instanceof PagedFile)) throw new Error('a regular file is read in pages')
  return bytes
}

const file = paged('content', CONTENT)
const isSame = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0

property.prop([fc.integer({ min: -5, max: CONTENT.length + 5 }), fc.nat(3 * PAGE_BYTES)])(
  'a range of a file is the range of its bytes, clamped, and pages stay within the memory',
  (start, length) => {
    const from = Math.max(0, start)
    expect(isSame(file.subarray(start, start + length), CONTENT.subarray(from, Math.max(from, start + length)))).toBe(
      true,
    )
    expect(file.memoryBytes).toBeLessThanOrEqual(2 * PAGE_BYTES)
  },
)

test('bytes that a caller keeps do not change when their page leaves the memory', () => {
  const kept = file.subarray(0, 100)
  for (let at = 0; at < CONTENT.length; at += PAGE_BYTES) file.subarray(at, at + 1)
  expect(isSame(kept, CONTENT.subarray(0, 100))).toBe(true)
})

test('the checksum of a long range is that of the bytes in memory', () => {
  expect(crcOf(file, 77, CONTENT.length - 3)).toBe(crcOf(CONTENT, 77, CONTENT.length - 3))
})

test('bytes that were appended are seen after a refresh', () => {
  const growing = paged('growing', CONTENT.subarray(0, 100))
  expect(growing.subarray(90, 200)).toEqual(CONTENT.subarray(90, 100))
  appendFileSync(growing.path, CONTENT.subarray(100, 300))
  expect(growing.length).toBe(100)
  growing.refresh(100)
  expect(growing.subarray(90, 400)).toEqual(CONTENT.subarray(90, 300))
})

test('a file that was cut or replaced is an error that says so', () => {
  const cut = paged('cut', CONTENT)
  truncateSync(cut.path, 10)
  expect(() => cut.subarray(0, 20)).toThrow(`${cut.path} became shorter while it was read`)
  expect(() => cut.refresh(11)).toThrow(`${cut.path} became shorter while it was read`)
  const replaced = paged('replaced', CONTENT)
  writeFileSync(join(directory, 'other'), CONTENT)
  renameSync(join(directory, 'other'), replaced.path)
  expect(() => replaced.subarray(0, 20)).toThrow(`${replaced.path} was replaced by another file while it was read`)
})

test('a folder cannot be opened, and an empty file has no bytes', () => {
  mkdirSync(join(directory, 'folder'))
  expect(() => openBytes(join(directory, 'folder'))).toThrow('is a directory')
  expect(paged('empty', new Uint8Array(0)).subarray(0, 10)).toHaveLength(0)
})
