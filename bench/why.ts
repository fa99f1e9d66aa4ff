/**
 * Fifty questions to `replay why` about ten minutes of 20 players, whose answers are known: players of the crowd carry,
 * throw, push, knock, scale, stack, spawn and remove props on stages beside it. An answer is right if it is minimal, names
 * each command that it must, and no input that is not part of the act. Prints the others on stderr.
 */
import { percentile } from '../bots/figures.ts'
import { readRecording, simulationOf, type Recording, type Simulation } from '../replay/index.ts'
import { chainOf, why, type Cause } from '../replay/why/index.ts'
import { inputKey } from '../replay/why/trace.ts'
import { loadEngine, type Realm } from '../sim/index.ts'
import { PLAYERS, recordPlanted, TICKS, type Planted } from './planted/session.ts'
import type { BenchReport } from './report.ts'
import { loadFittedClips } from './scene.ts'

const RIGHT_GOAL = 48
const SECONDS_GOAL = 60
/** The limit of a question, as in the command. */
const SECONDS_MAX = 120

interface Answer {
  readonly isRight: boolean
  readonly wallSeconds: number
  readonly cpuSeconds: number
  readonly tries: number
  readonly named: number
}

/** Lists the faults of an answer. */
function faultsOf({ inputs, essentials }: Planted, cause: Cause): string[] {
  const foreign = cause.inputs.filter(({ input }) => !inputs.has(inputKey(input)))
  const missing = essentials.filter(
    ({ player, type }) => !cause.inputs.some(({ input }) => input.player === player && input.command.type === type),
  )
  return [
    ...(cause.kind === 'inputs' ? [] : [`the answer is ${cause.kind}`]),
    ...(cause.minimal ? [] : ['the time was up']),
    ...missing.map(({ player, type }) => `a ${type} of player ${player} is missing`),
    ...foreign.map(
      ({ tick, input }) => `the ${input.command.type} of player ${input.player} at tick ${tick} is needless`,
    ),
  ]
}

async function ask(recording: Recording, simulation: Simulation<Realm>, planted: Planted): Promise<Answer> {
  const { kind, element, field, tick } = planted
  const cpu = process.cpuUsage()
  const start = performance.now()
  const found = await why(recording, simulation, { element, field, tick, tolerance: null }, { seconds: SECONDS_MAX })
  const wallSeconds = (performance.now() - start) / 1000
  const { user, system } = process.cpuUsage(cpu)
  if (!found.ok) throw found.error
  const faults = faultsOf(planted, found.value)
  if (faults.length > 0) {
    const lines = [...faults, ...chainOf(found.value).map((link) => `${link.tick}: ${link.text}`)]
    process.stderr.write(
      `wrong: ${kind}, element ${element}, tick ${tick}\n${lines.map((each) => `  ${each}\n`).join('')}`,
    )
  }
  return {
    isRight: faults.length === 0,
    wallSeconds,
    cpuSeconds: (user + system) / 1e6,
    tries: found.value.tries,
    named: found.value.inputs.length,
  }
}

export async function run(): Promise<BenchReport> {
  const engine = await loadEngine()
  const parts: Uint8Array[] = []
  const planted = await recordPlanted(engine, await loadFittedClips(), TICKS, (part) => parts.push(part.slice()))
  const recording = readRecording(new Uint8Array(Buffer.concat(parts)))
  if (!recording.ok) throw recording.error
  const simulation = simulationOf(engine)
  const answers: Answer[] = []
  for (const each of planted) answers.push(await ask(recording.value, simulation, each))
  const of = (share: number, key: 'wallSeconds' | 'cpuSeconds' | 'tries' | 'named'): number =>
    percentile(
      answers.map((answer) => answer[key]),
      share,
    )
  return {
    name: 'why',
    about: `${planted.length} planted causes, ${PLAYERS} players, ${TICKS / 3600} minutes, ${recording.value.header.elements} elements at the start`,
    rows: [
      {
        what: 'named rightly',
        value: answers.filter(({ isRight }) => isRight).length,
        unit: `of ${planted.length}`,
        goal: RIGHT_GOAL,
        moreIsBetter: true,
      },
      { what: 'a question, median', value: of(0.5, 'wallSeconds'), unit: 's' },
      { what: 'a question, longest', value: of(1, 'wallSeconds'), unit: 's', goal: SECONDS_GOAL },
      { what: 'processor time, median', value: of(0.5, 'cpuSeconds'), unit: 's' },
      { what: 'processor time, longest', value: of(1, 'cpuSeconds'), unit: 's' },
      { what: 'forks, median', value: of(0.5, 'tries'), unit: '' },
      { what: 'forks, most', value: of(1, 'tries'), unit: '' },
      { what: 'inputs named, median', value: of(0.5, 'named'), unit: '' },
      { what: 'inputs named, most', value: of(1, 'named'), unit: '' },
    ],
  }
}
