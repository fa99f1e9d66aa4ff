// What dist/ is built from. Contents are compared, as copying and unpacking give files other times.
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Folders and files that a bundle or a page is made of, or made with. */
const SOURCES = [
  'bots',
  'cli',
  'http',
  'http-api',
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
/** In dist/, written last: the hash of the sources that everything there was built from. */
export const SOURCES_FILE = 'dist/sources.sha256'
/** One of each part, so that a part that was removed by hand is built again. */
const PARTS = ['dist/node/cli.js', 'dist/archive-template/PG_VERSION', 'dist/viewer/index.html']

const isSource = (name) => !/\.(?:test|suite|fixture|fake)\.ts$|\.tsbuildinfo$/.test(name)
const filesOf = (path) =>
  path.includes('.')
    ? [path]
    : readdirSync(path, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile() && isSource(entry.name))
        .map((entry) => join(entry.parentPath, entry.name))
        .toSorted()

/** Of the names and contents of all sources below the working directory. */
export function sourcesHash() {
  const hash = createHash('sha256')
  for (const file of SOURCES.flatMap(filesOf)) {
    const bytes = readFileSync(file)
    hash.update(`${file}\0${bytes.length}\0`).update(bytes)
  }
  return hash.digest('hex')
}

/** True where dist/ is whole and built from the sources as they are. */
export const isBuilt = () =>
  PARTS.every((part) => existsSync(part)) &&
  existsSync(SOURCES_FILE) &&
  readFileSync(SOURCES_FILE, 'utf8') === sourcesHash()
