import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { temporaryDirectory } from '../../../test/harness/cleanup.ts'
import { rawCheckpoint, readRecording, RecordingWriter, simulationOf } from '../../../replay/index.ts'
import { FOOTER_BYTES } from '../../../replay/format/format.ts'
import { DEFAULT_DEFINITION, loadEngine } from '../../../sim/index.ts'
import { headerOf, joined, recordSession } from '../../../test/harness/recording-example.ts'
import { type Terminal } from '../../output.ts'
import { runInfo, command as infoCommand } from './info.ts'
import { runVerify, command as verifyCommand } from './verify.ts'
import { parseArguments, UsageError } from '../../command.ts'

const simulation = simulationOf(await loadEngine())
const directory = temporaryDirectory()
const session = recordSession(simulation, { ticks: 150, players: 3, sampleEvery: 30, checkpointEvery: 60 })

function file(name: string, bytes: Uint8Array): string {
  const path = join(directory, name)
  writeFileSync(path, bytes)
  return path
}

function flipped(bytes: Uint8Array, at: number): Uint8Array {
  const out = Uint8Array.from(bytes)
  out[at] = (out[at] ?? 0) ^ 1
  return out
}

/** A session whose recorder used another gravity than the header has: every replay must diverge. */
const lying = recordSession(
  { ...simulation, genesis: (definition) => simulation.genesis({ ...definition, gravity: { x: 0, y: -9, z: 0 } }) },
  { ticks: 60, players: 2 },
)

/** A later segment of the same realm: it starts from the checkpoint of a state. */
function segment(epoch: number, number: number, ticks: number): Uint8Array {
  const realm = simulation.genesis(DEFAULT_DEFINITION)
  const parts: Uint8Array[] = []
  const writer = new RecordingWriter(
    { ...headerOf(simulation, DEFAULT_DEFINITION, realm), epoch, segment: number, start: 'checkpoint', startTick: 7 },
    (bytes) => parts.push(bytes),
  )
  writer.checkpoint(rawCheckpoint(7, simulation.checkpoint(realm)))
  for (let tick = 8; tick <= 7 + ticks; tick++) writer.hash(tick, simulation.hash(realm))
  writer.seal()
  simulation.free(realm)
  return joined(parts)
}

const later = segment(2, 3, 0)
const good = file('good.owr', session)
const torn = file('torn.owr', session.subarray(0, Math.floor(session.length * 0.7)))
const corrupt = file('corrupt.owr', flipped(session, Math.floor(session.length / 2)))
const other = file(
  'other.owr',
  recordSession({ ...simulation, version: simulation.version + 1 }, { ticks: 10, players: 1 }),
)
const diverged = file('diverged.owr', lying)
const text = file('text.owr', new TextEncoder().encode('no recording at all'))
const header = file('header.owr', session.subarray(0, 100))
const format = file('format.owr', flipped(session, 9))
const startless = file('startless.owr', later.subarray(0, 3_000))
const longer = file('longer.owr', joined([session, Uint8Array.of(0)]))
const chunkAfter = file('chunk-after.owr', joined([session, session.subarray(-FOOTER_BYTES)]))
const elsewhere = file(
  'elsewhere.owr',
  recordSession(simulation, { ticks: 2, players: 1, definition: { ...DEFAULT_DEFINITION, id: 'elsewhere' } }),
)
const empty = file('empty.owr', new Uint8Array(0))

interface Ran {
  readonly exit: number
  readonly out: string
  readonly err: string
}

async function run(which: 'verify' | 'info', argv: readonly string[], watched = false): Promise<Ran> {
  const said = { out: '', err: '' }
  const to: Terminal = {
    out: (more) => void (said.out += more),
    err: (more) => void (said.err += more),
    outIsTerminal: watched,
    errIsTerminal: watched,
  }
  const exit =
    which === 'verify'
      ? await runVerify(parseArguments(verifyCommand, argv), to)
      : await runInfo(parseArguments(infoCommand, argv), to)
  return { exit, ...said }
}

const json = ({ out }: Ran): Record<string, unknown> => JSON.parse(out) as Record<string, unknown>

