/** The second half of an ingest: from checked glTF to the package. Loaded only for what passed the checks, for its libraries are large. */
import { nameFault, type PackagePhysics, type PropSpec } from '../sim/index.ts'
import type { PackageCapsule, PackageJoint } from '../packages/manifest.ts'
import { armatureOf } from './armature.ts'
import type { Checked } from './check/index.ts'
import { validate } from './check/validate.ts'
import { collisionOnlyNodes, fitAvatar, fitObject } from './fit/index.ts'
import { simplerLevel } from './levels.ts'
import { NAME_CHARACTERS_MAX } from './limits.ts'
import { checkLimits, measure } from './measure.ts'
import { normalise, type Normalised } from './normalise/index.ts'
import { mirrorColliders, removeOmi } from './mirror.ts'
import { removeUnused } from './normalise/unused.ts'
import { makePackage, type Package } from './package.ts'
import { plainName } from './text.ts'
import { Rejected, type IngestOptions, type IngestStage, type Warn } from './types.ts'

/** `original`: the upload as it came. Throws Rejected. */
export async function make(
  checked: Checked,
  original: Uint8Array,
  options: IngestOptions,
  onStage: (stage: IngestStage) => void,
  warn: Warn,
): Promise<Package> {
  onStage('normalising')
  const normalised = await normalise(checked, options, warn)
  const { document, place } = normalised
  const joints =
    normalised.kind === 'avatar' ? (armatureOf(document, { humanoid: normalised.humanoid })?.length ?? 0) : 0
  checkLimits(normalised.kind, measure(document, joints), original.length, warn)
  const name = nameOf(options.name, normalised.title)
  onStage('fitting')
  const fitted = await fit(normalised, name, warn)
  onStage('packaging')
  const measures = measure(document, joints)
  const runtime = await normalised.write()
  await checkRuntime(runtime)
  const level = await simplerLevel(runtime, measures.triangles, place.bounds)
  return makePackage({
    kind: normalised.kind,
    name,
    document,
    originals: normalised.originals,
    place,
    measures,
    ...fitted,
    runtime,
    original,
    level,
  })
}

interface Fitted {
  readonly skeleton: readonly PackageJoint[] | null
  readonly capsules: readonly PackageCapsule[]
  readonly colliders: PropSpec['colliders']
  readonly physics: PackagePhysics
}

async function fit(
  { kind, document, humanoid, omi, originals }: Normalised,
  name: string,
  warn: Warn,
): Promise<Fitted> {
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
  // Meshes that are colliders alone, by their nodes' names, are not drawn.
  for (const node of collisionOnlyNodes(document)) node.setMesh(null)
  removeOmi(document)
  removeUnused(document)
  await mirrorColliders(document, colliders)
  return { skeleton: null, capsules: [], colliders, physics: { kind, prop: { name, colliders, ...prop } } }
}

/** The runtime form must be what the upload had to be: whatever a decoder made of packed data is seen here, by the validator. */
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
      message:
        'After unpacking, the data is still not what glTF wants. Export the model again, or without compression.',
    })
}

/** The name asked for, else the file's title; scenes that are called "Scene" have none. */
function nameOf(wish: string | undefined, title: string | null): string {
  for (const name of [wish, /^(?:aux)?scene[ _.]?\d*$/i.test(title ?? '') ? null : title]) {
    const clean = plainName(name ?? '', NAME_CHARACTERS_MAX)
    if (nameFault(clean, NAME_CHARACTERS_MAX) === null) return clean
  }
  return 'unnamed'
}
