/** The files that `otherworld ingest` is given: files, and folders with all models below them. */
import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { UsageError } from '../command.ts'

const MODEL = /\.(?:glb|vrm|gltf)$/i

/** Throws UsageError unless the path is a file. */
export function requireFile(path: string): void {
  const found = statSync(path, { throwIfNoEntry: false })
  if (found?.isDirectory()) throw new UsageError(`"${path}" is a folder; name a file`)
  if (!found?.isFile()) throw new UsageError(`there is no file "${path}"`)
}

/** Files in the order given; those of a folder by their paths. Throws UsageError for paths without a model. */
export function modelFiles(paths: readonly string[]): string[] {
  const missing = paths.filter((path) => !existsSync(path))
  if (missing.length > 0) throw new UsageError(missing.map((path) => `there is no file "${path}"`).join('\n'))
  return paths.flatMap((path) => {
    if (!statSync(path).isDirectory()) {
      requireFile(path)
      return [path]
    }
    const models = readdirSync(path, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && MODEL.test(entry.name))
      .map((entry) => join(entry.parentPath, entry.name))
      .toSorted()
    if (models.length === 0) throw new UsageError(`the folder "${path}" has no .glb, .vrm or .gltf file`)
    return models
  })
}
