/** Parses the fields of an IPv4 packet (RFC 791) that a relay needs. */

export type Protocol = 'tcp' | 'udp' | 'other'

const HEADER_BYTES_MIN = 20
const PROTOCOLS: Readonly<Record<number, Protocol>> = { 6: 'tcp', 17: 'udp' }

/** Returns null if it is not IPv4: devices also send IPv6's neighbour messages. */
export function readPacket(packet: Buffer): { readonly protocol: Protocol; readonly destination: string } | null {
  if (packet.length < HEADER_BYTES_MIN || packet.readUInt8(0) >> 4 !== 4) return null
  return { protocol: PROTOCOLS[packet.readUInt8(9)] ?? 'other', destination: packet.subarray(16, 20).join('.') }
}
