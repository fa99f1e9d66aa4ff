import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { once } from 'node:events'
import { build } from 'esbuild'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readRecording, simulationOf, verify } from '../../replay/index.ts'
import { loadEngine } from '../../sim/index.ts'
import { listRecordings, resumeRecording } from '../../storage/recordings/index.ts'
import { randomFrom } from '../harness/recording-example.ts'

const root = resolve(import.meta.dirname, '../..')
const simulation = simulationOf(await loadEngine())
const KILLS = 5
let place = ''

/** The bundle is in the repository, so that it finds its packages. */
beforeAll(async () => {
  mkdirSync(join(root, '.tmp'), { recursive: true })
  place = mkdtempSync(join(root, '.tmp', 'crash-'))
  await build({
    entryPoints: [join(root, 'test/system/recording-crash-child.ts')],
    outfile: join(place, 'child.mjs'),
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    packages: 'external',
    logLevel: 'warning',
  })
})
afterAll(() => rmSync(place, { recursive: true, force: true }))

/** Runs the realm until it has printed that many ticks, and kills it at a random moment. */
async function runAndKill(
  directory: string,
  ticks: number,
  delayMs: number,
): Promise<{ start: string[]; seen: Map<number, string> }> {
  const child = spawn(process.execPath, [join(place, 'child.mjs'), directory], { stdio: ['ignore', 'pipe', 'inherit'] })
  let text = ''
  child.stdout.setEncoding('utf8')
  child.stdout.on('data', (more: string) => {
    text += more
    if (text.split('\n').length > ticks) setTimeout(() => child.kill('SIGKILL'), delayMs)
  })
  await once(child, 'close')
  const lines = text.split('\n').slice(0, -1)
  return {
    start: (lines[0] ?? '').split(' '),
    seen: new Map(lines.slice(1).map((line) => [Number(line.split(' ')[0]), line.split(' ')[1] ?? ''])),
  }
}

test(`a realm that is killed ${KILLS} times at random moments loses no printed tick and continues`, async () => {
  const random = randomFrom(4)
  const directory = join(place, 'recordings')
  const seen = new Map<number, string>()
  for (let kill = 1; kill <= KILLS; kill++) {
    const run = await runAndKill(directory, 5 + Math.floor(random() * 60), random() * 12)
    const lastSeen = Math.max(0, ...seen.keys())
    const [, startTick, startHash, epoch] = run.start
    expect(Number(epoch)).toBe(kill)
    expect(Number(startTick)).toBeGreaterThanOrEqual(lastSeen)
    if (Number(startTick) === lastSeen && kill > 1) expect(startHash).toBe(seen.get(lastSeen))
    for (const [tick, hash] of run.seen) seen.set(tick, hash)
  }
  const recorded = new Map<number, string | null>()
  for (const { path } of (await listRecordings(directory)).toReversed()) {
    const recording = readRecording(readFileSync(path))
    if (!recording.ok) throw recording.error
    const verified = await verify(recording.value, simulation)
    expect(verified.ok && verified.value).toMatchObject({ ok: true, firstDivergence: null })
    for (let tick = recording.value.startTick; tick <= recording.value.lastTick; tick++)
      recorded.set(tick, recording.value.hash(tick))
  }
  for (const [tick, hash] of seen) expect([tick, recorded.get(tick)]).toEqual([tick, hash])
  const found = await resumeRecording(directory, 'yard', simulation)
  expect(found.status === 'resumed' && found.tick).toBeGreaterThanOrEqual(Math.max(...seen.keys()))
})
