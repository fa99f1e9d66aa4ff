/** Normalises checked glTF to the document of the runtime form: unpacked, safe names, placed at its marker. */
import type { Document, Node } from '@gltf-transform/core'
import type { PackageKind } from '../../packages/manifest.ts'
import type { Checked } from '../checks/check.ts'
import { DECODED_EXTENSIONS, STAYS_REQUIRED } from '../extension-lists.ts'
import { refuse } from '../json.ts'
import { trianglesOf } from '../measure.ts'
import { reduceToFit } from '../reduce/index.ts'
import { Rejected, type IngestOptions, type OmiPhysics, type Warn } from '../types.ts'
import { facesBack, omiBounds, readHumanoid, readOmi, recogniseHumanoid, shapeMeshes } from '../fit/index.ts'
import { carriedOf, vrmTitle, vrmVersion } from './carried.ts'
import { normaliseGeometry } from './geometry.ts'
import { readDocument, type OpenedDocument } from './io.ts'
import { renameAll, type OriginalNames } from './names.ts'
import type { BoundingBox } from './math.ts'
import { BALL, hasExtent, place, type ModelPlacement } from './place.ts'
import { prepare } from './prepare.ts'
import { bakeSkins, restBounds } from './skinning.ts'
import { convertSpecularGloss } from './spec-gloss.ts'
import { normaliseTextures } from './textures.ts'
import { removeUnused } from './unused.ts'

export interface Normalised extends OpenedDocument {
  readonly kind: PackageKind
  readonly humanoid: ReadonlyMap<string, Node>
  readonly omi: OmiPhysics
  readonly originals: OriginalNames
  readonly place: ModelPlacement
  /** The file's title. */
  readonly title: string | null
}

/** Throws Rejected. */
export async function normalise(checked: Checked, options: IngestOptions, warn: Warn): Promise<Normalised> {
  const json = prepare(checked.json, checked.bin, warn)
  const opened = await decoded(() => readDocument(json, checked.bin))
  const { document } = opened
  const omi = readOmi(checked.json, document.getRoot().listNodes(), document.getRoot().listMeshes())
  const named = shapeMeshes(omi)
  const vrm = vrmVersion(document)
  const mapped = humanoidOf(document, checked, options, warn)
  await decoded(() => normaliseGeometry(document, warn))
  removeUnused(document, named)
  let drawn = drawnBox(document)
  const kind = kindOf(document, mapped, drawn, options.kind ?? 'auto')
  const humanoid = kind === 'avatar' && mapped.size === 0 ? recogniseHumanoid(document, warn) : mapped
  if (kind === 'object' && document.getRoot().listSkins().length > 0) {
    bakeSkins(document)
    warn({
      rule: 'SKIN_BAKED',
      where: '/skins',
      message: 'The skinned model becomes an object: it keeps its present pose.',
    })
  }
  if (kind === 'object' && drawn && !document.getRoot().listMeshes().some(trianglesOf))
    warn({
      rule: 'NOTHING_DRAWN',
      where: '/meshes',
      message:
        'The file has points or lines, but no triangles. Not every client draws them. Convert them to a mesh and export again.',
    })
  await normaliseTextures(document, warn)
  await convertSpecularGloss(document, warn)
  if (options.fit === true && (await reduceToFit(document, kind, named, warn))) drawn = drawnBox(document)
  removeUnused(document, named)
  const title = vrmTitle(document) ?? document.getRoot().getDefaultScene()?.getName() ?? null
  const originals = renameAll(document)
  const placed = place(
    document,
    drawn ?? (await undrawnBox(shown(omi, document), warn)),
    {
      kind,
      origin: options.origin ?? 'ground',
      isTurned: isTurned(vrm, kind, humanoid, warn),
      isVrm: vrm !== null,
      skeleton: skeletonHeight(humanoid),
    },
    warn,
  )
  settleExtensions(document)
  return { ...opened, kind, humanoid, omi: shown(omi, document), originals, place: placed, title }
}

/** Turns a decoder's error into a rejection, because the file caused it. */
async function decoded<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run()
  } catch (error) {
    if (error instanceof Rejected) throw error
    refuse(
      'UNREADABLE',
      '',
      `The file's data cannot be unpacked, or is not in it (${error instanceof Error ? error.message.slice(0, 120) : 'unknown'}). Export it again, or without compression.`,
    )
  }
}

