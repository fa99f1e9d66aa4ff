/** Objects for tests of the fit, and their behaviour in a realm. */
import { Document } from '@gltf-transform/core'
import {
  DEFAULT_DEFINITION,
  free,
  genesis,
  loadEngine,
  props,
  step,
  type PropSpec,
  type PropView,
  type Quat,
  type RealmDefinition,
  type Vec3,
} from '../../../sim/index.ts'
import { IDENTITY } from '../../../sim/maths/maths.ts'
import { type ObjectFit, type OmiPhysics } from '../../types.ts'
import { readFixture } from '../model.fixture.ts'
import { fitObject } from './object.ts'
import { nodesOf, surfaceOf } from '../surface.ts'

const engine = await loadEngine()

export const NO_OMI: OmiPhysics = { shapes: [], bodies: new Map(), meshes: [] }

export const specOf = ({ colliders, prop }: ObjectFit): PropSpec => ({ name: 'thing', colliders, ...prop })

/** The props of an otherwise empty realm after some ticks. */
export function after(
  ticks: number,
  placed: readonly { prop: PropSpec; position: Vec3; rotation?: Quat }[],
  each: (props: readonly PropView[]) => void = () => undefined,
): readonly PropView[] {
  const definition: RealmDefinition = {
    ...DEFAULT_DEFINITION,
    props: placed.map((p) => ({ rotation: IDENTITY, scale: 1, ...p })),
  }
  const realm = genesis(engine, definition)
  try {
    for (let i = 0; i < ticks; i++) {
      step(realm, { tick: realm.tick + 1, inputs: [] })
      each(props(realm))
    }
    return props(realm)
  } finally {
    free(realm)
  }
}

const fits = new Map<string, Promise<{ fit: ObjectFit; points: readonly Vec3[] }>>()

export async function fit(name: string): Promise<{ fit: ObjectFit; points: readonly Vec3[] }> {
  const { document } = await readFixture(`fixtures/assets/objects/${name}`)
  return { fit: await fitObject(document, NO_OMI, () => undefined), points: surfaceOf(nodesOf(document)).points }
}

export function fitOf(name: string): ReturnType<typeof fit> {
  const known = fits.get(name) ?? fit(name)
  fits.set(name, known)
  return known
}

/** A document with one horizontal square of 1 m, and beside it a box with the given name. */
export function sheet(name: string): Document {
  const document = new Document()
  const buffer = document.createBuffer()
  const positions = document
    .createAccessor()
    .setType('VEC3')
    .setArray(new Float32Array([-0.5, 0, -0.5, -0.5, 0, 0.5, 0.5, 0, 0.5, 0.5, 0, -0.5]))
    .setBuffer(buffer)
  const indices = document
    .createAccessor()
    .setArray(new Uint16Array([0, 1, 2, 0, 2, 3]))
    .setBuffer(buffer)
  const mesh = document
    .createMesh()
    .addPrimitive(document.createPrimitive().setAttribute('POSITION', positions).setIndices(indices))
  document.createScene().addChild(document.createNode(name).setMesh(mesh))
  return document
}
