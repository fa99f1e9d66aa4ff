/**
 * The test suite for every implementation of the archive. Call `archiveSuite('PostgreSQL', open)` in a test file.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ArchiveService } from './archive.ts'
import { definitionOf, done, elementOf } from './archive.fixture.ts'
import { usersAndPackages } from './archive-users.suite.ts'
import { realms, recordings, savedElements } from './archive-realms.suite.ts'
import { randomCalls } from './archive-random.suite.ts'

export interface SuiteArchive {
  readonly service: ArchiveService
  /** Closes the archive and opens it again on the same data; null if it persists nothing. */
  readonly reopen: (() => Promise<SuiteArchive>) | null
  close(): Promise<void>
}

export function archiveSuite(name: string, open: () => Promise<SuiteArchive>): void {
  describe(`archive contract: ${name}`, () => {
    let archive: SuiteArchive
    beforeAll(async () => {
      archive = await open()
    })
    afterAll(() => archive.close())
    const service = (): ArchiveService => archive.service
    usersAndPackages(service)
    realms(service)
    savedElements(service)
    recordings(service)
    randomCalls(service)

    test('data survives a close and a new open', async () => {
      if (archive.reopen === null) return
      await done(service().putRealm(definitionOf('kept'), 3))
      await done(service().replaceElements({ realm: 'kept', epoch: 3, tick: 9 }, [elementOf(1)]))
      archive = await archive.reopen()
      expect(await done(service().savedRealm('kept'))).toEqual({
        realm: 'kept',
        epoch: 3,
        tick: 9,
        newestEpoch: 3,
        definition: definitionOf('kept'),
        elements: [elementOf(1)],
      })
    })
  })
}
