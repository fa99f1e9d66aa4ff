/** Reading the text of a row's columns. What is not as it should be is a fault of the database or the program, and thrown. */
import type { Row } from './connection.ts'

export function text(row: Row, column: string): string {
  const value = row[column]
  if (value === null || value === undefined) throw new Error(`column ${column} has no value`)
  return value
}

export function textOrNull(row: Row, column: string): string | null {
  return row[column] ?? null
}

/** INT4 and INT8 within what a number holds exactly. */
export function integer(row: Row, column: string): number {
  const value = Number(text(row, column))
  if (!Number.isSafeInteger(value))
    throw new Error(`column ${column} holds ${row[column] ?? 'nothing'}, which is no whole number up to 2^53`)
  return value
}

export function integerOrNull(row: Row, column: string): number | null {
  return textOrNull(row, column) === null ? null : integer(row, column)
}

/** FLOAT8: both databases write the shortest text that reads as the same number. */
export function float(row: Row, column: string): number {
  const value = Number(text(row, column))
  if (!Number.isFinite(value))
    throw new Error(`column ${column} holds ${row[column] ?? 'nothing'}, which is no finite number`)
  return value
}

/** A document that this program wrote; its shape is checked by who uses it. */
export function json(row: Row, column: string): unknown {
  const value = textOrNull(row, column)
  return value === null ? null : JSON.parse(value)
}

/** One of a few words. */
export function word<T extends string>(row: Row, column: string, words: readonly T[]): T {
  const value = text(row, column)
  const found = words.find((each) => each === value)
  if (found === undefined)
    throw new Error(`column ${column} holds ${JSON.stringify(value)}; it may hold ${words.join(', ')}`)
  return found
}
