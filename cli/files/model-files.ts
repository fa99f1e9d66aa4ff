/** The files that `otherworld ingest` is given: files, and folders with all models below them. */
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { UsageError } from '../verb.ts'

const MODEL = /\.(?:glb|vrm|gltf)$/i

/** Files in the order given; those of a folder by their paths. Throws UsageError for a path without a model. */
export function modelFiles(paths: readonly string[]): string[] {
  return paths.flatMap((path) => {
    const found = statSync(path, { throwIfNoEntry: false })
    if (found?.isFile()) return [path]
    if (!found?.isDirectory()) throw new UsageError(`there is no file "${path}"`)
    const models = readdirSync(path, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && MODEL.test(entry.name))
      .map((entry) => join(entry.parentPath, entry.name))
      .toSorted()
    if (models.length === 0) throw new UsageError(`the folder "${path}" has no .glb, .vrm or .gltf file`)
    return models
  })
}
