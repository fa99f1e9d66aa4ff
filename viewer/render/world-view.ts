/** Draws a whole world at one moment. */
import type { Collider, ElementId, PlayerId } from '../../sim/types.ts'
import { AvatarRenderer, FIRST_PERSON_METRES } from './avatars.ts'
import { BeamView } from './beam.ts'
import { ContactShadows } from './contact-shadows.ts'
import { LabelView } from './labels.ts'
import { Environment } from '../models/environment.ts'
import { Library } from '../models/library.ts'
import type { Model } from '../models/model.ts'
import { ModelView, type VrmReport } from '../models/model-view.ts'
import { OutlineView } from './outlines.ts'
import { Poser, type PosedAvatar } from './posed-avatars.ts'
import { PropRenderer } from './props.ts'
import { QualityGovernor } from './quality.ts'
import { createRenderContext, type RenderContext } from './scene.ts'
import type { Eye } from './camera.ts'
import type { RealmFrame, ShownProp, ShownWorld } from '../app/world.ts'

/** Contact shadows drawn at once: all props of a full realm and its avatars. */
const CONTACTS_MAX = 2_048

export interface Picture {
  readonly eye: Eye
  readonly own: { readonly element: ElementId; readonly player: PlayerId } | null
  readonly pointed: ElementId | null
  /** The target of the held prop is out of reach. */
  readonly strained: boolean
  readonly reducedMotion: boolean
}

/** Source of models. */
export type ModelSources = Pick<ConstructorParameters<typeof Library>[0], 'api' | 'bytes'>

/** Resolves when no frame is waiting. */
const idle = (): Promise<void> =>
  new Promise((resolve) =>
    'requestIdleCallback' in globalThis
      ? requestIdleCallback(() => resolve(), { timeout: 500 })
      : setTimeout(resolve, 8),
  )

/** Uploads a model to the graphics processor piece by piece, so that its first frame is not late. */
async function prepare(
  { materials, textures }: Model,
  { renderer }: RenderContext,
  environment: Environment,
): Promise<void> {
  await idle()
  environment.light(materials)
  for (const texture of textures) {
    await idle()
    renderer.initTexture(texture)
  }
}

export class StageView {
  readonly stage: RenderContext
  readonly #avatars = new AvatarRenderer()
  readonly #props = new PropRenderer()
  readonly #beams = new BeamView()
  readonly #contacts = new ContactShadows(CONTACTS_MAX)
  readonly #poser = new Poser()
  readonly #models: ModelView
  #modelled: ReadonlySet<ElementId> = new Set()
  readonly #labels: LabelView
  readonly #canvas: HTMLCanvasElement
  readonly library: Library
  readonly outlines = new OutlineView()
  readonly governor: QualityGovernor

  /** Throws if the browser has no WebGL 2. `quality` fixes the quality by name; null adapts it to the machine. */
  constructor(canvas: HTMLCanvasElement, labels: HTMLElement, quality: string | null, sources: ModelSources) {
    this.#canvas = canvas
    this.stage = createRenderContext(canvas)
    this.#labels = new LabelView(labels)
    this.governor = new QualityGovernor(quality, this.stage.software ? 'low' : 'high')
    const environment = new Environment(this.stage.renderer, this.stage.software)
    this.library = new Library({ ...sources, prepare: (model) => prepare(model, this.stage, environment) })
    this.#models = new ModelView(this.library)
    this.stage.scene.add(
      this.#contacts.mesh,
      ...this.#avatars.meshes,
      this.#props.group,
      this.#models.group,
      this.#beams.mesh,
      this.outlines.lines,
    )
    this.applyQuality()
  }

  applyQuality(): void {
    this.stage.apply(this.governor.quality)
    document.documentElement.dataset.quality = this.governor.quality.name
  }

  enter(realm: RealmFrame): void {
    this.stage.ground.frame(realm.ground, realm.spawn)
  }

  /** `seconds` since the last frame, and `time` since the first. */
  draw(world: ShownWorld, picture: Picture, seconds: number, time: number): void {
    if (this.governor.frame(seconds * 1_000)) this.applyQuality()
    const { camera } = this.stage
    const { position, direction } = picture.eye
    camera.position.set(position.x, position.y, position.z)
    camera.lookAt(position.x + direction.x, position.y + direction.y, position.z + direction.z)
    camera.updateMatrixWorld()
    const { fineMetres, trianglesMax, modelMetres } = this.governor.quality
    const posed = this.#poser.pose(world.avatars, seconds, time)
    const inside = this.#inside(world, picture)
    const modelled = this.#models.draw(world.props, posed, {
      eye: position,
      nowMs: time * 1_000,
      seconds,
      pointed: picture.pointed,
      hidden: inside,
      budget: { trianglesMax, metresMax: modelMetres },
      still: picture.reducedMotion,
    })
    this.#contacts.begin()
    this.#avatars.draw(
      posed,
      { eye: position, fineMetres, hidden: inside === null ? modelled : new Set([...modelled, inside]) },
      this.#contacts,
    )
    this.#props.draw(world.props, { pointed: picture.pointed, hidden: modelled }, this.#contacts)
    this.#contacts.end()
    this.#outline(world.props, posed, inside)
    this.#modelled = modelled
    this.#beams.draw(world, {
      time: picture.reducedMotion ? 0 : time,
      strained: picture.strained ? (picture.own?.player ?? null) : null,
    })
    this.#labels.draw(
      world.avatars,
      picture.own?.element ?? null,
      camera,
      this.#canvas.clientWidth,
      this.#canvas.clientHeight,
      this.governor.quality.labelsMax,
    )
    // What the shadow map covers lies mostly in front of the eye.
    this.stage.draw(position.x + direction.x * 9, position.z + direction.z * 9)
  }

  #outline(props: readonly ShownProp[], posed: readonly PosedAvatar[], inside: ElementId | null): void {
    const collidersOf = ({ package: hash, spec }: ShownProp): readonly Collider[] =>
      (hash === null ? null : this.library.packages.peek(hash)?.colliders) ?? spec.colliders
    this.outlines.draw(
      props,
      posed.filter(({ avatar }) => avatar.element !== inside),
      collidersOf,
    )
  }

  /** The level drawn for an element with a package in the last frame; null for a placeholder. */
  levelOf(element: ElementId): number | null {
    return this.#modelled.has(element) ? this.#models.levelOf(element) : null
  }

  /** State of the VRM parts of an avatar's model in the last frame; null if it is drawn as plain glTF. */
  vrmOf(element: ElementId): VrmReport | null {
    return this.#modelled.has(element) ? this.#models.vrmOf(element) : null
  }

  /** The own avatar if the eye is inside its head. */
  #inside(world: ShownWorld, { own, eye }: Picture): ElementId | null {
    const avatar = own && world.avatars.find(({ element }) => element === own.element)
    if (!avatar) return null
    const away = Math.hypot(
      avatar.position.x - eye.position.x,
      avatar.position.y + 1.5 - eye.position.y,
      avatar.position.z - eye.position.z,
    )
    return away < FIRST_PERSON_METRES ? avatar.element : null
  }
}
