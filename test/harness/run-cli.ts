/** Runs the `otherworld` command as its own process, and collects its output and exit code. */
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const CLI = fileURLToPath(new URL('../../cli/otherworld.js', import.meta.url))

export interface CliEnd {
  readonly code: number | null
  readonly out: string
  /** Standard error, without the lines of progress that a command prints after 10 s. */
  readonly errors: string
  /** The one JSON object on standard output. */
  json(): Record<string, unknown>
}

/** A line of progress, such as "upload: sending, 40 % after 10 s". A busy machine prints some, an idle one none. */
const PROGRESS = /^(?!otherworld )[^\n]* after \d+ [^\n]*\n/gm

/** `settings`: environment variables in addition to this process's own. */
export function runCli(args: readonly string[], settings: Readonly<Record<string, string>> = {}): Promise<CliEnd> {
  const child = spawn(process.execPath, [CLI, ...args], {
    env: { ...process.env, ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let out = ''
  let errors = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text
  })
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) =>
      resolve({
        code,
        out,
        errors: errors.replaceAll(PROGRESS, ''),
        json: () => JSON.parse(out) as Record<string, unknown>,
      }),
    )
  })
}
