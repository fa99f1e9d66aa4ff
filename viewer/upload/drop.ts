/** Files that come in: dropped anywhere on the page, or chosen. */
import { byId, byIdAs } from '../ui/dom.ts'

const hasFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes('Files') ?? false

/** `files` hears what was dropped or chosen; `isOpen`: files may come in now. */
export class FileDrop {
  readonly #input = byIdAs('files', HTMLInputElement)
  readonly #isOpen: () => boolean
  /** Elements entered and not left; dragging over a child enters it before its parent is left. */
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
      // Else the browser leaves the page to show the file.
      event.preventDefault()
      this.#show(0)
      if (isOpen()) files([...(event.dataTransfer?.files ?? [])])
    })
    this.#input.addEventListener('change', () => {
      files([...(this.#input.files ?? [])])
      // The same file may be chosen again.
      this.#input.value = ''
    })
  }

  /** Opens the system's own dialog; has to be called from a key or a click. */
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
