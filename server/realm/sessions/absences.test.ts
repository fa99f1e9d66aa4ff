import { expect, test } from 'vitest'
import { temporaryDirectory } from '../../../test/harness/cleanup.ts'
import { ClientSession } from '../../../netcode/session/index.ts'
import { DEFAULT_DEFINITION, free, loadEngine } from '../../../sim/index.ts'
import { uidOf } from '../../../testing/simulator/uid.ts'
import { Absences } from './absences.ts'
import { Champion } from '../recorder/recorder.ts'
import type { LinkEvent, ToRealm } from '../../both-threads/realm-messages.ts'
import { RealmRunner } from '../runner.ts'

const engine = await loadEngine()

/** A realm with its recording and a clock of its own, until it is killed: nothing is closed in order. */
class Life {
  readonly champion: Champion
  nowMs = 1_000_000
  #endMs = 1_000_000
  #inbox: ToRealm[] = []
  #reached: () => void = () => undefined
  #wake: () => void = () => undefined
  #client = new ClientSession(0)

  private constructor(champion: Champion) {
    this.champion = champion
    const runner = new RealmRunner({
      log: champion,
      timer: {
        nowMs: () => this.nowMs,
        until: async (atMs) => {
          while (atMs > this.#endMs) {
            this.#reached()
            await new Promise<void>((resolve) => {
              this.#wake = resolve
            })
          }
          this.nowMs = Math.max(this.nowMs, atMs)
        },
      },
      receive: () => this.#inbox.shift(),
      post: () => undefined,
    })
    void runner.run()
  }

  static async begin(recordings: string): Promise<Life> {
    const start = { definition: { ...DEFAULT_DEFINITION, props: [] }, recordings, keepBytes: 1e9, recordedBy: 'test' }
    return new Life(await Champion.open({ engine, start, note: () => undefined }))
  }

  async pass(seconds: number): Promise<void> {
    this.#endMs = this.nowMs + seconds * 1_000
    const there = new Promise<void>((resolve) => {
      this.#reached = resolve
    })
    this.#wake()
    await there
  }

  #put(event: LinkEvent, bytes: Uint8Array<ArrayBuffer> = new Uint8Array()): void {
    this.#inbox.push({ type: 'batch', events: [event], bytes })
  }

  /** Connects a player over that link; it sends a Hello. */
  connect(player: number, link: number): void {
    const claims = {
      session: `s${player}`,
      player,
      name: `Player ${player}`,
      role: 'player',
      uid: uidOf(player),
      user: player,
    } as const
    this.#put({
      type: 'opened',
      link,
      peer: { session: claims.session, kind: 'websocket', ordered: true, address: '127.0.0.1' },
      claims,
      granted: 0,
    })
    this.#client = new ClientSession(this.nowMs)
    this.say(link)
  }

  say(link: number): void {
    for (const packet of this.#client.packets(this.nowMs, true))
      this.#put({ type: 'received', link, length: packet.length }, new Uint8Array(packet))
  }

  disconnect(link: number): void {
    this.#put({ type: 'closed', link, reason: 'lost' })
  }

  get players(): readonly number[] {
    return [...this.champion.realm.players.keys()]
  }

  kill(): void {
    free(this.champion.realm)
  }
}

test('a player who does not return leaves 30 seconds after it was lost, over five crashes too', async () => {
  const recordings = temporaryDirectory()
  let life = await Life.begin(recordings)
  life.connect(1, 1)
  await life.pass(1)
  expect(life.players).toEqual([1])
  life.disconnect(1)
  await life.pass(4)
  for (let restart = 1; restart <= 5; restart += 1) {
    life.kill()
    life = await Life.begin(recordings)
    // Four seconds before the first crash, five in each life since: no life has a whole window.
    expect(life.players).toEqual([1])
    await life.pass(5)
  }
  await life.pass(2)
  expect(life.players).toEqual([])
  life.kill()
})

test('a player who was connected when the realm failed has the full 30 seconds, once', async () => {
  const recordings = temporaryDirectory()
  let life = await Life.begin(recordings)
  life.connect(1, 1)
  await life.pass(3)
  life.kill()
  life = await Life.begin(recordings)
  await life.pass(20)
  life.kill()
  life = await Life.begin(recordings)
  await life.pass(9)
  expect(life.players).toEqual([1])
  await life.pass(2)
  expect(life.players).toEqual([])
  life.kill()
})

test('a player who returns has the full time again at the next loss', async () => {
  const recordings = temporaryDirectory()
  let life = await Life.begin(recordings)
  life.connect(1, 1)
  await life.pass(1)
  life.kill()
  life = await Life.begin(recordings)
  await life.pass(25)
  life.connect(1, 1)
  await life.pass(1)
  life.kill()
  life = await Life.begin(recordings)
  await life.pass(28)
  expect(life.players).toEqual([1])
  life.kill()
})

test('notes that are damaged, of another kind or of later ticks are ignored', () => {
  const away = new Absences()
  const kind = 'otherworld.away'
  for (const text of ['', '{', '[1]', 'null', '[["a", 1], [1, -1], [1, 1e99], [3]]'])
    away.readNotes([{ tick: 1, kind, text }], 9)
  away.readNotes(
    [
      { tick: 10, kind, text: '[[1,5]]' },
      { tick: 1, kind: 'other', text: '[[2,5]]' },
      { tick: 1, kind, text: '[[3,50]]' },
      { tick: 2, kind, text: '[[4,1]]' },
      { tick: 3, kind, text: '[[4,0]]' },
    ],
    9,
  )
  expect([1, 2, 3, 4].map((player) => away.sinceTick(player))).toEqual([null, null, 9, null])
})

test('only changes are in the note, and an absence keeps the tick of its start', () => {
  const away = new Absences()
  expect(away.changes(1)).toBeNull()
  away.begin(1, 10)
  away.begin(1, 20)
  away.end(2)
  expect(away.changes(20)).toEqual({ tick: 20, kind: 'otherworld.away', text: '[[1,10]]' })
  expect(away.changes(21)).toBeNull()
  away.end(1)
  expect(away.changes(30)?.text).toBe('[[1,0]]')
  away.begin(3, 40)
  expect(away.note(41).text).toBe('[[3,40]]')
  expect(away.changes(42)).toBeNull()
})
