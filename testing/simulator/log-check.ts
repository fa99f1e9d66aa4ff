/** Reads and replays every recording of a simulated world, and compares it with what the clients received. */
import { readRecording, salvageRecording, verify, type Recording, type Simulation } from '../../replay/index.ts'
import { isLatestWins } from '../../protocol/index.ts'
import { outcomeOf } from '../../server/realm/outcomes.ts'
import type { Realm, SimEvent } from '../../sim/index.ts'
import { parseRecordingName } from '../../storage/recordings/index.ts'
import { basename } from 'node:path'
import type { SimulatedDisk } from './disk.ts'
import type { Facts, PlayerFacts, CommandEnding } from './facts.ts'
import type { Invariant } from './invariants.ts'

type ReportViolation = (invariant: Invariant, message: string, tick?: number) => void

const UNKNOWN = 'unknown'

interface OpenedLog {
  readonly path: string
  readonly epoch: number
  readonly segment: number
  readonly recording: Recording
}

/** Outcomes of commands in the log, by player and sequence. */
type Logged = ReadonlyMap<number, ReadonlyMap<number, CommandEnding>>

export interface LogFigures {
  readonly recordings: number
  readonly ticksReplayed: number
  readonly commandsLogged: number
  /** Number of packages that came into a realm. */
  readonly packagesLogged: number
}

export async function checkLog(
  disk: SimulatedDisk,
  facts: Facts,
  simulation: Simulation<Realm>,
  report: ReportViolation,
): Promise<LogFigures> {
  const opened = open(disk, report)
  const ticksReplayed = await replay(opened, simulation, report)
  const { logged, commands, packages } = outcomesOf(opened, report)
  checkHashes(opened, facts, report)
  for (const [player, known] of facts.players)
    checkPlayer(player, known, facts, logged.get(player) ?? new Map(), report)
  return { recordings: opened.length, ticksReplayed, commandsLogged: commands, packagesLogged: packages }
}

function open(disk: SimulatedDisk, report: ReportViolation): OpenedLog[] {
  const opened: OpenedLog[] = []
  for (const [path, inode] of disk.names) {
    const name = parseRecordingName(basename(path))
    if (name === null) continue
    const read = readRecording(inode.content)
    if (read.ok) opened.push({ path, ...name, recording: read.value })
    else if (read.error.reason !== 'torn-header') salvage(path, name, inode.content, report, opened)
  }
  return opened.toSorted((a, b) => a.epoch - b.epoch || a.segment - b.segment)
}

/** A power loss may leave zeros in place of the last bytes. The intact part before them counts. */
function salvage(
  path: string,
  name: { readonly epoch: number; readonly segment: number },
  bytes: Uint8Array,
  report: ReportViolation,
  opened: OpenedLog[],
): void {
  const read = salvageRecording(bytes)
  const [part] = read.ok ? read.value.parts : []
  if (part) opened.push({ path, ...name, recording: part })
  else report('recording-verifies', `${path} cannot be read: ${read.ok ? 'it has no whole part' : read.error.message}`)
}

const events = new WeakMap<Recording, Map<number, readonly SimEvent[]>>()

async function replay(
  opened: readonly OpenedLog[],
  simulation: Simulation<Realm>,
  report: ReportViolation,
): Promise<number> {
  let ticks = 0
  for (const { path, recording } of opened) {
    const seen = new Map<number, readonly SimEvent[]>()
    events.set(recording, seen)
    const watching: Simulation<Realm> = {
      ...simulation,
      step: (realm, frame, onPhase) => {
        const happened = simulation.step(realm, frame, onPhase)
        seen.set(frame.tick, [...happened])
        return happened
      },
    }
    const verified = await verify(recording, watching, { nowMs: () => 0 })
    if (!verified.ok) report('recording-verifies', `${path}: ${verified.error.message}`)
    else if (!verified.value.ok)
      report(
        'recording-verifies',
        `${path}: ${verified.value.firstDivergence?.message ?? 'it was not replayed to its end'}`,
        verified.value.firstDivergence?.tick,
      )
    if (verified.ok) ticks += verified.value.ticksExecuted
  }
  return ticks
}

