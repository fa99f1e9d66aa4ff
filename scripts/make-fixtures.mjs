// Records the sessions of fixtures/replays/ again: a real server, real bots, real connections.
//
//   npm run build && node scripts/make-fixtures.mjs [NAME...]
//
// Each session has its own server and data directory. Every recording is verified before it is kept.
import { execFile, spawn } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { readOptions, wrongUsage } from './options.mjs'

const CLI = 'cli/otherworld.js'
const OUT = 'fixtures/replays'
/** Larger recordings do not belong in a repository. */
const BYTES_MAX = 384 * 1024
const run = promisify(execFile)

/** One run of the command `bots`. */
const bots = (behaviour, count, seconds, seed, more = {}) => ({ behaviour, count, seconds, seed, ...more })

/**
 * `waves` begin `at` ms after the first one. `kill`: the server is killed instead of stopped. `again`: it is started
 * once more. `script`: a program in scripts/ plays beside the waves.
 */
const SESSIONS = [
  { name: 'walk', about: 'six people walk, run and jump', waves: [bots('walk', 6, 10, 101)] },
  { name: 'drag', about: 'four people grab, carry, scale and throw things', waves: [bots('drag', 4, 10, 201)] },
  {
    name: 'mocap',
    about: 'three people move by motion clips of real models, over WebRTC',
    waves: [bots('mocap', 3, 8, 301, { transport: 'webrtc' })],
  },
  {
    name: 'mixed',
    about: 'six people, each a walker, a dragger or a mover by clips',
    waves: [bots('mixed', 6, 8, 401)],
  },
  {
    name: 'churn',
    about: 'five groups join and leave, overlapping',
    waves: [0, 1, 2, 3, 4].map((i) => bots(i % 2 ? 'drag' : 'walk', 3, 3, 501 + i, { at: i * 1_500 })),
  },
  {
    name: 'making',
    about: 'two groups spawn, scale, throw and remove things',
    waves: [bots('mixed', 4, 14, 613), bots('drag', 3, 14, 627, { at: 500 })],
  },
  {
    name: 'killed',
    about: 'the server is killed with SIGKILL while people throw things; the recording has no end',
    waves: [bots('drag', 3, 30, 701)],
    killAfterMs: 6_000,
  },
  {
    name: 'recovered',
    about: 'a server was killed and started again: the recording begins with the recovered state',
    waves: [bots('drag', 3, 30, 801)],
    killAfterMs: 5_000,
    again: [bots('drag', 3, 6, 802)],
  },
  {
    name: 'things',
    about: 'three people place, carry, scale and keep packages and wear avatars, among bots who throw what lies there',
    script: 'things-session',
    waves: [bots('drag', 2, 14, 901)],
  },
]

async function serve(data) {
  const server = spawn(process.execPath, [CLI, 'serve', '--port', '0', '--data', data, '--json'], {
    stdio: ['ignore', 'pipe', 'inherit'],
    // At its low priority an ingest waits for every other program, and the recording grows meanwhile.
    env: { ...process.env, OTHERWORLD_INGEST_NICENESS: '0' },
  })
  for await (const line of createInterface({ input: server.stdout }))
    return { server, url: JSON.parse(line).url, exited: new Promise((resolve) => server.once('exit', resolve)) }
  throw new Error('the server ended before it was ready')
}

/** Runs scripts/NAME.mjs with the server's address. Rejects with its output if it fails. */
const perform = (url, name) => run(process.execPath, [`scripts/${name}.mjs`, url])

async function wave(url, signal, { behaviour, count, seconds, seed, transport = 'websocket', at = 0 }) {
  await sleep(at)
  const args = [
    'bots',
    '--url',
    url,
    '--behaviour',
    behaviour,
    '--count',
    count,
    '--seconds',
    seconds,
    '--seed',
    seed,
    '--transport',
    transport,
    '--json',
  ]
  return JSON.parse((await run(process.execPath, [CLI, ...args.map(String)], { signal })).stdout)
}

