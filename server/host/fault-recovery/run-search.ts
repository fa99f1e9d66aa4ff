/** Finds out after a fault what to leave out so that the realm can continue: a search of attempts in their own threads. */
import { Effect } from 'effect'
import { findRecoveryPlan, listRecordings, type SearchResult } from '../../../storage/recordings/index.ts'
import type { RealmStart } from '../../both-threads/realm-messages.ts'
import { effectRunner } from '../../http/effect-runner.ts'
import { AttemptWorkers } from './attempt-workers.ts'

/** `file`: the built worker of a realm. Fails where the recordings cannot be listed. */
export const runSearch = (file: string, start: RealmStart): Effect.Effect<SearchResult, unknown> =>
  Effect.acquireUseRelease(
    Effect.sync(() => new AttemptWorkers(file, start)),
    (attempts) =>
      // The search is plain code, which the tests run without threads
      Effect.flatMap(effectRunner, (run) =>
        Effect.tryPromise({
          try: async () => {
            const paths = (await listRecordings(start.recordings, start.definition.id)).map(({ path }) => path)
            return findRecoveryPlan(paths, { run: (attempt) => run(attempts.run(attempt)) })
          },
          catch: (error) => error,
        }),
      ),
    (attempts) => attempts.end,
  )
