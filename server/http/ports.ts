/**
 * Explains why the server cannot use a port. The server tries its UDP port before anything costly starts; listener.ts
 * does the same for TCP.
 */
import { createSocket } from 'node:dgram'
import { isIP } from 'node:net'
import { Effect } from 'effect'
import type { Settings } from '../config.ts'
import { codeOf, ServerError, textOf } from '../error.ts'

/** The option and the name of each protocol's port. */
const PORTS = {
  tcp: { name: 'port', option: '--port' },
  udp: { name: 'UDP port', option: '--udp-port' },
} as const

export function portError(protocol: keyof typeof PORTS, host: string, port: number, cause: unknown): ServerError {
  const { name, option } = PORTS[protocol]
  const where = `${host}:${port}${protocol === 'udp' ? ' (UDP)' : ''}`
  const error = (reason: ServerError['reason'], what: string, fix: string): ServerError =>
    new ServerError({ reason, what, where, fix, cause })
  switch (codeOf(cause)) {
    case 'EADDRINUSE':
      return error(
        'port-in-use',
        `${name} ${port} is in use by another program`,
        `stop that program, or give another port with ${option} N (0: any)`,
      )
    case 'EACCES':
      return error('listen', `this user may not listen on ${name} ${port}`, `give a port above 1023 with ${option} N`)
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return error(
        'listen',
        `this machine has no address "${host}"`,
        'give an address of this machine with --host, or 0.0.0.0 for all',
      )
    default:
      return error('listen', `the server cannot listen: ${textOf(cause)}`, `see --host and ${option}`)
  }
}

/** Fails if the UDP port of WebRTC cannot be bound. The WebRTC process binds it later. */
export function requireUdpPort({ host, udpPort, webrtc }: Settings): Effect.Effect<void, ServerError> {
  if (!webrtc || udpPort === 0) return Effect.void
  return Effect.callback((resume) => {
    const probe = createSocket(isIP(host) === 6 ? 'udp6' : 'udp4')
    probe.once('error', (cause) => {
      probe.close()
      resume(Effect.fail(portError('udp', host, udpPort, cause)))
    })
    // Like WebRTC, a host that is a name binds all interfaces.
    probe.bind({ port: udpPort, exclusive: true, ...(isIP(host) === 0 ? {} : { address: host }) }, () =>
      probe.close(() => resume(Effect.void)),
    )
  })
}
