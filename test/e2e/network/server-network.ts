/** A network with a server in it. */
import { TestNetwork } from '../../environments/network/network.ts'
import type { NetworkHost } from '../../environments/network/host.ts'
import { fileURLToPath } from 'node:url'
import { serveProcess, temporaryDirectory, type Cleanup, type ServeProcess } from '../../harness/server-harness.ts'
import type { BotsReport } from '../bots-report.ts'

const CLI = fileURLToPath(new URL('../../../cli/otherworld.js', import.meta.url))
export const PORT = 7350

export interface ServerNetwork {
  readonly network: TestNetwork
  readonly home: NetworkHost
  readonly server: ServeProcess
}

/** A network, and `otherworld serve` in its host "home", whose connection is perfect. */
export async function startServerNetwork(clean: Cleanup, seed: number): Promise<ServerNetwork> {
  const network = await TestNetwork.start(seed)
  clean.add(() => network.stop())
  const home = await network.host('home')
  return { network, home, server: await serveIn(clean, home, home.address) }
}

export function serveIn(
  clean: Cleanup,
  host: NetworkHost,
  address: string,
  ...more: readonly string[]
): Promise<ServeProcess> {
  const args = [
    '--host',
    address,
    '--port',
    String(PORT),
    '--observers',
    'anyone',
    '--data',
    temporaryDirectory(clean),
    ...more,
  ]
  return serveProcess(clean, args, (command, rest) => host.spawn(command, rest))
}

/** Runs `otherworld bots` in a host to its end. Throws if it prints no report. */
export async function botsIn(host: NetworkHost, ...args: readonly string[]): Promise<BotsReport> {
  const child = host.spawn(process.execPath, [CLI, 'bots', ...args, '--json'])
  let output = ''
  let errors = ''
  child.stdout?.on('data', (chunk: Buffer) => {
    output += chunk.toString()
  })
  child.stderr?.on('data', (chunk: Buffer) => {
    errors += chunk.toString()
  })
  await new Promise((resolve) => {
    child.once('close', resolve)
  })
  if (output === '') throw new Error(`the bots ended without a report: ${errors}`)
  return JSON.parse(output) as BotsReport
}
