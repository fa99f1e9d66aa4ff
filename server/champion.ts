/**
 * Champion: acts for a realm instance towards the outside. It alone opens and recovers the realm's recordings, begins
 * an epoch at each start, rolls segments, and removes what retention no longer keeps.
 */
import { basename } from 'node:path'
import { salvageRecording, simulationOf, type Note, type RecordingHeader, type Simulation } from '../replay/index.ts'
import { checkpoint, elementCount, genesis, hash, PHASES, SIM_VERSION, type Engine, type InputFrame, type Realm, type RealmDefinition } from '../sim/index.ts'
import { listRecordings, nodePlatform, parseRecordingName, recover, RecordingFile, RecordingFault, removeUnfinished, type Platform, type Recovered, type RecordingEntry, type Skipped } from '../storage/recordings/index.ts'
import { ServerError, textOf } from './error.ts'
import { Heard, HEARD_NOTE } from './heard.ts'
import type { RealmLog } from './realm-core.ts'
import type { RealmStart } from './realm-messages.ts'
import type { LogEvent } from './archivist.ts'
import { logEvents } from './log-events.ts'
import { bringBack } from './restoration.ts'
import { Unanswered, unheardNote, type Unheard } from './unanswered.ts'

export interface ChampionOptions {
  readonly start: RealmStart
  readonly engine: Engine
  /** Bytes at which a segment ends; by default SEGMENT_BYTES_MAX. */
  readonly segmentBytesMax?: number
  /** What replays the recording; by default the simulation on the engine. */
  readonly simulation?: Simulation<Realm>
  /** Default: this machine. */
  readonly platform?: Platform
  /** A sync of the recording took so long. */
  onSync?(ms: number): void
  /** For the archive's list of recordings and checkpoints. */
  onLog?(event: LogEvent): void
  /** For the operator. */
  note(text: string): void
}

/** Where a realm goes on. */
interface Beginning {
  readonly realm: Realm
  readonly epoch: number
  readonly heard: Heard
  readonly unanswered: Unanswered
  readonly recovered: Recovered<Realm> | null
}

/** Ticks before a segment that could not be begun, for want of space above all, is tried again: not each tick, nor told so often. */
const ROLL_RETRY_TICKS = 600

export class Champion implements RealmLog {
  readonly realm: Realm
  readonly epoch: number
  /** Input numbers of the players whose avatars stand in the realm. */
  readonly heard: Heard
  /** What became of their last commands, where a crash may have kept it from them. */
  readonly unanswered: Unanswered
  private readonly options: ChampionOptions
  private readonly file: RecordingFile
  private unheard: () => Unheard
  /** A segment that could not be begun is tried again at this tick. */
  private rollAtTick = 0
  /** Of the last tick. */
  private stateHash = ''
  private readonly listed: (entries: readonly RecordingEntry[]) => void

  private constructor(options: ChampionOptions, { realm, epoch, heard, unanswered, recovered }: Beginning) {
    this.options = options
    this.realm = realm
    this.epoch = epoch
    this.heard = heard
    this.unanswered = unanswered
    this.listed = logEvents((event) => options.onLog?.(event))
    this.unheard = () => unanswered.all
    const header = headerOf(realm, epoch, options)
    this.file = RecordingFile.create({
      directory: options.start.recordings,
      header,
      ...(header.start === 'checkpoint' ? { checkpoint: checkpoint(realm) } : {}),
      notes: this.notes(),
      ...(options.platform === undefined ? {} : { platform: options.platform }),
      ...(options.segmentBytesMax === undefined ? {} : { segmentBytesMax: options.segmentBytesMax }),
      onFault: (fault) => options.note(fault.message),
      onSpaceLow: (low) => this.spaceChanged(low),
      onSync: (ms) => options.onSync?.(ms),
    })
    for (const quarantine of recovered?.quarantined ?? []) this.file.quarantine(quarantine)
  }

  /** Recovers the realm from its newest recording, or makes it anew, and begins a recording. Throws ServerError, RecordingFault. */
  static async open(options: ChampionOptions): Promise<Champion> {
    const { recordings, definition } = options.start
    await removeUnfinished(recordings, options.platform)
    const unanswered = new Unanswered()
    const found = await recover(recordings, definition.id, unanswered.watching(options.simulation ?? simulationOf(options.engine)), options.platform)
    if (found.status === 'unusable' || found.status === 'other-version') throw cannotGoOn(found, recordings)
    const beginning = found.status === 'fresh' ? fresh(options, found.nextEpoch) : await goOn(options, found, unanswered)
    const champion = new Champion(options, beginning)
    await champion.retainOrSay()
    return champion
  }

