/**
 * Runs a scratch realm with players until the code is compiled, as the first ticks of a process take many times longer.
 * It runs whole ticks, from clients' packets to snapshots. Only the disk and other threads are left out.
 */
import { ClientSession } from '../../netcode/session/index.ts'
import {
  BONES,
  free,
  genesis,
  packPose,
  type Engine,
  type Pose,
  type Quat,
  type Realm,
  type RealmDefinition,
} from '../../sim/index.ts'
import { unpackOutbound, type FromRealm, type ToRealm } from '../both-threads/realm-messages.ts'
import { RealmRunner } from './runner.ts'
import { scratchLog } from './recorder/scratch-log.ts'

const PLAYERS = 4

/** Runs `ticks` ticks of a scratch realm; nothing runs for 0. Throws SimulationFault where the scratch realm traps. */
export async function warmUp(engine: Engine, definition: RealmDefinition, ticks: number): Promise<void> {
  if (ticks === 0) return
  const realm = genesis(engine, { ...definition, playersMax: Math.max(PLAYERS, definition.playersMax) })
  try {
    await new WarmUp(realm, ticks).run()
  } finally {
    free(realm)
  }
}

class WarmUp {
  readonly #realm: Realm
  readonly #ticks: number
  readonly #runner: RealmRunner
  readonly #players: readonly ClientSession[] = Array.from({ length: PLAYERS }, () => new ClientSession(0))
  #inbox: ToRealm[] = []
  #nowMs = 0
  #ticked = 0

  constructor(realm: Realm, ticks: number) {
    this.#realm = realm
    this.#ticks = ticks
    this.#runner = new RealmRunner({
      log: scratchLog(realm),
      timer: { nowMs: () => this.#nowMs, until: (atMs) => this.#until(atMs) },
      receive: () => this.#inbox.shift(),
      post: (message) => this.#receive(message),
    })
    for (const [i] of this.#players.entries())
      this.#send({
        type: 'opened',
        link: i,
        peer: { session: '', kind: 'memory', ordered: false, address: '' },
        claims: { session: '', player: i + 1, name: 'warm-up', role: 'player', uid: '', user: i + 1 },
        granted: 0,
      })
  }

  run(): Promise<void> {
    return this.#runner.run()
  }

  #send(event: Extract<ToRealm, { type: 'batch' }>['events'][number], bytes: Uint8Array = new Uint8Array()): void {
    this.#inbox.push({ type: 'batch', events: [event], bytes })
  }

  /** Time passes as fast as the ticks run. */
  #until(atMs: number): Promise<void> {
    this.#nowMs = Math.max(this.#nowMs, atMs)
    this.#ticked++
    if (this.#ticked === this.#ticks) this.#inbox.push({ type: 'stop', reason: 'warm' })
    for (const [i, session] of this.#players.entries()) this.#play(session, i)
    return Promise.resolve()
  }

  #play(session: ClientSession, i: number): void {
    if (session.welcomed) {
      const yaw = Math.fround(((this.#ticked / 50 + i) % 6) - 3)
      session.latest({ type: 'move', x: 0, y: 0, z: -1, yaw, jump: this.#ticked % 90 === 0, run: true, fly: false })
      session.latest({ type: 'pose', pose: packPose(poseAt(this.#ticked / 10 + i)) })
      if (this.#ticked % 40 === i) session.command({ type: 'grab', element: this.#someProp(this.#ticked + i), hand: 1 })
      if (this.#ticked % 40 === i + 20) session.command({ type: 'release', hand: 1 })
    }
    for (const packet of session.packets(this.#nowMs))
      this.#send({ type: 'received', link: i, length: packet.length }, packet)
  }

  #someProp(seed: number): number {
    const ids = [...this.#realm.props.keys()]
    return ids[seed % Math.max(1, ids.length)] ?? 0
  }

  #receive(message: FromRealm): void {
    if (message.type !== 'tick') return
    unpackOutbound(message, (link, packet) => this.#players[link]?.receive(packet.slice(), this.#nowMs))
  }
}

/** A swaying body. */
function poseAt(angle: number): Pose {
  const s = Math.sin(angle) / 2
  const rotation: Quat = { x: 0, y: s, z: 0, w: Math.sqrt(1 - s * s) }
  const joint = (x: number, y: number): Pose['head'] => ({ position: { x, y, z: s / 2 }, rotation })
  return { head: joint(0, 1.6), left: joint(-0.3, 1.1), right: joint(0.3, 1.1), bones: BONES.map(() => rotation) }
}
