/** What a test must undo, and temporary folders, which are removed after their test. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, onTestFinished, TestRunner } from 'vitest'

const REMOVAL_TRIES_MAX = 20
const REMOVAL_PAUSE_MS = 50

export interface Cleanup {
  /** Runs at the end, in reverse order, even if earlier ones failed. */
  add(undo: () => unknown): void
  all(): Promise<void>
}

export function cleanup(): Cleanup {
  const undos: (() => unknown)[] = []
  return {
    add: (undo) => void undos.push(undo),
    all: async () => {
      const faults: unknown[] = []
      for (const undo of undos.splice(0).toReversed())
        await Promise.resolve()
          .then(undo)
          .catch((fault: unknown) => faults.push(fault))
      if (faults.length > 0) throw faults[0]
    },
  }
}

/**
 * Makes a folder. `clean` removes it; without `clean` it is removed after the test, its hooks included, or after the file's
 * tests if you make it outside of a test. Do not call it in `beforeAll` without `clean`: Vitest would not remove it.
 */
export function temporaryDirectory(clean?: Cleanup): string {
  const path = mkdtempSync(join(tmpdir(), 'otherworld-test-'))
  // A killed process may leave a child that still writes for a moment
  const remove = (): void =>
    rmSync(path, { recursive: true, force: true, maxRetries: REMOVAL_TRIES_MAX, retryDelay: REMOVAL_PAUSE_MS })
  if (clean) clean.add(remove)
  else if (TestRunner.getCurrentTest()) onTestFinished(remove)
  else afterAll(remove)
  return path
}
