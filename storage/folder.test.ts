import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { makeFolder } from './folder.ts'

const root = mkdtempSync(join(tmpdir(), 'otherworld-folder-'))
afterAll(() => rmSync(root, { recursive: true }))

test('missing folders are made, readable by their user only', () => {
  makeFolder(join(root, 'a/b'))
  makeFolder(join(root, 'a/b'))
  expect([join(root, 'a'), join(root, 'a/b')].map((path) => statSync(path).mode & 0o777)).toEqual([0o700, 0o700])
})

test.each([['/proc/otherworld/a/b'], ['/sys/otherworld']])('%s ends in an error, not in a loop', (path) => {
  expect(() => makeFolder(path)).toThrow(/E(?:NOENT|PERM|ACCES|ROFS)/)
})

test('a folder below a file is an error', () => {
  writeFileSync(join(root, 'file'), '')
  expect(() => makeFolder(join(root, 'file/a'))).toThrow('ENOTDIR')
})
