/** Names over heads: page elements, so that they are crisp and cost no draw call. */
import { Vector3, type PerspectiveCamera } from 'three'
import { playerCss } from './palette.ts'
import type { ElementId } from '../../sim/types.ts'
import { bodyHeight, type ShownAvatar } from '../app/world.ts'

/** Over the top of the body at rest, metres: a hand's breadth. */
const ABOVE = 0.26
/** Names fade between these distances, metres. */
const FADE_FROM = 22
const FADE_TO = 38
/** A name within this height of a nearer one that overlaps it gives way, CSS pixels. */
const LINE_PIXELS = 18

interface Label {
  readonly box: HTMLElement
  readonly text: HTMLElement
  /** CSS pixels at full size. */
  readonly width: number
  seen: boolean
}

interface Spot {
  readonly x: number
  readonly y: number
  readonly halfWidth: number
}

export class LabelView {
  readonly #root: HTMLElement
  readonly #labels = new Map<ElementId, Label>()
  readonly #at = new Vector3()
  /** Places of nearer names in this frame. */
  readonly #spots: Spot[] = []

  constructor(root: HTMLElement) {
    this.#root = root
  }

  /** Places the names of the nearest `max` avatars but `own`; the canvas is `width` × `height` CSS pixels. */
  draw(
    avatars: readonly ShownAvatar[],
    own: ElementId | null,
    camera: PerspectiveCamera,
    width: number,
    height: number,
    max: number,
  ): void {
    for (const label of this.#labels.values()) label.seen = false
    const near = avatars
      .filter(({ element, name }) => element !== own && name !== '')
      .map((avatar) => ({
        avatar,
        away: Math.hypot(avatar.position.x - camera.position.x, avatar.position.z - camera.position.z),
      }))
      .filter(({ away }) => away < FADE_TO)
      .toSorted((a, b) => a.away - b.away)
      .slice(0, max)
    this.#spots.length = 0
    for (const { avatar, away } of near) this.#place(avatar, away, camera, width, height)
    for (const [element, label] of this.#labels) {
      if (label.seen) continue
      label.box.remove()
      this.#labels.delete(element)
    }
  }

  #place(avatar: ShownAvatar, away: number, camera: PerspectiveCamera, width: number, height: number): void {
    this.#at
      .set(avatar.position.x, avatar.position.y + bodyHeight(avatar.body) + ABOVE, avatar.position.z)
      .project(camera)
    if (this.#at.z > 1 || Math.abs(this.#at.x) > 1.2 || Math.abs(this.#at.y) > 1.2) return
    const label = this.#labels.get(avatar.element) ?? this.#create(avatar)
    label.seen = true
    if (label.text.textContent !== avatar.name) label.text.textContent = avatar.name
    const x = ((this.#at.x + 1) / 2) * width
    const y = ((1 - this.#at.y) / 2) * height
    const size = Math.min(1, Math.max(0.72, 9 / away))
    label.box.style.transform = `translate(-50%, -100%) translate(${x.toFixed(1)}px, ${y.toFixed(1)}px) scale(${size.toFixed(3)})`
    const spot = { x, y, halfWidth: (label.width * size) / 2 }
    const covered = this.#spots.some(
      (other) =>
        Math.abs(other.y - y) < LINE_PIXELS && Math.abs(other.x - x) < (other.halfWidth + spot.halfWidth) * 0.85,
    )
    if (!covered) this.#spots.push(spot)
    label.box.style.opacity = covered
      ? '0'
      : Math.min(1, Math.max(0, (FADE_TO - away) / (FADE_TO - FADE_FROM))).toFixed(2)
    label.box.style.zIndex = String(1_000 - Math.round(away * 10))
  }

  #create(avatar: ShownAvatar): Label {
    const box = document.createElement('div')
    box.className = 'label'
    const dot = document.createElement('i')
    dot.style.background = playerCss(avatar.player)
    const text = document.createElement('span')
    box.append(dot, text)
    this.#root.append(box)
    text.textContent = avatar.name
    const label = { box, text, width: box.offsetWidth, seen: true }
    this.#labels.set(avatar.element, label)
    return label
  }
}
