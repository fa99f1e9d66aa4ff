/** The help of the program, as a person asks for it. Needs `npm run build`. */
import { expect, test } from 'vitest'
import { runCli } from '../test/harness/run-cli.ts'

test.each([
  ['admin', ['grant', 'revoke', 'grants']],
  ['packages', ['list', 'delete']],
  [
    'replay',
    ['info', 'verify', 'seek', 'diff', 'bisect', 'clip', 'fork', 'why', 'shrink', 'search', 'rehearse', 'migrate'],
  ],
])('otherworld %s --help lists the commands of its family, and no others', async (family, names) => {
  for (const argv of [[family, '--help'], [family], ['help', family]]) {
    const { code, out } = await runCli(argv)
    expect(code).toBe(0)
    expect(out).toContain(`otherworld ${family} COMMAND [options]`)
    expect(Array.from(out.matchAll(/^ {2}(\w+ ?\w*) {2,}/gm), ([, name]) => name)).toEqual(
      names.map((name) => `${family} ${name}`),
    )
  }
})

test('otherworld --help lists every command', async () => {
  const { code, out } = await runCli(['--help'])
  expect([code, out]).toEqual([0, expect.stringMatching(/ {2}serve {2,}[^]* {2}replay verify {2,}/)])
})
