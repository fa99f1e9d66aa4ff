/** The test's side of a player (player.ts) that runs in a host of a network. */
import { mkdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { build } from 'esbuild'
import type { Vec3 } from '../../../sim/index.ts'
import type { NetworkHost } from '../../environments/network/host.ts'
import { until, type Cleanup } from '../../harness/server-harness.ts'

const ROOT = fileURLToPath(new URL('../../..', import.meta.url))
const PROGRAM = `${ROOT}/.tmp/network-player-${process.pid}.mjs`

/** The player's state, ten times a second; times in ms of the player's clock. */
export interface PlayerReport {
  readonly atMs: number
  readonly state: string
  /** Each Welcome of the player, first and after losses of the connection. */
  readonly joins: readonly {
    readonly transport: string
    readonly avatar: number
    readonly resumed: boolean
    readonly atMs: number
  }[]
  readonly troubles: readonly string[]
  readonly commands: {
    readonly sent: number
    readonly done: number
    readonly failed: readonly string[]
    readonly lost: number
  }
  /** Number of other avatars that it sees. */
  readonly others: number
  readonly position: Vec3 | null
  readonly rttMs: number | null
  readonly delayMs: number
  readonly snapshots: number
  readonly bytesDown: number
  readonly loss: number
}

/** The bundle is in the repository, so that it finds its packages. */
export async function buildPlayer(): Promise<string> {
  mkdirSync(`${ROOT}/.tmp`, { recursive: true })
  await build({
    entryPoints: [`${ROOT}/test/e2e/network/player.ts`],
    outfile: PROGRAM,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    packages: 'external',
    logLevel: 'warning',
  })
  return PROGRAM
}

export interface PlayerProcess {
  readonly name: string
  readonly host: NetworkHost
  /** The newest report. Throws if there is none. */
  readonly report: PlayerReport
  /** Waits until it has joined and sees itself. */
  joined(msMax?: number): Promise<PlayerReport>
  /** Comes to rest, waits for its last outcomes and leaves. Returns the last report. */
  leave(): Promise<PlayerReport>
}

export function startPlayer(
  clean: Cleanup,
  host: NetworkHost,
  url: string,
  name: string,
  transports = 'webrtc,websocket',
): PlayerProcess {
  const child = host.spawn(process.execPath, [PROGRAM, url, name, transports], ['pipe', 'pipe', 'inherit'])
  clean.add(() => child.kill('SIGKILL'))
  const ended = once(child, 'close')
  const reports: PlayerReport[] = []
  if (child.stdout)
    createInterface({ input: child.stdout }).on('line', (line) => void reports.push(JSON.parse(line) as PlayerReport))
  const newest = (): PlayerReport => {
    const report = reports.at(-1)
    if (!report) throw new Error(`${name} has sent no report`)
    return report
  }
  return {
    name,
    host,
    get report() {
      return newest()
    },
    joined: (msMax) =>
      until(
        `${name} is in`,
        () => reports.length > 0 && newest().state === 'joined' && newest().position !== null && newest(),
        msMax,
      ),
    leave: async () => {
      child.stdin?.write('leave\n')
      await ended
      return newest()
    },
  }
}
