/** A terminal for tests of commands: it keeps what they print. */
import type { Terminal } from '../../cli/output.ts'

export interface CapturedTerminal {
  readonly to: Terminal
  readonly said: { out: string; err: string }
}

export function capturedTerminal(errIsTerminal = false): CapturedTerminal {
  const said = { out: '', err: '' }
  const to: Terminal = {
    out: (text) => void (said.out += text),
    err: (text) => void (said.err += text),
    outIsTerminal: false,
    errIsTerminal,
  }
  return { to, said }
}
