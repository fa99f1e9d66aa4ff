/** Draws props: all round shapes in one batch, hulls and static meshes each with its shared geometry. */
import { Color, Group, Mesh, MeshStandardMaterial } from 'three'
import { add, multiply, rotate, scaled } from '../../sim/maths/maths.ts'
import type { Collider, ElementId, Quat, Vec3 } from '../../sim/types.ts'
import type { ContactShadows } from './contact-shadows.ts'
import { GeometryCache } from './prop-geometry.ts'
import { RoundedBatch, softRim, type Finish } from './rounded-batch.ts'
import type { ShownProp } from '../app/world.ts'

/** Round shapes drawn at once. */
const SHAPES_MAX = 4_096
/** Edge radius of boxes, metres, and at most this share of their smallest half extent. */
const BEVEL = 0.035
const BEVEL_SHARE = 0.3

const PLAIN: Finish = { glow: 0, gloss: 0.25 }
const POINTED: Finish = { glow: 0.3, gloss: 0.25 }
const HELD: Finish = { glow: 0.4, gloss: 0.25 }

/** Elements highlighted in a frame. */
export interface PropFrame {
  readonly pointed: ElementId | null
  /** Props whose own models are shown: only their soft shadows are drawn. */
  readonly hidden: ReadonlySet<ElementId>
}

/** Half widths on the ground and lowest point of a collider, about its centre; boxes by their turned corners. */
export function footprint(
  collider: Collider,
  rotation: Quat,
  scale: number,
): { readonly x: number; readonly z: number; readonly below: number; readonly yaw: number } {
  const { shape } = collider
  if (shape.type === 'box') {
    const [ax, ay, az] = [
      rotate(rotation, { x: shape.halfExtents.x, y: 0, z: 0 }),
      rotate(rotation, { x: 0, y: shape.halfExtents.y, z: 0 }),
      rotate(rotation, { x: 0, y: 0, z: shape.halfExtents.z }),
    ]
    const below = (Math.abs(ax.y) + Math.abs(ay.y) + Math.abs(az.y)) * scale
    const upright = Math.abs(ay.y) > 0.98 * shape.halfExtents.y
    if (upright)
      return { x: shape.halfExtents.x * scale, z: shape.halfExtents.z * scale, below, yaw: Math.atan2(-ax.z, ax.x) }
    return {
      x: (Math.abs(ax.x) + Math.abs(ay.x) + Math.abs(az.x)) * 0.85 * scale,
      z: (Math.abs(ax.z) + Math.abs(ay.z) + Math.abs(az.z)) * 0.85 * scale,
      below,
      yaw: 0,
    }
  }
  if (shape.type === 'sphere')
    return { x: shape.radius * scale, z: shape.radius * scale, below: shape.radius * scale, yaw: 0 }
  if (shape.type === 'capsule') {
    const axis = rotate(rotation, { x: 0, y: shape.halfHeight, z: 0 })
    const along = Math.hypot(axis.x, axis.z)
    return {
      x: (shape.radius + along) * scale,
      z: shape.radius * scale,
      below: (shape.radius + Math.abs(axis.y)) * scale,
      yaw: Math.atan2(-axis.z, axis.x),
    }
  }
  return turnedPoints(shape.type === 'convex' ? shape.points : shape.vertices, rotation, scale)
}

function turnedPoints(flat: readonly number[], rotation: Quat, scale: number): ReturnType<typeof footprint> {
  let [x, z, below] = [0, 0, 0]
  for (let i = 0; i + 2 < flat.length; i += 3) {
    const p = rotate(rotation, { x: flat[i] ?? 0, y: flat[i + 1] ?? 0, z: flat[i + 2] ?? 0 })
    x = Math.max(x, Math.abs(p.x))
    z = Math.max(z, Math.abs(p.z))
    below = Math.max(below, -p.y)
  }
  return { x: x * 0.9 * scale, z: z * 0.9 * scale, below: below * scale, yaw: 0 }
}

