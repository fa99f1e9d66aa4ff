/**
 * Checks that a server restores what it saved in its archive, for any archive: shared by a unit test and an end-to-end
 * test.
 */
import { mkdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { Effect, Redacted } from 'effect'
import { expect } from 'vitest'
import { login } from '../../netcode/index.ts'
import { simulationOf } from '../../replay/index.ts'
import {
  DEFAULT_DEFINITION,
  free,
  loadEngine,
  parseDefinition,
  props,
  type PropSpec,
  type RealmDefinition,
  type Vec3,
} from '../../sim/index.ts'
import { openArchive, type ArchiveService, type SavedElement } from '../../storage/archive/index.ts'
import { manifestOf } from '../../storage/archive/archive.fixture.ts'
import { resumeRecording } from '../../storage/recordings/index.ts'
import type { Settings } from '../../server/main.ts'
import {
  joined,
  serveHere,
  temporaryDirectory,
  until,
  verifiedRecordings,
  type Cleanup,
  type TestServer,
} from './server-harness.ts'

const STATIC = 60
const KINEMATIC = 40
const DYNAMIC = 100
const ELEMENTS = STATIC + KINEMATIC + DYNAMIC
/** Distance by which a prop on the ground settles after it is spawned again, m. */
const SETTLE_METRES = 0.002

const box = (motion: PropSpec['motion']): PropSpec => ({
  name: `a ${motion} box ☕`,
  motion,
  density: 200,
  friction: 0.875,
  restitution: 0,
  color: 0x88_44_22,
  colliders: [
    {
      shape: { type: 'box', halfExtents: { x: 0.125, y: 0.125, z: 0.125 } },
      position: { x: 0, y: 0, z: 0 },
      rotation: { x: 0, y: 0, z: 0, w: 1 },
    },
  ],
})
/** A separate place for each, away from the players; numbers that no short decimal represents. */
const placeOf = (i: number): Vec3 => ({
  x: Math.fround(-9 + (i % 20) * 0.91),
  y: 0.125,
  z: Math.fround(-4 - Math.floor(i / 20) * 0.73),
})

/** Parsed as from a realm file, because state hashes depend on the order of a definition's fields. */
function parsed(definition: RealmDefinition): RealmDefinition {
  const read = parseDefinition(definition)
  if (!read.ok) throw new Error(JSON.stringify(read.errors))
  return read.definition
}

const DEFINITION = parsed({
  ...DEFAULT_DEFINITION,
  id: 'kept',
  permissions: 31,
  props: Array.from({ length: STATIC + 10 }, (_, i) => ({
    prop: box('static'),
    position: { ...placeOf(i), y: 1 + i / 7 },
    rotation: { x: 0, y: 0, z: 0, w: 1 },
    scale: 1,
  })),
})

/** Elements at the end of the realm's newest recording. */
async function recordedElements(data: string): Promise<SavedElement[]> {
  const found = await resumeRecording(join(data, 'recordings'), DEFINITION.id, simulationOf(await loadEngine()))
  if (found.status !== 'resumed') throw new Error(`the recordings are ${found.status}`)
  const elements = props(found.realm).map(({ id, spec, package: hash, owner, access, position, rotation, scale }) => ({
    element: id,
    name: spec.name,
    package: hash,
    spec: hash === null ? spec : null,
    owner,
    access,
    position: { ...position },
    rotation: { ...rotation },
    scale,
  }))
  free(found.realm)
  return elements
}

async function inArchive<T>(
  data: string,
  databaseUrl: Settings['databaseUrl'],
  ask: (archive: ArchiveService) => Promise<T>,
): Promise<T> {
  const archive = openArchive({
    databaseUrl: databaseUrl && Redacted.value(databaseUrl),
    directory: join(data, 'archive'),
  })
  try {
    return await ask(archive.service)
  } finally {
    await Effect.runPromise(archive.close)
  }
}

/**
 * Spawns 60 static props of the definition (10 are removed), 40 kinematic and 100 dynamic props of a player, some
 * scaled and with access rights.
 */
async function furnish(clean: Cleanup, server: TestServer): Promise<void> {
  const ada = await joined(clean, server.url, 'Ada')
  const spawned = await Promise.all(
    Array.from({ length: KINEMATIC + DYNAMIC }, async (_, i) => {
      const outcome = await ada.spawn(box(i < KINEMATIC ? 'kinematic' : 'dynamic'), {
        position: placeOf(i),
        access: i % 64,
      })
      if (!outcome.ok) throw new Error(`spawn ${i}: ${outcome.reason}`)
      return outcome.element
    }),
  )
  const changed = await Promise.all([
    ...spawned.slice(0, 20).map((element) => ada.scale(element, 1.1)),
    ...spawned.slice(20, 40).map((element) => ada.setAccess(element, 63)),
    ...Array.from({ length: 10 }, (_, i) => ada.despawn(3 + i)),
  ])
  expect(changed.filter(({ ok }) => !ok)).toEqual([])
  await ada.close()
}

const byElement = (elements: readonly SavedElement[]): SavedElement[] =>
  elements.toSorted((a, b) => a.element - b.element)

/**
 * Fills a realm, restarts it with its log, and restores it without the log. `url`: null for the embedded
 * archive.
 */
export async function savesAndRestores(clean: Cleanup, url: string | null): Promise<void> {
  const databaseUrl = url === null ? null : Redacted.make(url)
  const data = temporaryDirectory(clean)
  const settings = { dataDirectory: data, databaseUrl, definition: DEFINITION }
  const saved = (): Promise<readonly SavedElement[]> =>
    inArchive(
      data,
      databaseUrl,
      async (archive) => (await Effect.runPromise(archive.savedRealm(DEFINITION.id)))?.elements ?? [],
    )

  const first = await serveHere(clean, settings)
  await furnish(clean, first)
  await first.stop()
  const left = await recordedElements(data)
  expect(left).toHaveLength(ELEMENTS)
  expect(await saved()).toEqual(byElement(left))

  const second = await serveHere(clean, settings)
  expect(second.logged.join('\n')).toContain('continues at tick')
  await second.stop()
  const gone = byElement(await recordedElements(data))
  expect(await saved()).toEqual(gone)
  expect(gone.map(({ element, access, scale, owner }) => ({ element, access, scale, owner }))).toEqual(
    byElement(left).map(({ element, access, scale, owner }) => ({ element, access, scale, owner })),
  )
  for (const [i, element] of byElement(left).entries())
    if (!element.name.includes('dynamic')) expect(gone[i]).toEqual(element)

  await restored(clean, settings, gone)
}

/**
 * Moves the recordings away. The server starts with the archive's elements, in a recording that contains all of them.
 */
async function restored(
  clean: Cleanup,
  settings: {
    readonly dataDirectory: string
    readonly databaseUrl: Settings['databaseUrl']
    readonly definition: RealmDefinition
  },
  gone: readonly SavedElement[],
): Promise<void> {
  const { dataDirectory: data, databaseUrl } = settings
  renameSync(join(data, 'recordings'), join(data, 'moved-away'))
  mkdirSync(join(data, 'recordings'))
  const third = await serveHere(clean, settings)
  await until('the props are restored', () =>
    third.logged.some((line) =>
      line.includes(`there was no recording: ${ELEMENTS} props were restored from the archive`),
    ),
  )
  await third.stop()
  const [recording] = await verifiedRecordings(data)
  // It begins with all elements, so an early end of a server loses none.
  expect(recording?.header).toMatchObject({ epoch: 3, start: 'checkpoint', elements: ELEMENTS + 2 })
  const back = byElement(await recordedElements(data))
  for (const [i, { element: _, position, ...rest }] of gone.entries()) {
    const { element: __, position: now, ...restNow } = back[i]!
    if (rest.name.includes('dynamic')) {
      expect(Math.hypot(now.x - position.x, now.y - position.y, now.z - position.z)).toBeLessThan(SETTLE_METRES)
      expect({ ...restNow, rotation: null }).toEqual({ ...rest, rotation: null })
    } else expect({ ...restNow, position: now }).toEqual({ ...rest, position })
  }
  await inArchive(data, databaseUrl, async (archive) => {
    const listed = await Effect.runPromise(archive.recordings(DEFINITION.id))
    expect(
      listed.map(({ epoch, segment, location, lastTick }) => [epoch, segment, location, lastTick !== null]),
    ).toEqual([3, 2, 1].map((epoch) => [epoch, 1, `kept-e00000${epoch}-s0001.owr`, true]))
    expect((await Effect.runPromise(archive.checkpoints(DEFINITION.id, 1)))[0]).toMatchObject({
      epoch: 3,
      tick: recording?.lastTick,
      stateHash: recording?.hash(recording.lastTick),
    })
    expect((await Effect.runPromise(archive.savedRealm(DEFINITION.id)))?.elements).toEqual(back)
  })
}

/** A realm that only the archive knows, with a prop of a package, and a prop of a missing package. */
export async function restoresPackages(clean: Cleanup, url: string | null): Promise<void> {
  const databaseUrl = url === null ? null : Redacted.make(url)
  const data = temporaryDirectory(clean)
  const hash = 'c'.repeat(64)
  const thing = (element: number, of: string): SavedElement => ({
    element,
    name: 'cup',
    package: of,
    spec: null,
    owner: 77,
    access: 3,
    position: { x: 1.5, y: 0.5, z: -2.5 },
    rotation: { x: 0, y: 0, z: 0, w: 1 },
    scale: 2,
  })
  await inArchive(data, databaseUrl, async (archive) => {
    await Effect.runPromise(
      archive.putPackage({
        hash,
        kind: 'object',
        manifest: { ...manifestOf('cup'), physics: { kind: 'object', prop: box('kinematic') } },
      }),
    )
    await Effect.runPromise(archive.putRealm(DEFINITION, 41))
    await Effect.runPromise(
      archive.replaceElements({ realm: DEFINITION.id, epoch: 41, tick: 5 }, [
        thing(900, hash),
        thing(901, 'd'.repeat(64)),
      ]),
    )
  })
  const server = await serveHere(clean, { dataDirectory: data, databaseUrl, definition: DEFINITION })
  await until('the prop is restored', () =>
    server.logged.some((line) => line.includes('there was no recording: 1 prop was restored')),
  )
  await server.stop()
  const [recording] = await verifiedRecordings(data)
  expect(recording?.header.epoch).toBe(42)
  const [back, ...others] = await recordedElements(data)
  expect(others).toEqual([])
  expect({ ...back, element: 0, name: '' }).toEqual({ ...thing(0, hash), name: '' })
}

/** The data directory loses its user count and its secret; the archive stays. */
export async function assignsNoNumberTwice(clean: Cleanup, url: string | null): Promise<void> {
  const databaseUrl = url === null ? null : Redacted.make(url)
  const data = temporaryDirectory(clean)
  const settings = { dataDirectory: data, databaseUrl, definition: { ...DEFINITION, permissions: 15 } }
  const first = await serveHere(clean, settings)
  for (let i = 0; i < 3; i++) await login(first.url, `Guest ${i}`)
  const owner = await joined(clean, first.url, 'Ada')
  const outcome = await owner.spawn(box('kinematic'), { position: placeOf(0), access: 0 })
  expect(outcome.ok).toBe(true)
  await owner.close()
  await first.stop()
  const saved = await inArchive(data, databaseUrl, (archive) => Effect.runPromise(archive.newestUserNumber()))
  rmSync(join(data, 'server-identity.json'))

  const second = await serveHere(clean, settings)
  expect(second.logged.join('\n')).toContain(`did not know of the numbers up to ${saved}`)
  const guest = await joined(clean, second.url, 'Eve')
  expect(guest.user).toBeGreaterThan(saved)
}
