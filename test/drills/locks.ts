/**
 * Several processes that want one data directory: races for a lock whose holder died, and pairs of servers in separate
 * containers.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { runPair, type PairResult } from '../environments/lock/pairs.ts'
import { runRaces } from '../environments/lock/races.ts'

const { values } = parseArgs({
  options: {
    races: { type: 'string', default: '2000' },
    processes: { type: 'string', default: '8' },
    pairs: { type: 'string', default: '20' },
    json: { type: 'boolean', default: false },
  },
})
const say = (text: string): void => void process.stderr.write(`${text}\n`)

const races = await runRaces({ races: Number(values.races), processes: Number(values.processes), killEvery: 20 })
say(
  `races: ${races.races} (${races.killed} with a holder that was killed); holders at the end: ${Object.entries(
    races.holders,
  )
    .map(([holders, times]) => `${holders}: ${times} times`)
    .join(', ')}`,
)

const data = mkdtempSync(join(tmpdir(), 'otherworld-drill-'))
const pairs: PairResult[] = []
try {
  for (let pair = 1; pair <= Number(values.pairs); pair++) {
    const result = await runPair(data)
    pairs.push(result)
    say(
      `pair ${pair}: ${result.ready} ready at tick ${result.tick}, ${result.refusals.length} refused with exit ${result.refusals.map(({ code }) => code).join(', ')}`,
    )
  }
} finally {
  rmSync(data, { recursive: true, force: true })
}

const two = pairs.filter(({ ready }) => ready > 1).length
const none = pairs.filter(({ ready }) => ready === 0).length
const back = pairs.filter(({ tick }, i) => tick <= (pairs[i - 1]?.tick ?? -1)).length
const shared = Object.entries(races.holders)
  .filter(([holders]) => Number(holders) > 1)
  .reduce((sum, [, times]) => sum + times, 0)
const figures = {
  races: races.races,
  racesWithTwo: shared,
  pairs: pairs.length,
  pairsWithTwo: two,
  pairsWithNone: none,
  wentBack: back,
}
process.stdout.write(
  values.json
    ? `${JSON.stringify(figures)}\n`
    : `races with two holders: ${shared} of ${races.races}; pairs with two servers: ${two} of ${pairs.length}, with none: ${none}; realm went back: ${back}\n`,
)
process.exitCode = shared + two + none + back === 0 ? 0 : 1
