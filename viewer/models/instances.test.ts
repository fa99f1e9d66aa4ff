import { BoxGeometry, Color, Group, InstancedMesh, Matrix4, Mesh, MeshStandardMaterial, Vector3 } from 'three'
import { expect, test } from 'vitest'
import { ModelInstances } from './instances.ts'
import { modelOf, type Model } from './model.ts'

/** A cup with a mirrored handle. */
function cup(): Model {
  const scene = new Group()
  const body = new Mesh(new BoxGeometry(), new MeshStandardMaterial())
  const handle = new Mesh(new BoxGeometry(), new MeshStandardMaterial())
  body.position.set(0, 0.5, 0)
  handle.position.set(1, 0.5, 0)
  handle.scale.set(-1, 1, 1)
  scene.add(body, handle)
  return modelOf(scene, [])
}

const WHITE = new Color(1, 1, 1)
const meshesIn = (instances: ModelInstances): readonly InstancedMesh[] =>
  instances.group.children.filter((child) => child instanceof InstancedMesh)
const placeOf = (mesh: InstancedMesh, index: number): Matrix4 => {
  const matrix = new Matrix4()
  mesh.getMatrixAt(index, matrix)
  return matrix.premultiply(mesh.matrixWorld)
}

function frame(instances: ModelInstances, model: Model, count: number): void {
  instances.begin()
  for (let i = 0; i < count; i++) instances.add(model, new Matrix4().makeTranslation(i, 0, 0), WHITE)
  instances.end()
  instances.group.updateMatrixWorld(true)
}

test('sixty copies of one model take one draw call for each part', () => {
  const [instances, model] = [new ModelInstances(), cup()]
  frame(instances, model, 60)
  expect(instances.calls).toBe(2)
  const meshes = meshesIn(instances)
  expect(meshes.map(({ count }) => count)).toEqual([60, 60])
  const at = new Vector3().setFromMatrixPosition(placeOf(meshes[1] ?? expect.fail('no handle'), 59))
  expect(at.toArray()).toEqual([60, 0.5, 0])
})

test('a mirrored part keeps its outside outside', () => {
  const [instances, model] = [new ModelInstances(), cup()]
  frame(instances, model, 3)
  const handle = meshesIn(instances)[1] ?? expect.fail('no handle')
  expect(handle.matrixWorld.determinant()).toBeLessThan(0)
  const expected = new Matrix4().makeTranslation(2, 0, 0).multiply(model.parts[1]?.matrix ?? new Matrix4())
  placeOf(handle, 2).elements.forEach((element, i) => expect(element).toBeCloseTo(expected.elements[i] ?? NaN, 6))
})

test('a model that is no longer shown is not drawn, but kept', () => {
  const [instances, model] = [new ModelInstances(), cup()]
  frame(instances, model, 2)
  instances.begin()
  instances.end()
  expect(meshesIn(instances)).toHaveLength(0)
  frame(instances, model, 1)
  expect(meshesIn(instances)).toHaveLength(2)
})

test('a model counts its triangles and bytes once', () => {
  const { triangles, bytes } = cup()
  expect(triangles).toBe(24)
  expect(bytes).toBeGreaterThan(24 * 3 * 2)
})
