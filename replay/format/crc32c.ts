/**
 * CRC-32C (Castagnoli): reflected polynomial 0x82F63B78, initial value and final XOR 0xFFFFFFFF, as in iSCSI (RFC 3720,
 * appendix B.4). Processes eight bytes a round ("slicing by 8", Kounavis and Berry 2005), because opening a recording
 * checks every byte of it.
 */
const POLYNOMIAL = 0x82f63b78
const SLICES = 8

function buildTables(): Uint32Array {
  const tables = new Uint32Array(256 * SLICES)
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ POLYNOMIAL : crc >>> 1
    tables[byte] = crc >>> 0
  }
  for (let slice = 1; slice < SLICES; slice++) {
    for (let byte = 0; byte < 256; byte++) {
      const before = at(tables, (slice - 1) * 256 + byte)
      tables[slice * 256 + byte] = (at(tables, before & 255) ^ (before >>> 8)) >>> 0
    }
  }
  return tables
}

/** The element; 0 outside, which never happens in the loops here. */
const at = (array: Uint8Array | Uint32Array, index: number): number => array[index] ?? 0

const TABLES = buildTables()

/** CRC-32C of `bytes[start, end)`, an unsigned 32-bit integer. `before`: the CRC of the bytes before them. */
export function crc32c(bytes: Uint8Array, start = 0, end = bytes.length, before = 0): number {
  const t = TABLES
  let crc = before ^ 0xffffffff
  let i = start
  for (; i + SLICES <= end; i += SLICES) {
    crc =
      at(t, 1792 + ((crc ^ at(bytes, i)) & 255)) ^
      at(t, 1536 + (((crc >>> 8) ^ at(bytes, i + 1)) & 255)) ^
      at(t, 1280 + (((crc >>> 16) ^ at(bytes, i + 2)) & 255)) ^
      at(t, 1024 + (((crc >>> 24) ^ at(bytes, i + 3)) & 255)) ^
      at(t, 768 + at(bytes, i + 4)) ^
      at(t, 512 + at(bytes, i + 5)) ^
      at(t, 256 + at(bytes, i + 6)) ^
      at(t, at(bytes, i + 7))
  }
  for (; i < end; i++) crc = at(t, (crc ^ at(bytes, i)) & 255) ^ (crc >>> 8)
  return (crc ^ 0xffffffff) >>> 0
}
