// The sources of dist/. Contents are compared, because copying and unpacking change the times of files.
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Folders and files that a bundle or a page is made of, or built with. */
const SOURCES = [
  'bots',
  'cli',
  'http',
  'http-contract',
  'ingest',
  'netcode',
  'packages',
  'protocol',
  'replay',
  'scripts',
  'server',
  'sim',
  'storage',
  'testing',
  'viewer',
  'package.json',
  'package-lock.json',
]
/** A file in dist/, written last: the hash of the sources of everything in it. */
export const SOURCES_FILE = 'dist/sources.sha256'
/** One file of each part, so that a part that was removed by hand is built again. */
const PARTS = ['dist/node/cli.js', 'dist/archive-template/PG_VERSION', 'dist/viewer/index.html']

const isSource = (name) => !/\.(?:test|suite|fixture|fake)\.ts$|\.tsbuildinfo$/.test(name)
const filesOf = (path) =>
  path.includes('.')
    ? [path]
    : readdirSync(path, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile() && isSource(entry.name))
        .map((entry) => join(entry.parentPath, entry.name))
        .toSorted()

/** Hash of the names and contents of all sources below the working directory. */
export function sourcesHash() {
  const hash = createHash('sha256')
  for (const file of SOURCES.flatMap(filesOf)) {
    const bytes = readFileSync(file)
    hash.update(`${file}\0${bytes.length}\0`).update(bytes)
  }
  return hash.digest('hex')
}

/** True if dist/ is complete and built from the current sources. */
export const isBuilt = () =>
  PARTS.every((part) => existsSync(part)) &&
  existsSync(SOURCES_FILE) &&
  readFileSync(SOURCES_FILE, 'utf8') === sourcesHash()
