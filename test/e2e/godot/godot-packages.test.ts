/**
 * All sample models go through the ingest, and Godot shows them: avatars, props, colliders, levels of detail, the
 * cache.
 */
import { readFileSync } from 'node:fs'
import { Logger, NodeIO, type Node } from '@gltf-transform/core'
import { ALL_EXTENSIONS } from '@gltf-transform/extensions'
import { afterEach, expect, test } from 'vitest'
import { add, multiply, rotate, vec } from '../../../sim/maths/maths.ts'
import type { Quat, Vec3 } from '../../../sim/types.ts'
import type { PackageManifest } from '../../../packages/manifest.ts'
import { cleanup, serveHere } from '../../harness/server-harness.ts'
import { UploadUser } from '../../harness/upload-user.ts'
import { expectGodotTests } from './godot.ts'

const MODELS = [
  'avatars/CesiumMan.glb',
  'avatars/Fox.glb',
  'avatars/RiggedFigure.glb',
  'avatars/debug_robot.vrm',
  'objects/BoxTextured.glb',
  'objects/primitives.glb',
  'objects/teacup.glb',
  'objects/v-sekai_teapot.glb',
]
/** A package faces +Z, an avatar -Z. */
const TURNED: Quat = { x: 0, y: 1, z: 0, w: 0 }

const clean = cleanup()
afterEach(() => clean.all())

const point = (x: readonly number[]): Vec3 => vec(x[0] ?? 0, x[1] ?? 0, x[2] ?? 0)

/** Rest position of a node of the file, in the avatar's root space and without its scale. */
function placeOf(node: Node): { readonly position: Vec3; readonly rotation: Quat } {
  const [x, y, z, w] = node.getWorldRotation()
  return { position: rotate(TURNED, point(node.getWorldTranslation())), rotation: multiply(TURNED, { x, y, z, w }) }
}

/** The models as Godot must show them, computed from the runtime file by another reader than Godot's. */
async function expectedOf(
  person: UploadUser,
  path: string,
  humanoid: Readonly<Record<string, string>> | undefined,
): Promise<object> {
  const hash = await person.hashOf(path, {
    name: path,
    fileName: path,
    kind: path.startsWith('avatars') ? 'avatar' : 'object',
    humanoid,
    sharing: 'everyone',
  })
  const answer = (await person.api.ask('GET', `v1/packages/${hash}`)) as unknown as {
    readonly manifest: PackageManifest
    readonly files: { readonly runtime: { readonly url: string } }
  }
  const { manifest, files } = answer
  const glb = new Uint8Array(await (await fetch(new URL(files.runtime.url, person.url))).arrayBuffer())
  const root = (
    await new NodeIO().setLogger(new Logger(Logger.Verbosity.SILENT)).registerExtensions(ALL_EXTENSIONS).readBinary(glb)
  ).getRoot()
  const nodes = new Map(root.listNodes().map((node) => [node.getName(), node]))
  const capsules = manifest.capsules.map(({ joint, a, b, r }) => {
    const { position, rotation } = placeOf(nodes.get(joint) ?? expect.fail(`${path} has no node ${joint}`))
    return [a, b].flatMap((end) => Object.values(add(position, rotate(rotation, point(end))))).concat(r)
  })
  return {
    path,
    hash,
    capsules,
    kind: manifest.kind,
    colliders: manifest.attachments.colliders.length,
    levels: manifest.files.levels.length,
    joints: new Set(root.listSkins().flatMap((skin) => skin.listJoints())).size,
    humanoid: (manifest.skeleton ?? []).filter(({ rest }) => rest).length > 0,
    size: [manifest.bounds.min, manifest.bounds.max].flatMap(({ x, y, z }) => [x, y, z]),
    meshes: root.listNodes().filter((node) => node.getMesh()).length,
  }
}

const mapOf = (path: string): Readonly<Record<string, string>> | undefined => {
  const file = new URL(`../../../fixtures/assets/humanoid/${path.replace(/^.*\/|\.\w+$/g, '')}.json`, import.meta.url)
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Readonly<Record<string, string>>
  } catch {
    return undefined
  }
}

test('Godot shows every sample model with joints, capsules and colliders in place, and leaks nothing', async () => {
  const server = await serveHere(clean)
  const ada = await UploadUser.at(server.url, 'Ada')
  const packages: object[] = []
  for (const path of MODELS) packages.push(await expectedOf(ada, path, mapOf(path)))
  const output = await expectGodotTests('system/packages_test.gd', {
    env: { OTHERWORLD_URL: server.url, OTHERWORLD_PACKAGES: JSON.stringify(packages) },
  })
  // Warnings that are not the addon's own, and the engine's messages at its end about leaked objects and resources.
  expect(output).not.toMatch(/^\s*(WARNING: (?!Otherworld: )|ERROR|SCRIPT ERROR)|leaked|still in use/m)
})
