/** A server in a network namespace, for benchmarks of a Godot in another one. */
import type { ChildProcess } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { NetworkHost } from '../test/environments/network/host.ts'

export const CLI = 'cli/otherworld.js'

export interface NamespaceServer {
  readonly process: ChildProcess
  readonly url: string
}

/** Resolves once the server is ready. Rejects if it ends before that. */
export async function serveIn(home: NetworkHost, data: string, ...args: readonly string[]): Promise<NamespaceServer> {
  const server = home.spawn(
    process.execPath,
    [CLI, 'serve', '--json', '--host', home.address, '--port', '0', '--data', data, ...args],
    ['ignore', 'pipe', 'inherit'],
  )
  if (server.stdout)
    for await (const line of createInterface({ input: server.stdout }))
      return { process: server, url: (JSON.parse(line) as { url: string }).url }
  throw new Error('the server ended without output')
}
