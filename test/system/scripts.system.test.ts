/** The command line of developer scripts, run as a developer runs them. */
import { execFile, execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const tracked = execFileSync('git', ['ls-files', 'scripts', 'bench', 'protocol'], { cwd: ROOT, encoding: 'utf8' })
/** Other scripts import or bundle these. */
const PARTS = ['scripts/options.mjs', 'scripts/things-session.mjs']
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
  [['scripts/fuzz/fuzz-mutation.mjs', '--packets', '-1'], "Option '--packets' argument is ambiguous"],
  [['scripts/fuzz/fuzz-mutation.mjs', '--processes', '0'], '--processes is "0"; it takes a whole number from 1'],
  [['scripts/fuzz/fuzz-scenes.mjs', '--worlds', 'x'], '--worlds is "x"; it takes a whole number from 0'],
  [['scripts/fuzz/fuzz-scenes.mjs', '--jobs', '0'], '--jobs is "0"; it takes a whole number from 1'],
  [['scripts/fuzz/fuzz-scenes.mjs', '--case', 'no.json'], '--case is "no.json"; it takes a file that exists'],
  [['scripts/house.mjs', 'sentences', '--seed', 'x'], '--seed is "x"; it takes a whole number from 0'],
  [['scripts/house.mjs', 'no-such-commit'], 'git has no commit "no-such-commit"'],
  [['scripts/layers.mjs', '--inside', 'nowhere'], 'there is no module "nowhere"'],
  [['scripts/make-fixtures.mjs', 'nonsense'], 'there is no session "nonsense"'],
])('%j is refused with %j', async (argv, words) => {
  const [script = '', ...args] = argv
  const { code, out, errors } = await run(script, ...args)
  expect({ code, out }).toEqual({ code: 2, out: '' })
  expect(errors).toContain(words)
  expect(errors).toContain('--help')
})
