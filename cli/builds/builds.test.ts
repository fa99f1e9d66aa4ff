/** Builds that really differ: variants of the simulation's sources, and a Rapier with another WebAssembly. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { expect, test } from 'vitest'
import { simulationOf } from '../../replay/index.ts'
import { DEFAULT_DEFINITION, loadEngine } from '../../sim/index.ts'
import { buildEntry } from '../../test/harness/build-entry.ts'
import { capturedTerminal } from '../../test/harness/captured-terminal.ts'
import { temporaryDirectory } from '../../test/harness/cleanup.ts'
import { recordSession } from '../../test/harness/recording-example.ts'
import { buildVariant } from '../../test/harness/simulation-variant.ts'
import { bisect, runBisect } from '../commands/replay/bisect.ts'
import { command as verify, runVerify } from '../commands/replay/verify.ts'
import { parseArguments, UsageError } from '../command.ts'
import { buildOf, loadBuild } from './load-build.ts'

const simulation = simulationOf(await loadEngine())
const directory = temporaryDirectory()
const PUSH = [
  'const step = scaled(velocity, 1 / tickRate)',
  'const step = scaled(velocity, (realm.tick === 90 ? 2 : 1) / tickRate)',
] as const
const [same, pushing] = await Promise.all([
  buildVariant(join(directory, 'same'), { version: 99 }),
  buildVariant(join(directory, 'pushing'), { version: 100, patches: { 'sim/avatar/locomotion.ts': PUSH } }),
])
const file = join(directory, 'session.owr')
writeFileSync(file, recordSession(simulation, { ticks: 150, players: 3, sampleEvery: 30, checkpointEvery: 60 }))

async function run(...argv: readonly string[]) {
  const { to, said } = capturedTerminal()
  return { exit: await runBisect(parseArguments(bisect, [file, ...argv]), to, async () => simulation), ...said }
}

const json = (out: string): unknown => JSON.parse(out)

test('bisect names the first tick, phase, element and field in which another build differs', async () => {
  const { exit, out } = await run('--build', pushing, '--json')
  expect(exit).toBe(1)
  expect(json(out)).toMatchObject({
    diverged: true,
    tick: 90,
    phase: 'locomotion',
    field: expect.stringMatching(/^position\./),
    expectedBits: expect.stringMatching(/^0x/),
    actualBits: expect.stringMatching(/^0x/),
    build: { path: pushing, simVersion: 100, engine: simulation.engine },
    hashesCompared: true,
  })
  const text = await run('--build', pushing)
  expect(text.out).toContain('✗ the states first differ after phase "locomotion" of tick 90 (1.5 s)\n')
  expect(text.out).toContain(`actual    ${pushing}\n`)
})

test('bisect with a build that has another version and the same rules ends with 0', async () => {
  expect(await run('--build', same)).toMatchObject({
    exit: 0,
    out: `✓ ${same} replays ${file} as this program does: the hashes of 151 states are equal\n`,
  })
})

test('a build is its folder or its simulation.mjs, and keeps its own version', async () => {
  for (const path of [same, join(same, 'dist', 'node', 'simulation.mjs')])
    expect((await loadBuild(path)).simulation.version).toBe(99)
})

test('an unusable build is refused with what is missing', async () => {
  await expect(loadBuild(join(directory, 'nothing'))).rejects.toThrow('there is no build "')
  await expect(loadBuild(directory)).rejects.toThrow('offers no simulation: it has no dist/node/simulation.mjs')
  const module = (name: string, text: string): string => {
    writeFileSync(join(directory, name), text)
    return join(directory, name)
  }
  const other = module('other.mjs', 'export const interfaceVersion = 7\nexport const loadSimulation = () => ({})')
  await expect(loadBuild(other)).rejects.toThrow('its interface has version 7, and this program knows version 1')
  const empty = module('empty.mjs', 'export const interfaceVersion = 1\nexport const loadSimulation = () => ({})')
  await expect(loadBuild(empty)).rejects.toThrow('its simulation has no function parseDefinition, genesis')
  await expect(loadBuild(module('text.mjs', 'export const a = 1'))).rejects.toThrow('does not export interfaceVersion')
  await expect(loadBuild(module('broken.mjs', 'export const'))).rejects.toThrow(UsageError)
  await expect(run('--build', same, '--engine', file)).rejects.toThrow('--build or --engine, not both')
})

/** The engine's package with a custom section at the end of its WebAssembly: other bytes, the same behaviour. */
function otherPhysics(): string {
  const source = readFileSync(
    fileURLToPath(import.meta.resolve('@dimforge/rapier3d-deterministic-compat')).replace(/\.cjs$/, '.mjs'),
    'utf8',
  )
  const [inlined] = /AGFzbQ[A-Za-z0-9+/=]+/.exec(source) ?? ['']
  const section = Uint8Array.of(0, 3, 1, 0x78, 0)
  const wasm = Buffer.concat([Buffer.from(inlined, 'base64'), section]).toString('base64')
  const path = join(directory, 'rapier.mjs')
  writeFileSync(path, source.replace(inlined, wasm).replace(/^\/\/# sourceMappingURL.*/m, ''))
  return path
}

test('another build of Rapier replaces the engine, and counts as another one', async () => {
  const args = parseArguments(bisect, [file, '--engine', otherPhysics()])
  const build = await buildOf(args, join(same, 'dist', 'node', 'simulation.mjs'))
  expect(build?.simulation.engine).toMatch(/^[0-9a-f]{64}$/)
  expect(build?.simulation.engine).not.toBe(simulation.engine)
  const realm = build?.simulation.genesis(DEFAULT_DEFINITION)
  expect(build?.simulation.hash(realm)).toBe(simulation.hash(simulation.genesis(DEFAULT_DEFINITION)))
  const text = parseArguments(bisect, [file, '--engine', join(same, 'dist', 'node', 'simulation.mjs')])
  await expect(buildOf(text)).rejects.toThrow('is not a build of Rapier: it exports no World and no init')
})

test('an engine that does not start is refused with what --engine takes', async () => {
  const path = join(directory, 'asleep.mjs')
  writeFileSync(path, 'export class World {}\nexport const init = async () => {}\n')
  const args = parseArguments(bisect, [file, '--engine', path])
  await expect(buildOf(args, join(same, 'dist', 'node', 'simulation.mjs'))).rejects.toThrow(
    /the physics engine ".*asleep\.mjs" does not start: .*; --engine takes the main module of a -compat package/,
  )
})

test('verify --build replays a recording of another version with the build that made it, in any number of threads', async () => {
  const { simulation: other } = await loadBuild(pushing)
  const path = join(directory, 'other.owr')
  writeFileSync(path, recordSession(other, { ticks: 120, players: 2 }))
  const workerFile = pathToFileURL(
    await buildEntry(new URL('../workers/replay-worker.ts', import.meta.url), 'replay-worker'),
  )
  const verified = async (...argv: readonly string[]): Promise<{ exit: number; out: string }> => {
    const { to, said } = capturedTerminal()
    return { exit: await runVerify(parseArguments(verify, [path, ...argv]), to, { workerFile }), out: said.out }
  }
  const refused = await verified()
  expect(refused.exit).toBe(4)
  expect(refused.out).toContain('made by version 100 of the simulation; this is version')
  expect(refused.out).toContain('`otherworld replay verify --build PATH`')
  for (const jobs of ['1', '2'])
    expect(await verified('--build', pushing, '--jobs', jobs)).toMatchObject({
      exit: 0,
      out: expect.stringContaining('120 hashes of 120 ticks compared, all equal'),
    })
  expect((await verified('--build', same)).exit).toBe(4)
})
