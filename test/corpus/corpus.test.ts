/** The scripted sessions of fixtures/replays/scripted/: what they are, and that they replay to the same bytes. */
import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { expect, test } from 'vitest'
import { simulationOf } from '../../replay/index.ts'
import { loadEngine } from '../../sim/index.ts'
import { UNREACHABLE } from './coverage.ts'
import { RECORDED, recordingPaths, recordingsIn, SCRIPTED } from './files.ts'
import { recordScript } from './record.ts'
import { SESSIONS } from './sessions/index.ts'
import { corpusCoverage, corpusReadme, type NamedFile } from './table.ts'

const RECORDINGS_MIN = 40
const BYTES_MAX = 100_000
const simulation = simulationOf(await loadEngine())

const fileOf = (path: string): NamedFile => ({
  name: basename(path, '.owr'),
  bytes: new Uint8Array(readFileSync(path)),
})

test('there are at least forty recordings, and each scripted one has its script', () => {
  expect(recordingPaths().length).toBeGreaterThanOrEqual(RECORDINGS_MIN)
  expect(recordingsIn(SCRIPTED).map((path) => basename(path, '.owr'))).toEqual(
    SESSIONS.map(({ name }) => name).toSorted(),
  )
})

test.each(SESSIONS.map((session) => [session.name, session] as const))(
  '%s.owr has the bytes that its script gives, so each of its hashes is right',
  (name, session) => {
    const { bytes } = fileOf(`${SCRIPTED}${name}.owr`)
    expect(bytes.length).toBeLessThanOrEqual(BYTES_MAX)
    expect(Buffer.compare(bytes, recordScript(session, simulation)), 'run node scripts/make-corpus.mjs').toBe(0)
  },
)

test('they exercise every command, event, rejection and collider, and the README says which does', async () => {
  const covered = await corpusCoverage(
    recordingsIn(SCRIPTED).map(fileOf),
    recordingsIn(RECORDED).map(fileOf),
    simulation,
  )
  const missing = [...covered].filter(([, names]) => names.length === 0).map(([fact]) => fact)
  expect(missing).toEqual([...UNREACHABLE.keys()])
  expect(readFileSync(`${SCRIPTED}README.md`, 'utf8')).toBe(corpusReadme(covered))
})
