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
  [['scripts/drill.mjs'], 'name a drill; there are kill-transport'],
  [['scripts/drill.mjs', 'nonsense'], 'there is no drill "nonsense"'],
  [['scripts/drill.mjs', 'guest', '--kills', '1'], "Unknown option '--kills'"],
  [['scripts/simulate.mjs', '--seed', 'x'], '--seed is "x"; it takes a whole number from 0'],
  [['scripts/simulate.mjs', 'x'], '"x" is one argument too many'],
  [['scripts/soak.mjs', '--minutes', '1'], '--minutes takes 2 to 10000'],
  [['scripts/house.mjs', 'no-such-commit'], 'git has no commit "no-such-commit"'],
  [['scripts/layers.mjs', '--inside', 'nowhere'], 'there is no room "nowhere"'],
  [['scripts/make-fixtures.mjs', 'nonsense'], 'there is no session "nonsense"'],
])('%j is refused with %j', async (argv, words) => {
  const [script = '', ...args] = argv
  const { code, out, errors } = await run(script, ...args)
  expect({ code, out }).toEqual({ code: 2, out: '' })
  expect(errors).toContain(words)
  expect(errors).toContain('--help')
})
