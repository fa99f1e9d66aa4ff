import { defineConfig } from 'vitest/config'

/** What takes longer hangs, ms; a start of a server that takes 3 s takes 30 beside busy programs. `until` gives up before and says on what. */
const HANGS_MS = 180_000

/** The ingest's processes are scheduled like others: at their own priority a busy machine would hardly let them run. */
const env = { OTHERWORLD_INGEST_NICENESS: '0' }

export default defineConfig({
  test: {
    // One for each core; by default a core is left out, of two that is half: most tests wait for other threads and processes.
    maxWorkers: '100%',
    projects: [
      {
        test: {
          name: 'unit',
          include: ['*/**/*.test.ts'],
          exclude: ['node_modules', 'dist', 'test/e2e/**', '.tmp'],
          testTimeout: HANGS_MS,
          hookTimeout: HANGS_MS,
          env,
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          testTimeout: 300_000,
          hookTimeout: 120_000,
          fileParallelism: false,
          env,
        },
      },
    ],
  },
})
