import { Effect, Logger, Scope } from 'effect'
import { describe, expect, test } from 'vitest'
import { ELEMENTS_MAX } from '../../sim/index.ts'
import { ArchiveError, type ArchiveService, type SavedElement } from '../../storage/archive/index.ts'
import { memoryArchive } from '../../storage/archive/memory-archive.fake.ts'
import { definitionOf, elementOf } from '../../storage/archive/archive.fixture.ts'
import { lineLogger } from '../log.ts'
import { ElementWriteBehind } from './element-write-behind.ts'
import { sleep, until as untilSo } from '../../test/harness/wait.ts'

const REALM = definitionOf('yard')
const away = (): ArchiveError => new ArchiveError({ reason: 'away', what: 'no answer', where: 'a test', fix: 'wait' })

/** An archive that can fail before or after an operation, and counts its calls. */
function moody(): { service: ArchiveService; mood: { isAway: boolean; losesAnswer: boolean; saves: number } } {
  const inner = memoryArchive()
  const mood = { isAway: false, losesAnswer: false, saves: 0 }
  const or = <T>(work: Effect.Effect<T, ArchiveError>): Effect.Effect<T, ArchiveError> =>
    Effect.suspend(() => {
      mood.saves++
      if (mood.isAway) return Effect.fail(away())
      return mood.losesAnswer ? work.pipe(Effect.flatMap(() => Effect.fail(away()))) : work
    })
  return {
    mood,
    service: {
      ...inner,
      putRealm: (...args) => or(inner.putRealm(...args)),
      replaceElements: (...args) => or(inner.replaceElements(...args)),
      saveElements: (...args) => or(inner.saveElements(...args)),
      putCheckpoint: (...args) => or(inner.putCheckpoint(...args)),
    },
  }
}

interface Scene {
  readonly behind: ElementWriteBehind
  readonly service: ArchiveService
  readonly mood: ReturnType<typeof moody>['mood']
  readonly logged: string[]
  readonly retold: number[]
  end(msMax: number): Promise<boolean>
  saved(): Promise<{ epoch: number; tick: number; elements: readonly SavedElement[] } | null>
}

function scene(): Scene {
  const { service, mood } = moody()
  const logged: string[] = []
  const retold: number[] = []
  const logger = Logger.layer([lineLogger((line) => void logged.push(line))])
  const behind = Effect.runSync(
    ElementWriteBehind.make({ archive: service, resendElements: () => void retold.push(retold.length) }).pipe(
      Scope.provide(Scope.makeUnsafe()),
      Effect.provide(logger),
    ),
  )
  return {
    behind,
    service,
    mood,
    logged,
    retold,
    saved: () => Effect.runPromise(service.savedRealm('yard')),
    end: (msMax) => Effect.runPromise(behind.end(msMax).pipe(Effect.provide(logger))),
  }
}

const changes = (
  tick: number,
  put: readonly SavedElement[],
  removed: readonly number[] = [],
  isComplete = true,
): Parameters<ElementWriteBehind['elements']>[0] => ({ tick, put, removed, begins: false, isComplete })
/** A first report that contains all elements. */
const first = (...given: Parameters<typeof changes>): ReturnType<typeof changes> => ({
  ...changes(...given),
  begins: true,
})
const at = (element: number, x: number): SavedElement => elementOf(element, { position: { x, y: 0, z: 0 } })
const until = (look: () => boolean | Promise<boolean>): Promise<boolean> => untilSo('the archive has it', look)

