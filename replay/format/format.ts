/**
 * The numbers of the recording format, version 1. docs/recording.md describes the whole format: change both together.
 * test/protocol/recording-document.test.ts reads a recording by that document only.
 */

/**
 * A byte outside text, the name, and both line ends, so that a file mangled in transport is recognised at once (as in
 * PNG).
 */
export const MAGIC: Uint8Array = Uint8Array.of(0x89, 0x4f, 0x57, 0x52, 0x0d, 0x0a, 0x1a, 0x0a)
export const FORMAT_VERSION = 1
/** Magic and format version. */
export const PREAMBLE_BYTES = 12

/** Chunk types. Readers may skip an unknown type with bit 7 set, but no other. */
export const ChunkType = {
  header: 0x01,
  frame: 0x02,
  hash: 0x03,
  checkpoint: 0x04,
  index: 0x05,
  footer: 0x06,
  sample: 0x81,
  quarantine: 0x82,
  note: 0x83,
} as const
export const SKIPPABLE = 0x80

/** Bytes of type and sequence, before the length. */
export const CHUNK_LEAD_BYTES = 5
export const CRC_BYTES = 4
/** Smallest chunk: lead, one byte of length, CRC. */
export const CHUNK_BYTES_MIN = CHUNK_LEAD_BYTES + 1 + CRC_BYTES
/** Largest payload of a chunk: a length has at most four groups of seven bits. */
export const PAYLOAD_BYTES_MAX = 2 ** 28 - 1
export const LENGTH_BYTES_MAX = 4

export const HASH_BYTES = 8
export const SHA256_BYTES = 32
/** Type, sequence, length (1), index offset (8), CRC. */
export const FOOTER_BYTES = 18

/** How a checkpoint's bytes are stored. */
export const Encoding = { raw: 0, deflate: 1 } as const
export type EncodingId = 0 | 1

/** Bytes of an unpacked checkpoint: 40 times the target for 100 avatars. A larger claim is refused before unpacking. */
export const CHECKPOINT_BYTES_MAX = 64 * 1024 * 1024
/** Bytes of a header: it contains the realm definition, whose limits are lower. */
export const HEADER_BYTES_MAX = 16 * 1024 * 1024
/** Samples name their phases in the header. No simulation of ours has more. */
export const PHASES_MAX = 32

/** Ticks between samples (phase hashes and counts): one second, 70 bytes. */
export const SAMPLE_EVERY_TICKS = 60
/** Ticks between checkpoints: a seek or a recovery replays at most ten seconds. */
export const CHECKPOINT_EVERY_TICKS = 600
/** Ticks between seek points of the index. */
export const SEEK_POINT_EVERY_TICKS = 600
