/** Validates JSON from the network. Errors name the place. */

export type Json = Readonly<Record<string, unknown>>

export const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The server's answer does not have the expected shape. */
export class AnswerError extends Error {
  constructor(where: string, expected: string) {
    super(`The server's answer is not valid: ${where} should be ${expected}.`)
    this.name = 'AnswerError'
  }
}

export function readObject(value: unknown, where: string): Json {
  if (isObject(value)) return value
  throw new AnswerError(where, 'an object')
}

export function readText(value: unknown, where: string): string {
  if (typeof value === 'string') return value
  throw new AnswerError(where, 'text')
}

export function readNumber(value: unknown, where: string): number {
  if (typeof value === 'number' && Number.isFinite(value)) return value
  throw new AnswerError(where, 'a number')
}

export function readOneOf<T extends string>(value: unknown, choices: readonly T[], where: string): T {
  const found = choices.find((choice) => choice === value)
  if (found !== undefined) return found
  throw new AnswerError(where, `one of ${choices.join(', ')}`)
}

/** Reads a list with `read`; a missing list counts as empty. */
export function readList<T>(value: unknown, where: string, read: (item: unknown, where: string) => T): readonly T[] {
  if (value === undefined || value === null) return []
  if (!Array.isArray(value)) throw new AnswerError(where, 'a list')
  return value.map((item: unknown, index) => read(item, `${where}/${index}`))
}

/** Null if the field is missing. */
export function readOptional<T>(value: unknown, where: string, read: (value: unknown, where: string) => T): T | null {
  return value === undefined || value === null ? null : read(value, where)
}
