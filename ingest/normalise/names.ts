/**
 * Makes names that every engine accepts. Godot forbids . : @ / " % in node names, and requires them to be unique among
 * siblings. Here they are unique in the whole package, so that a name identifies a node.
 */
import type { Document } from '@gltf-transform/core'
import { NAME_CHARACTERS_MAX } from '../limits.ts'
import { firstCharacters, plainName, plainText } from '../text.ts'

/** Everything except letters, digits and marks of any script, `_ - ( ) [ ] + = , ; ! ' & #` and spaces. */
const FORBIDDEN = /[^\p{L}\p{N}\p{M}_\- ()[\]+=,;!'&#]/gu

/** A name without forbidden characters, at most NAME_CHARACTERS_MAX code points; `fallback` if nothing is left. */
export function safeName(name: string, fallback: string): string {
  const safe = plainName(name, NAME_CHARACTERS_MAX).replaceAll(FORBIDDEN, '_')
  return /^_*$/.test(safe) ? fallback : safe
}

/** Makes names unique: "Cup", "Cup_2", "Cup_3" … */
export class Names {
  readonly #taken = new Set<string>()
  /** The next number of each name, so that a thousand equal names cost a thousand steps. */
  readonly #next = new Map<string, number>()

  unique(name: string): string {
    for (let free = name; ; free = this.#numbered(name)) {
      if (this.#taken.has(free)) continue
      this.#taken.add(free)
      return free
    }
  }

  #numbered(name: string): string {
    const number = this.#next.get(name) ?? 2
    this.#next.set(name, number + 1)
    const suffix = `_${number}`
    return firstCharacters(name, NAME_CHARACTERS_MAX - suffix.length) + suffix
  }
}

/** Characters of a stored original name. */
const ORIGINAL_CHARACTERS_MAX = 128

interface Named {
  getName(): string
  setName(name: string): unknown
}

/** The name of each object in the upload. */
export type OriginalNames = ReadonlyMap<unknown, string>

/** Renames everything that has a name. Returns the original names. */
export function renameAll(document: Document): OriginalNames {
  const root = document.getRoot()
  const originals = new Map<unknown, string>()
  const kinds: readonly (readonly [string, readonly Named[]])[] = [
    ['Node', root.listNodes()],
    ['Mesh', root.listMeshes()],
    ['Material', root.listMaterials()],
    ['Animation', root.listAnimations()],
    ['Texture', root.listTextures()],
    ['Skin', root.listSkins()],
    ['Scene', root.listScenes()],
  ]
  for (const [kind, list] of kinds) {
    const names = new Names()
    // Reserved for the marker's own node (normalise/place.ts).
    if (kind === 'Node') names.unique(MARKER)
    for (const item of list) {
      originals.set(item, plainText(item.getName(), ORIGINAL_CHARACTERS_MAX))
      item.setName(names.unique(safeName(item.getName(), kind)))
    }
  }
  return originals
}

/** Name of the node above a model that the ingest moved, rotated or scaled. */
export const MARKER = 'Marker'
