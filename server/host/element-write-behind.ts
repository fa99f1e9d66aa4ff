/**
 * The main thread's side of what a realm keeps in the archive: elements written behind, coalesced by element so that the
 * backlog is never larger than the realm; the list of recordings and checkpoints. Where the archive is away all of it
 * waits. No tick ever does.
 */
import { Effect } from 'effect'
import type { ElementId, RealmDefinition } from '../../sim/index.ts'
import {
  ArchiveError,
  type ArchiveService,
  type CheckpointEntry,
  type RecordingEntry,
  type SavedElement,
} from '../../storage/archive/index.ts'
import type { ElementChanges } from '../realm/element-change-tracker.ts'
import { textOf } from '../error.ts'

/** Entries of the list of recordings and checkpoints that wait; beyond it the oldest are left out. An hour of checkpoints is 360. */
const ENTRIES_MAX = 4_096
/** Pause before what failed is tried again, ms; it doubles up to the second. */
const RETRY_MS = 500
const RETRY_MS_MAX = 10_000

/** What happens to a realm's log. */
export type LogEvent =
  | { readonly type: 'recording'; readonly entry: RecordingEntry }
  | { readonly type: 'recording-removed'; readonly entry: Pick<RecordingEntry, 'realm' | 'epoch' | 'segment'> }
  | { readonly type: 'checkpoint'; readonly entry: CheckpointEntry }

export interface ElementWriteBehindOptions {
  readonly archive: ArchiveService
  /** For the operator. */
  log(line: string): void
  /** What the archive holds cannot be gone on from: all elements are to be told again. */
  retell(): void
}

interface Instance {
  readonly definition: RealmDefinition
  readonly epoch: number
  isKnown: boolean
}

/** Changes of elements; `all`: of the first save, which replaces what was there. */
class Changes {
  all: boolean
  readonly put = new Map<ElementId, SavedElement>()
  readonly removed = new Set<ElementId>()
  tick = 0
  isComplete = false
  /** Of `all`: the realm has begun to tell everything. */
  hasBegun = false

  constructor(all: boolean) {
    this.all = all
  }

  take({
    tick,
    put,
    removed,
    isComplete,
  }: Pick<ElementChanges, 'tick' | 'isComplete'> & {
    readonly put: Iterable<SavedElement>
    readonly removed: Iterable<ElementId>
  }): void {
    for (const element of put) {
      this.removed.delete(element.element)
      this.put.set(element.element, element)
    }
    for (const element of removed) {
      this.put.delete(element)
      this.removed.add(element)
    }
    this.tick = tick
    this.isComplete ||= isComplete
  }

  get isEmpty(): boolean {
    return !this.all && this.put.size === 0 && this.removed.size === 0
  }
}

export class ElementWriteBehind {
  private readonly options: ElementWriteBehindOptions
  private instance: Instance | null = null
  /** Told, and perhaps in the middle of a round. */
  private changes = new Changes(true)
  private readonly events = new Map<string, LogEvent>()
  private working: Promise<void> | null = null
  private isAway = false
  private isFenced = false
  private isEnding = false
  private wake: (() => void) | null = null

  constructor(options: ElementWriteBehindOptions) {
    this.options = options
  }

  /** A realm instance has begun. */
  begin(definition: RealmDefinition, epoch: number): void {
    this.instance = { definition, epoch, isKnown: false }
    this.changes = new Changes(true)
    this.isFenced = false
    this.work()
  }

  elements(told: ElementChanges): void {
    if (told.begins) this.changes = new Changes(true)
    // Told before the realm heard that everything is wanted: it would be taken for all there is.
    else if (this.changes.all && !this.changes.hasBegun) return
    this.changes.hasBegun = true
    this.changes.take(told)
    if (told.isComplete) this.work()
  }

  logged(event: LogEvent): void {
    const { epoch } = event.entry
    const key =
      event.type === 'checkpoint'
        ? `checkpoint ${epoch} ${event.entry.tick}`
        : `recording ${epoch} ${event.entry.segment}`
    this.events.delete(key)
    this.events.set(key, event)
    if (this.events.size > ENTRIES_MAX)
      for (const [oldest] of this.events) {
        this.events.delete(oldest)
        break
      }
    this.work()
  }

