/** Parses the text of a row's columns. An unexpected value is a fault of the database or the program, and is thrown. */
import type { Row } from './connection.ts'

export function text(row: Row, column: string): string {
  const value = row[column]
  if (value === null || value === undefined) throw new Error(`column ${column} has no value`)
  return value
}

export function textOrNull(row: Row, column: string): string | null {
  return row[column] ?? null
}

/** Parses INT4, and INT8 within the exact range of a number. */
export function integer(row: Row, column: string): number {
  const value = Number(text(row, column))
  if (!Number.isSafeInteger(value))
    throw new Error(`column ${column} holds ${row[column] ?? 'nothing'}, which is not a whole number up to 2^53`)
  return value
}

export function integerOrNull(row: Row, column: string): number | null {
  return textOrNull(row, column) === null ? null : integer(row, column)
}

/** Parses FLOAT8. Both databases write the shortest text that reads as the same number. */
export function float(row: Row, column: string): number {
  const value = Number(text(row, column))
  if (!Number.isFinite(value))
    throw new Error(`column ${column} holds ${row[column] ?? 'nothing'}, which is not a finite number`)
  return value
}

/** Parses a document that this program wrote. The caller checks its shape. */
export function json(row: Row, column: string): unknown {
  const value = textOrNull(row, column)
  return value === null ? null : JSON.parse(value)
}

/** Returns the column if it is one of `words`. */
export function word<T extends string>(row: Row, column: string, words: readonly T[]): T {
  const value = text(row, column)
  const found = words.find((each) => each === value)
  if (found === undefined)
    throw new Error(`column ${column} holds ${JSON.stringify(value)}; it may hold ${words.join(', ')}`)
  return found
}
