/** Draws props and avatars with packages by their models, and reports which still have placeholders. */
import { Color, Group, Matrix4, Quaternion, Vector3 } from 'three'
import type { PackageInfo } from '../api/package-info.ts'
import type { ElementId, Vec3 } from '../../sim/types.ts'
import type { PosedAvatar } from '../render/posed-avatars.ts'
import type { ShownProp } from '../app/world.ts'
import { Figure } from './figure.ts'
import type { FigureMotion, VrmModel } from './figure-motion.ts'
import { ModelInstances } from './instances.ts'
import { chooseLevels, type LevelBudget, type LevelChoice } from './levels.ts'
import type { Library } from './library.ts'
import type { Model } from './model.ts'

/** A model grows from this share of its size within this time, seconds. */
const GROW_SECONDS = 0.3
const GROW_FROM = 0.82

const PLAIN = new Color(1, 1, 1)
const POINTED = new Color(1.22, 1.2, 1.3)
const HELD = new Color(1.32, 1.3, 1.42)
const UP = new Vector3(0, 1, 0)

/** Springs and eyes move up to this distance, metres, and of so many avatars, the nearest. */
const LIVELY_METRES = 15
const LIVELY_MAX = 12

export interface ModelFrame {
  readonly eye: Vec3
  readonly nowMs: number
  /** Seconds since the last frame. */
  readonly seconds: number
  readonly pointed: ElementId | null
  /** The own avatar if the eye is inside its head. */
  readonly hidden: ElementId | null
  readonly budget: LevelBudget
  /** Show models at full size at once. */
  readonly still: boolean
}

/** `motion` is null if nothing moves beyond the pose. */
export interface VrmReport extends Pick<VrmModel, 'toonMaterials' | 'credit'> {
  readonly motion: Pick<FigureMotion, 'springJoints' | 'swing' | 'eyesClosed' | 'eyesLeft'> | null
}

interface Shown {
  readonly figure: Figure | null
  seconds: number
  frame: number
}

interface Wanted extends LevelChoice {
  readonly info: PackageInfo
  readonly prop: ShownProp | null
  readonly posed: PosedAvatar | null
}

const away = (a: Vec3, b: Vec3): number => Math.hypot(a.x - b.x, a.y - b.y, a.z - b.z)
const sizeOf = ({ bounds: { min, max } }: PackageInfo): number =>
  Math.max(max.x - min.x, max.y - min.y, max.z - min.z, 0.01)

const livelyOf = (wanted: readonly Wanted[]): ReadonlySet<string> =>
  new Set(
    wanted
      .filter(({ posed, metres }) => posed && metres < LIVELY_METRES)
      .toSorted((a, b) => a.metres - b.metres)
      .slice(0, LIVELY_MAX)
      .map(({ key }) => key),
  )

export class ModelView {
  readonly group = new Group()
  readonly #library: Library
  readonly #instances = new ModelInstances()
  readonly #shown = new Map<ElementId, Shown>()
  #levels: ReadonlyMap<string, number | null> = new Map()
  #frame = 0
  /** Avatars whose springs and eyes move in this frame. */
  #lively: ReadonlySet<string> = new Set()
  readonly #animated = new Set<Model>()
  readonly #matrix = new Matrix4()
  readonly #position = new Vector3()
  readonly #rotation = new Quaternion()
  readonly #scale = new Vector3()

