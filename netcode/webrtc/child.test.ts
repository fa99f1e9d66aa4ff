import { fork, type ChildProcess } from 'node:child_process'
import { expect, test } from 'vitest'
import { buildChild } from './build-child.ts'
import type { FromChild, ToChild } from './ipc.ts'

const EXIT_MS_MAX = 5_000

/** A child that has made an offer, as a main process would see it. */
async function childWithOffer(): Promise<ChildProcess> {
  const child = fork(await buildChild(), [], { serialization: 'advanced', execArgv: [], stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  const heard = (type: FromChild['type']) => new Promise((resolve) => { child.on('message', (message: FromChild) => { if (message.type === type) resolve(message) }) })
  const tell = (message: ToChild) => { child.send(message) }
  const ready = heard('ready')
  tell({ type: 'configure', config: { udpPort: null, bindAddress: '127.0.0.1', iceServers: [], receivedExcessMax: 5_000, receivedMessagesPerSecondMax: 100 } })
  await ready
  const offered = heard('offered')
  tell({ type: 'offer', connection: 1, extraAddresses: [] })
  await offered
  return child
}

async function exitOf(child: ChildProcess): Promise<{ code: number | null, signal: string | null }> {
  const timer = setTimeout(() => child.kill('SIGKILL'), EXIT_MS_MAX)
  const exit = await new Promise<{ code: number | null, signal: string | null }>((resolve) => { child.once('exit', (code, signal) => resolve({ code, signal })) })
  clearTimeout(timer)
  return exit
}

test('the child ends with the main process, also with connections under way', async () => {
  const child = await childWithOffer()
  // What it sees when the main process is killed
  child.disconnect()
  expect(await exitOf(child)).toEqual({ code: 0, signal: null })
})

test('the child ends when it is told to, and not on the signals that a terminal sends to the whole group', async () => {
  const child = await childWithOffer()
  child.kill('SIGINT')
  child.kill('SIGTERM')
  await new Promise((resolve) => { setTimeout(resolve, 200) })
  expect(child.exitCode).toBeNull()
  expect(child.signalCode).toBeNull()
  child.send({ type: 'stop' } satisfies ToChild)
  expect(await exitOf(child)).toEqual({ code: 0, signal: null })
})
