import { Effect } from 'effect'
import { expect, test } from 'vitest'
import { ArchiveError } from '../../storage/archive/archive.ts'
import { passKnownUsers } from './user-numbers.ts'

const away = new ArchiveError({ reason: 'away', what: 'no answer', where: 'a test', fix: 'wait' })
const broken = new ArchiveError({ reason: 'internal', what: 'no such table', where: 'a test', fix: 'none' })

/** An archive that answers as `state` says, and the number that is passed; waits end at the next turn. */
function scene(state: { answer: number | ArchiveError | 'never' }): {
  readonly passed: number[]
  readonly logged: string[]
  run(waitMsMax: number, signal?: AbortSignal): Promise<void>
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
    log: (line: string) => void logged.push(line),
    patience: {
      nowMs: () => 0,
      sleep: (ms: number) =>
        new Promise((resolve) => {
          setTimeout(resolve, ms === 40 ? 40 : 1)
        }),
    },
  }
  return {
    passed,
    logged,
    run: (waitMsMax, signal = new AbortController().signal) => passKnownUsers(parts, waitMsMax, signal),
  }
}

test('an archive that answers is heard before any number is given; the operator reads where it knew more', async () => {
  const knew = scene({ answer: 77 })
  await knew.run(40)
  expect([knew.passed, knew.logged]).toEqual([[77], [expect.stringContaining('the numbers up to 77')]])
  const knewLess = scene({ answer: 5 })
  await knewLess.run(40)
  expect([knewLess.passed, knewLess.logged]).toEqual([[5], []])
})

test('one that is away holds nobody up, and is heard as soon as it is back', async () => {
  const state: { answer: number | ArchiveError } = { answer: away }
  const { passed, run } = scene(state)
  await run(40)
  expect(passed).toEqual([])
  state.answer = 77
  await expect.poll(() => passed).toEqual([77])
})

test('one that never answers holds nobody up, one that cannot be asked is told of, and after the end nothing is passed', async () => {
  await scene({ answer: 'never' }).run(40)
  const cannot = scene({ answer: broken })
  await cannot.run(40)
  expect(cannot.logged).toEqual([expect.stringContaining('no such table')])
  const ended = new AbortController()
  ended.abort()
  const late = scene({ answer: 77 })
  await late.run(40, ended.signal)
  expect(late.passed).toEqual([])
})
