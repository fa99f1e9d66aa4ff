/** Reads a GLB or glTF file for the fit's tests and benchmarks, unchanged except for its scale in metres. */
import { existsSync, readFileSync } from 'node:fs'
import { basename, dirname, extname, join, resolve } from 'node:path'
import { Logger, NodeIO, type Document, type Node } from '@gltf-transform/core'
import { ALL_EXTENSIONS } from '@gltf-transform/extensions'
import type { RestNode } from '../../packages/retarget.ts'
import type { Vec3 } from '../../sim/types.ts'
import { readHumanoid } from './avatar/humanoid.ts'
import { boundsOf, nodesOf, surfaceOf } from './surface.ts'

export interface Fixture {
  readonly document: Document
  readonly json: unknown
  /** Nodes of the humanoid bones, from the file or from `NAME.json` in fixtures/assets/humanoid. */
  readonly humanoid: ReadonlyMap<string, Node>
}

function jsonOf(path: string, bytes: Buffer): unknown {
  return JSON.parse(
    extname(path) === '.gltf' ? bytes.toString() : bytes.subarray(20, 20 + bytes.readUInt32LE(12)).toString(),
  )
}

/** A higher model was made in centimetres, m. */
const CENTIMETRES_FROM = 20

function scaleDown(node: Node): void {
  const [x, y, z] = node.getTranslation()
  const [sx, sy, sz] = node.getScale()
  node.setTranslation([x / 100, y / 100, z / 100]).setScale([sx / 100, sy / 100, sz / 100])
}

/** `path` and `maps` are absolute, or relative to the repository's root. */
export async function readFixture(path: string, maps = 'fixtures/assets/humanoid'): Promise<Fixture> {
  const full = resolve(path)
  const bytes = readFileSync(full)
  const json = jsonOf(full, bytes)
  const io = new NodeIO().setLogger(new Logger(Logger.Verbosity.SILENT)).registerExtensions(ALL_EXTENSIONS)
  const document =
    extname(full) === '.gltf'
      ? await io.readJSON({ json: json as never, resources: resourcesOf(json, dirname(full)) })
      : await io.readBinary(new Uint8Array(bytes))
  const { min, max } = boundsOf(surfaceOf(nodesOf(document)).points)
  if (max.y - min.y > CENTIMETRES_FROM)
    for (const node of document.getRoot().listScenes()[0]?.listChildren() ?? []) scaleDown(node)
  const map = join(maps, `${basename(full, extname(full))}.json`)
  const nodes = document.getRoot().listNodes()
  const indices = readHumanoid(
    json,
    existsSync(map) ? (JSON.parse(readFileSync(map, 'utf8')) as Record<string, string>) : undefined,
  )
  return {
    document,
    json,
    humanoid: new Map(
      [...indices].flatMap(([bone, i]) => {
        const node = nodes[i]
        return node ? [[bone, node] as const] : []
      }),
    ),
  }
}

function resourcesOf(json: unknown, folder: string): Record<string, Uint8Array<ArrayBuffer>> {
  const { buffers = [], images = [] } = json as { buffers?: { uri?: string }[]; images?: { uri?: string }[] }
  const uris = [...buffers, ...images].flatMap(({ uri }) =>
    uri !== undefined && !uri.startsWith('data:') ? [uri] : [],
  )
  return Object.fromEntries(
    uris.map((uri) => [uri, new Uint8Array(readFileSync(join(folder, decodeURIComponent(uri))))]),
  )
}

const xyz = ([x = 0, y = 0, z = 0]: readonly number[]): Vec3 => ({ x, y, z })

/** The nodes of a document, as a client reads them from the package's GLB. */
export const restNodes = (document: Document): RestNode[] =>
  nodesOf(document).map((node) => {
    const [x, y, z, w] = node.getRotation()
    return {
      name: node.getName(),
      parent: node.getParentNode()?.getName() ?? null,
      translation: xyz(node.getTranslation()),
      rotation: { x, y, z, w },
      scale: xyz(node.getScale()),
    }
  })