describe('the element write-behind', () => {
  test('saves all elements first and then changes, but no incomplete round', async () => {
    const { behind, end, saved } = scene()
    behind.begin(REALM, 3)
    behind.elements(first(1, [at(1, 1)], [], false))
    await until(async () => (await saved()) !== null)
    expect((await saved())?.epoch).toBe(0)
    behind.elements(changes(2, [at(2, 2)]))
    await until(async () => (await saved())?.tick === 2)
    expect((await saved())?.elements).toEqual([at(1, 1), at(2, 2)])
    behind.elements(changes(9, [at(2, 5)], [1]))
    expect(await end(1_000)).toBe(true)
    expect(await saved()).toMatchObject({ epoch: 3, tick: 9, elements: [at(2, 5)] })
  })

  test('keeps unsaved changes, one per element, logs once, and saves when the archive is back', async () => {
    const { behind, mood, logged, saved } = scene()
    behind.begin(REALM, 1)
    behind.elements(first(1, [at(1, 0), at(2, 0)]))
    await until(async () => (await saved())?.tick === 1)
    mood.isAway = true
    for (let tick = 2; tick <= 500; tick++)
      behind.elements(changes(tick, [at(1, tick), at(3, tick)], tick === 400 ? [2] : []))
    expect(behind.backlog).toBeLessThanOrEqual(3)
    await until(() => mood.saves > 4)
    expect(logged).toEqual([expect.stringContaining('archive: away')])
    mood.isAway = false
    await until(async () => (await saved())?.tick === 500)
    expect((await saved())?.elements).toEqual([at(1, 500), at(3, 500)])
    expect(logged).toEqual([expect.stringContaining('away'), expect.stringContaining('back')])
  })

  test('repeats a save without acknowledgement, which changes nothing', async () => {
    const { behind, end, mood, saved } = scene()
    behind.begin(REALM, 1)
    await until(async () => (await saved()) !== null)
    mood.losesAnswer = true
    behind.elements(first(7, [at(1, 1)]))
    await until(() => mood.saves === 2)
    expect(behind.backlog).toBe(1)
    mood.losesAnswer = false
    expect(await end(10_000)).toBe(true)
    expect(mood.saves).toBe(3)
    expect(await saved()).toMatchObject({ epoch: 1, tick: 7, elements: [at(1, 1)] })
  })

  test('stops after a newer epoch began elsewhere, logs it, and does not delay the end', async () => {
    const { behind, end, service, logged, saved } = scene()
    behind.begin(REALM, 1)
    behind.elements(first(1, [at(1, 1)]))
    await until(async () => (await saved())?.tick === 1)
    await Effect.runPromise(service.putRealm(REALM, 2))
    behind.elements(changes(2, [at(1, 2)]))
    await until(() => logged.length === 1)
    expect(logged[0]).toContain('epoch 2')
    expect(await end(50)).toBe(true)
    expect(await saved()).toMatchObject({ epoch: 1, tick: 1, elements: [at(1, 1)] })
  })

  test('requests all elements again if the archive was reset to an older state', async () => {
    const { behind, service, retold, saved } = scene()
    behind.begin(REALM, 5)
    behind.elements(first(1, [at(1, 1)]))
    await until(async () => (await saved())?.tick === 1)
    // Another program with the same epoch replaced the save by an older one, as when a backup is restored.
    const set: ArchiveService['saveElements'] = service.saveElements
    let times = 0
    Object.assign(service, {
      saveElements: (...args: Parameters<typeof set>) =>
        times++ === 0
          ? Effect.fail(
              new ArchiveError({ reason: 'conflict', what: 'not all saved', where: 'a test', fix: 'save all' }),
            )
          : set(...args),
    })
    behind.elements(changes(2, [at(1, 2)]))
    await until(() => retold.length === 1)
    // Reported before the realm got the request, so it is not everything.
    behind.elements(changes(3, [at(9, 9)]))
    await sleep(700)
    expect(await saved()).toMatchObject({ tick: 1, elements: [at(1, 1)] })
    behind.elements(first(3, [at(1, 3), at(2, 3)]))
    await until(async () => (await saved())?.tick === 3)
    expect((await saved())?.elements).toEqual([at(1, 3), at(2, 3)])
  })

  test('a flush within its time limit saves what it can and counts the rest', async () => {
    const { behind, end, mood } = scene()
    mood.isAway = true
    behind.begin(REALM, 1)
    behind.elements(first(1, [at(1, 1), at(2, 2)]))
    const fromMs = performance.now()
    expect(await end(200)).toBe(false)
    expect(performance.now() - fromMs).toBeLessThan(30_000)
    expect(behind.backlog).toBe(2)
  })

  test("drops the old instance's backlog when a new realm instance reports all elements", async () => {
    const { behind, end, mood, saved } = scene()
    mood.isAway = true
    behind.begin(REALM, 1)
    behind.elements(first(900, [at(1, 1)]))
    behind.begin(REALM, 2)
    mood.isAway = false
    behind.elements(first(5, [at(7, 7)]))
    expect(await end(5_000)).toBe(true)
    expect(await saved()).toMatchObject({ epoch: 2, tick: 5, elements: [at(7, 7)] })
  })

  test('keeps only the newest waiting entries of the list of checkpoints', async () => {
    const { behind, end, mood, service } = scene()
    mood.isAway = true
    behind.begin(REALM, 1)
    for (let tick = 1; tick <= 5_000; tick++)
      behind.logged({
        type: 'checkpoint',
        entry: { realm: 'yard', epoch: 1, tick, segment: 1, stateHash: '', bytes: 1 },
      })
    mood.isAway = false
    expect(await end(20_000)).toBe(true)
    const listed = await Effect.runPromise(service.checkpoints('yard', ELEMENTS_MAX))
    expect([listed.length, listed[0]?.tick]).toEqual([4_096, 5_000])
  })
})
