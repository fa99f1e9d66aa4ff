/** Finds the package's folder, so that bundled and unbundled code finds the built files. */
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The directory with package.json above this module. */
export function packageRoot(): string {
  let directory = dirname(fileURLToPath(import.meta.url))
  while (!existsSync(join(directory, 'package.json'))) {
    const parent = dirname(directory)
    if (parent === directory) throw new Error(`there is no package.json above ${import.meta.url}`)
    directory = parent
  }
  return directory
}

/** Version from package.json. */
export function packageVersion(): string {
  const value: unknown = JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8'))
  return typeof value === 'object' && value !== null && 'version' in value && typeof value.version === 'string'
    ? value.version
    : 'unknown'
}
