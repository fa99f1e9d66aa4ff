import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { describe, expect, test } from 'vitest'
import { checkpoint, CheckpointError, free, hash, restore } from '../index.ts'
import { engine, stage } from '../stage.fixture.ts'

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

describe('checkpoints', () => {
  test('2,500 restores do not grow the memory of the engine', () => {
    stage((s) => {
      s.joinManagers(1, 2, 3)
      s.wait(30)
      const bytes = checkpoint(s.realm)
      // One collection leaves buffers whose owners it has just collected.
      const memory = (): number => {
        const sizes = Array.from({ length: 5 }, () => {
          collectGarbage()
          return process.memoryUsage().arrayBuffers + process.memoryUsage().external
        })
        return Math.min(...sizes)
      }
      const cycle = (n: number): void => {
        for (let i = 0; i < n; i++) free(restore(engine, s.realm.definition, bytes))
      }
      cycle(300)
      const before = memory()
      cycle(2500)
      expect(memory() - before).toBeLessThan(1_000_000)
    })
  })

  test('damaged bytes are rejected before the engine reads them', () => {
    stage((s) => {
      s.joinManagers(1)
      const bytes = checkpoint(s.realm)
      const damaged = (change: (b: Uint8Array) => void): Uint8Array => {
        const copy = bytes.slice()
        change(copy)
        return copy
      }
      const reasonFor = (b: Uint8Array): string | undefined => {
        try {
          free(restore(engine, s.realm.definition, b))
        } catch (error) {
          return error instanceof CheckpointError ? error.reason : String(error)
        }
        return undefined
      }
      expect(reasonFor(bytes)).toBeUndefined()
      expect(reasonFor(damaged((b) => void (b[0] = 1)))).toBe('not-a-checkpoint')
      expect(reasonFor(damaged((b) => void (b[4] = 99)))).toBe('other-version')
      for (let at = 8; at < bytes.length; at += 997)
        expect(reasonFor(damaged((b) => void (b[at] = (b[at] ?? 0) ^ 16)))).toBe('corrupt')
      expect(reasonFor(bytes.subarray(0, bytes.length - 1))).toBe('corrupt')
    })
  })

  test('a hash of 16 lower-case hex digits changes with the state', () => {
    stage((s) => {
      const first = hash(s.realm)
      expect(first).toMatch(/^[0-9a-f]{16}$/)
      s.joinManagers(1)
      expect(hash(s.realm)).not.toBe(first)
    })
  })
})
