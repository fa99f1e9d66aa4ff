/** A server as operators run it, in its own process, with Linux's figures of its processes. */
import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

export interface ServerProcess {
  readonly pid: number
  readonly url: string
  /** Its data directory. */
  readonly data: string
  /** Id of the WebRTC process; null while none runs. */
  transportPid(): number | null
  /** Standard error so far. */
  errors(): string
  /** Ends it in order and keeps its data. */
  end(): Promise<void>
  /** Ends it and removes its data. */
  stop(): Promise<void>
}

/** Time within which a server must end in order before it is killed, ms. */
const END_MS_MAX = 30_000

function transportOf(pid: number): number | null {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
    .trim()
    .split(' ')
    .filter(Boolean)
    .map(Number)
  return children.find((child) => commandOf(child).includes('webrtc-child')) ?? null
}

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8')
  } catch {
    return ''
  }
}

/** Resident bytes and open files of a process; null if it has ended. */
export function usageOf(pid: number): { readonly rssBytes: number; readonly files: number } | null {
  try {
    const kilobytes = /VmRSS:\s*(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? '0'
    return { rssBytes: Number(kilobytes) * 1024, files: readdirSync(`/proc/${pid}/fd`).length }
  } catch {
    return null
  }
}

async function ready(child: ChildProcess, errors: () => string): Promise<string> {
  if (!child.stdout) throw new Error('the server has no output')
  for await (const line of createInterface(child.stdout)) {
    const { url } = JSON.parse(line) as { readonly url: string }
    return url
  }
  throw new Error(`the server did not start:\n${errors()}`)
}

/** Runs `otherworld serve` on free ports of this machine, with a temporary data directory. */
export const startServerProcess = (...args: readonly string[]): Promise<ServerProcess> =>
  startServerOn(mkdtempSync(join(tmpdir(), 'otherworld-drill-')), ...args)

/** Starts a server on existing data. */
export async function startServerOn(data: string, ...args: readonly string[]): Promise<ServerProcess> {
  const child = spawn(
    process.execPath,
    ['cli/otherworld.js', 'serve', '--json', '--port', '0', '--udp-port', '0', '--data', data, ...args],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  )
  let errors = ''
  child.stderr.on('data', (chunk: Buffer) => {
    errors = (errors + chunk.toString()).slice(-100_000)
  })
  const pid = child.pid ?? 0
  const exited = new Promise<void>((resolve) => {
    child.once('exit', () => resolve())
  })
  const end = async (): Promise<void> => {
    child.kill('SIGTERM')
    const killing = setTimeout(() => child.kill('SIGKILL'), END_MS_MAX)
    await exited
    clearTimeout(killing)
  }
  const stop = async (): Promise<void> => {
    await end()
    rmSync(data, { recursive: true, force: true })
  }
  return {
    pid,
    url: await ready(child, () => errors),
    transportPid: () => transportOf(pid),
    errors: () => errors,
    data,
    end,
    stop,
  }
}
