/**
 * A whole tick of a realm as its worker runs it, in one process without a network. The packets of 100 clients are
 * received, checked, sealed, recorded on a disk, stepped, hashed, and answered. The clients' work between two ticks
 * does not count.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { getHeapStatistics } from 'node:v8'
import { ClientSession } from '../netcode/session/index.ts'
import { isLatestWins } from '../protocol/index.ts'
import { Champion } from '../server/realm/recorder/recorder.ts'
import { TICK_PARTS } from '../server/metrics/families.ts'
import { RealmMeters } from '../server/metrics/realm-meters.ts'
import type { TickSplit } from '../server/metrics/tick-split.ts'
import { unpackOutbound, type FromRealm, type LinkEvent, type ToRealm } from '../server/both-threads/realm-messages.ts'
import { RealmRunner } from '../server/realm/runner.ts'
import type { TickTimer, TickTiming } from '../server/realm/tick-loop.ts'
import { free, loadEngine } from '../sim/index.ts'
import { SimCrowd } from '../bots/sim-crowd.ts'
import { median } from './measure.ts'
import { percentile } from '../bots/figures.ts'
import type { BenchReport, BenchRow } from './report.ts'
import { DYNAMICS, sceneDefinition, loadFittedClips } from './scene.ts'

const PLAYERS = 100
/** Not measured: joins, and compilation of the code. */
const WARM_UP_TICKS = 600
const MEASURED_TICKS = 900
const SEED = 7
const MIB = 1024 * 1024

/** One value for each measured tick. */
class TickTimes {
  readonly cpuMs: number[] = []
  readonly allocatedMib: number[] = []
  readonly partsMs: readonly number[][] = TICK_PARTS.map(() => [])
  #cpu = process.cpuUsage()
  #bytes = 0

  begin(): void {
    this.#bytes = bytesInUse()
    this.#cpu = process.cpuUsage()
  }

  end(): void {
    const { user, system } = process.cpuUsage(this.#cpu)
    this.cpuMs.push((user + system) / 1_000)
    this.allocatedMib.push((bytesInUse() - this.#bytes) / MIB)
  }
}

/**
 * Bytes of objects and array buffers. It grows by allocations, except when garbage is collected: once in ten ticks,
 * with the young generation of bench/run.mjs.
 */
function bytesInUse(): number {
  return getHeapStatistics().used_heap_size + process.memoryUsage().arrayBuffers
}

/** Forwards the parts of each tick. */
class Meters extends RealmMeters {
  tally: TickTimes | null = null

  override ticked(timing: TickTiming, split: TickSplit): void {
    super.ticked(timing, split)
    split.end((part, ms) => this.tally?.partsMs[part]?.push(ms))
  }
}

/** The clients, and the time between two ticks in which they act. */
class TickCrowd implements TickTimer {
  readonly tally = new TickTimes()
  readonly #meters: Meters
  readonly #sessions = Array.from({ length: PLAYERS }, () => new ClientSession(0))
  readonly #act: (sessions: readonly ClientSession[]) => void
  #inbox: ToRealm[] = []
  #ticks = 0
  #baseMs = 0
  #startedAtMs = performance.now()

  constructor(meters: Meters, act: (sessions: readonly ClientSession[]) => void) {
    this.#meters = meters
    this.#act = act
    const events = this.#sessions.map((_, link): LinkEvent => ({
      type: 'opened',
      link,
      peer: { session: '', kind: 'memory', ordered: false, address: '' },
      claims: { session: '', player: link + 1, name: `bot ${link + 1}`, role: 'player', uid: '', user: link + 1 },
      granted: 0,
    }))
    this.#inbox.push({ type: 'batch', events, bytes: new Uint8Array() })
  }

  /** Ticks start on schedule whatever they take; within a tick, time is real. */
  nowMs = (): number => this.#baseMs + performance.now() - this.#startedAtMs

