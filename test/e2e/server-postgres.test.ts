/** A whole server whose archive is a real PostgreSQL. */
import { afterAll, afterEach, beforeAll, test } from 'vitest'
import { startPostgres, type TestPostgres } from '../environments/postgres.ts'
import { bringsPackagesBack, givesNoNumberTwice, savesAndBringsBack } from '../harness/server-archive.ts'
import { cleanup } from '../harness/server-harness.ts'

const clean = cleanup()
let postgres: TestPostgres
beforeAll(async () => {
  postgres = await startPostgres()
})
afterEach(() => clean.all())
afterAll(() => postgres.remove())

test('after a restart 200 things stand exactly where they were; without the recordings, where the archive saved them', async () =>
  savesAndBringsBack(clean, await postgres.createDatabase('world')))

test('a realm that only the archive knows comes back with the physics of its packages', async () =>
  bringsPackagesBack(clean, await postgres.createDatabase('packages')))

test('where the count of users is lost and the archive is not, a new guest owns nothing that is there', async () =>
  givesNoNumberTwice(clean, await postgres.createDatabase('numbers')))
