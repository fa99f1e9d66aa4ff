/** The thread of one lockstep peer, so that its simulation and the bots' sending do not delay each other. */
import { parentPort, workerData, type MessagePort } from 'node:worker_threads'
import { loadEngine } from '../sim/index.ts'
import { drive, login } from '../netcode/index.ts'
import { LockstepPeer, type LockstepState } from '../netcode/lockstep.ts'
import { connectWebSocket } from '../netcode/websocket/client-node.ts'
import { threadCpuMs } from '../server/both-threads/thread-time.ts'
import type { FromHashCheck, HashCheckOptions } from './lockstep-watch.ts'

/** Maximum simulation time in one step of the event loop, ms: two or three frames at 60 a second. */
const BUDGET_MS = 12
const REPORT_MS = 250

async function watch(
  { url, name }: HashCheckOptions,
  port: MessagePort,
  post: (message: FromHashCheck) => void,
): Promise<void> {
  const engine = await loadEngine()
  const { token } = await login(url, name, { role: 'observer' })
  let firstTick = 0
  const peer = new LockstepPeer({
    url,
    token,
    connects: [connectWebSocket],
    engine,
    budgetMs: BUDGET_MS,
    events: { state: (state) => onState(state) },
  })
  const report = (): void => {
    const cpuMs = threadCpuMs()
    const cpuSeconds = cpuMs === null ? null : cpuMs / 1_000
    if (peer.realm) post({ type: 'report', firstTick, cpuSeconds, ...peer.report() })
  }
  const stopDriving = drive([peer])
  const reporting = setInterval(report, REPORT_MS)
  const end = (reason: string): void => {
    clearInterval(reporting)
    stopDriving()
    post({ type: 'ended', reason })
    port.close()
  }
  const onState = (state: LockstepState): void => {
    if (state.type === 'running' && firstTick === 0) firstTick = (peer.realm?.tick ?? 0) + 1
    if (state.type === 'running') post({ type: 'running' })
    if (state.type === 'connecting' && state.waiting !== undefined) post({ type: 'trouble', reason: state.waiting })
    if (state.type === 'reconnecting') post({ type: 'trouble', reason: state.reason })
    if (state.type === 'closed') end(state.reason)
  }
  port.on('message', () => {
    report()
    peer.close('done')
  })
  peer.start()
}

async function main(port: MessagePort): Promise<void> {
  const post = (message: FromHashCheck): void => port.postMessage(message, [])
  try {
    await watch(workerData as HashCheckOptions, port, post)
  } catch (error) {
    post({ type: 'ended', reason: error instanceof Error ? error.message : String(error) })
    port.close()
  }
}

if (!parentPort) throw new Error('lockstep-worker.ts runs as a worker thread')
void main(parentPort)
