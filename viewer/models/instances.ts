/** Draws any number of copies of a model in one call for each of its parts. */
import { Color, DynamicDrawUsage, Group, InstancedMesh, Matrix4 } from 'three'
import type { Model, ModelPart } from './model.ts'

/** Initial capacity; it doubles when it is full. */
const ROOM = 8

/** Mirrors a part whose own transform mirrors it, so that its outside stays outside. */
const MIRROR = new Matrix4().makeScale(-1, 1, 1)

class PartInstances {
  readonly #part: ModelPart
  readonly #group: Group
  readonly #local: Matrix4
  readonly #mirrored: boolean
  readonly #matrix = new Matrix4()
  #mesh: InstancedMesh
  #count = 0

  constructor(part: ModelPart, group: Group) {
    this.#part = part
    this.#group = group
    this.#local = part.matrix
    this.#mirrored = part.matrix.determinant() < 0
    this.#mesh = this.#make(ROOM)
  }

  #make(room: number): InstancedMesh {
    const { geometry, material } = this.#part
    const mesh = new InstancedMesh(geometry, material, room)
    mesh.instanceMatrix.setUsage(DynamicDrawUsage)
    mesh.setColorAt(0, new Color(1, 1, 1))
    mesh.castShadow = true
    mesh.receiveShadow = true
    // Instances are anywhere, so the mesh has no useful bounds.
    mesh.frustumCulled = false
    if (this.#mirrored) mesh.applyMatrix4(MIRROR)
    this.#group.add(mesh)
    return mesh
  }

  begin(): void {
    this.#count = 0
  }

  add(world: Matrix4, tint: Color): void {
    const room = this.#mesh.instanceMatrix.count
    if (this.#count >= room) this.#grow(room * 2)
    this.#matrix.multiplyMatrices(world, this.#local)
    if (this.#mirrored) this.#matrix.premultiply(MIRROR)
    this.#mesh.setMatrixAt(this.#count, this.#matrix)
    this.#mesh.setColorAt(this.#count, tint)
    this.#count++
  }

  #grow(room: number): void {
    const [before, count] = [this.#mesh, this.#count]
    this.#mesh = this.#make(room)
    this.#mesh.instanceMatrix.array.set(before.instanceMatrix.array)
    if (before.instanceColor) this.#mesh.instanceColor?.array.set(before.instanceColor.array)
    this.#count = count
    before.removeFromParent()
    before.dispose()
  }

  end(): void {
    const mesh = this.#mesh
    mesh.count = this.#count
    mesh.visible = this.#count > 0
    mesh.instanceMatrix.needsUpdate = true
    if (mesh.instanceColor) mesh.instanceColor.needsUpdate = true
  }

  dispose(): void {
    this.#mesh.removeFromParent()
    this.#mesh.dispose()
  }
}

/** Instances of every model that a frame shows. */
export class ModelInstances {
  readonly group = new Group()
  readonly #models = new Map<Model, { readonly parts: readonly PartInstances[]; used: boolean }>()

  begin(): void {
    for (const entry of this.#models.values()) {
      entry.used = false
      for (const part of entry.parts) part.begin()
    }
  }

  /** Adds one copy at `world`; its colours are multiplied by `tint`. */
  add(model: Model, world: Matrix4, tint: Color): void {
    let entry = this.#models.get(model)
    if (!entry)
      this.#models.set(
        model,
        (entry = { parts: model.parts.map((part) => new PartInstances(part, this.group)), used: true }),
      )
    entry.used = true
    for (const part of entry.parts) part.add(world, tint)
  }

  end(): void {
    for (const [model, entry] of this.#models) {
      if (entry.used) for (const part of entry.parts) part.end()
      else {
        for (const part of entry.parts) part.dispose()
        this.#models.delete(model)
      }
    }
  }

  /** Number of draw calls in the frame. */
  get calls(): number {
    return [...this.#models.values()].reduce((sum, { parts }) => sum + parts.length, 0)
  }
}
