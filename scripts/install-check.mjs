// npm run install-check -- [--json]: installs and starts the server as operators do, in different folders, as different
// users and in different environments, and reports what worked. Each way runs `npm start`, the page, `otherworld
// upload`, and an orderly stop. Needs root and util-linux (setpriv, unshare); takes the packages from npm's cache if
// they are there. Exits with 1 if something did not work.
import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { appendFileSync, chmodSync, chownSync, cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readOptions } from './options.mjs'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const MODEL = 'fixtures/assets/objects/teacup.glb'
const isJson = readOptions({ json: { type: 'boolean', default: false } }).values.json
/** Time of one step (an install, a start, an upload) on a busy machine, ms. */
const STEP_MS_MAX = 240_000
const NOBODY = 65_534
/** A user id without a name on any system. */
const NAMELESS = 1_234_567
const NOWHERE = '/nonexistent/otherworld'

const as = (uid) => ['setpriv', `--reuid=${uid}`, `--regid=${uid}`, '--clear-groups']
/** Starts each process in its own mount namespace, in which the folder is read-only. */
const readOnly = (folder) => [
  'unshare',
  '--mount',
  'sh',
  '-c',
  'mount --bind "$0" "$0" && mount -o remount,bind,ro "$0" && cd "$0" && exec "$@"',
  folder,
]

/** The ways to install; each way to run uses one of these. */
const INSTALLATIONS = {
  plain: { folder: 'app', args: [], environment: { NODE_ENV: 'production' } },
  omit: { folder: 'omit', args: ['--omit=dev'], environment: {} },
  odd: { folder: 'a b#c%20d%zz ü', args: [], environment: {} },
}

/**
 * `words`: the message of a command that cannot work there, with exit code 2. `verbs`: commands besides an upload.
 * `changed`: a source that is changed before the start, which must then be refused with these `words`.
 */
const WAYS = [
  { name: 'a folder with space, #, % and ü', in: 'odd' },
  { name: 'npm ci --omit=dev', in: 'omit' },
  { name: 'NODE_ENV=production', in: 'plain', environment: { NODE_ENV: 'production' } },
  { name: 'installed by root, run by another user', in: 'plain', uid: NOBODY },
  { name: 'a user without a name', in: 'plain', uid: NAMELESS },
  {
    name: 'HOME cannot be written',
    in: 'plain',
    uid: NOBODY,
    environment: { HOME: NOWHERE },
    words: /HOME|--identity/,
  },
  {
    name: 'TMPDIR is missing',
    in: 'plain',
    uid: NOBODY,
    environment: { TMPDIR: NOWHERE },
    words: /TMPDIR/,
    verbs: ['ingest'],
  },
  { name: 'a read-only installation', in: 'plain', wrap: readOnly },
  {
    name: 'a user who may not build (refused)',
    in: 'plain',
    uid: NOBODY,
    changed: 'cli/command.ts',
    words: /Run `npm run build` there as the user who installed it/,
  },
]

if (
  process.getuid?.() !== 0 ||
  spawnSync('unshare', ['--mount', 'true']).status !== 0 ||
  spawnSync('setpriv', ['--version']).error
) {
  process.stderr.write('install-check must be root, and may make mount namespaces (util-linux: setpriv, unshare)\n')
  process.exit(2)
}

const work = mkdtempSync(join(tmpdir(), 'otherworld-install-'))
// Other users must be able to enter.
chmodSync(work, 0o755)
const started = new Set()
process.on('exit', () => {
  for (const child of started) end(child)
  rmSync(work, { recursive: true, force: true })
})
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1))

/** A fresh clone of the files that the repository tracks. */
function clone(folder) {
  for (const file of execFileSync('git', ['ls-files', '-z'], { cwd: ROOT, encoding: 'utf8' })
    .split('\0')
    .filter(Boolean)) {
    mkdirSync(join(folder, dirname(file)), { recursive: true })
    cpSync(join(ROOT, file), join(folder, file), { verbatimSymlinks: true })
  }
}

/** Removes the variables that npm sets for its scripts, so that nothing of this folder is found by chance. */
const environmentOf = (more) => ({
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_|^NODE_ENV$|^INIT_CWD$/i.test(name))),
  PATH: process.env.PATH.split(':')
    .filter((part) => !part.includes('node_modules'))
    .join(':'),
  ...more,
})

/** Ends a command with all its child processes, unless it is over or never began. */
function end({ pid, exitCode, signalCode }) {
  if (pid !== undefined && exitCode === null && signalCode === null) process.kill(-pid, 'SIGKILL')
}

