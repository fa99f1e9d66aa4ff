/** Draws outlines of colliders and capsules over the frame. */
import {
  Color,
  DynamicDrawUsage,
  InstancedInterleavedBuffer,
  InterleavedBufferAttribute,
  Quaternion,
  Vector3,
} from 'three'
import { LineMaterial } from 'three/addons/lines/LineMaterial.js'
import { LineSegments2 } from 'three/addons/lines/LineSegments2.js'
import { LineSegmentsGeometry } from 'three/addons/lines/LineSegmentsGeometry.js'
import { add, fromTo, multiply, rotate, scaled, sub, unit, yawRotation } from '../../sim/maths/maths.ts'
import type { BoneCapsule, Collider, Motion, Quat, Shape, Vec3 } from '../../sim/types.ts'
import { outlineOf } from './outline-shapes.ts'
import type { PosedAvatar } from './posed-avatars.ts'
import type { ShownProp } from '../app/world.ts'

/** Most lines in a frame: twenty avatars and two hundred props. More are left out. */
const SEGMENTS_MAX = 60_000
/** Wide enough to be seen over any texture, CSS pixels. */
const WIDTH = 1.3

/** Colours of static, dynamic and kinematic colliders, and of avatars. */
const COLORS: Readonly<Record<Motion | 'avatar', Color>> = {
  static: new Color(0x2f6fdd),
  dynamic: new Color(0xe0530a),
  kinematic: new Color(0x8a2be2),
  avatar: new Color(0x00806e),
}
const UP: Vec3 = { x: 0, y: 1, z: 0 }

export class OutlineView {
  readonly lines: LineSegments2
  readonly #points = new Float32Array(SEGMENTS_MAX * 6)
  readonly #colors = new Float32Array(SEGMENTS_MAX * 6)
  readonly #buffers: readonly InstancedInterleavedBuffer[]
  readonly #geometry = new LineSegmentsGeometry()
  readonly #vertex = new Vector3()
  readonly #turn = new Quaternion()
  #count = 0
  on = false

  constructor() {
    this.#buffers = [this.#points, this.#colors].map((array) =>
      new InstancedInterleavedBuffer(array, 6, 1).setUsage(DynamicDrawUsage),
    )
    const [points, colors] = this.#buffers
    if (points && colors) {
      this.#geometry.setAttribute('instanceStart', new InterleavedBufferAttribute(points, 3, 0))
      this.#geometry.setAttribute('instanceEnd', new InterleavedBufferAttribute(points, 3, 3))
      this.#geometry.setAttribute('instanceColorStart', new InterleavedBufferAttribute(colors, 3, 0))
      this.#geometry.setAttribute('instanceColorEnd', new InterleavedBufferAttribute(colors, 3, 3))
    }
    const material = new LineMaterial({
      linewidth: WIDTH,
      vertexColors: true,
      transparent: true,
      opacity: 0.85,
      depthTest: false,
      depthWrite: false,
      fog: false,
    })
    this.lines = new LineSegments2(this.#geometry, material)
    this.lines.frustumCulled = false
    this.lines.renderOrder = 10
    this.lines.visible = false
  }

  /** `collidersOf` returns a package's colliders once they are loaded; until then its box is drawn. */
  draw(
    props: readonly ShownProp[],
    avatars: readonly PosedAvatar[],
    collidersOf: (prop: ShownProp) => readonly Collider[],
  ): void {
    this.lines.visible = this.on
    if (!this.on) return
    this.#count = 0
    for (const { avatar, bones } of avatars) {
      const turn = yawRotation(avatar.yaw)
      for (const capsule of avatar.body.capsules) {
        const bone = bones[capsule.bone]
        if (bone)
          this.#addCapsule(capsule, add(avatar.position, rotate(turn, bone.position)), multiply(turn, bone.rotation))
      }
    }
    for (const prop of props) {
      for (const { shape, position, rotation } of collidersOf(prop))
        this.#add(
          shape,
          add(prop.position, rotate(prop.rotation, scaled(position, prop.scale))),
          multiply(prop.rotation, rotation),
          prop.scale,
          COLORS[prop.spec.motion],
        )
    }
    this.#geometry.instanceCount = this.#count
    for (const buffer of this.#buffers) {
      buffer.clearUpdateRanges()
      buffer.addUpdateRange(0, this.#count * 6)
      buffer.needsUpdate = true
    }
  }

  #addCapsule({ a, b, radius }: BoneCapsule, position: Vec3, rotation: Quat): void {
    const axis = sub(b, a)
    const halfHeight = Math.hypot(axis.x, axis.y, axis.z) / 2
    const middle = add(position, rotate(rotation, scaled(add(a, b), 0.5)))
    this.#add(
      { type: 'capsule', halfHeight, radius },
      middle,
      multiply(rotation, fromTo(UP, unit(axis, UP))),
      1,
      COLORS.avatar,
    )
  }

  #add(shape: Shape, { x, y, z }: Vec3, rotation: Quat, scale: number, color: Color): void {
    const lines = outlineOf(shape)
    this.#turn.set(rotation.x, rotation.y, rotation.z, rotation.w)
    for (let i = 0; i + 5 < lines.length && this.#count < SEGMENTS_MAX; i += 6) {
      const at = this.#count++ * 6
      for (const end of [0, 3]) {
        this.#vertex
          .set(lines[i + end] ?? 0, lines[i + end + 1] ?? 0, lines[i + end + 2] ?? 0)
          .multiplyScalar(scale)
          .applyQuaternion(this.#turn)
        this.#points[at + end] = this.#vertex.x + x
        this.#points[at + end + 1] = this.#vertex.y + y
        this.#points[at + end + 2] = this.#vertex.z + z
        color.toArray(this.#colors, at + end)
      }
    }
  }
}