  constructor(library: Library) {
    this.#library = library
    this.group.add(this.#instances.group)
  }

  /** Elements drawn with their models in this frame. */
  draw(props: readonly ShownProp[], avatars: readonly PosedAvatar[], frame: ModelFrame): ReadonlySet<ElementId> {
    this.#frame++
    this.#library.begin(frame.nowMs)
    this.#instances.begin()
    const wanted = [
      ...props.flatMap((prop) => this.#wantProp(prop, frame)),
      ...avatars.flatMap((posed) => this.#wantAvatar(posed, frame)),
    ]
    this.#levels = chooseLevels(wanted, frame.budget, this.#levels)
    this.#lively = livelyOf(wanted)
    this.#animated.clear()
    const drawn = new Set<ElementId>()
    for (const item of wanted) {
      const model = this.#modelOf(item)
      if (!model) continue
      if (item.prop) this.#drawProp(item.prop, model, frame)
      else if (item.posed) this.#drawAvatar(item.posed, item.info, model, frame)
      drawn.add(Number(item.key))
    }
    this.#instances.end()
    this.#dropUnseen()
    this.#library.end()
    return drawn
  }

  /** For debugging: what is drawn for each element with a package. */
  levelOf(element: ElementId): number | null {
    return this.#shown.has(element) ? (this.#levels.get(String(element)) ?? null) : null
  }

  /** For debugging: what an avatar's VRM adds to its model; null if it is drawn as plain glTF. */
  vrmOf(element: ElementId): VrmReport | null {
    const figure = this.#shown.get(element)?.figure
    if (!figure?.model.vrm) return null
    const { toonMaterials, credit } = figure.model.vrm
    if (!figure.motion) return { toonMaterials, credit, motion: null }
    // Copied, because the getters of a class do not show in a console.
    const { springJoints, swing, eyesClosed, eyesLeft } = figure.motion
    return { toonMaterials, credit, motion: { springJoints, swing, eyesClosed, eyesLeft } }
  }

  get calls(): number {
    return this.#instances.calls
  }

  #wantProp(prop: ShownProp, { eye }: ModelFrame): readonly Wanted[] {
    if (prop.package === null) return []
    const metres = away(prop.position, eye)
    const info = this.#library.packages.want(prop.package, metres)
    return info
      ? [
          {
            key: String(prop.element),
            metres,
            scale: prop.scale,
            size: sizeOf(info),
            models: info.models,
            info,
            prop,
            posed: null,
          },
        ]
      : []
  }

  #wantAvatar(posed: PosedAvatar, { eye }: ModelFrame): readonly Wanted[] {
    const { avatar } = posed
    if (avatar.package === null) return []
    const metres = away(avatar.position, eye)
    const info = this.#library.packages.want(avatar.package, metres)
    return info
      ? [
          {
            key: String(avatar.element),
            metres,
            scale: 1,
            size: sizeOf(info),
            models: info.models,
            info,
            prop: null,
            posed,
          },
        ]
      : []
  }

  /** The chosen level, or any loaded level while that one is loading. */
  #modelOf({ key, info, metres }: Wanted): Model | null {
    const level = this.#levels.get(key) ?? null
    const file = level === null ? undefined : info.models[level]
    if (!file) return null
    const wanted = this.#library.models.want({ info, file }, metres)
    if (wanted) return wanted
    for (const other of info.models.toReversed()) {
      const there = this.#library.models.peek(other.sha256)
      if (there) return this.#library.models.want({ info, file: other }, metres)
    }
    return null
  }

  #grown(shown: Shown, { seconds, still }: ModelFrame): number {
    shown.seconds += seconds
    shown.frame = this.#frame
    const left = still ? 0 : Math.max(0, 1 - shown.seconds / GROW_SECONDS)
    return 1 - (1 - GROW_FROM) * left ** 3
  }

  #drawProp(prop: ShownProp, model: Model, frame: ModelFrame): void {
    const shown = this.#shown.get(prop.element) ?? { figure: null, seconds: 0, frame: 0 }
    this.#shown.set(prop.element, shown)
    const { position, rotation } = prop
    this.#position.set(position.x, position.y, position.z)
    this.#rotation.set(rotation.x, rotation.y, rotation.z, rotation.w)
    this.#scale.setScalar(prop.scale * this.#grown(shown, frame))
    this.#matrix.compose(this.#position, this.#rotation, this.#scale)
    this.#instances.add(model, this.#matrix, prop.holder ? HELD : prop.element === frame.pointed ? POINTED : PLAIN)
  }

  #drawAvatar(posed: PosedAvatar, info: PackageInfo, model: Model, frame: ModelFrame): void {
    const { avatar, bones, speed } = posed
    let shown = this.#shown.get(avatar.element)
    if (shown?.figure?.model !== model) {
      shown?.figure?.dispose()
      const figure = new Figure(model, info.skeleton)
      this.group.add(figure.group)
      shown = { figure, seconds: shown?.seconds ?? 0, frame: 0 }
      this.#shown.set(avatar.element, shown)
    }
    const { figure } = shown
    const size = this.#grown(shown, frame)
    if (!figure) return
    figure.group.visible = avatar.element !== frame.hidden
    figure.group.position.set(avatar.position.x, avatar.position.y, avatar.position.z)
    figure.group.quaternion.setFromAxisAngle(UP, avatar.yaw)
    figure.group.scale.setScalar(size * avatar.scale)
    if (figure.isHumanoid) figure.pose(bones, avatar.scale)
    else figure.animate(speed, frame.seconds)
    if (figure.group.visible && this.#lively.has(String(avatar.element))) figure.move(posed, frame)
    else figure.motion?.pause()
    if (model.vrm && !frame.still && !this.#animated.has(model)) model.vrm.animate(frame.seconds)
    this.#animated.add(model)
  }

  #dropUnseen(): void {
    for (const [element, { figure, frame }] of this.#shown) {
      if (frame === this.#frame) continue
      figure?.dispose()
      this.#shown.delete(element)
    }
  }
}
