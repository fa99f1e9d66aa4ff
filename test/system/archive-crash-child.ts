/**
 * Writes into an archive and prints each write once it is acknowledged. Ends when it is killed. Arguments: database URL
 * or '', directory, number of this run.
 */
import { Effect } from 'effect'
import { openArchive } from '../../storage/archive/index.ts'
import { definitionOf, elementOf, recordOf, uuid } from '../../storage/archive/archive.fixture.ts'
import { setTimeout as sleep } from 'node:timers/promises'

const [url = '', directory = '', run = '1', worker] = process.argv.slice(2)
const archive = openArchive({
  databaseUrl: url === '' ? null : url,
  directory,
  ...(worker === undefined ? {} : { worker }),
})
const { service } = archive
const epoch = Number(run)
const QUOTA = { bytesMax: Number.MAX_SAFE_INTEGER, countMax: Number.MAX_SAFE_INTEGER }

/** Retries until it succeeds, because a store that is away returns. */
const surely = <T, E>(effect: Effect.Effect<T, E>): Promise<T> =>
  Effect.runPromise(effect).catch(async () => {
    await sleep(20)
    return surely(effect)
  })

async function putRecords(): Promise<void> {
  for (let n = 1; ; n++) {
    const id = uuid(epoch, n)
    await surely(service.putRecord(recordOf(id, uuid(epoch, 0), { package: id }), QUOTA))
    process.stdout.write(`record ${id}\n`)
  }
}

/** At tick n adds element n at x = n, and moves element 1 to x = n. */
async function saveElements(): Promise<void> {
  for (let tick = 2; ; tick++) {
    const moved = elementOf(1, { position: { x: tick, y: 0, z: 0 } })
    await surely(service.saveElements({ realm: 'crash', epoch, tick }, [moved, elementOf(tick)], []))
    process.stdout.write(`save ${epoch} ${tick}\n`)
  }
}

await surely(service.putRealm(definitionOf('crash'), epoch))
await surely(service.replaceElements({ realm: 'crash', epoch, tick: 1 }, [elementOf(1)]))
process.stdout.write(`save ${epoch} 1\n`)
await Promise.all([putRecords(), saveElements()])
