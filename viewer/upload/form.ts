/** The card that asks for a file's name, kind and sharing, and whether to reduce it to the limits. */
import { byId, byIdAs } from '../ui/dom.ts'
import type { Chosen } from './skeleton-map.ts'
import type { UploadChoices } from './upload.ts'
import { nameOfFile } from './messages.ts'

const megabytes = (bytes: number): string =>
  bytes < 1_000_000 ? `${Math.max(1, Math.round(bytes / 1_000))} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`

export class UploadForm {
  readonly #submitted: (file: File, choices: UploadChoices) => void
  readonly #name = byIdAs('upload-name', HTMLInputElement)
  readonly #everyone = byIdAs('upload-everyone', HTMLInputElement)
  readonly #fit = byIdAs('upload-fit', HTMLInputElement)
  /** The card asks about the first one. */
  #files: Chosen[] = []

  constructor(submitted: (file: File, choices: UploadChoices) => void, closed: () => void) {
    this.#submitted = submitted
    byIdAs('upload-form', HTMLFormElement).addEventListener('submit', (event) => {
      event.preventDefault()
      this.#take(1)
      if (this.#files.length === 0) closed()
    })
    byId('upload-all').addEventListener('click', () => {
      this.#take(this.#files.length)
      closed()
    })
    byId('upload-cancel').addEventListener('click', () => {
      this.#files.shift()
      this.#ask()
      if (this.#files.length === 0) closed()
    })
    byId('upload-form').addEventListener('keydown', (event) => {
      if (event.key === 'Escape') byId('upload-cancel').click()
    })
  }

  add(files: readonly Chosen[]): void {
    const wasEmpty = this.#files.length === 0
    this.#files.push(...files)
    if (wasEmpty) this.#ask()
    else this.#count()
  }

  /** Forgets pending files: the player has left. */
  clear(): void {
    this.#files = []
    this.#ask()
  }

  #take(count: number): void {
    const kinds = document.querySelector<HTMLInputElement>('input[name="upload-kind"]:checked')?.value
    const kind = kinds === 'avatar' || kinds === 'object' ? kinds : null
    const sharing = this.#everyone.checked ? 'everyone' : 'owner'
    const fit = this.#fit.checked
    for (const [index, { file, map }] of this.#files.splice(0, count).entries()) {
      const named = index === 0 ? this.#name.value.trim() : ''
      const name = named === '' ? nameOfFile(file.name) : named
      this.#submitted(file, { name, kind, humanoid: map, sharing, fit })
    }
    this.#ask()
  }

  #ask(): void {
    const [chosen] = this.#files
    byId('upload-form').hidden = chosen === undefined
    if (!chosen) return
    const { file, map } = chosen
    byId('upload-file').textContent =
      `${file.name} · ${megabytes(file.size)}${map === null ? '' : ` · skeleton map of ${Object.keys(map).length} bones`}`
    this.#name.value = nameOfFile(file.name)
    this.#count()
    this.#name.focus()
    this.#name.select()
  }

  #count(): void {
    const all = byId('upload-all')
    all.hidden = this.#files.length < 2
    all.textContent = `Add all ${this.#files.length}`
  }
}
