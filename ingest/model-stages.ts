/** The stages of the pipeline after the checks: from checked glTF to the package. */
import { nameFault, type PackagePhysics, type PropSpec } from '../sim/index.ts'
import type { PackageCapsule, PackageJoint } from '../packages/manifest.ts'
import { armatureOf } from './armature.ts'
import type { Checked } from './checks/check.ts'
import { validate } from './checks/validate.ts'
import { collisionOnlyNodes, fitAvatar, fitObject } from './fit/index.ts'
import { levelOfDetail } from './level-of-detail.ts'
import { NAME_CHARACTERS_MAX } from './limits.ts'
import { checkLimits, measure } from './measure.ts'
import { normalise, type Normalised } from './normalise/index.ts'
import { mirrorColliders, removeOmi } from './omi-mirror.ts'
import { removeUnused } from './normalise/unused.ts'
import { makePackage, type IngestedPackage } from './package.ts'
import { reducibleRules } from './reduce/index.ts'
import { plainName } from './text.ts'
import { Rejected, type IngestOptions, type Warn } from './types.ts'

/** A normalised document with the measures and the name of its package. */
export interface NamedModel {
  readonly normalised: Normalised
  readonly name: string
  /** Joints of its armature; 0 for an object. */
  readonly joints: number
}

/** Stage `normalising`. `uploadBytes`: size of the upload. Throws Rejected. */
export async function normaliseModel(
  checked: Checked,
  uploadBytes: number,
  options: IngestOptions,
  warn: Warn,
): Promise<NamedModel> {
  const normalised = await normalise(checked, options, warn)
  const { document, humanoid, kind, title } = normalised
  const joints = kind === 'avatar' ? (armatureOf(document, { humanoid })?.length ?? 0) : 0
  const measures = measure(document, joints)
  // A model that was reduced already is not reduced any more.
  const reducible = options.fit === true ? new Set<string>() : await reducibleRules(document, kind, measures)
  checkLimits(kind, measures, { bytes: uploadBytes, reducible }, warn)
  return { normalised, name: nameOf(options.name, title), joints }
}

/** Stage `packaging`. `original` is the upload's bytes. Throws Rejected. */
export async function packageModel(
  { normalised, name, joints }: NamedModel,
  fitted: Fitted,
  original: Uint8Array,
): Promise<IngestedPackage> {
  const { document, kind, originals, place } = normalised
  const measures = measure(document, joints)
  const runtime = await normalised.write()
  await checkRuntime(runtime)
  const level = await levelOfDetail(runtime, measures.triangles, place.bounds)
  return makePackage({ kind, name, document, originals, place, measures, ...fitted, runtime, original, level })
}

export interface Fitted {
  readonly skeleton: readonly PackageJoint[] | null
  readonly capsules: readonly PackageCapsule[]
  readonly colliders: PropSpec['colliders']
  readonly physics: PackagePhysics
}

/** Stage `fitting`: an avatar's capsules, an object's colliders. Throws Rejected. */
export async function fitModel({ normalised, name }: NamedModel, warn: Warn): Promise<Fitted> {
  const { kind, document, humanoid, omi, originals } = normalised
  if (kind === 'avatar') {
    const { capsules, body, rest } = fitAvatar(document, humanoid, warn)
    removeOmi(document)
    const uploaded = new Map(
      document
        .getRoot()
        .listNodes()
        .map((node) => [node, originals.get(node) ?? node.getName()]),
    )
    return {
      skeleton: armatureOf(document, { humanoid, rest, uploaded }),
      capsules,
      colliders: [],
      physics: { kind, body: { ...body, name } },
    }
  }
  const { colliders, prop } = await fitObject(document, omi, warn)
  // Meshes that are only colliders, by the names of their nodes, are not drawn.
  for (const node of collisionOnlyNodes(document)) node.setMesh(null)
  removeOmi(document)
  removeUnused(document)
  await mirrorColliders(document, colliders)
  return { skeleton: null, capsules: [], colliders, physics: { kind, prop: { name, colliders, ...prop } } }
}

/** Validates the runtime GLB, so that the decoders' output is checked like an upload. */
async function checkRuntime(runtime: Uint8Array): Promise<void> {
  const { rejections, errors } = await validate(runtime, 'glb', () => null)
  if (rejections.length > 0)
    throw new Rejected(
      ...rejections.map((rejection) => ({ ...rejection, message: `After unpacking: ${rejection.message}` })),
    )
  const [left] = errors
  if (left)
    throw new Rejected({
      rule: left.code,
      where: left.where,
      value: null,
      limit: null,
      message: 'After unpacking, the data is not valid glTF. Export the model again, or without compression.',
    })
}

/** The requested name, else the file's title unless it is an exporter's default such as "Scene". */
function nameOf(requested: string | undefined, title: string | null): string {
  for (const name of [requested, /^(?:aux)?scene[ _.]?\d*$/i.test(title ?? '') ? null : title]) {
    const clean = plainName(name ?? '', NAME_CHARACTERS_MAX)
    if (nameFault(clean, NAME_CHARACTERS_MAX) === null) return clean
  }
  return 'unnamed'
}
