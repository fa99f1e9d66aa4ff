/**
 * A real S3 server for tests: Ceph's radosgw over one monitor and one store in memory, on free ports of this machine,
 * in a temporary folder. Needs Debian's radosgw, ceph-mon, ceph-osd and ceph-common. Ready in about 12 s.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { freePort } from './ports.ts'

/** Required programs; `apt-get install --no-install-recommends radosgw ceph-mon ceph-osd ceph-common` installs them. */
const PROGRAMS = ['radosgw', 'radosgw-admin', 'ceph-mon', 'ceph-osd', 'ceph', 'ceph-authtool', 'monmaptool'] as const
const READY_MS_MAX = 60_000
/** One call of an administrative program, ms. */
const CALL_MS_MAX = 30_000
/** Memory of the store, bytes. */
const STORE_BYTES = 1_073_741_824
/** Bytes of a log that are shown on failure. */
const LOG_BYTES_SHOWN = 2_000

const call = promisify(execFile)
export interface Radosgw {
  readonly endpoint: string
  readonly accessKey: string
  readonly secretKey: string
  /** The gateway accepts connections and does not answer until it is resumed. */
  pause(): void
  resume(): void
  /** Kills the gateway; stored files stay. */
  kill(): Promise<void>
  /** Starts it again and waits until it answers. */
  restart(): Promise<void>
  /** Kills everything and removes the folder. */
  stop(): Promise<void>
}

/** Rejects with a message if a program is missing, and with the logs if one fails. */
export async function startRadosgw(): Promise<Radosgw> {
  await requirePrograms()
  const cluster = new Cluster(mkdtempSync(join(tmpdir(), 'otherworld-s3-')), await freePort(), await freePort())
  try {
    await cluster.start()
    return cluster
  } catch (error) {
    const logs = cluster.logs()
    await cluster.stop()
    throw new Error(
      `the S3 server for tests did not start: ${error instanceof Error ? error.message : String(error)}\n${logs}`,
      { cause: error },
    )
  }
}

async function requirePrograms(): Promise<void> {
  const found = await Promise.all(
    PROGRAMS.map((program) =>
      call('sh', ['-c', `command -v ${program}`]).then(
        () => true,
        () => false,
      ),
    ),
  )
  const missing = PROGRAMS.filter((_, i) => found[i] === false)
  if (missing.length > 0)
    throw new Error(
      `This needs a real S3 server, and ${missing.join(', ')} ${missing.length === 1 ? 'is' : 'are'} not installed. On Debian: apt-get install --no-install-recommends radosgw ceph-mon ceph-osd ceph-common`,
    )
}

class Cluster implements Radosgw {
  readonly endpoint: string
  readonly accessKey = 'OTHERWORLDTEST'
  readonly secretKey = 'secret-of-tests'
  readonly #folder: string
  readonly #port: number
  readonly #monitorPort: number
  readonly #children = new Set<ChildProcess>()
  #gateway: ChildProcess | null = null

  constructor(folder: string, port: number, monitorPort: number) {
    this.#folder = folder
    this.#port = port
    this.#monitorPort = monitorPort
    this.endpoint = `http://127.0.0.1:${port}`
  }

  #path(name: string): string {
    return join(this.#folder, name)
  }

