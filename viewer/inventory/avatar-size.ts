/** The slider for the size of your own avatar. It is logarithmic: each step is the same factor. */
import { byId, byIdAs } from '../ui/dom.ts'

/** A factor for people: "1×", "0.25×", "1.54×". */
const textOf = (scale: number): string => `${Number(scale.toFixed(2))}×`

export class AvatarSize {
  readonly #slider = byIdAs('avatar-scale', HTMLInputElement)
  readonly #text = byId('avatar-scale-shown')
  #isDragged = false

  /** Calls `onScale` with the wished scale when you let the slider go. */
  constructor(onScale: (scale: number) => void) {
    this.#slider.addEventListener('input', () => {
      this.#isDragged = true
      this.#text.textContent = textOf(this.#wished)
    })
    this.#slider.addEventListener('change', () => {
      this.#isDragged = false
      onScale(this.#wished)
    })
  }

  get #wished(): number {
    return 2 ** Number(this.#slider.value)
  }

  /** `scale`: the avatar's present one. Without the permission the slider is disabled. */
  show(scale: number, allowed: boolean): void {
    this.#slider.disabled = !allowed
    if (this.#isDragged) return
    this.#slider.value = String(Math.log2(scale))
    this.#text.textContent = textOf(scale)
  }
}
