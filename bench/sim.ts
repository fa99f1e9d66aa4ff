/** Step, hash, checkpoint and restore at 10, 100, 300 and 500 avatars with 18 bones × 200 dynamics, on one thread. */
import { checkpoint, free, hash, loadEngine, PHASES, props, restore, type Engine, type Phase } from '../sim/index.ts'
import { median, samples, timed, type TimeSamples } from './measure.ts'
import { percentile } from '../bots/figures.ts'
import type { BenchReport, BenchRow } from './report.ts'
import { DYNAMICS, scene, sceneDefinition, loadFittedClips, type BenchScene } from './scene.ts'
import type { FittedClips } from '../bots/motion-clip-player.ts'

const AVATARS = [10, 100, 300, 500] as const
/** Not measured: compilation, and props that come to rest. */
const WARM_UP_TICKS = 400
const MEASURED_TICKS = 900
const CHECKPOINTS = 40

/** Goals for a tick by the number of avatars, ms. */
const GOALS: Readonly<Record<number, { readonly median: number; readonly p99: number }>> = {
  100: { median: 2, p99: 7 },
  500: { median: 5, p99: 10 },
}
const CHECKPOINT_GOALS = { kib: 1536, takenMs: 1.5, restoredMs: 4 }

interface Load {
  /** Wall time of each phase in each tick, ms. */
  readonly phases: Readonly<Record<Phase, number[]>>
  readonly step: TimeSamples
  readonly hash: TimeSamples
  readonly awake: number[]
  readonly boneBodies: number[]
}

/** Splits a step's time by phase. */
function phaseClock(into: Load['phases']): (phase: Phase) => void {
  let last = performance.now()
  return (phase) => {
    const now = performance.now()
    into[phase].push(now - last)
    last = now
  }
}

const noPhases = (): Load['phases'] => ({
  upkeep: [],
  work: [],
  inputs: [],
  locomotion: [],
  bones: [],
  holds: [],
  physics: [],
  bounds: [],
})

function measureTicks({ realm, nextFrame: next, step }: BenchScene): Load {
  const load: Load = { phases: noPhases(), step: samples(), hash: samples(), awake: [], boneBodies: [] }
  for (let i = 0; i < WARM_UP_TICKS + MEASURED_TICKS; i++) {
    const frame = next()
    const warm = i < WARM_UP_TICKS
    const onPhase = phaseClock(warm ? noPhases() : load.phases)
    timed(warm ? samples() : load.step, () => step(frame, { onPhase }))
    timed(warm ? samples() : load.hash, () => hash(realm))
    if (warm) continue
    load.awake.push(props(realm).filter(({ asleep }) => !asleep).length)
    load.boneBodies.push(
      [...realm.avatars.values()].reduce(
        (sum, { bones }) => sum + (bones?.filter((bone) => bone !== null).length ?? 0),
        0,
      ),
    )
  }
  return load
}

function tickRows(avatars: number, load: Load): BenchRow[] {
  const goals = GOALS[avatars]
  const cpu = load.step.cpuMs.map((ms, i) => ms + (load.hash.cpuMs[i] ?? 0))
  const wall = load.step.wallMs.map((ms, i) => ms + (load.hash.wallMs[i] ?? 0))
  const row = (what: string, value: number, goal?: number): BenchRow => ({
    what: `${avatars} avatars: ${what}`,
    value,
    unit: 'ms',
    ...(goal === undefined ? {} : { goal }),
  })
  return [
    row('tick (step and hash), median', median(cpu), goals?.median),
    row('tick, p99', percentile(cpu, 0.99), goals?.p99),
    row('tick, median, wall', median(wall)),
    row('tick, p99, wall', percentile(wall, 0.99)),
    row('step alone, median', median(load.step.cpuMs)),
    ...PHASES.map((phase) => row(`phase ${phase}, median, wall`, median(load.phases[phase]))),
    row('hash alone, median', median(load.hash.cpuMs)),
    { ...row('props awake, median', median(load.awake)), unit: '' },
    { ...row('bone bodies, median', median(load.boneBodies)), unit: '' },
  ]
}

function checkpointRows(engine: Engine, avatars: number, { realm }: BenchScene): BenchRow[] {
  const [taken, restored] = [samples(), samples()]
  let bytes: Uint8Array = new Uint8Array()
  for (let i = 0; i < CHECKPOINTS; i++) {
    bytes = timed(taken, () => checkpoint(realm))
    free(timed(restored, () => restore(engine, sceneDefinition(avatars), bytes)))
  }
  const limited = avatars === 100
  const goal = (value: number) => (limited ? { goal: value } : {})
  return [
    { what: `${avatars} avatars: checkpoint`, value: bytes.length / 1024, unit: 'KiB', ...goal(CHECKPOINT_GOALS.kib) },
    {
      what: `${avatars} avatars: checkpoint taken, median`,
      value: median(taken.cpuMs),
      unit: 'ms',
      ...goal(CHECKPOINT_GOALS.takenMs),
    },
    {
      what: `${avatars} avatars: restored, median`,
      value: median(restored.cpuMs),
      unit: 'ms',
      ...goal(CHECKPOINT_GOALS.restoredMs),
    },
  ]
}

function measure(engine: Engine, avatars: number, clips: FittedClips): BenchRow[] {
  const played = scene(engine, avatars, clips)
  const rows = [...tickRows(avatars, measureTicks(played)), ...checkpointRows(engine, avatars, played)]
  free(played.realm)
  return rows
}

export async function run(): Promise<BenchReport> {
  const engine = await loadEngine()
  const clips = await loadFittedClips()
  const rows = AVATARS.flatMap((avatars) => measure(engine, avatars, clips))
  return {
    name: 'sim',
    about: `avatars with 18 bones, posed at 15 Hz, among ${DYNAMICS} dynamics; ${MEASURED_TICKS} ticks after ${WARM_UP_TICKS}; processor time unless it says wall`,
    rows,
  }
}