  async start(): Promise<void> {
    const cluster = randomUUID()
    for (const folder of ['mon', 'osd']) mkdirSync(this.#path(folder))
    writeFileSync(this.#path('ceph.conf'), this.#configuration(cluster))
    await this.#makeKeys()
    await this.#run(
      'monmaptool',
      '--create',
      '--fsid',
      cluster,
      '--addv',
      'a',
      `[v2:127.0.0.1:${this.#monitorPort}]`,
      this.#path('monmap'),
    )
    await this.#run(
      'ceph-mon',
      '--mkfs',
      '-i',
      'a',
      '--keyring',
      this.#path('keyring'),
      '--monmap',
      this.#path('monmap'),
    )
    this.#spawn('ceph-mon', '-i', 'a', '-f')
    await this.#run('ceph', '--connect-timeout', '20', 'auth', 'import', '-i', this.#path('keyring'))
    const store = randomUUID()
    await this.#run('ceph', 'osd', 'new', store)
    await this.#run('ceph-osd', '-i', '0', '--mkfs', '--osd-uuid', store)
    this.#spawn('ceph-osd', '-i', '0', '-f')
    await this.#run(
      'radosgw-admin',
      'user',
      'create',
      '--uid=tests',
      '--display-name=tests',
      `--access-key=${this.accessKey}`,
      `--secret-key=${this.secretKey}`,
    )
    await this.restart()
  }

  /**
   * One copy of everything, in memory, and few placement groups: a cluster of one machine for minutes. The gateway has
   * no cache, because after a kill the next one would wait half a minute for the last one's.
   */
  #configuration(cluster: string): string {
    return `[global]
fsid = ${cluster}
mon host = v2:127.0.0.1:${this.#monitorPort}
public addr = 127.0.0.1
public network = 127.0.0.0/8
keyring = ${this.#path('keyring')}
run dir = ${this.#folder}
admin socket = ${this.#folder}/$name.asok
log file = ${this.#folder}/$name.log
osd pool default size = 1
osd pool default min size = 1
osd crush chooseleaf type = 0
osd pool default pg num = 4
osd pool default pg autoscale mode = off
mon allow pool size one = true
mon data avail crit = 1
mon data = ${this.#path('mon')}
osd data = ${this.#path('osd')}
osd objectstore = memstore
memstore device bytes = ${STORE_BYTES}
rgw frontends = beast endpoint=127.0.0.1:${this.#port}
rgw data = ${this.#folder}
rgw cache enabled = false
`
  }

  async #makeKeys(): Promise<void> {
    const keyring = this.#path('keyring')
    await this.#run('ceph-authtool', '--create-keyring', keyring, '--gen-key', '-n', 'mon.', '--cap', 'mon', 'allow *')
    await this.#run(
      'ceph-authtool',
      keyring,
      '--gen-key',
      '-n',
      'client.admin',
      '--cap',
      'mon',
      'allow *',
      '--cap',
      'osd',
      'allow *',
    )
    await this.#run(
      'ceph-authtool',
      keyring,
      '--gen-key',
      '-n',
      'osd.0',
      '--cap',
      'mon',
      'allow profile osd',
      '--cap',
      'osd',
      'allow *',
    )
  }

  get #environment(): NodeJS.ProcessEnv {
    return { ...process.env, CEPH_CONF: this.#path('ceph.conf') }
  }

  async #run(program: string, ...args: readonly string[]): Promise<void> {
    await call(program, args, { env: this.#environment, timeout: CALL_MS_MAX })
  }

  #spawn(program: string, ...args: readonly string[]): ChildProcess {
    const child = spawn(program, args, { env: this.#environment, stdio: 'ignore' })
    this.#children.add(child)
    child.once('exit', () => this.#children.delete(child))
    return child
  }

  pause(): void {
    this.#gateway?.kill('SIGSTOP')
  }

  resume(): void {
    this.#gateway?.kill('SIGCONT')
  }

  async kill(): Promise<void> {
    const gateway = this.#gateway
    this.#gateway = null
    if (gateway) await end(gateway)
  }

  async restart(): Promise<void> {
    const gateway = this.#spawn('radosgw', '-n', 'client.admin', '-f')
    this.#gateway = gateway
    const endMs = performance.now() + READY_MS_MAX
    while (
      !(await fetch(this.endpoint).then(
        ({ ok }) => ok,
        () => false,
      ))
    ) {
      if (gateway.exitCode !== null) throw new Error(`radosgw ended with ${gateway.exitCode}`)
      if (performance.now() > endMs) throw new Error(`radosgw does not answer within ${READY_MS_MAX} ms`)
      await sleep(100)
    }
  }

  /** The ends of all logs. */
  logs(): string {
    return ['client.admin', 'osd.0', 'mon.a']
      .map((name) => {
        try {
          return `--- ${name}\n${readFileSync(this.#path(`${name}.log`), 'utf8').slice(-LOG_BYTES_SHOWN)}`
        } catch {
          return `--- ${name}: no log`
        }
      })
      .join('\n')
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#children].map(end))
    rmSync(this.#folder, { recursive: true, force: true })
  }
}

/** Kills stopped processes too. */
function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve()
  return new Promise((resolve) => {
    child.once('exit', () => resolve())
    child.kill('SIGKILL')
  })
}
