import { defineConfig } from 'vitest/config'

/** What takes longer hangs, ms; a start of a server that takes 3 s takes 30 beside busy programs. `until` gives up before and says on what. */
const HANGS_MS = 180_000

/** The ingest's processes are scheduled like others: at their own priority a busy machine would hardly let them run. */
const env = { OTHERWORLD_INGEST_NICENESS: '0' }

/** A realm compiles its code before it begins, for seconds of processor time. Only tests of speed need that, and they are end-to-end tests. */
const cold = { ...env, OTHERWORLD_WARM_UP_TICKS: '0' }

/** Tests that start processes, or that take many seconds, say so in their names. */
const SYSTEM = '**/*.system.test.ts'

/** Runs few rounds as a unit test, and more as a system test. Your own number in the environment counts. */
const REPEATED = ['storage/lock-file.test.ts']
const ROUNDS = { LOCK_RACES: process.env['LOCK_RACES'] ?? '200' }

const setupFiles = ['test/harness/fast-equality.ts']

export default defineConfig({
  test: {
    // One for each core; by default a core is left out, of two that is half: most tests wait for other threads and processes.
    maxWorkers: '100%',
    projects: [
      {
        test: {
          name: 'unit',
          // Files share what they import. Loading it again for each file would take a third of the run.
          isolate: false,
          include: ['*/**/*.test.ts'],
          exclude: ['node_modules', 'dist', 'test/e2e/**', SYSTEM, '.tmp'],
          testTimeout: HANGS_MS,
          hookTimeout: HANGS_MS,
          setupFiles,
          env: cold,
        },
      },
      {
        test: {
          name: 'system',
          include: [SYSTEM, ...REPEATED],
          exclude: ['node_modules', 'dist', '.tmp'],
          testTimeout: HANGS_MS,
          hookTimeout: HANGS_MS,
          setupFiles,
          env: { ...cold, ...ROUNDS },
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          testTimeout: 300_000,
          hookTimeout: 120_000,
          fileParallelism: false,
          setupFiles,
          env,
        },
      },
    ],
  },
})
