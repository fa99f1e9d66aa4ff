/**
 * Per-frame cost of other players in headless Godot: 100 walking avatars with poses and 200 moving props, decoded,
 * applied and interpolated by the addon. The packets are the server's: those of one of the hundred clients, within
 * 1,100 bytes each, and snapshots with the whole room at once, 20 a second each.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { SnapshotSource, SnapshotBuilder } from '../netcode/snapshot/index.ts'
import { RecordWriter } from '../netcode/snapshot/bytes.ts'
import { NO_TICK } from '../netcode/snapshot/history.ts'
import type { Roster } from '../netcode/snapshot/roster.ts'
import { AVATAR_KINDS, PROP, ROOT, JOINTS, type ComponentKind } from '../netcode/snapshot/components.ts'
import { decodeServerPacket, encodeServerPacket } from '../protocol/index.ts'
import { avatars, free, loadEngine, props, type PropView } from '../sim/index.ts'
import { Dice } from '../bots/bot-behaviour.ts'
import { importProject, runGodot } from '../test/environments/godot.ts'
import { median } from './measure.ts'
import { percentile } from '../bots/figures.ts'
import type { BenchReport, BenchRow } from './report.ts'
import { scene, loadFittedClips } from './scene.ts'

const AVATARS = 100
const SECONDS = 12
const SEND_TICKS = 3
/** Snapshots of the whole room, of each kind: four seconds. */
const ROOM_SNAPSHOTS = 80
/** Time limit of Godot on a machine under load, seconds. */
const GODOT_SECONDS_MAX = 600
/** Delay of an acknowledgement: the age of most baselines. */
const ACK_TICKS = 9
const PROJECT = 'godot-bridge/demo'
const HEAD = {
  packet: 1,
  ackPacket: 0,
  ackBits: 0,
  ackCommand: 0,
  firstMessage: 0,
  clientTimeMs: 0,
  clientTimeAgeMs: 0,
  control: null,
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

interface CapturedPackets {
  readonly tick: number
  readonly avatars: string
  readonly props: string
}

/** Sections with all elements: each component against its state at `baseTick`. */
function sections(
  source: SnapshotSource,
  roster: Roster,
  kinds: readonly ComponentKind[],
  empty: number,
  baseTick: number,
): string {
  const to = new RecordWriter(1_024)
  for (const kind of kinds) {
    to.reserve(5)
    to.varint(roster.order.length)
    let last = 0
    for (const row of roster.order) {
      const at = source.record(kind, row, baseTick)
      const bytes = source.histories[kind].recordBytes(row, baseTick === NO_TICK ? 0 : source.tick - baseTick)
      to.reserve(bytes + 5)
      to.varint((roster.elements[row] ?? 0) - last)
      to.copy(source.records.buffer, at, at + bytes)
      last = roster.elements[row] ?? 0
    }
  }
  to.reserve(empty)
  for (let i = 0; i < empty; i += 1) to.varint(0)
  return hex(to.buffer.subarray(0, to.at))
}

/** A snapshot of the whole room; `kinds`: components of the avatars. */
const room = (source: SnapshotSource, kinds: readonly ComponentKind[], baseTick: number): CapturedPackets => ({
  tick: source.tick,
  avatars: sections(source, source.avatars, kinds, AVATAR_KINDS.length - kinds.length, baseTick),
  props: sections(source, source.props, [PROP], 0, baseTick),
})

const ROOMS: readonly (readonly [string, readonly ComponentKind[], boolean])[] = [
  ['roots and props, whole', [ROOT], true],
  ['roots and props, changes', [ROOT], false],
  ['with head and hands, changes', [ROOT, JOINTS], false],
  ['with bones, whole', AVATAR_KINDS, true],
  ['with bones, changes', AVATAR_KINDS, false],
]

/** Moves all props in circles of a metre. */
function circling(
  views: readonly PropView[],
  tick: number,
  dice: readonly { readonly x: number; readonly z: number }[],
): PropView[] {
  return views.map((view, i) => {
    const [angle, centre] = [(tick / 180) * 2 * Math.PI + i, dice[i] ?? { x: 0, z: 0 }]
    const speed = (2 * Math.PI) / 3
    return {
      ...view,
      asleep: false,
      position: { x: centre.x + Math.cos(angle), y: 0.5, z: centre.z + Math.sin(angle) },
      linvel: { x: -Math.sin(angle) * speed, y: 0, z: Math.cos(angle) * speed },
      rotation: { x: 0, y: Math.sin(angle / 2), z: 0, w: Math.cos(angle / 2) },
    }
  })
}

/** The packets of one client in the scene, limited to a packet each and as whole rooms. */
async function capture() {
  const { realm, nextFrame: next, step } = scene(await loadEngine(), AVATARS, await loadFittedClips())
  const [source, view, dice] = [
    new SnapshotSource(realm.definition.bounds),
    new SnapshotBuilder(realm.tick),
    new Dice(3),
  ]
  const centres = props(realm).map(() => ({ x: dice.between(-10, 10), z: dice.between(-10, 10) }))
  const packets: CapturedPackets[] = []
  const rooms = ROOMS.map(([name, kinds, isWhole]) => ({ name, kinds, isWhole, snapshots: [] as CapturedPackets[] }))
  const waiting: { readonly dueTick: number; readonly arrived: () => void }[] = []
  const own = { avatar: 0 }
  for (let i = 0; i < SECONDS * 60; i += 1) {
    step(next())
    const [people, things] = [avatars(realm), circling(props(realm), realm.tick, centres)]
    source.update(realm.tick, people, things)
    own.avatar = people[0]?.id ?? 0
    while ((waiting[0]?.dueTick ?? Infinity) <= realm.tick) waiting.shift()?.arrived()
    // The crowd joins and takes its first pose in the first second.
    if (i < 60 || i % SEND_TICKS !== 0) continue
    const { bytes, acknowledged: arrived } = view.nextPart(source, own.avatar, 100)
    const packet = decodeServerPacket(encodeServerPacket(HEAD, [], bytes))
    if (!packet.ok || packet.value.snapshot === null) throw new Error('a snapshot could not be decoded')
    const { snapshot } = packet.value
    packets.push({ tick: snapshot.tick, avatars: hex(snapshot.avatars), props: hex(snapshot.props) })
    waiting.push({ dueTick: realm.tick + ACK_TICKS, arrived })
    for (const { kinds, isWhole, snapshots } of rooms) {
      if (snapshots.length < ROOM_SNAPSHOTS)
        snapshots.push(
          room(source, kinds, isWhole || snapshots.length < ACK_TICKS / SEND_TICKS ? NO_TICK : realm.tick - ACK_TICKS),
        )
    }
  }
  const elements = { avatars: avatars(realm).map(({ id }) => id), props: props(realm).map(({ id }) => id) }
  const { min } = realm.definition.bounds
  free(realm)
  return { boundsMin: min, ...elements, packets, rooms }
}

/** Godot's measurements by name, ms. */
type Measured = Readonly<Record<string, readonly number[]>>

function rowsOf(measured: Measured): BenchRow[] {
  return Object.entries(measured).flatMap(([what, ms]) => [
    {
      what: `${what}, median`,
      value: median(ms),
      unit: 'ms',
      ...(what.startsWith('roots and props, whole: both') ? { goal: 1 } : {}),
    },
    { what: `${what}, p99`, value: percentile(ms, 0.99), unit: 'ms' },
  ])
}

export async function run(): Promise<BenchReport> {
  const folder = mkdtempSync(join(tmpdir(), 'otherworld-bench-'))
  try {
    const [from, to] = [join(folder, 'captured.json'), join(folder, 'measured.json')]
    const captured = await capture()
    writeFileSync(from, JSON.stringify(captured))
    await importProject(PROJECT)
    const { status, output } = await runGodot(['-s', resolve('godot-bridge/bench/frame.gd'), '--', from, to], {
      project: PROJECT,
      secondsMax: GODOT_SECONDS_MAX,
    })
    if (status !== 0 || /^(SCRIPT )?ERROR/m.test(output))
      throw new Error(`Godot did not measure to the end:\n${output}`)
    const rows = rowsOf(JSON.parse(readFileSync(to, 'utf8')) as Measured)
    const bytes = captured.packets.map(({ avatars: a, props: p }) => (a.length + p.length) / 2)
    const about = `${captured.avatars.length} posed avatars and ${captured.props.length} moving props in a headless Godot, ${captured.packets.length} packets with ${Math.round(median(bytes))} bytes of records, frames at 60 a second; each time the least of five runs`
    return { name: 'godot-frame', about, rows }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
