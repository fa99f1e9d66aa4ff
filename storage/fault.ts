/** How errors that reach an operator are said: what went wrong, where, and what to do. */
export interface Fault {
  readonly what: string
  readonly where: string
  readonly fix: string
  readonly cause?: unknown
}

/** A fault as an error's message. */
export const faultText = ({ what, where, fix }: Fault): string => `${what}\n  where: ${where}\n  what to do: ${fix}`
