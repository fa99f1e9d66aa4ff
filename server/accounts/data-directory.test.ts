import { chmodSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { beforeEach, expect, test } from 'vitest'
import { temporaryDirectory } from '../../test/harness/cleanup.ts'
import { otherHolder } from '../../storage/lock-mark.ts'
import { openDataDirectory } from './data-directory.ts'

let root = ''
beforeEach(() => {
  root = temporaryDirectory()
})

test('the secret is created once, readable only by its owner, and read again at the next start', () => {
  const first = openDataDirectory(join(root, 'deep', 'data'))
  const file = join(first.path, 'server-identity.json')
  expect(first.secret).toHaveLength(32)
  expect(statSync(file).mode & 0o777).toBe(0o600)
  first.release()
  const second = openDataDirectory(first.path)
  expect(second.secret).toEqual(first.secret)
  second.release()
})

test('no player id or user number is used twice, over restarts without a clean end and over blocks', () => {
  const seen = new Set<number>()
  const users = new Set<number>()
  for (let start = 0; start < 3; start++) {
    const data = openDataDirectory(root)
    for (let i = 0; i < 1_500; i++) seen.add(data.nextPlayer())
    for (let i = 0; i < 1_200; i++) users.add(data.nextUser())
    data.release()
  }
  expect(seen.size).toBe(4_500)
  expect(users.size).toBe(3_600)
  expect(Math.min(...seen)).toBe(1)
})

test('known user numbers are never assigned again, also after the next start', () => {
  const data = openDataDirectory(root)
  expect([data.nextUser(), data.passUsers(5_000), data.passUsers(4_999), data.nextUser()]).toEqual([
    1,
    true,
    false,
    5_001,
  ])
  data.release()
  const next = openDataDirectory(root)
  expect(next.nextUser()).toBeGreaterThan(5_001)
  expect(next.nextPlayer()).toBeLessThan(5_000)
  next.release()
})

test('an identity file from before users existed keeps its secret and players', () => {
  const secret = Buffer.alloc(32, 5).toString('base64')
  writeFileSync(join(root, 'server-identity.json'), JSON.stringify({ secret, nextPlayer: 77 }))
  const data = openDataDirectory(root)
  expect([...data.secret]).toEqual([...Buffer.alloc(32, 5)])
  expect([data.nextPlayer(), data.nextUser()]).toEqual([77, 1])
  data.release()
})

test('a second server on the same directory is refused with the process and machine of the first', () => {
  const data = openDataDirectory(root)
  expect(() => openDataDirectory(root)).toThrow(
    `another server (process ${process.pid} on ${hostname()}) uses this data directory`,
  )
  data.release()
  openDataDirectory(root).release()
})

test('the text of an unlocked lock file keeps nobody out', () => {
  for (const text of [
    JSON.stringify({ pid: process.pid, started: 'a version without locks of the kernel' }),
    JSON.stringify({ pid: process.pid, host: hostname(), token: 'x' }),
    '{"torn',
  ]) {
    writeFileSync(join(root, 'server.lock'), text)
    openDataDirectory(root).release()
  }
})

test('a lock file that is removed or replaced while a server runs is created again and locked', () => {
  const data = openDataDirectory(root)
  const file = join(root, 'server.lock')
  for (const harm of [
    () => rmSync(file),
    () => renameSync(file, `${file}.away`),
    () => {
      rmSync(file)
      writeFileSync(file, 'x')
    },
  ]) {
    harm()
    expect(otherHolder(data.lock)).toBeNull()
    data.keepLock()
    expect(() => openDataDirectory(root)).toThrow(/uses this data directory/)
  }
  data.release()
})

test('a server whose lock file was replaced by another server knows that it lost the lock', () => {
  const first = openDataDirectory(root)
  rmSync(join(root, 'server.lock'))
  const second = openDataDirectory(root)
  first.keepLock()
  expect(otherHolder(first.lock)).toBe(`process ${process.pid} on ${hostname()}`)
  expect(otherHolder(second.lock)).toBeNull()
  first.release()
  expect(() => openDataDirectory(root)).toThrow(/uses this data directory/)
  second.release()
})

const modeOf = (...path: string[]): string => (statSync(join(root, ...path)).mode & 0o7777).toString(8)

test('an existing directory and all in it become private, whatever modes they had', () => {
  mkdirSync(join(root, 'archive', 'database'), { recursive: true })
  writeFileSync(join(root, 'archive', 'database', 'table'), '')
  writeFileSync(
    join(root, 'server-identity.json'),
    JSON.stringify({ secret: Buffer.alloc(32).toString('base64'), nextPlayer: 1 }),
  )
  chmodSync(join(root, 'archive', 'database', 'table'), 0o666)
  chmodSync(join(root, 'server-identity.json'), 0o644)
  chmodSync(join(root, 'archive'), 0o2775)
  chmodSync(root, 0o755)
  const data = openDataDirectory(root)
  expect([
    modeOf(),
    modeOf('archive'),
    modeOf('archive', 'database'),
    modeOf('archive', 'database', 'table'),
    modeOf('server-identity.json'),
    modeOf('server.lock'),
    modeOf('operator-token'),
    modeOf('recordings'),
  ]).toEqual(['700', '2700', '700', '600', '600', '600', '600', '700'])
  expect(data.notes).toEqual([])
  data.release()
})

test("other users' files and their folder keep their modes, and the operator gets a note", () => {
  const shared = join(root, 'shared')
  mkdirSync(join(shared, 'recordings'), { recursive: true })
  writeFileSync(join(shared, 'script.sh'), '')
  writeFileSync(join(root, 'elsewhere'), '')
  chmodSync(join(root, 'elsewhere'), 0o644)
  symlinkSync(join(root, 'elsewhere'), join(shared, 'recordings', 'link'))
  chmodSync(join(shared, 'script.sh'), 0o755)
  chmodSync(shared, 0o755)
  const data = openDataDirectory(shared)
  expect([
    modeOf('shared'),
    modeOf('shared', 'script.sh'),
    modeOf('shared', 'recordings'),
    modeOf('elsewhere'),
  ]).toEqual(['755', '755', '700', '644'])
  expect(data.notes.join()).toContain('also holds script.sh')
  data.release()
})

test('a damaged identity file is named, with what to do, and the lock is released', () => {
  writeFileSync(join(root, 'server-identity.json'), '{"secret": "short", "nextPlayer": 1}')
  expect(() => openDataDirectory(root)).toThrow(/server-identity\.json[^]*restore the file from a backup/)
  rmSync(join(root, 'server-identity.json'))
  openDataDirectory(root).release()
})

test('a path that is a file is refused with a message', () => {
  writeFileSync(join(root, 'file'), '')
  expect(() => openDataDirectory(join(root, 'file'))).toThrow(/the data directory cannot be used[^]*--data DIR/)
  expect(readFileSync(join(root, 'file'), 'utf8')).toBe('')
})

test('a path on a file system without folders is refused and does not hang', () => {
  expect(() => openDataDirectory('/proc/otherworld/data')).toThrow(/the data directory cannot be used/)
})
