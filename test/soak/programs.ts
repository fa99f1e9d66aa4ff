/** The programs of a soak test: the server and crowds of bots, each a process of its own. */
import { spawn, type ChildProcess } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const CLI = fileURLToPath(new URL('../../cli/otherworld.js', import.meta.url))

export interface SoakServer {
  readonly process: ChildProcess
  readonly url: string
  /** Log lines so far. */
  readonly log: readonly string[]
}

/** Starts a server. Rejects if it ends before it is ready. */
export async function serve(args: readonly string[]): Promise<SoakServer> {
  const server = spawn(process.execPath, [CLI, 'serve', '--port', '0', '--json', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const log: string[] = []
  createInterface({ input: server.stderr }).on('line', (line) => void log.push(line))
  for await (const line of createInterface({ input: server.stdout }))
    return { process: server, url: (JSON.parse(line) as { url: string }).url, log }
  throw new Error(`the server ended before it was ready: ${log.join('\n')}`)
}

/** Fields of `otherworld/bots/1` that a soak test uses. */
export interface CrowdReport {
  readonly requested: number
  readonly connected: number
  readonly inputsLost: number
  readonly commandsDone: number
  readonly reconnects: number
  readonly lockstep: { readonly ticksChecked: number; readonly hashMismatches: number }
  readonly faults: readonly string[]
}

export interface CrowdRun {
  readonly process: ChildProcess
  /** Null if it was killed; rejects if its output is unreadable. */
  readonly report: Promise<CrowdReport | null>
}

export function crowd(url: string, args: readonly string[]): CrowdRun {
  const child = spawn(process.execPath, [CLI, 'bots', '--url', url, '--json', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const said = { out: '', errors: '' }
  child.stdout.on('data', (chunk: Buffer) => {
    said.out += chunk.toString()
  })
  child.stderr.on('data', (chunk: Buffer) => {
    said.errors += chunk.toString()
  })
  const ended = new Promise<NodeJS.Signals | null>(
    (resolve) => void child.once('close', (_, signal) => resolve(signal)),
  )
  return {
    process: child,
    report: ended.then((signal) => (signal === null ? readReport(said.out, said.errors) : null)),
  }
}

function readReport(stdout: string, stderr: string): CrowdReport {
  const report = JSON.parse(stdout === '' ? '{}' : stdout) as CrowdReport & {
    readonly error?: { readonly message: string }
  }
  if (!Array.isArray(report.faults)) throw new Error(`a crowd could not play: ${report.error?.message ?? stderr}`)
  return report
}

/** Child processes of `pid`; none if the system does not report them (anything but Linux). */
export function childrenOf(pid: number): readonly number[] {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number)
  } catch {
    return []
  }
}

/** Resident memory of a process, bytes; null if the system does not report it. Linux, proc(5): the line VmRSS in kB. */
export function residentBytes(pid: number): number | null {
  try {
    const [, kilobytes] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
    return kilobytes === undefined ? null : Number(kilobytes) * 1024
  } catch {
    return null
  }
}
