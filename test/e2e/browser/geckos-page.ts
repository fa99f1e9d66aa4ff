// Bundled for the page of geckos-client.test.ts.
import { geckos } from '@geckos.io/client'
import type { ClientConnection } from '../../../netcode/transport.ts'
import { connectWebRtc } from '../../../netcode/webrtc/client-browser.ts'
import { connectWebSocket } from '../../../netcode/websocket/client-browser.ts'

const connectOf = { webrtc: connectWebRtc, websocket: connectWebSocket }
const PERIOD_MS = 20

/** Sends `count` numbered messages, each after the response to the one before, with retries. */
function roundTrips(
  count: number,
  send: (bytes: Uint8Array<ArrayBuffer>) => void,
): { answers: number[][]; heard: (bytes: Uint8Array) => void; done: Promise<void> } {
  const answers: number[][] = []
  const heard = (bytes: Uint8Array) => {
    if (bytes[0] === answers.length + 100) answers.push([...bytes])
  }
  const done = new Promise<void>((resolve) => {
    const timer = setInterval(() => {
      if (answers.length < count) return send(Uint8Array.of(answers.length, 7, 7))
      clearInterval(timer)
      resolve()
    }, PERIOD_MS)
  })
  return { answers, heard, done }
}

window.clients = {
  geckos: async (server, token, count) => {
    const { protocol, hostname, port } = new URL(server)
    const channel = geckos({ url: `${protocol}//${hostname}`, port: Number(port), authorization: token })
    const error = await new Promise<Error | undefined>((resolve) => {
      void channel.onConnect((problem) => resolve(problem))
    })
    if (error) throw new Error(String(error.message))
    const { answers, heard, done } = roundTrips(count, (bytes) => channel.raw.emit(bytes.buffer))
    channel.onRaw((message) => {
      if (message instanceof ArrayBuffer) heard(new Uint8Array(message))
    })
    await done
    const id = channel.id ?? ''
    channel.close()
    return { id, answers }
  },
  ours: async (kind, server, token, count) => {
    const startMs = performance.now()
    const messages: ((bytes: Uint8Array) => void)[] = []
    const connection: ClientConnection = await connectOf[kind](server, token, {
      received: (bytes) => {
        for (const message of messages) message(bytes)
      },
      closed: () => {},
    })
    const connectMs = performance.now() - startMs
    const { answers, heard, done } = roundTrips(count, (bytes) => connection.send(bytes))
    messages.push(heard)
    await done
    connection.close('done')
    return { answers, connectMs }
  },
  refused: async (kind, server) => {
    const error = await connectOf[kind](server, 'bad', { received: () => {}, closed: () => {} }).then(
      () => null,
      (reason: unknown) => reason,
    )
    return error instanceof Error && 'reason' in error
      ? { reason: String(error.reason), message: error.message }
      : { reason: 'none', message: '' }
  },
}