/** Runs the waves and ends the server. Bots of a killed server end with it. */
async function play(data, waves, killAfterMs, script) {
  const { server, url, exited } = await serve(data)
  const over = new AbortController()
  const played = Promise.all([
    ...waves.map((one) => wave(url, over.signal, one)),
    ...(script ? [perform(url, script)] : []),
  ])
  if (killAfterMs === undefined) await played
  else {
    await Promise.race([sleep(killAfterMs), played])
    server.kill('SIGKILL')
    over.abort()
    await played.catch(() => undefined)
  }
  server.kill('SIGTERM')
  await exited
}

async function record({ name, waves, killAfterMs, again, script }) {
  const data = mkdtempSync(join(tmpdir(), `otherworld-${name}-`))
  try {
    await play(data, waves, killAfterMs, script)
    if (again) await play(data, again)
    const recordings = readdirSync(join(data, 'recordings'))
      .filter((file) => file.endsWith('.owr'))
      .toSorted()
    const kept = join(OUT, `${name}.owr`)
    copyFileSync(join(data, 'recordings', recordings.at(-1)), kept)
    const { stdout } = await run(process.execPath, [CLI, 'replay', 'verify', kept, '--json'])
    const [{ ok, ticksExecuted, truncated }] = JSON.parse(stdout).files
    const bytes = statSync(kept).size
    if (!ok || bytes > BYTES_MAX)
      throw new Error(`${name}: ${ok ? `${bytes} bytes are more than ${BYTES_MAX}` : stdout}`)
    const info = JSON.parse((await run(process.execPath, [CLI, 'replay', 'info', kept, '--json'])).stdout)
    return { ticks: ticksExecuted, truncated, bytes, players: info.players, inputs: info.inputs, start: info.start }
  } finally {
    rmSync(data, { recursive: true, force: true })
  }
}

const commandOf = ({ behaviour, count, seconds, seed, transport = 'websocket', at = 0 }) =>
  `\`--behaviour ${behaviour} --count ${count} --seconds ${seconds} --seed ${seed} --transport ${transport}\`${at ? ` ${at / 1000} s later` : ''}`

const readme = (rows) => `# Recorded sessions

Sessions of a real server with real connections, made by \`node scripts/make-fixtures.mjs\`. \`npm test\` replays each and
compares every state hash; record them again whenever the simulation changes on purpose (\`SIM_VERSION\`).

| file | what happens | ticks | players | inputs | KiB |
|---|---|---|---|---|---|
${rows.map(({ name, about, ticks, players, inputs, bytes }) => `| \`${name}.owr\` | ${about} | ${ticks} | ${players} | ${inputs} | ${(bytes / 1024).toFixed(0)} |`).join('\n')}

How each was made: \`otherworld serve --port 0\` with an empty data directory, and then \`otherworld bots\` with

${rows.map(({ name, waves, killAfterMs, again, script }) => `- \`${name}\`: ${waves.map(commandOf).join('; ')}${script ? `; \`scripts/${script}.mjs\`` : ''}${killAfterMs ? `; the server killed after ${killAfterMs / 1000} s` : ''}${again ? `; started again, ${again.map(commandOf).join('; ')}` : ''}`).join('\n')}
`

const wanted = readOptions({}, Infinity).positionals
const strange = wanted.find((name) => SESSIONS.every((session) => session.name !== name))
if (strange !== undefined)
  wrongUsage(`there is no session "${strange}"; there are ${SESSIONS.map(({ name }) => name).join(', ')}`)
mkdirSync(OUT, { recursive: true })
const rows = []
for (const session of SESSIONS) {
  if (wanted.length > 0 && !wanted.includes(session.name)) continue
  const made = await record(session)
  rows.push({ ...session, ...made })
  process.stdout.write(
    `${session.name.padEnd(10)} ${made.ticks} ticks, ${made.players} players, ${made.inputs} inputs, ${(made.bytes / 1024).toFixed(0)} KiB${made.truncated ? ', truncated' : ''}, starts from ${made.start}\n`,
  )
}
if (wanted.length === 0) writeFileSync(join(OUT, 'README.md'), readme(rows))