/** The last tick of a recording that counts, because the next epoch began there. */
function endOf(opened: readonly OpenedLog[], { epoch, recording }: OpenedLog): number {
  const next = opened.find((other) => other.epoch > epoch)
  const last = recording.lastTick + (recording.hasFrameWithoutHash ? 1 : 0)
  return next ? Math.min(last, next.recording.startTick) : last
}

function outcomesOf(
  opened: readonly OpenedLog[],
  report: ReportViolation,
): { logged: Logged; commands: number; packages: number } {
  const logged = new Map<number, Map<number, CommandEnding>>()
  let [commands, packages] = [0, 0]
  for (const one of opened) {
    const end = endOf(opened, one)
    for (let tick = one.recording.startTick + 1; tick <= end; tick++) {
      const frame = one.recording.frame(tick)
      if (!frame.ok) continue
      for (const { player, sequence, command } of frame.value.inputs) {
        if (command.type === 'package') packages++
        if (player === 0 || isLatestWins(command.type)) continue
        commands++
        const own = logged.get(player) ?? new Map<number, CommandEnding>()
        logged.set(player, own)
        const before = own.get(sequence)
        if (before)
          report(
            'logged-once',
            `command ${sequence} of player ${player} is in the log at ticks ${before.tick} and ${tick}`,
            tick,
          )
        own.set(sequence, outcomeIn(events.get(one.recording)?.get(tick), player, sequence, tick))
      }
    }
  }
  return { logged, commands, packages }
}

/** Undefined if the tick's hash was not written, so that only the recovery stepped it. */
function outcomeIn(
  happened: readonly SimEvent[] | undefined,
  player: number,
  sequence: number,
  tick: number,
): CommandEnding {
  if (happened === undefined) return { ok: false, tick, what: UNKNOWN }
  for (const event of happened) {
    if (!('sequence' in event) || event.player !== player || event.sequence !== sequence) continue
    const answer = outcomeOf(event, tick)
    return answer.type === 'commandDone'
      ? { ok: true, tick, what: `element ${answer.element}` }
      : { ok: false, tick, what: answer.reason }
  }
  return { ok: false, tick, what: 'nothing: the simulation reported no outcome' }
}

function checkHashes(opened: readonly OpenedLog[], facts: Facts, report: ReportViolation): void {
  for (const one of opened) {
    const end = endOf(opened, one)
    for (let tick = one.recording.startTick + 1; tick <= Math.min(end, one.recording.lastTick); tick++) {
      const sent = facts.sent.get(tick)
      const hash = one.recording.hash(tick)
      if (sent && sent.hash !== hash)
        return report('ticks-kept', `tick ${tick} was sent with hash ${sent.hash}, and the log has ${hash}`, tick)
    }
  }
}

function checkPlayer(
  player: number,
  known: PlayerFacts,
  facts: Facts,
  logged: ReadonlyMap<number, CommandEnding>,
  report: ReportViolation,
): void {
  for (const contradiction of facts.powerLosses.length > 0 ? [] : known.contradictions)
    report('outcome-once', `player ${player}: ${contradiction}`)
  for (const [sequence] of known.ackedAtMs)
    if (!logged.has(sequence) && !facts.isExcused(known, sequence))
      report('acked-kept', `command ${sequence} of player ${player} was acknowledged and is not in the log`)
  for (const [sequence, told] of known.endings) {
    const truth = logged.get(sequence)
    const agrees =
      truth &&
      truth.tick === told.tick &&
      (truth.what === UNKNOWN || (truth.ok === told.ok && truth.what === told.what))
    if (!agrees && !facts.isExcused(known, sequence))
      report(
        'outcome-once',
        `player ${player} got the outcome of command ${sequence} as ${words(told)}, and the log has ${truth ? words(truth) : 'no such command'}`,
        told.tick,
      )
  }
}

const words = ({ ok, tick, what }: CommandEnding): string => `${ok ? 'done' : 'rejected'} at tick ${tick} (${what})`
