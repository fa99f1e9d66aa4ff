/** The command line of developer scripts, run as a developer runs them. */
import { execFile, execFileSync, spawn } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { until } from '../harness/wait.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const tracked = execFileSync('git', ['ls-files', 'scripts', 'bench', 'protocol'], { cwd: ROOT, encoding: 'utf8' })
/** Other scripts import or bundle these. */
const PARTS = ['scripts/options.mjs']
const scripts = tracked
  .split('\n')
  .filter((path) => path.endsWith('.mjs') && !PARTS.includes(path))
  .filter((path) => /\bprocess\.argv\b|\breadOptions\(/.test(readFileSync(`${ROOT}/${path}`, 'utf8')))

const run = (script: string, ...args: readonly string[]): Promise<{ code: unknown; out: string; errors: string }> =>
  new Promise((resolve) => {
    execFile(process.execPath, [script, ...args], { cwd: ROOT }, (error, out, errors) =>
      resolve({ code: error === null ? 0 : error.code, out, errors }),
    )
  })

test.each(scripts)('%s --help prints how to use it; an unknown option ends it with 2 and a message', async (script) => {
  const [help, wrong] = await Promise.all([run(script, '--help'), run(script, '--nonsense')])
  expect(help).toMatchObject({ code: 0, errors: '' })
  expect(help.out).toMatch(/(?:npm run|node|scripts\/)/)
  expect(wrong).toMatchObject({ code: 2, out: '' })
  expect(wrong.errors).toContain('--nonsense')
  expect(wrong.errors).not.toContain('    at ')
})

test('npm run bench -- --help and docs/benchmarks.md list the same benchmarks', async () => {
  const { out } = await run('bench/run.mjs', '--help')
  const page = readFileSync(`${ROOT}/docs/benchmarks.md`, 'utf8')
  const listed = [...out.matchAll(/^([a-z]+(?:-[a-z]+)?) {2,}\S/gm)].map(([, name]) => name)
  const described = [...page.matchAll(/^\| `([a-z-]+)` \|/gm)].map(([, name]) => name)
  expect(listed).toContain('godot-tremble')
  expect(listed.toSorted()).toEqual(described.toSorted())
})

test.each([
  ['kill-transport', 'kills', '0', 'a whole number from 1'],
  ['kill-transport', 'bots', 'x', 'a whole number from 1'],
  ['kill-transport', 'pause', '1e1', 'a whole number from 0'],
  ['hostile', 'connects', 'NaN', 'a whole number from 1'],
  ['hostile', 'bots', '1', 'a whole number from 2'],
  ['store-away', 'seconds', '4', 'a whole number from 5'],
  ['store-away', 'store', 'tape', 'one of: s3, disk, all'],
  ['archive-away', 'how', 'melt', 'one of: freeze, stop, kill'],
  ['recovery', 'rounds', '1.5', 'a whole number from 1'],
  ['recovery', 'fault', 'none', 'one of: trap, loop'],
  ['locks', 'races', '', 'a whole number from 0'],
  ['guest', 'tick-ms-max', '0', 'a whole number from 1'],
  ['guest', 'from', 'here', 'an IP address of this machine'],
  ['hostile-uploads', 'senders', '0', 'a whole number from 1'],
  ['hostile-uploads', 'files', 'nowhere', 'a folder that exists'],
])('the drill %s refuses --%s "%s"', async (drill, option, value, allowed) => {
  const { code, out, errors } = await run('scripts/drill.mjs', drill, `--${option}`, value)
  expect({ code, out }).toEqual({ code: 2, out: '' })
  expect(errors).toContain(`--${option} is "${value}"; it takes ${allowed}`)
})

test.each([
  [['scripts/drill.mjs'], 'name a drill; there are kill-transport'],
  [['scripts/drill.mjs', 'nonsense'], 'there is no drill "nonsense"'],
  [['scripts/drill.mjs', 'guest', '--kills', '1'], "Unknown option '--kills'"],
  [['scripts/simulate.mjs', '--seed', 'x'], '--seed is "x"; it takes a whole number from 0'],
  [['scripts/simulate.mjs', 'x'], '"x" is one argument too many'],
  [['scripts/soak.mjs', '--minutes', '1'], '--minutes is "1"; it takes a whole number from 2 to 10000'],
  [['scripts/soak.mjs', '--count', '201'], '--count is "201"; it takes a whole number from 4 to 200'],
  [['scripts/soak.mjs', '--seed', '1.5'], '--seed is "1.5"; it takes a whole number from 0'],
  [['scripts/simulate.mjs', '--processes', '0'], '--processes is "0"; it takes a whole number from 1'],
  [['scripts/repeat-tests.mjs', '--runs', 'x'], '--runs is "x"; it takes a whole number from 1'],
  [['scripts/fuzz/fuzz.mjs', '--seconds', ''], '--seconds is ""; it takes a whole number from 0'],
  [['scripts/fuzz/fuzz-mutation.mjs', '--packets', '-1'], '--packets is "-1"; it takes a whole number from'],
  [['scripts/fuzz/fuzz-mutation.mjs', '--processes', '0'], '--processes is "0"; it takes a whole number from 1'],
  [['scripts/fuzz/fuzz-scenes.mjs', '--worlds', 'x'], '--worlds is "x"; it takes a whole number from 0'],
  [['scripts/fuzz/fuzz-scenes.mjs', '--jobs', '0'], '--jobs is "0"; it takes a whole number from 1'],
  [['scripts/fuzz/fuzz-scenes.mjs', '--case', 'no.json'], '--case is "no.json"; it takes a file that exists'],
  [['scripts/house.mjs', 'sentences', '--seed', 'x'], '--seed is "x"; it takes a whole number from 0'],
  [['scripts/house.mjs', 'no-such-commit'], 'git has no commit "no-such-commit"'],
  [['scripts/layers.mjs', '--inside', 'nowhere'], 'there is no module "nowhere"'],
  [['scripts/make-fixtures.mjs', 'nonsense'], 'there is no session "nonsense"'],
  [['scripts/things-session.mjs'], 'name the URL of a server'],
  [['bench/run.mjs', 'tremor'], 'there is no benchmark "tremor"; there are sim, tick,'],
  [['scripts/godot-contact-sheet.mjs', '--rigs'], 'give the folder of the models (or --rigs) and the picture'],
  [['scripts/godot-contact-sheet.mjs', 'a', 'b.png', '--poses', 'x'], '--poses is "x"; it takes one of: rest, walk,'],
  [['scripts/godot-contact-sheet.mjs', 'a', 'b.png', '--columns', '0'], '--columns is "0"; it takes a whole number'],
  [['scripts/soak.mjs', '--count'], '--count needs a value'],
  [['scripts/soak.mjs', '--json=1'], '--json takes no value'],
])('%j is refused with %j', async (argv, words) => {
  const [script = '', ...args] = argv
  const { code, out, errors } = await run(script, ...args)
  expect({ code, out }).toEqual({ code: 2, out: '' })
  expect(errors).toContain(words)
  expect(errors).toContain('--help')
})

/** Ids of the running descendants of a process. */
function descendantsOf(pid: number): readonly number[] {
  const children = readdirSync('/proc').filter((entry) => {
    try {
      const [, state, parent] = /\) (\S) (\d+) /.exec(readFileSync(`/proc/${entry}/stat`, 'utf8')) ?? []
      return Number(parent) === pid && state !== 'Z'
    } catch {
      return false
    }
  })
  return children.map(Number).flatMap((child) => [child, ...descendantsOf(child)])
}

const isRunning = (pid: number): boolean => existsSync(`/proc/${pid}`)

test.runIf(process.platform === 'linux').each([
  ['SIGTERM', 143],
  ['SIGINT', 130],
] as const)(
  'repeat-tests.mjs ends Vitest and its workers on %s',
  async (signal, code) => {
    const script = spawn(process.execPath, ['scripts/repeat-tests.mjs', '--busy', '1', 'sim/realm.test.ts'], {
      cwd: ROOT,
      stdio: 'ignore',
    })
    const exited = new Promise((resolve) => {
      script.once('exit', resolve)
    })
    const pid = script.pid ?? 0
    // The busy loop, Vitest, and a worker of Vitest.
    const running = await until('there is a worker', () => {
      const found = descendantsOf(pid)
      return found.length >= 3 && found
    })
    script.kill(signal)
    expect(await exited).toBe(code)
    await until('all of them have ended', () => !running.some(isRunning))
  },
  120_000,
)
