/** The forms of the test vectors. */
/** Bytes of a message of the schema, and their meaning. */
export interface MessageVector {
  readonly name: string
  /** Rules of docs/protocol.md that it demonstrates. */
  readonly rules: readonly string[]
  /** A message of the schema. */
  readonly message: 'ClientPacket' | 'ServerPacket' | 'ServerMessage' | 'LockstepMessage'
  readonly hex: string
  /** Names as in the schema's JSON form (proto3 JSON: lowerCamelCase); absent fields are left out; bytes in hex. */
  readonly says: unknown
}

/** Bytes that must be refused. */
export interface RefusedVector {
  readonly name: string
  readonly rules: readonly string[]
  readonly message: 'ClientPacket' | 'ServerPacket'
  readonly hex: string
}

export const hex = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