test('verify prints one object with each file and its result', async () => {
  const ran = await run('verify', [good, torn, '--json'])
  expect(ran.exit).toBe(0)
  expect(ran.out.trim().split('\n').length).toBe(1)
  expect(json(ran)).toEqual({
    schema: 'otherworld/replay-verify/1',
    ok: true,
    files: [
      {
        file: good,
        ok: true,
        from: 0,
        to: 150,
        ticksExecuted: 150,
        hashesCompared: 150,
        samplesCompared: 5,
        checkpointsCompared: 2,
        truncated: false,
        firstDivergence: null,
        realTimeFactor: expect.any(Number),
      },
      {
        file: torn,
        ok: true,
        from: 0,
        to: expect.any(Number),
        ticksExecuted: expect.any(Number),
        hashesCompared: expect.any(Number),
        samplesCompared: expect.any(Number),
        checkpointsCompared: expect.any(Number),
        truncated: true,
        firstDivergence: null,
        realTimeFactor: expect.any(Number),
      },
    ],
  })
})

test.each([
  ['equal to the last bit', [good], 0],
  ['a torn tail', [torn], 0],
  ['cut within the header', [header], 3],
  ['cut within the checkpoint that it starts from', [startless], 3],
  ['a byte after the footer', [longer], 3],
  ['a whole chunk after the footer', [chunkAfter], 3],
  ['another result', [diverged], 1],
  ['damaged in the middle', [corrupt], 3],
  ['no recording', [text], 3],
  ['an empty file', [empty], 3],
  ['another version of the simulation', [other], 4],
  ['another version of the format', [format], 4],
  ['timed out', [good, '--timeout-seconds', '0.001'], 5],
  ['several, one of which diverges', [good, corrupt, diverged, other], 1],
  ['several, one of which is corrupt', [good, other, corrupt], 3],
] as const)('verify ends as the contract says: %s', async (_, argv, exit) => {
  const asJson = await run('verify', [...argv, '--json'])
  expect(asJson.exit).toBe(exit)
  expect(json(asJson)['ok']).toBe(exit === 0)
  expect((await run('verify', argv)).exit).toBe(exit)
})

test('after the timeout, verify opens no further file and does not wait for the engine', async () => {
  const args = parseArguments(verifyCommand, [good, corrupt, '--timeout-seconds', '0.001'])
  let out = ''
  const to: Terminal = { out: (more) => void (out += more), err: () => {}, outIsTerminal: false, errIsTerminal: false }
  expect(await runVerify(args, to, { load: () => new Promise(() => {}) })).toBe(5)
  expect(out.match(/timed out before its first tick/g)).toHaveLength(2)
})

test('the timeout of verify counts from the moment given, such as the start of the process', async () => {
  const args = parseArguments(verifyCommand, [good, '--timeout-seconds', '3600'])
  const to: Terminal = { out: () => {}, err: () => {}, outIsTerminal: false, errIsTerminal: false }
  const never = () => Promise.reject(new Error('the engine is loaded although no time is left'))
  expect(await runVerify(args, to, { load: never, startMs: performance.now() - 3_600_000 })).toBe(5)
})

test('verify names the first tick that diverges, and damage by its offset', async () => {
  const ran = json(await run('verify', [diverged, corrupt, '--json']))
  expect(ran['files']).toMatchObject([
    { ok: false, firstDivergence: { tick: expect.any(Number), message: expect.stringContaining('recorded') } },
    { ok: false, ticksExecuted: 0, firstDivergence: null, error: { reason: 'corrupt', offset: expect.any(Number) } },
  ])
  expect((await run('verify', [diverged])).out).toMatch(/✗ .*diverged\.owr: diverged at tick \d+;/)
})

test('verify prints text for people, with colour and progress only on a terminal', async () => {
  const plain = await run('verify', [good, torn])
  expect(plain.out).toMatch(
    /✓ .*good\.owr: 150 hashes of 150 ticks compared, all equal; 2\.5 s replayed [\d.]+ × real time\n/,
  )
  expect(plain.out).toContain('it was not closed, and ends with its last whole tick')
  expect(plain.out).toContain('2 of 2 recordings verified')
  expect(plain.out + plain.err).not.toContain('\x1b')
  const watched = await run('verify', [good], true)
  expect(watched.out).toContain('\x1b[32m✓')
  expect(watched.err).toContain('verifying')
  expect(watched.err.endsWith('\r\x1b[2K')).toBe(true)
})

