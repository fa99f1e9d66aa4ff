import { defineConfig } from 'vitest/config'

/** The ingest's processes are scheduled like others: at their own priority a busy machine would hardly let them run. */
const env = { OTHERWORLD_INGEST_NICENESS: '0' }

export default defineConfig({
  test: {
    projects: [
      { test: { name: 'unit', include: ['*/**/*.test.ts'], exclude: ['node_modules', 'dist', 'test/e2e/**', '.tmp'], testTimeout: 60_000, hookTimeout: 60_000, env } },
      { test: { name: 'e2e', include: ['test/e2e/**/*.test.ts'], testTimeout: 300_000, hookTimeout: 120_000, fileParallelism: false, env } },
    ],
  },
})
