// The empty embedded database that new data directories begin with: making one takes seconds and much memory, a copy neither.
import { chmodSync, existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { PGlite } from '@electric-sql/pglite'

/** Of PGlite and of how the template is made. */
const VERSION = `${JSON.parse(readFileSync('package.json', 'utf8')).dependencies['@electric-sql/pglite']} readable`

/** Makes it in `directory` unless it is there already, of the version of PGlite that is used. */
export async function makeArchiveTemplate(directory) {
  const mark = `${directory}.version`
  if (existsSync(directory) && existsSync(mark) && readFileSync(mark, 'utf8') === VERSION) return
  const beginning = `${directory}.${process.pid}`
  const db = await PGlite.create({ dataDir: beginning, initDbStartParams: ['--wal-segsize=1'] })
  await db.close()
  makeReadable(beginning)
  rmSync(directory, { recursive: true, force: true })
  try {
    renameSync(beginning, directory)
  } catch (error) {
    // Another build of the same repository was first.
    rmSync(beginning, { recursive: true, force: true })
    if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error
  }
  writeFileSync(mark, VERSION)
}

/** PGlite leaves files of mode 0600; who runs the server is often another user than the one who installed it, and copies them. */
function makeReadable(folder) {
  chmodSync(folder, 0o755)
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) chmodSync(join(entry.parentPath, entry.name), entry.isDirectory() ? 0o755 : 0o644)
}
