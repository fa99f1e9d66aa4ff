/** The whole picture of a world at a moment: everything that is drawn, from one call. */
import type { ElementId, PlayerId } from '../sim/types.ts'
import { AvatarView, FIRST_PERSON_METRES } from './avatars.ts'
import { BeamView } from './beam.ts'
import { ContactShadows } from './contact.ts'
import { LabelView } from './labels.ts'
import { PropView } from './props.ts'
import { QualityGovernor } from './quality.ts'
import { createStage, type Stage } from './scene.ts'
import type { Eye } from './view.ts'
import type { RealmFrame, ShownWorld } from './world.ts'

/** Contact shadows drawn at once: all props of a full realm and its avatars. */
const CONTACTS_MAX = 2_048

export interface Picture {
  readonly eye: Eye
  readonly own: { readonly element: ElementId; readonly player: PlayerId } | null
  readonly pointed: ElementId | null
  /** What the player holds is wished out of reach. */
  readonly strained: boolean
  readonly reducedMotion: boolean
}

export class StageView {
  readonly stage: Stage
  readonly #avatars = new AvatarView()
  readonly #props = new PropView()
  readonly #beams = new BeamView()
  readonly #contacts = new ContactShadows(CONTACTS_MAX)
  readonly #labels: LabelView
  readonly #canvas: HTMLCanvasElement
  readonly governor: QualityGovernor

  /** Throws where the browser has no WebGL 2. `quality` fixes it by name; null lets it follow the machine. */
  constructor(canvas: HTMLCanvasElement, labels: HTMLElement, quality: string | null) {
    this.#canvas = canvas
    this.stage = createStage(canvas)
    this.#labels = new LabelView(labels)
    this.governor = new QualityGovernor(quality, this.stage.software ? 'low' : 'high')
    this.stage.scene.add(this.#contacts.mesh, ...this.#avatars.meshes, this.#props.group, this.#beams.mesh)
    this.applyQuality()
  }

  applyQuality(): void {
    this.stage.apply(this.governor.quality)
    document.documentElement.dataset.quality = this.governor.quality.name
  }

  enter(realm: RealmFrame): void {
    this.stage.ground.frame(realm.ground, realm.spawn)
  }

  /** `seconds` since the last picture and `time` since the first. */
  draw(world: ShownWorld, picture: Picture, seconds: number, time: number): void {
    if (this.governor.frame(seconds * 1_000)) this.applyQuality()
    const { camera } = this.stage
    const { position, direction } = picture.eye
    camera.position.set(position.x, position.y, position.z)
    camera.lookAt(position.x + direction.x, position.y + direction.y, position.z + direction.z)
    camera.updateMatrixWorld()
    this.#contacts.begin()
    this.#avatars.draw(world.avatars, { eye: position, fineMetres: this.governor.quality.fineMetres, seconds, time, hidden: this.#hidden(world, picture) }, this.#contacts)
    this.#props.draw(world.props, { pointed: picture.pointed }, this.#contacts)
    this.#contacts.end()
    this.#beams.draw(world, { time: picture.reducedMotion ? 0 : time, strained: picture.strained ? (picture.own?.player ?? null) : null })
    this.#labels.draw(world.avatars, picture.own?.element ?? null, camera, this.#canvas.clientWidth, this.#canvas.clientHeight, this.governor.quality.labelsMax)
    // What the shadow map covers lies mostly in front of the eye.
    this.stage.draw(position.x + direction.x * 9, position.z + direction.z * 9)
  }

  /** The own avatar, where the eye is inside its head. */
  #hidden(world: ShownWorld, { own, eye }: Picture): ElementId | null {
    const avatar = own && world.avatars.find(({ element }) => element === own.element)
    if (!avatar) return null
    const away = Math.hypot(avatar.position.x - eye.position.x, avatar.position.y + 1.5 - eye.position.y, avatar.position.z - eye.position.z)
    return away < FIRST_PERSON_METRES ? avatar.element : null
  }
}