/** Run it before a node is added or removed: the map uses the file's indices. Throws Rejected. */
function humanoidOf(
  document: Document,
  { json }: Checked,
  { humanoid }: IngestOptions,
  warn: Warn,
): ReadonlyMap<string, Node> {
  const nodes = document.getRoot().listNodes()
  return new Map(
    [...readHumanoid(json, humanoid, warn)].flatMap(([bone, index]) => {
      const node = nodes[index]
      return node ? [[bone, node] as const] : []
    }),
  )
}

/** The box of everything drawn; null if nothing drawn has an extent. */
function drawnBox(document: Document): BoundingBox | null {
  const box = restBounds(document)
  return box && hasExtent(box) ? box : null
}

/**
 * The box of an object without visible meshes (an invisible wall, lights, an empty scene): around its colliders, or
 * around the default ball.
 */
async function undrawnBox(omi: OmiPhysics, warn: Warn): Promise<BoundingBox> {
  const said = await omiBounds(omi)
  warn({
    rule: 'NOTHING_DRAWN',
    where: '',
    message: `The file has no mesh in its scene, or none with an extent, so it is invisible. ${said ? 'Its colliders are taken' : 'It gets a small ball as its collider'}. If it should be seen, export it with its objects selected and visible.`,
  })
  return said ?? BALL
}

/** Removes the bodies of scenes other than the default. */
function shown(omi: OmiPhysics, document: Document): OmiPhysics {
  const nodes = new Set(document.getRoot().listNodes())
  return { ...omi, bodies: new Map([...omi.bodies].filter(([node]) => nodes.has(node))) }
}

/** Height of a humanoid's head above its lower foot, in the scene's unit; null without a humanoid. */
function skeletonHeight(humanoid: ReadonlyMap<string, Node>): number | null {
  const height = (bone: string): number | null => humanoid.get(bone)?.getWorldTranslation()[1] ?? null
  const [head, left, right] = [height('head'), height('leftFoot'), height('rightFoot')]
  return head === null || left === null || right === null ? null : head - Math.min(left, right)
}

/**
 * True if the model is turned round, to face +Z. VRM 0.x faces -Z, and VRM 1.0 +Z, by definition. The skeleton of any
 * other humanoid avatar decides.
 */
function isTurned(
  vrm: ReturnType<typeof vrmVersion>,
  kind: PackageKind,
  humanoid: ReadonlyMap<string, Node>,
  warn: Warn,
): boolean {
  if (vrm !== null) return vrm === 0
  if (kind !== 'avatar' || !facesBack(humanoid)) return false
  warn({
    rule: 'AVATAR_TURNED',
    where: '/nodes',
    message:
      'The avatar faced -Z, by its legs, arms and feet; it was turned round to face +Z, which is the front in glTF. In the modelling program, turn it so that it faces +Z (-Y in Blender), and apply its rotation.',
  })
  return true
}

/** A skinned or humanoid model is an avatar, unless an object was requested or nothing is visible. Throws Rejected. */
function kindOf(
  document: Document,
  humanoid: ReadonlyMap<string, Node>,
  drawn: BoundingBox | null,
  wish: PackageKind | 'auto',
): PackageKind {
  if (!drawn && wish === 'avatar')
    refuse(
      'NOTHING_DRAWN',
      '',
      'The file has no mesh in its scene: an avatar must be visible. Export it with its objects selected and visible, or as an object.',
      0,
      null,
    )
  if (wish !== 'auto') return wish
  if (!drawn) return 'object'
  const isSkinned = document
    .getRoot()
    .listNodes()
    .some((node) => node.getMesh() && node.getSkin())
  return isSkinned || humanoid.size > 0 ? 'avatar' : 'object'
}

/** The runtime form requires only what no client can draw it without, and names nothing that it does not use. */
function settleExtensions(document: Document): void {
  const root = document.getRoot()
  const types = new Set(root.listTextures().map((texture) => texture.getMimeType()))
  const carried = carriedOf(document)
  for (const extension of root.listExtensionsUsed()) {
    const { extensionName: name } = extension
    const isIdle =
      carried.some((one) => one === extension && one.pieces.length === 0) ||
      (name === 'EXT_texture_webp' && !types.has('image/webp')) ||
      (name === 'KHR_texture_basisu' && !types.has('image/ktx2'))
    if (isIdle || DECODED_EXTENSIONS.includes(name)) extension.dispose()
    else
      extension.setRequired(
        STAYS_REQUIRED.includes(name) && (name !== 'KHR_texture_transform' || extension.isRequired()),
      )
  }
}
