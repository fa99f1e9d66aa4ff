/** Errors that reach an operator say what went wrong, where, and what to do. */
export interface OperatorFault {
  readonly what: string
  readonly where: string
  readonly fix: string
  readonly cause?: unknown
}

/** Returns the operating system's code of a failed call, e.g. ENOENT, or undefined. */
export function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined
  return typeof error.code === 'string' ? error.code : undefined
}

/** Formats a fault as an error's message. */
export const faultText = ({ what, where, fix }: OperatorFault): string =>
  `${what}\n  where: ${where}\n  what to do: ${fix}`
