/** Races of several processes for one lock whose last holder is gone: how many of them got it. */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { build } from 'esbuild'

export interface RacesOptions {
  readonly races: number
  readonly processes: number
  /** In every n-th race the last holder is killed (`kill -9`) when the others begin. */
  readonly killEvery: number
}

export interface RacesResult {
  readonly races: number
  /** Number of races by how many processes held the lock at their end. */
  readonly holders: Readonly<Record<number, number>>
  readonly killed: number
}

/** Time until a race begins, ms: all racers have read their line by then. */
const LEAD_MS = 4

class Racer {
  readonly #child: ChildProcess
  readonly #lines: AsyncIterator<string>

  constructor(file: string) {
    this.#child = spawn(process.execPath, [file], { stdio: ['pipe', 'pipe', 'inherit'] })
    if (!this.#child.stdout) throw new Error('the racer has no output')
    this.#lines = createInterface(this.#child.stdout)[Symbol.asyncIterator]()
  }

  async request(line: string): Promise<string> {
    this.#child.stdin?.write(`${line}\n`)
    const answer = await this.#lines.next()
    if (answer.done === true) throw new Error(`a racer ended at "${line}"`)
    return answer.value
  }

  acquire(file: string, atMs: number): Promise<string> {
    return this.request(`take\t${file}\t${atMs}`)
  }

  kill(): void {
    this.#child.kill('SIGKILL')
  }

  async end(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    const exit = once(this.#child, 'exit')
    this.#child.kill('SIGKILL')
    await exit
  }
}

/** The built program, inside the repository, whose packages it needs. */
async function program(): Promise<string> {
  const outfile = join(process.cwd(), '.tmp', `lock-racer-${process.pid}.mjs`)
  await build({
    entryPoints: [join(process.cwd(), 'test/environments/lock/racer.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    packages: 'external',
    logLevel: 'warning',
  })
  return outfile
}

/** Text of a lock file after its holder was killed: a process of another boot, or of a version without kernel locks. */
const STALE = [
  { pid: 4_194_303, host: 'gone', token: 'stale' },
  { pid: process.pid, started: 'another boot:1' },
  'torn',
]

const nowMs = (): number => performance.timeOrigin + performance.now()

/** Runs in the repository's folder. */
export async function runRaces({ races, processes, killEvery }: RacesOptions): Promise<RacesResult> {
  const folder = mkdtempSync(join(tmpdir(), 'otherworld-races-'))
  const file = await program()
  const racers = Array.from({ length: processes }, () => new Racer(file))
  const holders: Record<number, number> = {}
  let killed = 0
  try {
    for (let race = 0; race < races; race++) {
      const lock = join(folder, `${race}.lock`)
      writeFileSync(lock, JSON.stringify(STALE[race % STALE.length]))
      const victim = race % killEvery === killEvery - 1 ? new Racer(file) : null
      if (victim && (await victim.acquire(lock, 0)) !== 'held')
        throw new Error(`nobody holds ${lock}, and it cannot be taken`)
      const atMs = nowMs() + LEAD_MS
      if (victim) {
        killed++
        setTimeout(() => victim.kill(), LEAD_MS * Math.random() * 2)
      }
      const answers = await Promise.all(racers.map((racer) => racer.acquire(lock, atMs)))
      const count = answers.filter((answer) => answer === 'held').length
      // If the victim lived longer than the others tried, nobody has it.
      holders[count] = (holders[count] ?? 0) + 1
      await victim?.end()
      if (victim && count === 0 && (await racers[0]?.acquire(lock, 0)) !== 'held')
        throw new Error(`${lock} is held, and its holder was killed`)
      await Promise.all(racers.map((racer) => racer.request('free')))
      rmSync(lock)
    }
  } finally {
    await Promise.all(racers.map((racer) => racer.end()))
    rmSync(folder, { recursive: true, force: true })
    rmSync(file, { force: true })
  }
  return { races, holders, killed }
}
