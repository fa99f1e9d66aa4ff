/** The inventory: uploads files, lists packages, places and wears them. */
import { problemOf, type Api } from '../api/api.ts'
import type { PackageRecord } from '../../http-contract/index.ts'
import type { Bytes } from '../api/bytes.ts'
import type { Put } from '../api/put.ts'
import { byId } from '../ui/dom.ts'
import type { Player } from '../app/player.ts'
import { FileDrop } from '../upload/drop.ts'
import { UploadForm } from '../upload/form.ts'
import { UploadList } from '../upload/list.ts'
import { UploadQueue, type QueuedFile } from '../upload/queue.ts'
import { chosenOf } from '../upload/skeleton-map.ts'
import type { UploadChoices } from '../upload/upload.ts'
import type { VrmCredit } from '../models/figure-motion.ts'
import { creditLine } from './credit.ts'
import { AvatarSize } from './avatar-size.ts'
import { InventoryPanel } from './panel.ts'

export interface InventoryOptions {
  readonly api: Api
  readonly bytes: Bytes
  readonly put: Put
  /** The player in the world; null before joining. */
  readonly player: () => Player | null
  /** Returns why a package cannot be drawn; null if it can. */
  readonly problemOf: (hash: string) => string | null
  /** Returns the authors and licence of a package; null if they are not known. */
  readonly creditOf: (hash: string) => VrmCredit | null
  readonly showMessage: (text: string) => void
  /** Returns the keyboard focus to the world. */
  readonly back: () => void
}

/** Timeout of the panel's requests, ms. */
const REQUEST_MS_MAX = 15_000

export class Inventory {
  readonly #options: InventoryOptions
  readonly #queue: UploadQueue
  readonly #list: UploadList
  readonly #form: UploadForm
  readonly #drop: FileDrop
  readonly #panel: InventoryPanel
  readonly #size = new AvatarSize((scale) => void this.#options.player()?.rescale(scale))
  /** Counts requests for the list, so that a late answer does not replace a newer one. */
  #asked = 0

  constructor(options: InventoryOptions) {
    this.#options = options
    const { api, bytes, put, player } = options
    this.#queue = new UploadQueue({ api, bytes, put }, (item) => this.#changed(item))
    this.#list = new UploadList(byId('uploads'), {
      cancel: ({ id }) => this.#queue.cancel(id),
      retry: ({ id }) => this.#queue.retry(id),
      reduce: (item) => {
        this.#dismiss(item)
        this.#upload(item.file, { ...item.choices, fit: true })
      },
      dismiss: (item) => this.#dismiss(item),
      wear: ({ state, choices }) => void this.#wear(state.package, choices.name),
      place: ({ state, choices }) => void this.#place(state.package, choices.name),
      copy: (text) => void this.#copy(text),
    })
    this.#form = new UploadForm(
      (file, choices) => this.#upload(file, choices),
      () => options.back(),
    )
    this.#drop = new FileDrop(
      () => player() !== null,
      (files) => void this.#files(files),
    )
    this.#panel = new InventoryPanel({
      place: ({ hash, name }) => void this.#place(hash, name),
      wear: ({ hash, name }) => void this.#wear(hash, name),
      takeOff: () => void player()?.wear(0, 'a character'),
      share: (record, sharing) =>
        void this.#ask(() => api.share(record.hash, sharing, AbortSignal.timeout(REQUEST_MS_MAX))),
      remove: (record) => void this.#remove(record),
      changeAccess: ({ element }, access) => void player()?.changeAccess(element, access),
    })
    byId('add-file').addEventListener('click', () => this.choose())
    byId('inventory-close').addEventListener('click', () => {
      this.toggle(false)
      byId('tool-inventory').focus()
    })
    byId('tool-inventory').addEventListener('click', () => this.toggle())
  }

  /** Opens the system's dialog for a file. */
  choose(): void {
    this.#drop.choose()
  }

  toggle(open = !this.#panel.isOpen): void {
    this.#panel.open(open)
    if (open) void this.#refresh()
  }

  /** The player has left: closes the form. Uploads in progress continue. */
  left(): void {
    this.#form.clear()
    this.#panel.open(false)
  }

  /** Updates what the panel shows of the world; call it a few times a second. */
  update(): void {
    const player = this.#options.player()
    if (!player || !this.#panel.isOpen) return
    const credit = player.wears === null ? null : this.#options.creditOf(player.wears)
    this.#panel.wearing(player.wears !== null, credit && creditLine(credit))
    this.#size.show(player.scale, player.mayScale)
    if (!this.#panel.isBusy) this.#panel.point(player.inspect((hash) => this.#options.problemOf(hash)))
  }

  async #files(files: readonly File[]): Promise<void> {
    const {
      chosen,
      refusals: [said],
    } = await chosenOf(files)
    if (said !== undefined) this.#options.showMessage(said)
    // The player may have left while the files were read.
    if (this.#options.player() !== null) this.#form.add(chosen)
  }

  #upload(file: File, choices: UploadChoices): void {
    if (this.#queue.add(file, choices) === null)
      this.#options.showMessage('Too many files are queued. Wait until some are finished.')
  }

  #changed(item: QueuedFile): void {
    this.#list.show(item)
    const { phase, kind, package: hash } = item.state
    if (phase !== 'done') return
    if (kind === 'avatar') this.#options.showMessage(`“${item.choices.name}” is ready to wear.`)
    else void this.#place(hash, item.choices.name)
    if (this.#panel.isOpen) void this.#refresh()
  }

  #dismiss(item: QueuedFile): void {
    this.#queue.dismiss(item.id)
    this.#list.remove(item)
    this.#options.back()
  }

  async #place(hash: string | null, name: string): Promise<void> {
    if (hash === null) return
    try {
      const { bounds } = await this.#options.api.package(hash, AbortSignal.timeout(REQUEST_MS_MAX))
      await this.#options.player()?.place(hash, name, bounds)
    } catch (error) {
      this.#options.showMessage(problemOf(error).message)
    }
  }

  async #wear(hash: string | null, name: string): Promise<void> {
    if (hash !== null) await this.#options.player()?.wear(hash, `“${name}”`)
    this.#options.back()
  }

  async #copy(text: string): Promise<void> {
    try {
      await navigator.clipboard.writeText(text)
      this.#options.showMessage('Copied.')
    } catch {
      // Pages over plain HTTP have no clipboard: select the text instead.
      getSelection()?.selectAllChildren(byId('uploads'))
      this.#options.showMessage('Selected. Copy it with Ctrl+C.')
    }
  }

  async #remove({ hash, name }: PackageRecord): Promise<void> {
    await this.#ask(
      () => this.#options.api.remove(hash, AbortSignal.timeout(REQUEST_MS_MAX)),
      `“${name}” is deleted. Copies in the realm stay.`,
    )
  }

  /** Changes something on the server and refreshes the list. */
  async #ask(request: () => Promise<void>, done?: string): Promise<void> {
    try {
      await request()
      if (done !== undefined) this.#options.showMessage(done)
    } catch (error) {
      this.#options.showMessage(problemOf(error).message)
    }
    await this.#refresh()
  }

  async #refresh(): Promise<void> {
    const turn = ++this.#asked
    try {
      const records = await this.#options.api.packages(AbortSignal.timeout(REQUEST_MS_MAX))
      if (turn === this.#asked) this.#panel.list(records, null)
    } catch (error) {
      if (turn === this.#asked) this.#panel.list(null, problemOf(error).message)
    }
  }
}