  /** How many elements wait to be saved. */
  get backlog(): number {
    return this.changes.put.size + this.changes.removed.size
  }

  /** Saves what is left, for `msMax` at most; false where something could not be. Nothing is saved afterwards. */
  async end(msMax: number): Promise<boolean> {
    this.work()
    this.wake?.()
    let timer: NodeJS.Timeout | undefined
    const enough = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, msMax)
    })
    await Promise.race([this.untilIdle(), enough])
    clearTimeout(timer)
    const isDone = this.isFenced || !this.hasWork
    this.isEnding = true
    this.wake?.()
    return isDone
  }

  private async untilIdle(): Promise<void> {
    while (this.working) await this.working
  }

  private get hasWork(): boolean {
    if (this.instance === null || this.isFenced || this.isEnding) return false
    return !this.instance.isKnown || this.events.size > 0 || (this.changes.isComplete && !this.changes.isEmpty)
  }

  private work(): void {
    if (!this.hasWork) return
    this.working ??= this.loop().finally(() => {
      this.working = null
      this.work()
    })
  }

  private async loop(): Promise<void> {
    let pauseMs = RETRY_MS
    while (this.hasWork) {
      try {
        await this.next()
        pauseMs = RETRY_MS
        if (this.isAway) this.options.log('archive: back; what waited is being saved')
        this.isAway = false
      } catch (error) {
        if (this.failed(error)) return
        await this.pause(pauseMs)
        pauseMs = Math.min(RETRY_MS_MAX, pauseMs * 2)
      }
    }
  }

  private async next(): Promise<void> {
    const { archive } = this.options
    const { instance } = this
    if (!instance) return
    if (!instance.isKnown) {
      await Effect.runPromise(archive.putRealm(instance.definition, instance.epoch))
      instance.isKnown = true
    } else if (this.changes.isComplete && !this.changes.isEmpty) await this.save(instance)
    else await this.enter()
  }

  /** What is told meanwhile gathers anew; where the save fails, both become one again, the newer on top. */
  private async save({ definition, epoch }: Instance): Promise<void> {
    const { archive } = this.options
    const saving = this.changes
    const at = { realm: definition.id, epoch, tick: saving.tick }
    this.changes = new Changes(false)
    try {
      await Effect.runPromise(
        saving.all
          ? archive.replaceElements(at, [...saving.put.values()])
          : archive.saveElements(at, [...saving.put.values()], [...saving.removed]),
      )
    } catch (error) {
      // A realm that has begun again meanwhile tells everything itself.
      if (this.instance?.epoch === epoch && !this.changes.all) {
        const { tick, put, removed, isComplete } = this.changes
        saving.take({ tick: Math.max(saving.tick, tick), put: put.values(), removed, isComplete })
        this.changes = saving
      }
      throw error
    }
  }

  private async enter(): Promise<void> {
    const { archive } = this.options
    for (const [key, event] of this.events) {
      await Effect.runPromise(
        event.type === 'recording'
          ? archive.putRecording(event.entry)
          : event.type === 'checkpoint'
            ? archive.putCheckpoint(event.entry)
            : archive.removeRecording(event.entry),
      )
      if (this.events.get(key) === event) this.events.delete(key)
      return
    }
  }

  /** True where it is no use to go on. */
  private failed(error: unknown): boolean {
    const reason = error instanceof ArchiveError ? error.reason : 'internal'
    if (reason === 'fenced') {
      this.isFenced = true
      this.options.log(
        `archive: ${textOf(error)}. This server saves nothing of the realm any more; its recording goes on`,
      )
      return true
    }
    if (reason === 'conflict') {
      if (this.instance) this.instance.isKnown = false
      this.changes = new Changes(true)
      this.options.retell()
    }
    if (!this.isAway)
      this.options.log(
        `archive: ${reason === 'away' || reason === 'broken' ? reason : 'cannot save'}: ${textOf(error)}. The realm goes on; what is to be saved waits`,
      )
    this.isAway = true
    return false
  }

  private async pause(ms: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms)
      this.wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
    this.wake = null
  }
}
