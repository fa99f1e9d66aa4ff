/** What a relay needs to know of an IPv4 packet (RFC 791). */

export type Protocol = 'tcp' | 'udp' | 'other'

const HEADER_BYTES_MIN = 20
const PROTOCOLS: Readonly<Record<number, Protocol>> = { 6: 'tcp', 17: 'udp' }

/** Null for what is no IPv4: devices send IPv6's neighbour messages as well. */
export function readPacket(packet: Buffer): { readonly protocol: Protocol; readonly destination: string } | null {
  if (packet.length < HEADER_BYTES_MIN || packet.readUInt8(0) >> 4 !== 4) return null
  return { protocol: PROTOCOLS[packet.readUInt8(9)] ?? 'other', destination: packet.subarray(16, 20).join('.') }
}
