/** Adapts the drawing quality to the frame time. */

export interface Quality {
  readonly name: 'high' | 'medium' | 'low'
  /** Most drawn pixels per CSS pixel; above 2 the difference is invisible. */
  readonly pixelRatioMax: number
  /** Side of the shadow map, texels; 0: soft contact shadows only. */
  readonly shadowTexels: number
  /** Distance up to which bodies have a finer mesh, metres. */
  readonly fineMetres: number
  /** Names drawn at once, nearest first. */
  readonly labelsMax: number
  /** Triangle budget of models in a frame; beyond it models are drawn simpler. */
  readonly trianglesMax: number
  /** Distance from which a model of one metre is drawn as its placeholder, metres. */
  readonly modelMetres: number
}

const LOWEST: Quality = {
  name: 'low',
  pixelRatioMax: 0.75,
  shadowTexels: 0,
  fineMetres: 0,
  labelsMax: 24,
  trianglesMax: 150_000,
  modelMetres: 30,
}

const QUALITIES: readonly Quality[] = [
  {
    name: 'high',
    pixelRatioMax: 2,
    shadowTexels: 2048,
    fineMetres: 8,
    labelsMax: 64,
    trianglesMax: 2_000_000,
    modelMetres: 80,
  },
  {
    name: 'medium',
    pixelRatioMax: 1,
    shadowTexels: 1024,
    fineMetres: 5,
    labelsMax: 40,
    trianglesMax: 700_000,
    modelMetres: 50,
  },
  LOWEST,
]

/** A step down when frames take longer than this, and up when they take less, milliseconds (25 and 55 frames a second). */
const SLOW_MS = 40
const FAST_MS = 18
/** Frames that are judged together; a step up needs four times as many, so that the quality does not oscillate. */
const WINDOW_FRAMES = 40
/** Time ignored after a tab was hidden or a shader compiled, milliseconds. */
const HICCUP_MS = 1_500

/** Chooses the quality from frame times. */
export class QualityGovernor {
  #level: number
  #frames = 0
  #sumMs = 0
  #calmWindows = 0
  readonly #fixed: boolean

  /** `fixed`: the name of a quality that stays; else it begins at `start` and follows the machine. */
  constructor(fixed: string | null, start: Quality['name'] = 'high') {
    const at = QUALITIES.findIndex(({ name }) => name === fixed)
    this.#fixed = at >= 0
    this.#level = at >= 0 ? at : QUALITIES.findIndex(({ name }) => name === start)
  }

  get quality(): Quality {
    return QUALITIES[this.#level] ?? LOWEST
  }

  /** Records one frame's time. Returns true if the quality changed. */
  frame(milliseconds: number): boolean {
    if (this.#fixed || milliseconds > HICCUP_MS) return false
    this.#frames++
    this.#sumMs += milliseconds
    // A very slow machine does not wait for a whole window.
    if (this.#frames < WINDOW_FRAMES && this.#sumMs < 3_000) return false
    const mean = this.#sumMs / this.#frames
    this.#frames = 0
    this.#sumMs = 0
    this.#calmWindows = mean < FAST_MS ? this.#calmWindows + 1 : 0
    if (mean > SLOW_MS && this.#level < QUALITIES.length - 1) this.#level++
    else if (this.#calmWindows >= 4 && this.#level > 0) this.#level--
    else return false
    this.#calmWindows = 0
    return true
  }
}
