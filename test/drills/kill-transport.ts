/**
 * Kills the transport process repeatedly while bots play. Reports how long until all bots are back, and what is lost.
 */
import { parseArgs } from 'node:util'
import { nodeWebRtcConnect } from '../../netcode/webrtc/client-node.ts'
import { Players } from './players.ts'
import { sleep, isTrueWithin } from '../harness/wait.ts'
import { startServerProcess } from './server-process.ts'

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '10' },
    bots: { type: 'string', default: '20' },
    pause: { type: 'string', default: '6' },
    seed: { type: 'string', default: '1' },
    json: { type: 'boolean', default: false },
  },
})
/** Time within which all bots must be back, s. */
const BACK_SECONDS_MAX = 5
/** Longest time to wait for a bot, ms: a session can be resumed for 30 s. */
const WAIT_MS_MAX = 40_000

const server = await startServerProcess()
const players = await Players.join(server.url, [nodeWebRtcConnect()], Number(values.bots), Number(values.seed))
const seconds: number[] = []
for (let kill = 1; kill <= Number(values.kills); kill += 1) {
  await sleep(Number(values.pause) * 1_000)
  const pid = server.transportPid()
  if (pid === null) throw new Error('there is no transport process to kill')
  const atMs = performance.now()
  process.kill(pid, 'SIGKILL')
  const isBack = await isTrueWithin(() => players.haveReturned(kill), WAIT_MS_MAX)
  seconds.push(isBack ? (performance.now() - atMs) / 1_000 : Infinity)
  if (!values.json)
    process.stdout.write(
      `kill ${kill}: ${players.joined} of ${players.all.length} back after ${seconds.at(-1)?.toFixed(2)} s\n`,
    )
}
const { changed, reconnects } = players
const settled = await players.settle()
await players.leave()
await server.stop()

const sorted = seconds.toSorted((a, b) => a - b)
const report = {
  schema: 'otherworld/kill-transport/1',
  bots: players.all.length,
  kills: seconds.length,
  seconds,
  secondsP50: sorted[Math.floor(sorted.length / 2)] ?? 0,
  secondsMax: sorted.at(-1) ?? 0,
  identitiesKept: changed.length === 0,
  changed,
  reconnects,
  ...settled,
}
const isGood = report.identitiesKept && report.commandsLost === 0 && report.secondsMax < BACK_SECONDS_MAX
if (values.json) process.stdout.write(`${JSON.stringify(report)}\n`)
else
  process.stdout.write(
    `all back after ${report.secondsP50.toFixed(2)} s (median), ${report.secondsMax.toFixed(2)} s at most; ${settled.commandsAnswered} commands answered, ${settled.commandsLost} lost; ${changed.length === 0 ? 'all are who they were' : changed.join('; ')}\n`,
  )
process.exit(isGood ? 0 : 1)