  until = async (atMs: number): Promise<void> => {
    if (this.#meters.tally) this.tally.end()
    this.#baseMs = atMs
    this.#ticks++
    // The disk's answers arrive meanwhile.
    await new Promise((resolve) => void setImmediate(resolve))
    this.#act(this.#sessions)
    this.#send(atMs)
    if (this.#ticks === WARM_UP_TICKS + MEASURED_TICKS) this.#inbox.push({ type: 'stop', reason: 'measured' })
    this.#meters.tally =
      this.#ticks >= WARM_UP_TICKS && this.#ticks < WARM_UP_TICKS + MEASURED_TICKS ? this.tally : null
    this.#startedAtMs = performance.now()
    if (this.#meters.tally) this.tally.begin()
  }

  receive = (): ToRealm | undefined => this.#inbox.shift()

  /** Number of welcomed clients. */
  get welcomed(): number {
    return this.#sessions.filter((session) => session.welcomed).length
  }

  #send(nowMs: number): void {
    const packets = this.#sessions.map((session) => session.packets(nowMs))
    const events = packets.flatMap((sent, link) =>
      sent.map(({ length }): LinkEvent => ({ type: 'received', link, length })),
    )
    this.#inbox.push({ type: 'batch', events, bytes: new Uint8Array(Buffer.concat(packets.flat())) })
  }

  /** Like a thread's port: the bytes are transferred, and read after the tick. */
  post = (message: FromRealm): void => {
    if (message.type !== 'tick') return
    const nowMs = this.#baseMs
    setImmediate(() => unpackOutbound(message, (link, packet) => this.#sessions[link]?.receive(packet.slice(), nowMs)))
  }
}

async function play(recordings: string): Promise<TickCrowd> {
  const engine = await loadEngine()
  const bots = new SimCrowd({ count: PLAYERS, behaviour: 'mocap', seed: SEED, clips: await loadFittedClips() })
  const log = await Champion.open({
    start: { definition: sceneDefinition(PLAYERS), recordings, keepBytes: Infinity, recordedBy: 'bench' },
    engine,
    note: () => undefined,
  })
  const meters = new Meters()
  const crowd = new TickCrowd(meters, (sessions) => {
    if (log.realm.tick === 0) return
    for (const { player, command } of bots.nextFrame(log.realm).inputs) {
      const session = sessions[player - 1]
      if (!session?.welcomed) continue
      if (isLatestWins(command.type)) session.latest(command)
      else session.command(command)
    }
  })
  await new RealmRunner({ log, timer: crowd, receive: crowd.receive, post: crowd.post, meters }).run()
  free(log.realm)
  return crowd
}

export async function run(): Promise<BenchReport> {
  const recordings = await mkdtemp(join(tmpdir(), 'otherworld-bench-'))
  const crowd = await play(recordings).finally(() => rm(recordings, { recursive: true, force: true }))
  if (crowd.welcomed < PLAYERS) throw new Error(`only ${crowd.welcomed} of ${PLAYERS} clients joined`)
  const { cpuMs, allocatedMib, partsMs } = crowd.tally
  const rows: BenchRow[] = [
    { what: 'tick, median', value: median(cpuMs), unit: 'ms' },
    { what: 'tick, mean', value: cpuMs.reduce((sum, ms) => sum + ms, 0) / cpuMs.length, unit: 'ms' },
    { what: 'tick, p99', value: percentile(cpuMs, 0.99), unit: 'ms' },
    { what: 'allocated in a tick, median', value: median(allocatedMib), unit: 'MiB' },
    ...TICK_PARTS.map((part, i): BenchRow => ({
      what: `${part}, median, wall`,
      value: median(partsMs[i] ?? []),
      unit: 'ms',
    })),
  ]
  return {
    name: 'tick',
    about: `a realm's worker with ${PLAYERS} clients posed by motion clips × ${DYNAMICS} dynamics, without network; ${MEASURED_TICKS} ticks after ${WARM_UP_TICKS}; processor time unless it says wall`,
    rows,
  }
}