test('verify names the place of a cut header, and of bytes after the footer', async () => {
  expect((await run('verify', [header])).out).toBe(
    `✗ ${header}: the file ends within its header; it contains no tick (at byte 100)\n`,
  )
  expect((await run('verify', [longer])).out).toContain(
    `✗ ${longer}: 1 bytes follow the recording's footer (at byte ${session.length}, chunk `,
  )
  expect(json(await run('verify', [longer, chunkAfter, '--json']))['files']).toMatchObject([
    { ok: false, error: { reason: 'corrupt', offset: session.length } },
    { ok: false, error: { reason: 'corrupt', offset: session.length } },
  ])
})

test('info describes a recording, also of another version', async () => {
  const ran = await run('info', [good, '--json'])
  expect(ran.exit).toBe(0)
  expect(json(ran)).toMatchObject({
    schema: 'otherworld/replay-info/1',
    ticks: 150,
    tickRate: 60,
    players: 3,
    elements: expect.any(Number),
    engine: simulation.engine,
    simVersion: simulation.version,
    bytes: session.length,
    checkpoints: 2,
    truncated: false,
  })
  expect(json(await run('info', [other, '--json']))).toMatchObject({ simVersion: simulation.version + 1, ticks: 10 })
  expect((await run('info', [torn])).out).toMatch(/not closed; a torn tail of [\d,]+ bytes? is left out/)
  expect((await run('info', [good])).out).toMatch(/players +3\n/)
})

test.each([
  [corrupt, 3, 'corrupt'],
  [header, 3, 'torn-header'],
  [text, 3, 'not-a-recording'],
  [format, 4, 'unsupported-version'],
] as const)('info ends as the contract says on %s', async (path, exit, reason) => {
  const ran = await run('info', [path, '--json'])
  expect(ran.exit).toBe(exit)
  expect(json(ran)).toMatchObject({ error: { reason } })
  expect((await run('info', [path])).err).toContain(path)
})

test('info prints the first and the last state hash, and the hash of --tick', async () => {
  const recording = readRecording(session)
  if (!recording.ok) throw recording.error
  const hash = (tick: number): string | null => recording.value.hash(tick)
  const result = json(await run('info', [good, '--tick', '77', '--json']))
  expect(result).toMatchObject({
    startTick: 0,
    startHash: hash(0),
    lastTick: 150,
    lastHash: hash(150),
    unhashedFrame: false,
    tick: 77,
    hash: hash(77),
  })
  expect(new Set([hash(0), hash(77), hash(150)]).size).toBe(3)
  const words = (await run('info', [good, '--tick', '77'])).out
  expect(words).toMatch(new RegExp(`last tick +150, state hash ${hash(150)}\\n`))
  expect(words).toMatch(new RegExp(`tick 77 +state hash ${hash(77)}\\n`))
})

test('info describes the newest of several segments, of a folder and of a data directory', async () => {
  const data = join(directory, 'data')
  mkdirSync(join(data, 'recordings'), { recursive: true })
  const named = (epoch: number, number: number): string =>
    join(data, 'recordings', `${DEFAULT_DEFINITION.id}-e00000${epoch}-s000${number}.owr`)
  const newest = named(2, 3)
  for (const [epoch, number] of [
    [1, 9],
    [2, 1],
    [2, 3],
    [2, 2],
  ] as const)
    writeFileSync(named(epoch, number), segment(epoch, number, 4))
  for (const argv of [[named(1, 9), newest, named(2, 2)], [join(data, 'recordings')], [data]])
    expect(json(await run('info', [...argv, '--json']))).toMatchObject({
      file: newest,
      epoch: 2,
      segment: 3,
      lastTick: 11,
    })
  await expect(run('info', [join(directory, 'data', 'nothing')])).rejects.toThrow('there is no such file')
  mkdirSync(join(directory, 'bare'))
  await expect(run('info', [join(directory, 'bare')])).rejects.toThrow('there is no recording in')
  await expect(run('info', [good, elsewhere])).rejects.toThrow(/name recordings of one realm/)
})

test('wrong use is a usage error that says what is missing', async () => {
  for (const argv of [[], [join(directory, 'missing.owr')], [good, '--timeout-seconds', 'soon']])
    await expect(run('verify', argv)).rejects.toThrow(UsageError)
  for (const argv of [[], [join(directory, 'missing.owr')], [good, '--tick', '151'], [good, elsewhere]])
    await expect(run('info', argv)).rejects.toThrow(UsageError)
  await expect(run('verify', [join(directory, 'missing.owr')])).rejects.toThrow('there is no such file')
})
