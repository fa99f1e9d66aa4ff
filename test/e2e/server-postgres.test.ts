/** A whole server whose archive is a real PostgreSQL. */
import { afterAll, afterEach, beforeAll, test } from 'vitest'
import { startPostgres, type TestPostgres } from '../environments/postgres.ts'
import { restoresPackages, assignsNoNumberTwice, savesAndRestores } from '../harness/server-archive.ts'
import { cleanup } from '../harness/server-harness.ts'

const clean = cleanup()
let postgres: TestPostgres
beforeAll(async () => {
  postgres = await startPostgres()
})
afterEach(() => clean.all())
afterAll(() => postgres.remove())

test('200 props are unchanged after a restart, and restored from the archive without the recordings', async () =>
  savesAndRestores(clean, await postgres.createDatabase('world')))

test('a realm that only the archive has is restored with the physics of its packages', async () =>
  restoresPackages(clean, await postgres.createDatabase('packages')))

test('if only the data directory loses its user count, a new guest owns nothing', async () =>
  assignsNoNumberTwice(clean, await postgres.createDatabase('numbers')))
