/** Receives files that are dropped anywhere on the page, or chosen. */
import { byId, byIdAs } from '../ui/dom.ts'

const hasFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes('Files') ?? false

/** `files` is called with dropped or chosen files; `isOpen` returns whether files are accepted now. */
export class FileDrop {
  readonly #input = byIdAs('files', HTMLInputElement)
  readonly #isOpen: () => boolean
  /** Number of elements entered and not left: dragging over a child enters it before its parent is left. */
  #depth = 0

  constructor(isOpen: () => boolean, files: (files: readonly File[]) => void) {
    this.#isOpen = isOpen
    addEventListener('dragenter', (event) => this.#over(event, 1))
    addEventListener('dragleave', (event) => this.#over(event, -1))
    addEventListener('dragover', (event) => {
      if (!hasFiles(event)) return
      event.preventDefault()
      if (event.dataTransfer) event.dataTransfer.dropEffect = isOpen() ? 'copy' : 'none'
    })
    addEventListener('drop', (event) => {
      if (!hasFiles(event)) return
      // Otherwise the browser would navigate to the file.
      event.preventDefault()
      this.#show(0)
      if (isOpen()) files([...(event.dataTransfer?.files ?? [])])
    })
    this.#input.addEventListener('change', () => {
      files([...(this.#input.files ?? [])])
      // So that the same file can be chosen again.
      this.#input.value = ''
    })
  }

  /** Opens the system's dialog. Call it from a key or click handler. */
  choose(): void {
    if (this.#isOpen()) this.#input.click()
  }

  #over(event: DragEvent, step: number): void {
    if (!hasFiles(event)) return
    event.preventDefault()
    this.#show(Math.max(0, this.#depth + step))
  }

  #show(depth: number): void {
    this.#depth = depth
    byId('drop').hidden = depth === 0 || !this.#isOpen()
  }
}
