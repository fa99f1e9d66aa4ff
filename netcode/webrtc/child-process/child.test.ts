import { fork, type ChildProcess } from 'node:child_process'
import { expect, test } from 'vitest'
import { buildChild } from './build-child.fixture.ts'
import type { FromChild, ToChild } from '../ipc.ts'

/** A child that has not ended by then will not; generous, because the machine may be busy. */
const EXIT_MS_MAX = 30_000

const heard = (child: ChildProcess, type: FromChild['type']): Promise<FromChild> =>
  new Promise((resolve, reject) => {
    child.on('message', (message: FromChild) => {
      if (message.type === type) resolve(message)
    })
    child.once('exit', (code, signal) => reject(new Error(`the child ended before it said ${type}: ${signal ?? code}`)))
  })

async function sendToChild(child: ChildProcess, message: ToChild, answer: FromChild['type']): Promise<void> {
  const answered = heard(child, answer)
  child.send(message)
  await answered
}

const offer = (child: ChildProcess, connection: number): Promise<void> =>
  sendToChild(child, { type: 'offer', connection, extraAddresses: [] }, 'offered')

/** A child that has made an offer, from the main process's view. */
async function childWithOffer(): Promise<ChildProcess> {
  const child = fork(await buildChild(), [], {
    serialization: 'advanced',
    execArgv: [],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  await sendToChild(
    child,
    {
      type: 'configure',
      config: {
        udpPort: null,
        bindAddress: '127.0.0.1',
        iceServers: [],
        receivedExcessMax: 5_000,
        receivedMessagesPerSecondMax: 100,
      },
    },
    'ready',
  )
  await offer(child, 1)
  return child
}

interface Exit {
  readonly code: number | null
  readonly signal: string | null
}

/** Runs `end`, which ends the child, and resolves with how it ended. */
async function exitAfter(child: ChildProcess, end: () => void): Promise<Exit> {
  const exited = new Promise<Exit>((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }))
  })
  const timer = setTimeout(() => child.kill('SIGKILL'), EXIT_MS_MAX)
  end()
  return await exited.finally(() => clearTimeout(timer))
}

test('the child ends with the main process, also with connections', async () => {
  const child = await childWithOffer()
  // What the child sees when the main process is killed.
  expect(await exitAfter(child, () => child.disconnect())).toEqual({ code: 0, signal: null })
})

test('the child ends on request, and ignores the signals of a terminal', async () => {
  const child = await childWithOffer()
  child.kill('SIGINT')
  child.kill('SIGTERM')
  await offer(child, 2)
  expect([child.exitCode, child.signalCode]).toEqual([null, null])
  expect(await exitAfter(child, () => child.send({ type: 'stop' } satisfies ToChild))).toEqual({
    code: 0,
    signal: null,
  })
})
