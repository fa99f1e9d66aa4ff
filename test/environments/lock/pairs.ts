/**
 * Starts two servers at once on one data directory, each in its own namespaces like two containers on one volume, and
 * reports which of them runs.
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'

export interface PairResult {
  /** Number of servers that reported ready. */
  readonly ready: number
  /** Messages and exit codes of the others. */
  readonly refusals: readonly { readonly code: number | null; readonly words: string }[]
  /** The realm's tick shortly after the running server started. It grows from pair to pair. */
  readonly tick: number
}

/** Time that two servers on a busy machine may take to start or to give up, ms. */
const START_MS_MAX = 90_000

interface Contender {
  readonly child: ChildProcess
  /** The ready line, or null if it ended without one. */
  readonly ready: Promise<{ readonly url: string } | null>
  words(): string
}

/**
 * Starts a server in its own process and network namespaces: it is process 1, and only has its own loopback interface.
 */
function start(data: string): Contender {
  const serve = `ip link set lo up && exec "${process.execPath}" cli/otherworld.js serve --json --port 0 --udp-port 0 --data "$1"`
  const child = spawn(
    'unshare',
    ['--pid', '--net', '--fork', '--kill-child', '--mount-proc', 'sh', '-c', serve, 'sh', data],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  )
  let errors = ''
  child.stderr.on('data', (chunk: Buffer) => {
    errors += chunk.toString()
  })
  const ended = once(child, 'close').then(() => null)
  const line = once(createInterface(child.stdout), 'line').then(([text]) => {
    const said = JSON.parse(String(text)) as { readonly ready?: boolean; readonly url: string }
    return said.ready === true ? said : ended
  })
  return { child, ready: Promise.race([line, ended]), words: () => errors }
}

/** Requests the status over the loopback interface of the server's own namespace. */
async function statusOf({ child }: Contender, url: string): Promise<{ readonly tick: number }> {
  const ask = spawn(
    'nsenter',
    [
      '--net',
      '--target',
      String(child.pid),
      process.execPath,
      '-e',
      `fetch(${JSON.stringify(`${url}v1/status`)}).then(async (answer) => process.stdout.write(await answer.text()))`,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  let text = ''
  ask.stdout.on('data', (chunk: Buffer) => {
    text += chunk.toString()
  })
  await once(ask, 'close')
  const {
    realms: [realm],
  } = JSON.parse(text) as { readonly realms: readonly { readonly tick: number }[] }
  if (!realm) throw new Error(`the server at ${url} has no realm`)
  return realm
}

/**
 * Runs in the repository's folder, on a built server; needs the rights to create namespaces. The running server is
 * killed at the end.
 */
export async function runPair(data: string): Promise<PairResult> {
  const contenders = [start(data), start(data)]
  const timer = setTimeout(() => {
    for (const { child } of contenders) child.kill('SIGKILL')
  }, START_MS_MAX)
  try {
    const found = await Promise.all(contenders.map(async (contender) => ({ contender, ready: await contender.ready })))
    const running = found.filter(({ ready }) => ready !== null)
    const refusals = found
      .filter(({ ready }) => ready === null)
      .map(({ contender: { child, words } }) => ({ code: child.exitCode, words: words() }))
    const [first] = running
    const tick = first?.ready ? (await statusOf(first.contender, first.ready.url)).tick : 0
    return { ready: running.length, refusals, tick }
  } finally {
    clearTimeout(timer)
    await Promise.all(
      contenders.map(async ({ child }) => {
        if (child.exitCode !== null || child.signalCode !== null) return
        const exit = once(child, 'exit')
        child.kill('SIGKILL')
        await exit
      }),
    )
  }
}