  /** The recording's current file. */
  get path(): string {
    return this.file.path
  }

  /** The disk fills up: nobody new is to be let in. */
  isSpaceLow(): boolean {
    return this.file.spaceLow
  }

  space(): { readonly recordedBytes: number; readonly freeBytes: number } {
    return { recordedBytes: this.file.bytesOfAll, freeBytes: this.file.freeBytes }
  }

  frame(frame: InputFrame): InputFrame {
    const away = this.heard.away.changes(this.realm.tick)
    if (away !== null) this.optional(() => this.file.note(away))
    const recorded = this.file.frame(frame)
    this.heard.take(recorded)
    return recorded
  }

  hash(tick: number, stateHash: string): void {
    this.stateHash = stateHash
    this.file.hash(tick, stateHash)
  }

  /** A sample that cannot be written is left out: the tick itself is safe. */
  sample(sample: Parameters<RealmLog['sample']>[0]): void {
    this.optional(() => this.file.sample(sample))
  }

  checkpoint(tick: number, bytes: Uint8Array): void {
    this.optional(() => {
      // Before the checkpoint: a crash between the two leaves too many answers rather than too few.
      this.file.note(unheardNote(tick, this.unheard()))
      this.file.checkpoint(tick, bytes)
      const segment = parseRecordingName(basename(this.file.path))?.segment ?? 0
      this.options.onLog?.({ type: 'checkpoint', entry: { realm: this.realm.definition.id, epoch: this.epoch, tick, segment, stateHash: this.stateHash, bytes: bytes.length } })
    })
  }

  listen(unheard: () => Unheard): void {
    this.unheard = unheard
  }

  /** Between two ticks: begins the next segment where the current one has reached its size. */
  rollIfDue(): void {
    const { realm } = this
    if (!this.file.rollDue || realm.tick < this.rollAtTick) return
    this.rollAtTick = realm.tick + ROLL_RETRY_TICKS
    this.optional(() =>
      this.file.roll({ tick: realm.tick, hash: hash(realm), players: realm.players.size, elements: elementCount(realm), checkpoint: checkpoint(realm), notes: this.notes() }))
    void this.retainOrSay()
  }

  /** The last checkpoint, the index, all on the disk. */
  async close(): Promise<void> {
    // A tick that could not be written to its end has no checkpoint: recovery runs it again.
    if (this.realm.tick > 0 && this.file.lastTick === this.realm.tick) this.checkpoint(this.realm.tick, checkpoint(this.realm))
    await this.file.close()
    await this.list().catch(() => undefined)
  }

  /** What the state does not hold of its players, and the recording must. */
  private notes(): readonly Note[] {
    const { tick } = this.realm
    return [{ tick, kind: HEARD_NOTE, text: this.heard.toText() }, this.heard.away.note(tick), unheardNote(tick, this.unheard())]
  }

  private optional(write: () => void): void {
    try {
      write()
    } catch (error) {
      if (!(error instanceof RecordingFault)) throw error
      this.options.note(error.message)
    }
  }

  private spaceChanged(low: boolean): void {
    const mib = Math.floor(this.file.freeBytes / 1024 / 1024)
    this.options.note(low ? `the disk of ${this.options.start.recordings} has ${mib} MiB left: nobody is let in until there is room` : `there is room on the disk again (${mib} MiB)`)
  }

  /** Old recordings that cannot be removed are no reason for the realm not to run. */
  private async retainOrSay(): Promise<void> {
    await this.retain().catch((error: unknown) => this.options.note(`old recordings could not be removed: ${textOf(error)}`))
  }

  /** Removes the oldest recordings beyond `keepBytes`. */
  private async retain(): Promise<void> {
    const { keepBytes } = this.options.start
    const entries = await this.list()
    for (const { path } of beyond(entries, this.epoch, keepBytes)) {
      await (this.options.platform ?? nodePlatform).removeLater(path)
      this.options.note(`removed ${path}: the recordings take more than ${keepBytes} bytes`)
      await this.list()
    }
  }

