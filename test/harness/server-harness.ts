/** Real servers for tests, in this process or as their own process, and clients that connect to them. */
import { spawn, type ChildProcess } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readRecording, simulationOf, verify, type Recording } from '../../replay/index.ts'
import { DEFAULT_DEFINITION, loadEngine } from '../../sim/index.ts'
import { listRecordings } from '../../storage/recordings/index.ts'
import { drive, login, RenderClient, type Connect, type RenderEvents } from '../../netcode/index.ts'
import type { LoginRole } from '../../http-contract/index.ts'
import { connectWebSocket } from '../../netcode/websocket/client-node.ts'
import { temporaryDirectory, type Cleanup } from './cleanup.ts'
import { until } from './wait.ts'
import { defaultSettings, lineLogger, startServer, type RunningServer, type Settings } from '../../server/main.ts'
import { patientClock } from './patient-clock.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

export { cleanup, temporaryDirectory, type Cleanup } from './cleanup.ts'
export { sleep, until } from './wait.ts'

/** A realm file for `serve --realm`: the default realm without obstacles. */
export function emptyRealmFile(clean: Cleanup): string {
  const file = join(temporaryDirectory(clean), 'empty.json')
  writeFileSync(file, JSON.stringify({ ...DEFAULT_DEFINITION, id: 'empty', props: [] }))
  return file
}

export interface TestServer extends RunningServer {
  /** The server's log. */
  readonly logged: readonly string[]
}

/** A server in this process on free ports, without the slow parts of a start. */
export async function serveHere(clean: Cleanup, changes: Partial<Settings> = {}): Promise<TestServer> {
  const logged: string[] = []
  const settings = {
    ...defaultSettings(temporaryDirectory(clean)),
    port: 0,
    udpPort: 0,
    webrtc: false,
    warmUpTicks: 0,
    logger: lineLogger((line) => void logged.push(line)),
    ...changes,
  }
  const server = await startServer(settings)
  clean.add(() => server.stop())
  return { ...server, logged }
}

export interface ServeProcess {
  readonly child: ChildProcess
  readonly url: string
  /** All lines of standard output so far. */
  readonly lines: readonly string[]
  readonly errors: () => string
  readonly exit: Promise<number | null>
}

/** Starts a program, here or in a host of a network. */
export type Start = (command: string, args: readonly string[]) => ChildProcess

const startHere: Start = (command, args) => spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] })

/** Time to start, ms: a process compiles its code and opens its database, which takes long on a busy machine. */
export const START_MS_MAX = 120_000

/**
 * Runs `otherworld serve --json` as its own process. Resolves when it is ready; rejects with its output if it ends
 * before.
 */
export async function serveProcess(
  clean: Cleanup,
  args: readonly string[],
  start: Start = startHere,
): Promise<ServeProcess> {
  const child = start(process.execPath, [join(ROOT, 'cli/otherworld.js'), 'serve', '--json', ...args])
  const lines: string[] = []
  let errors = ''
  let rest = ''
  child.stdout?.on('data', (chunk: Buffer) => {
    const parts = (rest + chunk.toString()).split('\n')
    rest = parts.pop() ?? ''
    lines.push(...parts)
  })
  child.stderr?.on('data', (chunk: Buffer) => {
    errors += chunk.toString()
  })
  let ended = false
  const exit = new Promise<number | null>((resolve) => {
    child.once('close', (code) => {
      ended = true
      resolve(code)
    })
  })
  clean.add(async () => {
    child.kill('SIGKILL')
    await exit
  })
  await until('the server is ready', () => lines.length > 0 || ended, START_MS_MAX)
  if (lines[0] === undefined) throw new Error(errors)
  const { url } = JSON.parse(lines[0]) as { url: string }
  return { child, url, lines, errors: () => errors, exit }
}

export interface JoinOptions {
  readonly connects?: readonly Connect[]
  readonly token?: string
  readonly role?: LoginRole
  readonly events?: RenderEvents
}

/** A render client that connects, and is updated until the test ends. */
export async function enter(
  clean: Cleanup,
  url: string,
  name: string,
  options: JoinOptions = {},
): Promise<RenderClient> {
  const token = options.token ?? (await login(url, name, { role: options.role ?? 'player' })).token
  const client = new RenderClient({
    url,
    token,
    connects: options.connects ?? [connectWebSocket],
    clock: patientClock(),
    ...(options.events ? { events: options.events } : {}),
  })
  const stop = drive([client])
  clean.add(stop)
  client.start()
  return client
}

/** The client's state. Throws if the client has given up. */
export function lives({ state }: RenderClient): RenderClient['state'] {
  if (state.type === 'closed') throw new Error(`the client ended: ${state.reason}`)
  return state
}

/** Waits until the client has joined. Throws if it has given up. */
export async function joined(
  clean: Cleanup,
  url: string,
  name: string,
  options: JoinOptions = {},
): Promise<RenderClient> {
  const client = await enter(clean, url, name, options)
  await until(`${name} has joined`, () => lives(client).type === 'joined')
  return client
}

/** All recordings of a data directory, oldest first. Throws if one cannot be opened or replays to another hash. */
export async function verifiedRecordings(data: string): Promise<readonly Recording[]> {
  const simulation = simulationOf(await loadEngine())
  const entries = await listRecordings(join(data, 'recordings'))
  return Promise.all(
    entries.toReversed().map(async ({ path }) => {
      const recording = readRecording(readFileSync(path))
      if (!recording.ok) throw recording.error
      const verified = await verify(recording.value, simulation)
      if (!verified.ok) throw verified.error
      const { firstDivergence } = verified.value
      if (firstDivergence) throw new Error(`${path}: tick ${firstDivergence.tick}: ${firstDivergence.message}`)
      return recording.value
    }),
  )
}