export class PropRenderer {
  readonly group = new Group()
  readonly #batch = new RoundedBatch(4, [true, true, true], SHAPES_MAX)
  readonly #geometries = new GeometryCache()
  readonly #meshes = new Map<
    string,
    { readonly mesh: Mesh; readonly material: MeshStandardMaterial; readonly glow: { value: number }; seen: boolean }
  >()
  readonly #color = new Color()

  constructor() {
    this.group.add(this.#batch.mesh)
  }

  draw(props: readonly ShownProp[], frame: PropFrame, shadows: ContactShadows): void {
    this.#batch.begin()
    for (const entry of this.#meshes.values()) entry.seen = false
    for (const prop of props) this.#drawOne(prop, frame, shadows)
    this.#batch.end()
    this.#dropUnseen()
  }

  #drawOne(prop: ShownProp, frame: PropFrame, shadows: ContactShadows): void {
    const finish = prop.holder ? HELD : prop.element === frame.pointed ? POINTED : PLAIN
    this.#color.setHex(prop.spec.color)
    prop.spec.colliders.forEach((collider, index) => {
      const position = add(prop.position, rotate(prop.rotation, scaled(collider.position, prop.scale)))
      const rotation = multiply(prop.rotation, collider.rotation)
      const spot = footprint(collider, rotation, prop.scale)
      if (spot.x < 12 && spot.z < 12)
        shadows.add(position.x, position.z, position.y - spot.below, spot.x, spot.z, spot.yaw)
      if (!frame.hidden.has(prop.element))
        this.#drawCollider(collider, `${prop.element}:${index}`, position, rotation, prop.scale, finish)
    })
  }

  #drawCollider({ shape }: Collider, key: string, position: Vec3, rotation: Quat, scale: number, finish: Finish): void {
    if (shape.type === 'sphere') this.#batch.add(position, rotation, 0, 0, 0, shape.radius * scale, this.#color, finish)
    else if (shape.type === 'capsule')
      this.#batch.add(position, rotation, 0, shape.halfHeight * scale, 0, shape.radius * scale, this.#color, finish)
    else if (shape.type === 'box') {
      const { x, y, z } = scaled(shape.halfExtents, scale)
      const bevel = Math.min(BEVEL, Math.min(x, y, z) * BEVEL_SHARE)
      this.#batch.add(position, rotation, x - bevel, y - bevel, z - bevel, bevel, this.#color, finish)
    } else {
      const entry = this.#meshes.get(key) ?? this.#createMesh(key)
      entry.mesh.geometry = this.#geometries.get(shape)
      entry.seen = true
      entry.glow.value = finish.glow
      entry.material.color.copy(this.#color)
      entry.mesh.position.set(position.x, position.y, position.z)
      entry.mesh.quaternion.set(rotation.x, rotation.y, rotation.z, rotation.w)
      entry.mesh.scale.setScalar(scale)
    }
  }

  #createMesh(key: string): {
    readonly mesh: Mesh
    readonly material: MeshStandardMaterial
    readonly glow: { value: number }
    seen: boolean
  } {
    const glow = { value: 0 }
    const material = new MeshStandardMaterial({ roughness: 0.34, metalness: 0.02 })
    material.onBeforeCompile = (shader) => {
      shader.uniforms.glow = glow
      shader.fragmentShader = `uniform float glow;\n${shader.fragmentShader}`
      softRim(shader, 'glow')
    }
    const mesh = new Mesh(undefined, material)
    mesh.castShadow = true
    mesh.receiveShadow = true
    this.group.add(mesh)
    const entry = { mesh, material, glow, seen: true }
    this.#meshes.set(key, entry)
    return entry
  }

  #dropUnseen(): void {
    for (const [key, entry] of this.#meshes) {
      if (entry.seen) continue
      this.group.remove(entry.mesh)
      entry.material.dispose()
      this.#meshes.delete(key)
    }
  }
}
