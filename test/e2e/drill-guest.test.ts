/**
 * A short run of `npm run drill -- guest` with a fixed seed: hostile guests on real WebRTC and WebSocket against a real
 * server while honest bots play.
 */
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const DRILL = fileURLToPath(new URL('../../scripts/drill.mjs', import.meta.url))
const PHASES = ['storms', 'edges', 'burst', 'pile']
/** Time of one tick, ms: the guests, the bots and other work of the machine share the processor. */
const TICK_MS_MAX = 1_000

interface Ended {
  readonly code: number
  readonly output: string
  readonly errors: string
}

function drill(...args: string[]): Promise<Ended> {
  return new Promise((resolve) => {
    execFile(process.execPath, [DRILL, ...args], { maxBuffer: 10_000_000 }, (error, output, errors) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : error ? 1 : 0, output, errors })
    })
  })
}

interface Report {
  readonly phases: readonly {
    readonly phase: string
    readonly faults: readonly string[]
    readonly outcomes: Readonly<Record<string, Readonly<Record<string, number>>>>
    readonly figures: { readonly ticks: number; readonly restarts: number; readonly honest: { readonly in: number } }
  }[]
}

test('hostile guests end neither the realm nor an honest player, and the realm restarts afterwards', async () => {
  const { code, output, errors } = await drill(
    'guest',
    '--seed',
    '1',
    '--seconds',
    '4',
    '--bots',
    '4',
    '--only',
    PHASES.join(','),
    '--tick-ms-max',
    String(TICK_MS_MAX),
    '--json',
  )
  const { phases } = JSON.parse(output) as Report
  expect(
    phases.map(({ phase, faults }) => [phase, faults]),
    errors.slice(-2_000),
  ).toEqual(PHASES.map((phase) => [phase, []]))
  for (const { figures, outcomes } of phases) {
    expect(figures).toMatchObject({ restarts: 0, honest: { in: 4 } })
    expect(figures.ticks).toBeGreaterThan(60)
    // The server received them: their commands had outcomes.
    expect(
      Object.values(outcomes)
        .flatMap((counts) => Object.values(counts))
        .reduce((sum, times) => sum + times, 0),
    ).toBeGreaterThan(10)
  }
  expect(code).toBe(0)
})

test('an unknown phase is refused with the list of phases', async () => {
  const { code, errors } = await drill('guest', '--only', 'nothing')
  expect([code, errors]).toEqual([2, expect.stringContaining('--only is "nothing"; it takes one or more of: poses,')])
})
