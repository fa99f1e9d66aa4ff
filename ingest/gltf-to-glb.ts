/** Reads a .gltf with its buffers and textures as one GLB, for the command line. */
import { readFileSync, realpathSync, statSync } from 'node:fs'
import { dirname, resolve, sep } from 'node:path'
import { examine } from './checks/check.ts'
import { openContainer, writeGlb } from './preflight/container.ts'
import { dataOf, embed } from './preflight/embed.ts'
import { CHECK_LIMITS } from './limits.ts'
import { objectsOf, textOf, type JsonObject } from './json.ts'
import { Rejected } from './types.ts'

/** The file of a relative URI inside `folder`, with links resolved; null for URLs and for paths outside the folder. */
function fileIn(folder: string, uri: string): Uint8Array | null {
  if (/^[a-z][a-z\d+.-]*:/i.test(uri) || uri.startsWith('/') || uri.includes('\0')) return null
  try {
    const path = realpathSync(resolve(folder, decodeURIComponent(uri)))
    if (!path.startsWith(realpathSync(folder) + sep)) return null
    const { size } = statSync(path)
    return size <= CHECK_LIMITS.fileBytes ? new Uint8Array(readFileSync(path)) : null
  } catch {
    return null
  }
}

const isExternal = (holder: JsonObject): boolean => {
  const uri = textOf(holder['uri'])
  return uri !== null && !uri.startsWith('data:')
}

/**
 * The file's bytes; for a .gltf that refers to other files, a GLB that contains them. Throws Rejected if it is not
 * valid.
 */
export async function readAsGlb(path: string): Promise<Uint8Array> {
  const bytes = new Uint8Array(readFileSync(path))
  const opened = openContainer(bytes)
  if (!('json' in opened) || opened.form === 'glb') return bytes
  if (![...objectsOf(opened.json, 'buffers'), ...objectsOf(opened.json, 'images')].some(isExternal)) return bytes
  const folder = dirname(resolve(path))
  const found = new Map<string, Uint8Array | null>()
  const neighbour = (uri: string): Uint8Array | null => {
    if (!found.has(uri)) found.set(uri, fileIn(folder, uri))
    return found.get(uri) ?? null
  }
  const { verdict } = await examine(bytes, neighbour)
  if (verdict.rejections.length > 0) throw new Rejected(...verdict.rejections)
  const { json, bin } = embed(opened.json, opened.bin, (uri) => dataOf(uri) ?? neighbour(uri))
  return writeGlb(json, bin)
}
