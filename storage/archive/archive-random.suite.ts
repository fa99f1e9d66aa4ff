/** Archive suite: random sequences of calls, compared with an archive of plain maps. */
import { fc } from '@fast-check/vitest'
import { Effect } from 'effect'
import { expect, test } from 'vitest'
import type { ArchiveError, ArchiveService, RealmRole, Sharing } from './archive.ts'
import { definitionOf, done, elementOf, recordOf, uuid } from './archive.fixture.ts'
import { memoryArchive } from './memory-archive.fake.ts'

/**
 * Operations of one random sequence, and the number of sequences. A database's transaction takes a few milliseconds at
 * most.
 */
const OPERATIONS_MAX = 40
const SEQUENCES = 15
/** One call of a method; `scope` keeps sequences on one database apart. */
type Operation = (archive: ArchiveService, scope: number) => Effect.Effect<unknown, ArchiveError>

const small = fc.integer({ min: 1, max: 3 })
const sharing = fc.constantFrom<Sharing>('owner', 'everyone')
const role = fc.constantFrom<RealmRole>('builder', 'owner')
const realmOf = (scope: number, n: number): string => `random-${scope}-${n}`
const elements = fc
  .array(fc.tuple(fc.integer({ min: 1, max: 6 }), fc.double({ noNaN: true, noDefaultInfinity: true })), {
    maxLength: 4,
  })
  .map((pairs) =>
    [...new Map(pairs).entries()].map(([element, x]) => elementOf(element, { position: { x, y: -0, z: 0 } })),
  )

type Named = readonly [name: string, call: Operation]
const named = (name: string, call: Operation): Named => [name, call]

const operation: fc.Arbitrary<Named> = fc.oneof(
  fc
    .tuple(
      small,
      fc.string({ minLength: 1, maxLength: 5 }).map((name) => name.replaceAll('\0', '0')),
    )
    .map(([n, name]) => named(`putUser ${n} ${name}`, (a, s) => a.putUser({ uid: uuid(s, n), number: n, name }))),
  small.map((n) => named(`user ${n}`, (a, s) => a.user(uuid(s, n)))),
  fc.tuple(small, small, fc.integer({ min: 1, max: 40 })).map(([id, user, bytes]) =>
    named(`putRecord ${id} of ${user}, ${bytes}`, (a, s) =>
      a.putRecord(recordOf(uuid(s, 100 + id), uuid(s, user), { bytes, package: `${s} ${id % 2}` }), {
        bytesMax: 60,
        countMax: 2,
      }),
    ),
  ),
  small.map((n) => named(`recordsOf ${n}`, (a, s) => a.recordsOf(uuid(s, n)))),
  fc
    .tuple(small, small, sharing)
    .map(([id, user, how]) =>
      named(`setSharing ${id} ${user} ${how}`, (a, s) => a.setSharing(uuid(s, 100 + id), uuid(s, user), how)),
    ),
  fc
    .tuple(small, small)
    .map(([id, user]) =>
      named(`removeRecord ${id} ${user}`, (a, s) => a.removeRecord(uuid(s, 100 + id), uuid(s, user))),
    ),
  fc
    .tuple(small, small)
    .map(([user, n]) => named(`mayUse ${user} ${n}`, (a, s) => a.mayUse(uuid(s, user), `${s} ${n % 2}`))),
  fc
    .tuple(small, small)
    .map(([n, epoch]) =>
      named(`putRealm ${n} epoch ${epoch}`, (a, s) => a.putRealm(definitionOf(realmOf(s, n)), epoch)),
    ),
  fc
    .tuple(small, small, small, elements)
    .map(([n, epoch, tick, all]) =>
      named(`replaceElements ${n} ${epoch} ${tick} ${all.length}`, (a, s) =>
        a.replaceElements({ realm: realmOf(s, n), epoch, tick }, all),
      ),
    ),
  fc
    .tuple(small, small, small, elements, fc.array(fc.integer({ min: 1, max: 6 }), { maxLength: 3 }))
    .map(([n, epoch, tick, put, gone]) =>
      named(`saveElements ${n} ${epoch} ${tick} ${put.length} -${gone.length}`, (a, s) =>
        a.saveElements({ realm: realmOf(s, n), epoch, tick }, put, gone),
      ),
    ),
  small.map((n) => named(`savedRealm ${n}`, (a, s) => a.savedRealm(realmOf(s, n)))),
  fc
    .tuple(small, small, role)
    .map(([n, user, which]) =>
      named(`putGrant ${n} ${user} ${which}`, (a, s) =>
        a.putGrant({ realm: realmOf(s, n), userUid: uuid(s, user), role: which }),
      ),
    ),
  fc
    .tuple(small, small)
    .map(([n, user]) => named(`removeGrant ${n} ${user}`, (a, s) => a.removeGrant(realmOf(s, n), uuid(s, user)))),
  small.map((n) => named(`grants ${n}`, (a, s) => a.grants(realmOf(s, n)))),
)

/** Resolves with the call's answer, or with the reason of its failure. */
const outcomeOf = (effect: Effect.Effect<unknown, ArchiveError>): Promise<unknown> =>
  done(
    effect.pipe(
      Effect.map((value) => ({ value: value ?? null })),
      Effect.catch((error) => Effect.succeed({ failed: error.reason })),
    ),
  )

export function randomCalls(service: () => ArchiveService): void {
  test('random sequences of calls get the same answers as from plain maps', async () => {
    let scope = 1_000
    await fc.assert(
      fc.asyncProperty(fc.array(operation, { minLength: 1, maxLength: OPERATIONS_MAX }), async (operations) => {
        scope++
        const model = memoryArchive()
        for (const [name, call] of operations)
          expect([name, await outcomeOf(call(service(), scope))]).toEqual([name, await outcomeOf(call(model, scope))])
        for (const n of [1, 2, 3])
          expect(await done(service().savedRealm(realmOf(scope, n)))).toEqual(
            await done(model.savedRealm(realmOf(scope, n))),
          )
      }),
      { numRuns: SEQUENCES, seed: 4 },
    )
  })
}
