import { pathToFileURL } from 'node:url'
import { afterAll, expect, test } from 'vitest'
import { buildEntry } from '../../test/harness/build-entry.ts'
import type { TestKinds } from './jobs.fixture.ts'
import { JobError, JobPool } from './pool.ts'

const file = pathToFileURL(await buildEntry(new URL('./jobs.fixture.ts', import.meta.url), 'jobs-fixture'))
const pool = new JobPool<TestKinds>(2, file)
const single = new JobPool<TestKinds>(1, file)
afterAll(async () => {
  await Promise.all([pool.close(), single.close()])
})

test('jobs run in other threads and give their outputs', async () => {
  const outputs = await Promise.all(['a', 'b', 'c', 'd', 'e'].map((text) => pool.run('echo', text)))
  expect(outputs.map(({ text }) => text)).toEqual(['a', 'b', 'c', 'd', 'e'])
  expect(outputs.every(({ thread }) => thread > 0)).toBe(true)
})

test('a job reports its progress', async () => {
  const seen: number[][] = []
  await pool.run('echo', 'a', { onProgress: (...progress) => void seen.push(progress) })
  expect(seen).toEqual([[1, 2]])
})

test.each([
  ['an error', 'refuses', 'the job "refuses" failed: no'],
  ['an uncaught exception', 'crash', 'the worker thread that ran the job "crash" ended: no'],
  ['the end of its thread', 'exit', 'the worker thread that ran the job "exit" ended: exit code 7'],
] as const)('%s ends its job only, and the next job has a fresh thread', async (_, kind, message) => {
  const failing = kind === 'exit' ? single.run(kind, undefined) : single.run(kind, 'no')
  const next = single.run('echo', 'after')
  await expect(failing).rejects.toThrow(message)
  await expect(failing).rejects.toBeInstanceOf(JobError)
  expect((await next).text).toBe('after')
})

test('a job that may have damaged its thread is the last of it', async () => {
  const first = await single.run('retires', null)
  expect((await single.run('echo', 'a')).thread).not.toBe(first)
})

test('a running job that is cancelled may end with an output, a waiting one is rejected', async () => {
  const stop = new AbortController()
  let isCancelled = false
  const running = single.run('slow', null, { signal: stop.signal })
  const waiting = single.run('echo', 'never', { signal: stop.signal }).catch((error: JobError) => {
    isCancelled = error.isCancelled
  })
  stop.abort()
  await waiting
  expect(isCancelled).toBe(true)
  expect(await running).toBe('stopped')
  await expect(single.run('echo', 'late', { signal: stop.signal })).rejects.toThrow('was cancelled')
})

test('closing a pool rejects what runs and what waits', async () => {
  const closing = new JobPool<TestKinds>(1, file)
  const jobs = [closing.run('slow', null), closing.run('echo', 'a')]
  const settled = Promise.allSettled(jobs)
  await closing.close()
  expect((await settled).map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  await expect(closing.run('echo', 'b')).rejects.toThrow('was cancelled')
})
