import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openDataDirectory } from './data-directory.ts'

let root = ''
beforeEach(() => { root = mkdtempSync(join(tmpdir(), 'otherworld-data-')) })
afterEach(() => rmSync(root, { recursive: true, force: true }))

test('the secret is made once, kept for its owner alone, and found again', () => {
  const first = openDataDirectory(join(root, 'deep', 'data'))
  const file = join(first.path, 'server-identity.json')
  expect(first.secret).toHaveLength(32)
  expect(statSync(file).mode & 0o777).toBe(0o600)
  first.release()
  const second = openDataDirectory(first.path)
  expect(second.secret).toEqual(first.secret)
  second.release()
})

test('no player id and no user number is given twice, also over restarts without a clean end and over blocks', () => {
  const seen = new Set<number>()
  const users = new Set<number>()
  for (let start = 0; start < 3; start++) {
    const data = openDataDirectory(root)
    for (let i = 0; i < 1_500; i++) seen.add(data.nextPlayer())
    for (let i = 0; i < 1_200; i++) users.add(data.nextUser())
    rmSync(join(root, 'server.lock'))
  }
  expect(seen.size).toBe(4_500)
  expect(users.size).toBe(3_600)
  expect(Math.min(...seen)).toBe(1)
})

test('numbers that are known from elsewhere are never given, also after the next start', () => {
  const data = openDataDirectory(root)
  expect([data.nextUser(), data.passUsers(5_000), data.passUsers(4_999), data.nextUser()]).toEqual([1, true, false, 5_001])
  rmSync(join(root, 'server.lock'))
  const next = openDataDirectory(root)
  expect(next.nextUser()).toBeGreaterThan(5_001)
  expect(next.nextPlayer()).toBeLessThan(5_000)
  next.release()
})

test('an identity from before there were users is taken over, with its secret and players', () => {
  const secret = Buffer.alloc(32, 5).toString('base64')
  writeFileSync(join(root, 'server-identity.json'), JSON.stringify({ secret, nextPlayer: 77 }))
  const data = openDataDirectory(root)
  expect([...data.secret]).toEqual([...Buffer.alloc(32, 5)])
  expect([data.nextPlayer(), data.nextUser()]).toEqual([77, 1])
  data.release()
})

test('a second server on the same directory is refused with the number of the first one\'s process', () => {
  const data = openDataDirectory(root)
  expect(() => openDataDirectory(root)).toThrow(new RegExp(`process ${process.pid}.*uses this data directory`))
  data.release()
  openDataDirectory(root).release()
})

test('a lock whose process is gone, or whose number another process has now, is taken over', () => {
  writeFileSync(join(root, 'server.lock'), JSON.stringify({ pid: 0x3fffff, started: 'long ago' }))
  openDataDirectory(root).release()
  writeFileSync(join(root, 'server.lock'), JSON.stringify({ pid: process.pid, started: 'another boot:1' }))
  openDataDirectory(root).release()
  writeFileSync(join(root, 'server.lock'), '{"torn')
  openDataDirectory(root).release()
})

test('a damaged identity is named, with what to do, and the lock is given back', () => {
  writeFileSync(join(root, 'server-identity.json'), '{"secret": "short", "nextPlayer": 1}')
  expect(() => openDataDirectory(root)).toThrow(/server-identity\.json[^]*restore the file from a backup/)
  rmSync(join(root, 'server-identity.json'))
  openDataDirectory(root).release()
})

test('a path that is a file is refused in words', () => {
  writeFileSync(join(root, 'file'), '')
  expect(() => openDataDirectory(join(root, 'file'))).toThrow(/the data directory cannot be used[^]*--data DIR/)
  expect(readFileSync(join(root, 'file'), 'utf8')).toBe('')
})

test('a path on a file system that holds no folders is refused, and does not hang', () => {
  expect(() => openDataDirectory('/proc/otherworld/data')).toThrow(/the data directory cannot be used/)
})
