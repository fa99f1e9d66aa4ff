/**
 * The hash check: a worker that logs in as an observer, receives every sealed frame, runs the real simulation and
 * compares each state hash with the server's. It reports twice a second.
 */
import { connectWebSocket } from '../../netcode/websocket/client-browser.ts'
import { login } from '../../netcode/client/login.ts'
import { LockstepPeer } from '../../netcode/lockstep.ts'
import { loadEngine } from '../../sim/index.ts'
import type { LockstepNews } from './lockstep.ts'

/** Longest simulation in one update, ms. A worker draws no frames, so it may use most of its time. */
const BUDGET_MS = 40
const UPDATE_MS = 15
const REPORT_MS = 500

const tell = (news: LockstepNews): void => {
  postMessage(news)
}

async function run(url: string): Promise<void> {
  const { token } = await login(url, 'hash check', { role: 'observer' })
  const engine = await loadEngine()
  const peer = new LockstepPeer({ url, token, connects: [connectWebSocket], engine, budgetMs: BUDGET_MS })
  peer.start()
  setInterval(() => peer.update(), UPDATE_MS)
  setInterval(() => {
    const { tick, ticksChecked, mismatches, firstMismatch } = peer.report()
    const { state } = peer
    if (state.type === 'closed' || state.type === 'reconnecting')
      tell({ type: 'stopped', reason: state.reason, final: state.type === 'closed', ticksChecked })
    else tell({ type: 'progress', tick, ticksChecked, mismatches, firstMismatchTick: firstMismatch?.tick ?? null })
  }, REPORT_MS)
}

addEventListener('message', (event: MessageEvent<unknown>) => {
  const url = event.data
  if (typeof url !== 'string') return
  run(url).catch((error: unknown) =>
    tell({
      type: 'stopped',
      reason: error instanceof Error ? error.message : String(error),
      final: true,
      ticksChecked: 0,
    }),
  )
})
