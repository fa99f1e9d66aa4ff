/** A VRM for tests: the debug robot of the fixtures, with two springs as a tail on its head, and toon materials with outlines. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { openContainer, writeGlb } from '../../../ingest/preflight/container.ts'

export interface VrmJson {
  nodes: Record<string, unknown>[]
  materials: Record<string, unknown>[]
  extensions: Record<string, Record<string, unknown>>
  extensionsUsed: string[]
  meshes: { primitives: { material?: number }[] }[]
  textures?: unknown
  images?: unknown
}

/** The file's expressions by name. */
export const presetOf = ({ extensions }: VrmJson): Record<string, unknown> =>
  (extensions['VRMC_vrm'] as { expressions: { preset: Record<string, unknown> } }).expressions.preset

export const TAIL = ['tail0', 'tail1', 'tail2'] as const
const HEAD = 5
const LINK_METRES = 0.3

export interface RobotOptions {
  /** Node decodes no images. */
  readonly withoutTextures?: boolean
  readonly change?: (json: VrmJson) => void
}

export function robotWithTail({ withoutTextures = false, change }: RobotOptions = {}): Uint8Array<ArrayBuffer> {
  const path = fileURLToPath(new URL('../../../fixtures/assets/avatars/debug_robot.vrm', import.meta.url))
  const opened = openContainer(new Uint8Array(readFileSync(path)))
  if (!('json' in opened)) throw new Error('the debug robot cannot be read')
  const json = structuredClone(opened.json) as unknown as VrmJson
  addTail(json)
  json.materials = json.materials.map(({ name, pbrMetallicRoughness }) => ({
    name,
    pbrMetallicRoughness: withoutTextures ? {} : pbrMetallicRoughness,
    extensions: {
      VRMC_materials_mtoon: {
        specVersion: '1.0',
        shadeColorFactor: [0.3, 0.1, 0.4],
        shadingToonyFactor: 0.95,
        outlineWidthMode: 'worldCoordinates',
        outlineWidthFactor: 0.01,
        outlineColorFactor: [0, 0, 0],
      },
    },
  }))
  if (withoutTextures) for (const key of ['textures', 'images'] as const) delete json[key]
  json.extensionsUsed = ['VRMC_vrm', 'VRMC_springBone', 'VRMC_materials_mtoon', 'VRMC_node_constraint']
  change?.(json)
  return new Uint8Array(writeGlb(json as never, opened.bin))
}

function addTail({ nodes, extensions }: VrmJson): void {
  const first = nodes.length
  const mesh = { mesh: 0, scale: [0.4, 0.4, 1], translation: [0, 0, -LINK_METRES / 2] }
  TAIL.forEach((name, i) => {
    const isLast = i === TAIL.length - 1
    nodes.push({
      name,
      translation: i === 0 ? [0, 0.1, -0.2] : [0, 0, -LINK_METRES],
      ...(isLast ? {} : { children: [first + i + 1, first + TAIL.length + i] }),
    })
  })
  for (let i = 0; i < TAIL.length - 1; i++) nodes.push({ name: `link ${i}`, ...mesh })
  const head = nodes[HEAD] as { children: number[] }
  head.children = [...head.children, first]
  extensions['VRMC_springBone'] = {
    specVersion: '1.0',
    colliders: [{ node: HEAD, shape: { sphere: { offset: [0, 0.1, 0], radius: 0.15 } } }],
    colliderGroups: [{ colliders: [0] }],
    springs: [
      {
        joints: TAIL.map((_, i) => ({
          node: first + i,
          hitRadius: 0.02,
          stiffness: 0.6,
          gravityPower: 0.2,
          gravityDir: [0, -1, 0],
          dragForce: 0.3,
        })),
        colliderGroups: [0],
      },
    ],
  }
}
