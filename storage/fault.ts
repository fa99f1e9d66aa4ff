/** How errors that reach an operator are said: what went wrong, where, and what to do. */
export interface Fault {
  readonly what: string
  readonly where: string
  readonly fix: string
  readonly cause?: unknown
}

/** The system's code of a failed call, e.g. ENOENT; undefined where the error has none. */
export function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined
  return typeof error.code === 'string' ? error.code : undefined
}

/** A fault as an error's message. */
export const faultText = ({ what, where, fix }: Fault): string => `${what}\n  where: ${where}\n  what to do: ${fix}`