  private async list(): Promise<readonly RecordingEntry[]> {
    const entries = await listRecordings(this.options.start.recordings, this.realm.definition.id, this.options.platform)
    this.listed(entries)
    return entries
  }
}

/**
 * What does not fit into `keepBytes`, oldest first; `entries` are newest first. What a recovery may need stays: the two
 * newest files (the newest may not be on the disk yet) and the newest of an epoch before `epoch`.
 */
export function beyond(entries: readonly RecordingEntry[], epoch: number, keepBytes: number): readonly RecordingEntry[] {
  const newestBefore = entries.find((entry) => entry.epoch < epoch)
  let total = 0
  return entries.filter((entry, i) => {
    total += entry.bytes
    return i > 1 && entry !== newestBefore && total > keepBytes
  }).toReversed()
}

function headerOf(realm: Realm, epoch: number, { start, platform = nodePlatform }: ChampionOptions): Omit<RecordingHeader, 'segment'> {
  return {
    engine: realm.engine.sha256, simVersion: SIM_VERSION, definition: realm.definition, epoch,
    start: realm.tick === 0 ? 'genesis' : 'checkpoint', startTick: realm.tick, startHash: hash(realm),
    players: realm.players.size, elements: elementCount(realm), phases: PHASES, createdAt: new Date(platform.unixMs()).toISOString(), recordedBy: start.recordedBy,
  }
}

function fresh({ engine, start, note }: ChampionOptions, nextEpoch: number): Beginning {
  const { saved } = start
  const realm = genesis(engine, start.definition)
  if (saved?.at) bringBack(realm, { ...saved, at: saved.at }, note)
  return { realm, epoch: Math.max(nextEpoch, (saved?.newestEpoch ?? 0) + 1), heard: new Heard(), unanswered: new Unanswered(), recovered: null }
}

async function goOn({ start, note, platform = nodePlatform }: ChampionOptions, found: Recovered<Realm>, unanswered: Unanswered): Promise<Beginning> {
  note(`goes on at tick ${found.tick} from ${found.path} (${found.ticksReplayed} ticks replayed)`)
  for (const { path, error } of found.skipped) note(`${path} could not be used: ${error.message}`)
  for (const { offset, message } of found.damage) note(`${found.path} is damaged at byte ${offset}: ${message}`)
  if (found.ticksLost > 0) note(`${found.ticksLost} ticks after tick ${found.tick} could not be recovered`)
  if (found.divergedAt !== null) note(`the replay of tick ${found.divergedAt} gave another hash than the recording: \`otherworld replay verify ${found.path}\` says more`)
  for (const { tick, reason } of found.quarantined) note(`the inputs of tick ${tick} made the simulation fail twice (${reason}); they are left out and kept in the recording as quarantined`)
  if (!sameDefinition(found.definition, start.definition))
    note(`the recording's realm definition differs from the one given and is kept: a realm keeps what it began with. Give the changed realm another "id", or another --data directory`)
  const salvage = salvageRecording(await platform.read(found.path))
  const parts = salvage.ok ? salvage.value.parts : []
  const heard = Heard.of(parts, found.tick)
  unanswered.carryOver(parts, found.tick)
  for (const quarantine of found.quarantined) unanswered.leftOut(quarantine, heard)
  return { realm: found.realm, epoch: found.nextEpoch, heard, unanswered, recovered: found }
}

/** As JSON both come from the same parser, which gives the fields in one order. */
const sameDefinition = (a: RealmDefinition, b: RealmDefinition): boolean => JSON.stringify(a) === JSON.stringify(b)

function cannotGoOn(found: { readonly status: 'unusable'; readonly skipped: readonly Skipped[] } | { readonly status: 'other-version'; readonly path: string; readonly error: Error }, directory: string): ServerError {
  const fix = 'move the recordings away to begin the realm afresh, or give another directory with --data DIR'
  if (found.status === 'other-version')
    return new ServerError({ reason: 'recording', what: `the realm cannot go on: ${found.error.message}`, where: found.path, fix: `run the version that made it, or ${fix}` })
  const what = found.skipped.map(({ path, error }) => `\n    ${path}: ${error.message}`).join('')
  return new ServerError({ reason: 'recording', what: `no recording of the realm can be used:${what}`, where: directory, fix })
}
