/** Reads a .gltf with its buffers and textures as one GLB, for the command line. */
import { existsSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs'
import { dirname, resolve, sep } from 'node:path'
import { acceptValidation, examine } from './checks/check.ts'
import { openContainer, writeGlb } from './preflight/container.ts'
import { dataOf, embed } from './preflight/embed.ts'
import { CHECK_LIMITS } from './limits.ts'
import { objectsOf, textOf, type JsonObject } from './json.ts'

/**
 * Paths that a URI may mean, likeliest first. Blender writes "10%.png" without escapes, and Windows writes backslashes.
 */
function pathsOf(uri: string): string[] {
  let decoded = uri
  try {
    decoded = decodeURIComponent(uri)
  } catch {
    // A "%" that begins no escape: the name is meant as it is.
  }
  return [...new Set([decoded, uri, decoded.replaceAll('\\', '/'), uri.replaceAll('\\', '/')])]
}

/** The name as macOS and Windows compare names: they ignore how accents are written, and capitals. */
const loose = (name: string): string => name.normalize('NFC').toLowerCase()

/** The path of a file below `folder`; a name that is not there exactly may differ as `loose` allows. */
function located(folder: string, path: string): string | null {
  let at = folder
  for (const name of path.split('/').filter((part) => part !== '' && part !== '.')) {
    const exact = resolve(at, name)
    if (existsSync(exact)) at = exact
    else {
      const similar = readdirSync(at).filter((one) => loose(one) === loose(name))
      if (similar.length !== 1) return null
      at = resolve(at, similar[0] ?? '')
    }
  }
  return at
}

/** The file of a relative URI inside `folder`, with links resolved; null for URLs and for paths outside the folder. */
function fileIn(folder: string, uri: string): Uint8Array | null {
  if (/^[a-z][a-z\d+.-]*:/i.test(uri) || uri.startsWith('/') || uri.includes('\0')) return null
  for (const path of pathsOf(uri)) {
    try {
      const file = located(folder, path)
      if (file === null) continue
      const real = realpathSync(file)
      if (!real.startsWith(realpathSync(folder) + sep)) continue
      const { size } = statSync(real)
      if (size <= CHECK_LIMITS.fileBytes) return new Uint8Array(readFileSync(real))
    } catch {
      // It is not there, or cannot be read.
    }
  }
  return null
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
  await acceptValidation(opened, verdict, neighbour)
  const { json, bin } = embed(opened.json, opened.bin, (uri) => dataOf(uri) ?? neighbour(uri))
  return writeGlb(json, bin)
}
