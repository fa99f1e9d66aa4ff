/**
 * Plants a fault into the physics engine and repeatedly spawns the prop on which it fails. Reports how long until the
 * realm is back without it, whether all other props and avatars are unchanged, and whether its owner is notified.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { drive, login, RenderClient } from '../../netcode/index.ts'
import { connectWebSocket } from '../../netcode/websocket/client-node.ts'
import type { RealmStatus, ServerStatus } from '../../server/main.ts'
import { CURSED, plantedEngine, type EngineFault } from '../harness/engine-fault.ts'
import { sleep, isTrueWithin } from '../harness/wait.ts'
import { startServerProcess } from './server-process.ts'

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '50' },
    fault: { type: 'string', default: 'trap' },
    things: { type: 'string', default: '50' },
    json: { type: 'boolean', default: false },
  },
})
const rounds = Number(values.rounds)
const fault: EngineFault = values.fault === 'loop' ? 'loop' : 'trap'
/**
 * Time within which the realm must be back, s, counted from the last tick before the fault, so that it includes the
 * detection of a hang.
 */
const BACK_SECONDS_MAX = 10
const WAIT_MS_MAX = 60_000
const LOOK_MS = 20

interface RecoveryGuest {
  readonly client: RenderClient
  readonly notices: string[]
}

async function guest(url: string, name: string): Promise<RecoveryGuest> {
  const { token } = await login(url, name)
  const notices: string[] = []
  const client = new RenderClient({
    url,
    token,
    connects: [connectWebSocket],
    events: {
      message: (message) => {
        if (message.type === 'notice') notices.push(message.text)
      },
    },
  })
  drive([client])
  client.start()
  if (!(await isTrueWithin(() => client.state.type === 'joined', WAIT_MS_MAX)))
    throw new Error(`${name} did not join: ${JSON.stringify(client.state)}`)
  return { client, notices }
}

async function statusOf(url: string): Promise<RealmStatus> {
  const [realm] = ((await (await fetch(`${url}v1/status`)).json()) as ServerStatus).realms
  if (!realm) throw new Error('the server has no realm')
  return realm
}

/** All props except the cursed ones, with their positions to the millimetre: they are at rest. */
const restingProps = ({ client }: RecoveryGuest): string =>
  client
    .sample()
    .props.filter(({ spec }) => spec.name === 'box')
    .map(({ element, position: { x, y, z } }) => `${element} ${x.toFixed(3)} ${y.toFixed(3)} ${z.toFixed(3)}`)
    .toSorted()
    .join('\n')

/** Seconds from the last tick before the fault to the first after it; null if the realm never came back. */
async function round(url: string): Promise<number | null> {
  const endMs = performance.now() + WAIT_MS_MAX
  const before = await statusOf(url)
  let last = before
  let lastAtMs = performance.now()
  while (performance.now() < endMs) {
    await sleep(LOOK_MS)
    const now = await statusOf(url)
    if (now.restarts > before.restarts && now.tick > last.tick) return (performance.now() - lastAtMs) / 1_000
    if (now.restarts > before.restarts || now.tick === last.tick) continue
    lastAtMs = performance.now()
    last = now
  }
  return null
}

const folder = mkdtempSync(join(tmpdir(), 'otherworld-planted-'))
process.env['NODE_OPTIONS'] = `--import=${plantedEngine(process.cwd(), folder, fault)}`
const server = await startServerProcess()
delete process.env['NODE_OPTIONS']
const [honest, hostile] = [await guest(server.url, 'honest'), await guest(server.url, 'hostile')]
const identity = JSON.stringify(honest.client.state)
const box = {
  ...CURSED,
  name: 'box',
  motion: 'static',
  colliders: [
    {
      shape: { type: 'box', halfExtents: { x: 0.1, y: 0.1, z: 0.1 } },
      position: { x: 0, y: 0, z: 0 },
      rotation: { x: 0, y: 0, z: 0, w: 1 },
    },
  ],
} as const
for (let i = 0; i < Number(values.things); i += 1)
  await honest.client.spawn(box, { position: { x: (i % 10) - 5, y: 0.1, z: -5 - Math.floor(i / 10) } })
await isTrueWithin(() => restingProps(honest).split('\n').length === Number(values.things), WAIT_MS_MAX)
const before = restingProps(honest)

const seconds: number[] = []
const faults: string[] = []
for (let i = 1; i <= rounds; i += 1) {
  const back = round(server.url)
  const spawned = await hostile.client.spawn(CURSED, { position: { x: 4, y: 1.6, z: 4 } })
  if (!spawned.ok) faults.push(`round ${i}: the spawn was rejected`)
  const took = await back
  seconds.push(took ?? Infinity)
  const isBack = await isTrueWithin(
    () =>
      [honest, hostile].every(({ client }) => client.state.type === 'joined' && client.stats().reconnects >= i) &&
      restingProps(honest) === before,
    WAIT_MS_MAX,
  )
  if (!isBack) {
    faults.push(
      `round ${i}: not everything is unchanged: ${JSON.stringify([honest.client.state, hostile.client.state])}`,
    )
    break
  }
  if (!(await isTrueWithin(() => hostile.notices.length >= i, WAIT_MS_MAX)) || hostile.notices.length > i)
    faults.push(`round ${i}: the owner got ${hostile.notices.length} notices`)
  if (!values.json) process.stdout.write(`${fault} ${i}: back after ${took?.toFixed(2) ?? 'never'} s\n`)
}
const end = await statusOf(server.url)
if (end.quarantined !== rounds) faults.push(`the operator counts ${end.quarantined} of ${rounds}`)
if (end.restarts !== rounds) faults.push(`there were ${end.restarts} restarts, not ${rounds}`)
if (
  JSON.stringify({ ...honest.client.state, resumed: false }) !==
  JSON.stringify({ ...(JSON.parse(identity) as object), resumed: false })
)
  faults.push('the honest player has another player id or avatar')
const logEntries = server
  .errors()
  .split('\n')
  .filter((line) => line.includes('("cursed ball")')).length
await server.stop()
rmSync(folder, { recursive: true, force: true })

const sorted = seconds.toSorted((a, b) => a - b)
const report = {
  schema: 'otherworld/recovery/1',
  fault,
  rounds,
  back: seconds.filter((each) => each < Infinity).length,
  seconds,
  secondsP50: sorted[Math.floor(sorted.length / 2)] ?? 0,
  secondsMax: sorted.at(-1) ?? 0,
  ownerNotices: hostile.notices.length,
  logEntries,
  faults,
}
const isGood = faults.length === 0 && report.secondsMax < BACK_SECONDS_MAX
if (values.json) process.stdout.write(`${JSON.stringify(report)}\n`)
else
  process.stdout.write(
    `${report.back} of ${rounds} back, after ${report.secondsP50.toFixed(2)} s (median), ${report.secondsMax.toFixed(2)} s at most; the owner got ${report.ownerNotices} notices; ${faults.length === 0 ? 'everything else was unchanged' : faults.join('; ')}\n`,
  )
process.exit(isGood ? 0 : 1)
