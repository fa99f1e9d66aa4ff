import { Clock, Effect, Exit, Logger, Scope } from 'effect'
import { expect, test } from 'vitest'
import { sleep } from '../../test/harness/wait.ts'
import { ArchiveError } from '../../storage/archive/archive.ts'
import { instantClock } from '../../test/harness/instant-clock.ts'
import { lineLogger } from '../log.ts'
import { passKnownUsers } from './user-numbers.ts'

const away = new ArchiveError({ reason: 'away', what: 'no answer', where: 'a test', fix: 'wait' })
const broken = new ArchiveError({ reason: 'internal', what: 'no such table', where: 'a test', fix: 'none' })
const WAIT_MS_MAX = 40

/** A fake archive that answers as `state` says, and the skipped number. Pauses end immediately. */
function scene(state: { answer: number | ArchiveError | 'never' }): {
  readonly passed: number[]
  readonly logged: string[]
  run(): Promise<void>
  end(): Promise<void>
} {
  const [passed, logged]: [number[], string[]] = [[], []]
  const newestUserNumber = (): Effect.Effect<number, ArchiveError> =>
    Effect.suspend(() => {
      if (state.answer === 'never') return Effect.never
      return typeof state.answer === 'number' ? Effect.succeed(state.answer) : Effect.fail(state.answer)
    })
  const parts = {
    archive: { newestUserNumber },
    passUsers: (number: number) => {
      passed.push(number)
      return number > 10
    },
  }
  const scope = Scope.makeUnsafe()
  const { clock, run } = instantClock()
  return {
    passed,
    logged,
    run: () =>
      run(
        passKnownUsers(parts, WAIT_MS_MAX).pipe(
          Scope.provide(scope),
          Effect.provideService(Clock.Clock, clock),
          Effect.provide(Logger.layer([lineLogger((line) => void logged.push(line))])),
        ),
      ),
    end: () => Effect.runPromise(Scope.close(scope, Exit.void)),
  }
}

test('an available archive is asked before any number is assigned', async () => {
  const knew = scene({ answer: 77 })
  await knew.run()
  expect([knew.passed, knew.logged]).toEqual([[77], [expect.stringContaining('the numbers up to 77')]])
  const knewLess = scene({ answer: 5 })
  await knewLess.run()
  expect([knewLess.passed, knewLess.logged]).toEqual([[5], []])
})

test('an archive that is away delays no login, and its number applies once it is back', async () => {
  const state: { answer: number | ArchiveError } = { answer: away }
  const { passed, run, end } = scene(state)
  await run()
  expect(passed).toEqual([])
  state.answer = 77
  await expect.poll(() => passed).toEqual([77])
  await end()
})

test('an archive that never answers delays no login', async () => {
  const never = scene({ answer: 'never' })
  await never.run()
  await never.end()
  expect(never.passed).toEqual([])
})

test('an archive that fails is logged', async () => {
  const cannot = scene({ answer: broken })
  await cannot.run()
  expect(cannot.logged).toEqual([expect.stringContaining('no such table')])
})

test('after the scope ends no numbers are skipped', async () => {
  const state: { answer: number | ArchiveError } = { answer: away }
  const late = scene(state)
  await late.run()
  await late.end()
  state.answer = 77
  await sleep(20)
  expect(late.passed).toEqual([])
})
