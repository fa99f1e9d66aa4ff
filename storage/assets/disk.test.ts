/** The disk as the local store uses it: the number of concurrent operations, and the meaning of its errors. */
import { open, readdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { temporaryDirectory } from '../../test/harness/cleanup.ts'
import { AssetError } from './assets.ts'
import { Disk, diskFault } from './disk.ts'
import { DISK_JOBS_MAX, DISK_QUEUE_MAX } from './limits.ts'

const rejection = async (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => {
      throw new Error('it succeeded')
    },
    (error: unknown) => error,
  )

test('a hanging disk occupies two operations; the others wait, and beyond a limit fail as away', async () => {
  const disk = new Disk(tmpdir(), 0)
  let begun = 0
  let letGo: () => void = () => undefined
  const hangs = new Promise<void>((resolve) => {
    letGo = resolve
  })
  const jobs = Array.from({ length: DISK_JOBS_MAX + DISK_QUEUE_MAX }, () =>
    disk.run(async () => {
      begun += 1
      await hangs
    }),
  )
  await new Promise(setImmediate)
  expect(begun).toBe(DISK_JOBS_MAX)
  expect(await rejection(disk.run(async () => undefined))).toMatchObject({ reason: 'away' })
  letGo()
  await Promise.all(jobs)
  expect(begun).toBe(DISK_JOBS_MAX + DISK_QUEUE_MAX)
  await disk.run(async () => undefined)
})

test('a job that fails lets the next one run', async () => {
  const disk = new Disk(tmpdir(), 0)
  const fails = Array.from({ length: 10 }, (_, i) =>
    rejection(
      disk.run(async () => {
        throw new Error(`fault ${i}`)
      }),
    ),
  )
  await Promise.all(fails)
  expect(await disk.run(async () => 'runs')).toBe('runs')
})

test('no space becomes full, missing rights become denied, and all else becomes away', async () => {
  const full = await open('/dev/full', 'w')
  const error = await rejection(full.write(new Uint8Array(10)))
  await full.close()
  expect(diskFault(error, 'write', 'here')).toMatchObject({ reason: 'full', where: 'here' })
  expect(diskFault(Object.assign(new Error('no'), { code: 'EROFS' }), 'write', 'here').reason).toBe('denied')
  expect(diskFault(Object.assign(new Error('no'), { code: 'EIO' }), 'write', 'here').isRetryable).toBe(true)
  const known = new AssetError({ reason: 'too-large', what: 'a', where: 'b', fix: 'c' })
  expect(diskFault(known, 'write', 'here')).toBe(known)
})

test('a file is invisible until it is published, and a discarded file leaves nothing', async () => {
  const root = temporaryDirectory()
  const disk = new Disk(root, 0)
  await disk.begin(['sha256'])
  const file = await disk.create()
  await file.write(new Uint8Array(100_000))
  expect(await disk.size('sha256/ab/file')).toBeNull()
  await file.publish('sha256/ab/file')
  expect(await disk.size('sha256/ab/file')).toBe(100_000)
  const other = await disk.create()
  await other.write(new Uint8Array(10))
  await other.discard()
  expect(await readdir(join(root, 'unfinished'))).toEqual([])
})
