/** Checks that the rules of docs/protocol.md and the tests that hold them name each other. */
import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

const ROOT = new URL('../../', import.meta.url)
const FOLDERS = ['sim', 'protocol', 'netcode', 'server', 'test']
const RULE = /\b(?:LOG|NAM|SIG|CHN|WSK|PKT|SES|INP|MSG|SNP|POS|CLK|OWN|LCK|LIM|VER)-\d+\b/g
/**
 * Rules that none of our tests can break: how a sender forgets, the parts of a body, and what a client may leave out.
 */
const UNQUOTED = ['PKT-6', 'POS-3', 'POS-4']

const read = (path: string): string => readFileSync(new URL(path, ROOT), 'utf8')
const rules = [...read('docs/protocol.md').matchAll(/^\*\*([A-Z]+-\d+)\*\*/gm)].map(([, rule = '']) => rule)

function quoted(): Set<string> {
  const files = FOLDERS.flatMap((folder) =>
    readdirSync(new URL(folder, ROOT), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.test.ts'))
      .map((file) => `${folder}/${file}`),
  )
  const texts = [
    ...files.filter((file) => file !== 'test/protocol/rules.test.ts'),
    'fixtures/protocol/vectors.json',
  ].map(read)
  return new Set(texts.flatMap((text) => text.match(RULE) ?? []))
}

test('no two rules of the protocol have the same id', () => {
  expect(rules.length).toBeGreaterThan(60)
  expect(rules).toEqual([...new Set(rules)])
})

test('tests quote existing rules, and every testable rule is quoted', () => {
  const names = quoted()
  expect([...names].filter((name) => !rules.includes(name))).toEqual([])
  expect(rules.filter((rule) => !names.has(rule))).toEqual(UNQUOTED)
})
