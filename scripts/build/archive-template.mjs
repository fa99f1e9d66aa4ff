// The empty embedded database that new data directories are copied from, with its tables. Creating the tables at a
// start would take seconds more.
import { createHash } from 'node:crypto'
import { chmodSync, existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import { build } from 'esbuild'

/** Creates it in `directory`, unless it exists with the current version of PGlite and the current tables. */
export async function makeArchiveTemplate(directory) {
  const tables = await tablesCode()
  const { dependencies } = JSON.parse(readFileSync('package.json', 'utf8'))
  const version = `${dependencies['@electric-sql/pglite']} readable ${createHash('sha256').update(tables).digest('hex')}`
  const mark = `${directory}.version`
  if (existsSync(directory) && existsSync(mark) && readFileSync(mark, 'utf8') === version) return
  const beginning = `${directory}.${process.pid}`
  const db = await PGlite.create({ dataDir: beginning, initDbStartParams: ['--wal-segsize=1'] })
  await makeTables(db, tables)
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
  writeFileSync(mark, version)
}

/** The archive's migrations and the statements that note them, as a module. */
async function tablesCode() {
  const contents = "export { MIGRATIONS } from './migrations.ts'\nexport { STATEMENTS } from './statements.ts'"
  const {
    outputFiles: [code],
  } = await build({
    stdin: { contents, resolveDir: 'storage/archive', loader: 'ts' },
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
    logLevel: 'warning',
  })
  return code.text
}

/** Creates the tables as storage/archive/migrate.ts does, so that a server that starts on it has nothing to do. */
async function makeTables(db, code) {
  const { MIGRATIONS, STATEMENTS } = await import(`data:text/javascript;base64,${Buffer.from(code).toString('base64')}`)
  await db.exec(STATEMENTS.createMigrations)
  await db.exec(STATEMENTS.putSentinel)
  for (const { version, name, sql } of MIGRATIONS) {
    await db.exec(sql)
    await db.query(STATEMENTS.recordMigration, [version, name])
  }
}

/**
 * PGlite creates files of mode 0600. The server often runs as another user than the one who installed it, and must copy
 * them.
 */
function makeReadable(folder) {
  chmodSync(folder, 0o755)
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true }))
    chmodSync(join(entry.parentPath, entry.name), entry.isDirectory() ? 0o755 : 0o644)
}
