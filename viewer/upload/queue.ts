/** A queue of uploads, one at a time. */
import { isOver, QUEUED, upload, type UploadState, type UploadTools, type UploadChoices } from './upload.ts'

/** Limit of queued files and of finished ones that are remembered: enough for a folder of props. */
const FILES_MAX = 64

export interface QueuedFile {
  readonly id: number
  readonly file: File
  readonly choices: UploadChoices
  state: UploadState
}

export class UploadQueue {
  readonly #tools: UploadTools
  readonly #changed: (item: QueuedFile) => void
  readonly #items: QueuedFile[] = []
  #active: { readonly item: QueuedFile; readonly abort: AbortController } | null = null
  #next = 1

  /** Calls `changed` for each step of each file. */
  constructor(tools: UploadTools, changed: (item: QueuedFile) => void) {
    this.#tools = tools
    this.#changed = changed
  }

  get items(): readonly QueuedFile[] {
    return this.#items
  }

  /** Adds a file; returns null if the queue is full. */
  add(file: File, choices: UploadChoices): QueuedFile | null {
    if (this.#items.length >= FILES_MAX) this.#forgetOver()
    if (this.#items.length >= FILES_MAX) return null
    const item: QueuedFile = { id: this.#next++, file, choices, state: QUEUED }
    this.#items.push(item)
    this.#changed(item)
    this.#go()
    return item
  }

  cancel(id: number): void {
    if (this.#active?.item.id === id) return this.#active.abort.abort()
    const item = this.#items.find((candidate) => candidate.id === id)
    if (item && !isOver(item.state)) this.#set(item, { ...item.state, phase: 'cancelled' })
    return undefined
  }

  /** Retries a failed upload. */
  retry(id: number): void {
    const item = this.#items.find((candidate) => candidate.id === id)
    if (!item || item.state.phase !== 'failed') return
    this.#set(item, QUEUED)
    this.#go()
  }

  /** Removes a finished upload from the list. */
  dismiss(id: number): void {
    const at = this.#items.findIndex((item) => item.id === id && isOver(item.state))
    if (at >= 0) this.#items.splice(at, 1)
  }

  #forgetOver(): void {
    const over = this.#items.find(({ state }) => isOver(state))
    if (over) this.dismiss(over.id)
  }

  #set(item: QueuedFile, state: UploadState): void {
    item.state = state
    this.#changed(item)
  }

  #go(): void {
    const item = this.#items.find(({ state }) => state.phase === 'queued')
    if (this.#active !== null || !item) return
    const abort = new AbortController()
    this.#active = { item, abort }
    void upload(item.file, item.choices, this.#tools, abort.signal, (state) => {
      if (isOver(state)) this.#active = null
      this.#set(item, state)
    }).then(() => this.#go())
  }
}
