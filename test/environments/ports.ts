/** Ports for tests that cannot use 0 for "any". */
import { createSocket } from 'node:dgram'
import { createServer } from 'node:net'

/**
 * Below the ports that systems give to callers that ask for any port (Linux from 32768, others from 49152). Otherwise a
 * connection of another test may take it between the check and its use.
 */
const PORT_MIN = 20_000
const PORT_MAX = 32_000
const TRIES_MAX = 50

/** A port of 127.0.0.1 at which nothing listens, and nothing will by chance. */
export async function freePort(kind: 'tcp' | 'udp' = 'tcp'): Promise<number> {
  for (let i = 0; i < TRIES_MAX; i++) {
    const port = PORT_MIN + Math.floor(Math.random() * (PORT_MAX - PORT_MIN))
    if (await (kind === 'tcp' ? opensTcp(port) : opensUdp(port))) return port
  }
  throw new Error(`there is no free ${kind} port from ${PORT_MIN} to ${PORT_MAX}`)
}

function opensTcp(port: number): Promise<boolean> {
  const server = createServer()
  return new Promise((resolve) => {
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })
}

function opensUdp(port: number): Promise<boolean> {
  const socket = createSocket('udp4')
  return new Promise((resolve) => {
    socket.once('error', () => socket.close(() => resolve(false)))
    socket.bind(port, '127.0.0.1', () => socket.close(() => resolve(true)))
  })
}
