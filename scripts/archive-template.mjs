// The empty embedded database that new data directories begin with: making one takes seconds and much memory, a copy neither.
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { PGlite } from '@electric-sql/pglite'

const VERSION = JSON.parse(readFileSync('package.json', 'utf8')).dependencies['@electric-sql/pglite']

/** Makes it in `directory` unless it is there already, of the version of PGlite that is used. */
export async function makeArchiveTemplate(directory) {
  const mark = `${directory}.version`
  if (existsSync(directory) && existsSync(mark) && readFileSync(mark, 'utf8') === VERSION) return
  const beginning = `${directory}.${process.pid}`
  const db = await PGlite.create({ dataDir: beginning, initDbStartParams: ['--wal-segsize=1'] })
  await db.close()
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
