// Makes the scripted recordings of fixtures/replays/scripted/ again, and their README.
//
//   node scripts/make-corpus.mjs
//
// The sessions are in test/corpus/sessions/. The same sources give the same bytes, on each machine.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import { importTypescript } from './import-typescript.mjs'
import { readOptions } from './options.mjs'

readOptions({})
const { SESSIONS, corpusCoverage, corpusReadme, loadEngine, recordScript, recordingsIn, simulationOf } =
  await importTypescript('test/corpus/index.ts')
const RECORDED = fileURLToPath(new URL('../fixtures/replays/', import.meta.url))
const SCRIPTED = `${RECORDED}scripted/`
const simulation = simulationOf(await loadEngine())
const fileOf = (path) => ({ name: basename(path, '.owr'), bytes: new Uint8Array(readFileSync(path)) })

rmSync(SCRIPTED, { recursive: true, force: true })
mkdirSync(SCRIPTED)
let bytes = 0
for (const session of SESSIONS) {
  const recording = recordScript(session, simulation)
  writeFileSync(`${SCRIPTED}${session.name}.owr`, recording)
  bytes += recording.length
}
const covered = await corpusCoverage(recordingsIn(SCRIPTED).map(fileOf), recordingsIn(RECORDED).map(fileOf), simulation)
writeFileSync(`${SCRIPTED}README.md`, corpusReadme(covered))
const ticks = SESSIONS.reduce((sum, session) => sum + session.ticks, 0)
console.log(`${SESSIONS.length} recordings, ${ticks} ticks, ${Math.ceil(bytes / 1024)} KiB in ${SCRIPTED}`)
