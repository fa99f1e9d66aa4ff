/**
 * Runs a realm as the server does, and prints each tick once it is recorded. Ends when it is killed. Arguments:
 * directory, ticks per checkpoint.
 */
import { loadEngine } from '../../sim/index.ts'
import { simulationOf } from '../../replay/index.ts'
import { resumeRecording, RecordingFile } from '../../storage/recordings/index.ts'
import { DEFAULT_DEFINITION } from '../../sim/index.ts'
import { headerOf, sessionFrames } from '../harness/recording-example.ts'
import { setTimeout as sleep } from 'node:timers/promises'

const [directory = '', checkpointEvery = '20'] = process.argv.slice(2)
const simulation = simulationOf(await loadEngine())
const found = await resumeRecording(directory, DEFAULT_DEFINITION.id, simulation)
const goingOn = found.status === 'resumed' ? found : null
const realm = goingOn ? goingOn.realm : simulation.genesis(DEFAULT_DEFINITION)
const startTick = goingOn?.tick ?? 0
const file = RecordingFile.create({
  directory,
  header: {
    ...headerOf(simulation, DEFAULT_DEFINITION, realm),
    epoch: found.nextEpoch,
    start: goingOn ? 'checkpoint' : 'genesis',
    startTick,
  },
  ...(goingOn && { checkpoint: simulation.checkpoint(realm) }),
  segmentBytesMax: 60_000,
  onFault: (fault) => {
    throw fault
  },
})
process.stdout.write(`start ${startTick} ${simulation.hash(realm)} ${found.nextEpoch}\n`)
for (const frame of sessionFrames({ ticks: 5000, players: 4, seed: 9 }).slice(startTick)) {
  simulation.step(realm, file.frame(frame))
  const hash = simulation.hash(realm)
  file.hash(frame.tick, hash)
  process.stdout.write(`${frame.tick} ${hash}\n`)
  if (frame.tick % Number(checkpointEvery) === 0) file.checkpoint(frame.tick, simulation.checkpoint(realm))
  if (file.rollDue)
    file.roll({ tick: frame.tick, hash, ...simulation.counts(realm), checkpoint: simulation.checkpoint(realm) })
  if (frame.tick % 2 === 0) await sleep(1)
}
