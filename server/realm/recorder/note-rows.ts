/**
 * Reads the notes that the server writes into recordings: JSON arrays of rows. A damaged note gives no rows, never an
 * error.
 */

/** Returns the rows of a note. A row that is not an array is returned as an empty one. */
export function noteRows(text: string): readonly (readonly unknown[])[] {
  try {
    const rows: unknown = JSON.parse(text)
    return Array.isArray(rows)
      ? rows.map((row: unknown) => (Array.isArray(row) ? (row as readonly unknown[]) : []))
      : []
  } catch {
    return []
  }
}

/** True for an unsigned 32-bit integer. */
export const isUint32 = (value: unknown): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 0xffff_ffff
