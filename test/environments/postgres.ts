/** A private PostgreSQL for tests and drills, on this machine, in a temporary folder. */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { freePort } from './ports.ts'

export interface TestPostgres {
  /** postgres://… of the server's own database. */
  readonly url: string
  /** Creates a database and returns its URL. */
  createDatabase(name: string): Promise<string>
  /** `kill -9` of the main process; resolves when it has ended. */
  kill(): Promise<void>
  /** Starts it after a kill or a stop. */
  start(): Promise<void>
  /** Stops it in order. */
  stop(): Promise<void>
  /** Freezes all its processes, like a hanging machine, and resumes them. */
  freeze(): void
  thaw(): void
  /** Ends it and removes its folder. */
  remove(): Promise<void>
}

export interface PostgresOptions {
  /** True: commits also survive a power loss. Default false, which is faster. */
  readonly fsync?: boolean
}

/** Time to start, or to recover from a crash, ms. */
const START_MS_MAX = 30_000

/** Initialised and started. Rejects with a message if PostgreSQL is missing. */
export async function startPostgres({ fsync = false }: PostgresOptions = {}): Promise<TestPostgres> {
  const server = new PostgresServer(programs(), fsync)
  try {
    await server.begin()
  } catch (error) {
    await server.remove()
    throw error
  }
  return server
}

/** The folder of initdb and postgres. */
function programs(): string {
  const debian = '/usr/lib/postgresql'
  const versions = existsSync(debian) ? readdirSync(debian).toSorted((a, b) => Number(b) - Number(a)) : []
  const folders = [...versions.map((version) => join(debian, version, 'bin')), ...(process.env.PATH ?? '').split(':')]
  const found = folders.find(
    (folder) => folder !== '' && existsSync(join(folder, 'initdb')) && existsSync(join(folder, 'postgres')),
  )
  if (found === undefined)
    throw new Error('PostgreSQL is missing: this needs initdb and postgres. On Debian: apt-get install postgresql')
  return found
}

/** PostgreSQL refuses to run as root. Then it runs as the user postgres, which Debian's package creates. */
function runAs(): { readonly uid?: number; readonly gid?: number } {
  if (process.getuid?.() !== 0) return {}
  const id = (flag: string): number => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }))
  return { uid: id('-u'), gid: id('-g') }
}

class PostgresServer implements TestPostgres {
  readonly #folder: string
  readonly #bin: string
  readonly #fsync: boolean
  readonly #as = runAs()
  #port = 0
  #child: ChildProcess | null = null
  #ended: Promise<void> = Promise.resolve()
  #output = ''

  constructor(bin: string, fsync: boolean) {
    this.#bin = bin
    this.#fsync = fsync
    this.#folder = mkdtempSync(join(tmpdir(), 'otherworld-postgres-'))
    if (this.#as.uid !== undefined && this.#as.gid !== undefined) chownSync(this.#folder, this.#as.uid, this.#as.gid)
  }

  get url(): string {
    return this.#urlOf('postgres')
  }

  #urlOf(database: string): string {
    return `postgres://postgres@127.0.0.1:${this.#port}/${database}`
  }

  async begin(): Promise<void> {
    execFileSync(
      join(this.#bin, 'initdb'),
      ['-D', join(this.#folder, 'data'), '-U', 'postgres', '--auth=trust', '--encoding=UTF8', '--no-sync'],
      { ...this.#as, cwd: this.#folder, stdio: 'pipe' },
    )
    this.#port = await freePort()
    await this.start()
  }

  async start(): Promise<void> {
    const endMs = performance.now() + START_MS_MAX
    for (;;) {
      this.#launch()
      const isUp = await this.#answers(endMs)
      if (isUp) return
      // The processes of a killed server may still hold its memory, so this retries until they are gone.
      if (performance.now() > endMs) throw new Error(`PostgreSQL does not start:\n${this.#output}`)
      await sleep(100)
    }
  }

  #launch(): void {
    const settings = {
      port: this.#port,
      listen_addresses: '127.0.0.1',
      unix_socket_directories: this.#folder,
      fsync: this.#fsync ? 'on' : 'off',
      default_transaction_isolation: 'serializable',
      max_connections: 40,
      shared_buffers: '32MB',
    }
    const child = spawn(
      join(this.#bin, 'postgres'),
      [
        '-D',
        join(this.#folder, 'data'),
        ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
      ],
      { ...this.#as, cwd: this.#folder, stdio: ['ignore', 'ignore', 'pipe'] },
    )
    child.stderr.on('data', (chunk: Buffer) => {
      this.#output = (this.#output + chunk.toString()).slice(-5_000)
    })
    this.#child = child
    this.#ended = new Promise((resolve) => {
      child.once('exit', () => {
        if (this.#child === child) this.#child = null
        resolve()
      })
    })
  }

  /** Returns false if the process ends before it answers. */
  async #answers(endMs: number): Promise<boolean> {
    while (this.#child !== null && performance.now() < endMs) {
      if (
        await this.#query('postgres', 'SELECT 1').then(
          () => true,
          () => false,
        )
      )
        return true
      await sleep(50)
    }
    return false
  }

  async #query(database: string, sql: string): Promise<void> {
    const client = new pg.Client({ connectionString: this.#urlOf(database), connectionTimeoutMillis: 2_000 })
    client.on('error', () => undefined)
    try {
      await client.connect()
      await client.query(sql)
    } finally {
      await client.end().catch(() => undefined)
    }
  }

  async createDatabase(name: string): Promise<string> {
    await this.#query('postgres', `CREATE DATABASE ${pg.escapeIdentifier(name)}`)
    return this.#urlOf(name)
  }

  async kill(): Promise<void> {
    this.#child?.kill('SIGKILL')
    await this.#ended
  }

  async stop(): Promise<void> {
    this.thaw()
    this.#child?.kill('SIGINT')
    await this.#ended
  }

  freeze(): void {
    this.#signal('SIGSTOP')
  }

  thaw(): void {
    this.#signal('SIGCONT')
  }

  /** Signals the main process first, so that it starts no others meanwhile. */
  #signal(name: NodeJS.Signals): void {
    const pid = this.#child?.pid
    if (pid === undefined) return
    process.kill(pid, name)
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
      .trim()
      .split(' ')
      .filter(Boolean)
      .map(Number)
    for (const child of children) process.kill(child, name)
  }

  async remove(): Promise<void> {
    await this.stop()
    rmSync(this.#folder, { recursive: true, force: true })
  }
}