/** Runs a command to its end, or until `until` finds something in what it prints. */
function run([command, ...args], { cwd, environment, until }) {
  const child = spawn(command, args, {
    cwd,
    env: environmentOf(environment),
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  started.add(child)
  const state = { child, out: '', errors: '' }
  const timer = setTimeout(() => end(child), STEP_MS_MAX)
  child.once('error', (error) => {
    state.errors += error.message
  })
  state.ended = new Promise((resolve) => {
    child.once('close', (code) => resolve({ ...state, code }))
  })
  child.once('close', () => clearTimeout(timer))
  child.stderr.on('data', (chunk) => {
    state.errors += chunk
  })
  const found = new Promise((resolve) => {
    child.stdout.on('data', (chunk) => {
      state.out += chunk
      if (until?.test(state.out)) resolve(state)
    })
  })
  return Promise.race([found, state.ended])
}

function fail(step, { code, out, errors }) {
  throw new Error(`${step}: exit code ${code}: ${`${errors}\n${out}`.trim().split('\n').slice(-12).join('\n')}`)
}

async function install({ folder, args, environment }) {
  const cwd = join(work, folder)
  clone(cwd)
  const done = await run(['npm', 'ci', '--prefer-offline', '--no-audit', '--no-fund', ...args], { cwd, environment })
  if (done.code !== 0) fail('npm ci', done)
  return cwd
}

/** Starts the server in a way, uses it, stops it. Throws at the first step that does not work. */
async function tryIt(way, cwd, own) {
  const wrap = [...(way.wrap?.(cwd) ?? []), ...(way.uid === undefined ? [] : as(way.uid))]
  const setting = { cwd, environment: { HOME: own, ...way.environment } }
  if (way.changed !== undefined) appendFileSync(join(cwd, way.changed), '// Changed since it was built\n')
  const running = await run(
    [...wrap, 'npm', 'start', '--', '--port', '0', '--udp-port', '0', '--json', '--data', join(own, 'data')],
    { ...setting, until: /^\{.*\}$/m },
  )
  try {
    if (way.changed !== undefined) {
      if (running.code !== 1 || !way.words.test(running.errors)) fail('npm start is refused', running)
      return
    }
    const line = /^\{.*\}$/m.exec(running.out)?.[0]
    if (line === undefined) fail('npm start', running)
    const { url, pid } = JSON.parse(line)
    await requirePage(url)
    for (const verb of [...(way.verbs ?? []), 'upload']) {
      const done = await run(
        [...wrap, 'node', 'cli/otherworld.js', verb, MODEL, ...(verb === 'upload' ? ['--url', url] : [])],
        setting,
      )
      const isTold = done.code === 2 && way.words?.test(done.errors)
      if (done.code !== 0 && !isTold) fail(`otherworld ${verb}`, done)
    }
    process.kill(pid, 'SIGTERM')
    const stopped = await running.ended
    if (stopped.code !== 0) fail('the stop', stopped)
  } finally {
    end(running.child)
  }
}

async function requirePage(url) {
  const html = await (await fetch(url)).text()
  const script = /<script type="module" src="([^"]+)"/.exec(html)?.[1]
  if (script === undefined || !(await fetch(new URL(script, url))).ok)
    throw new Error(`the page: it or its script is not served:\n${html.slice(0, 500)}`)
}

const startMs = performance.now()
const secondsSince = (ms) => Math.round((performance.now() - ms) / 100) / 10
const installed = Object.fromEntries(
  Object.entries(INSTALLATIONS).map(([name, installation]) => [
    name,
    install(installation).then(
      (folder) => ({ folder, problem: null }),
      (error) => ({ folder: null, problem: error.message }),
    ),
  ]),
)
await Promise.all(Object.values(installed))
if (!isJson)
  process.stdout.write(
    `${Object.keys(installed).length} installations ${String(secondsSince(startMs)).padStart(32)} s\n`,
  )
const results = []
for (const [index, way] of WAYS.entries()) {
  const wayMs = performance.now()
  const own = join(work, `run-${index}`)
  mkdirSync(own)
  if (way.uid !== undefined) chownSync(own, way.uid, way.uid)
  const { folder, problem: installProblem } = await installed[way.in]
  const problem =
    installProblem ??
    (await tryIt(way, folder, own).then(
      () => null,
      (error) => error.message,
    ))
  const [ok, seconds] = [problem === null, secondsSince(wayMs)]
  results.push({ way: way.name, ok, seconds, problem })
  if (!isJson)
    process.stdout.write(
      `${ok ? 'works' : 'FAILS'}  ${way.name.padEnd(40)} ${String(seconds).padStart(6)} s\n${ok ? '' : `${problem.replace(/^/gm, '         ')}\n`}`,
    )
}
if (isJson) process.stdout.write(`${JSON.stringify({ schema: 'otherworld/install-check/1', results })}\n`)
process.exit(results.every(({ ok }) => ok) ? 0 : 1)
