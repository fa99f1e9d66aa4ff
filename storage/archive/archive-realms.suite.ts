/** Archive suite: realms with their elements, recordings and checkpoints. */
import { expect, test } from 'vitest'
import { ELEMENTS_MAX } from '../../sim/index.ts'
import type { ArchiveService, LogPosition, ArchivedRecording, SavedElement } from './archive.ts'
import { definitionOf, done, elementOf, reasonOf } from './archive.fixture.ts'

const at = (realm: string, epoch: number, tick: number): LogPosition => ({ realm, epoch, tick })

export function realms(service: () => ArchiveService): void {
  test('a realm keeps its newest definition unchanged, and its epoch only rises', async () => {
    expect(await done(service().savedRealm('garden'))).toBeNull()
    await done(service().putRealm(definitionOf('garden'), 2))
    await done(service().putRealm(definitionOf('garden', 'Renamed'), 4))
    expect(await reasonOf(service().putRealm(definitionOf('garden', 'Late'), 3))).toBe('fenced')
    const saved = await done(service().savedRealm('garden'))
    expect(saved).toEqual({
      realm: 'garden',
      epoch: 0,
      tick: 0,
      newestEpoch: 4,
      definition: definitionOf('garden', 'Renamed'),
      elements: [],
    })
    expect(JSON.stringify(saved?.definition)).toBe(JSON.stringify(definitionOf('garden', 'Renamed')))
  })
}

export function savedElements(service: () => ArchiveService): void {
  test('elements are saved, changed and removed, equal to the last bit', async () => {
    await done(service().putRealm(definitionOf('yard'), 1))
    await done(
      service().replaceElements(at('yard', 1, 10), [
        elementOf(2),
        elementOf(1),
        elementOf(3, { package: 'f'.repeat(64), spec: null }),
      ]),
    )
    await done(service().saveElements(at('yard', 1, 20), [elementOf(2, { scale: 2 }), elementOf(4)], [1, 99]))
    expect(await done(service().savedRealm('yard'))).toMatchObject({
      epoch: 1,
      tick: 20,
      elements: [elementOf(2, { scale: 2 }), elementOf(3, { package: 'f'.repeat(64), spec: null }), elementOf(4)],
    })
  })

  test('a save of an older epoch is refused, and a save of an older tick is skipped', async () => {
    await done(service().putRealm(definitionOf('shed'), 1))
    await done(service().replaceElements(at('shed', 1, 10), [elementOf(1)]))
    await done(service().saveElements(at('shed', 1, 9), [elementOf(2)], []))
    await done(service().putRealm(definitionOf('shed'), 2))
    expect(await reasonOf(service().saveElements(at('shed', 1, 11), [elementOf(3)], []))).toBe('fenced')
    expect(await reasonOf(service().replaceElements(at('shed', 1, 11), []))).toBe('fenced')
    expect(await done(service().savedRealm('shed'))).toMatchObject({
      epoch: 1,
      tick: 10,
      newestEpoch: 2,
      elements: [elementOf(1)],
    })
  })

  test('the first save of an epoch must contain all elements of a known realm', async () => {
    await done(service().putRealm(definitionOf('barn'), 1))
    await done(service().replaceElements(at('barn', 1, 10), [elementOf(1)]))
    expect(await reasonOf(service().saveElements(at('barn', 2, 1), [elementOf(2)], []))).toBe('conflict')
    await done(service().replaceElements(at('barn', 2, 1), [elementOf(2)]))
    await done(service().saveElements(at('barn', 2, 2), [elementOf(3)], []))
    expect(await done(service().savedRealm('barn'))).toMatchObject({
      epoch: 2,
      tick: 2,
      newestEpoch: 2,
      elements: [elementOf(2), elementOf(3)],
    })
    expect(await reasonOf(service().replaceElements(at('nowhere', 1, 1), []))).toBe('conflict')
  })

  test('the elements of a full realm are saved in batches, and more elements are too large', async () => {
    await done(service().putRealm(definitionOf('plain'), 1))
    const all = Array.from({ length: 2_500 }, (_, n) => elementOf(n + 1))
    await done(service().replaceElements(at('plain', 1, 1), all))
    await done(
      service().saveElements(
        at('plain', 1, 2),
        [],
        all.slice(100).map(({ element }) => element),
      ),
    )
    expect((await done(service().savedRealm('plain')))?.elements).toEqual(all.slice(0, 100))
    const many: SavedElement[] = Array.from({ length: ELEMENTS_MAX + 1 }, () => elementOf(1))
    expect(await reasonOf(service().replaceElements(at('plain', 1, 3), many))).toBe('too-large')
  })
}

export function recordings(service: () => ArchiveService): void {
  test('recordings and checkpoints are listed newest first and removed together', async () => {
    const entry = (epoch: number, segment: number): ArchivedRecording => ({
      realm: 'lane',
      epoch,
      segment,
      location: `lane-${epoch}-${segment}.owr`,
      startTick: epoch * 100,
      lastTick: null,
      bytes: 4_000_000_000,
    })
    for (const [epoch, segment] of [
      [1, 0],
      [2, 0],
      [2, 1],
    ] as const) {
      await done(service().putRecording(entry(epoch, segment)))
      for (const n of [1, 2])
        await done(
          service().putCheckpoint({
            realm: 'lane',
            epoch,
            segment,
            tick: epoch * 100 + segment * 10 + n,
            stateHash: '0123456789abcdef',
            bytes: 5,
          }),
        )
    }
    await done(service().putRecording({ ...entry(1, 0), lastTick: 199 }))
    expect(await done(service().recordings('lane'))).toEqual([
      entry(2, 1),
      entry(2, 0),
      { ...entry(1, 0), lastTick: 199 },
    ])
    await done(service().removeRecording({ realm: 'lane', epoch: 2, segment: 0 }))
    expect((await done(service().recordings('lane'))).map(({ epoch, segment }) => [epoch, segment])).toEqual([
      [2, 1],
      [1, 0],
    ])
    expect((await done(service().checkpoints('lane', 3))).map(({ tick }) => tick)).toEqual([212, 211, 102])
    expect(await done(service().checkpoints('lane', 1))).toEqual([
      { realm: 'lane', epoch: 2, segment: 1, tick: 212, stateHash: '0123456789abcdef', bytes: 5 },
    ])
  })
}
