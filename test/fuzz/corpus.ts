/** The committed corpus: inputs that reached new code in a target, by folder. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Inputs of a target, by file name. */
export function readCorpus(root: string, target: string): ReadonlyMap<string, Uint8Array> {
  const folder = join(root, target)
  if (!existsSync(folder)) return new Map()
  return new Map(
    readdirSync(folder)
      .toSorted()
      .map((name) => [name, new Uint8Array(readFileSync(join(folder, name)))]),
  )
}
