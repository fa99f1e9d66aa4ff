/** The addon's lists of inputs are those of the TypeScript protocol. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { typesWith } from '../../protocol/index.ts'

const source = readFileSync(
  fileURLToPath(new URL('../../godot-bridge/addons/otherworld/wire/input_checks.gd', import.meta.url)),
  'utf8',
)

/** The kinds of inputs in the list `name`, in lower case. */
function listed(name: string): readonly string[] {
  const list = new RegExp(`^const ${name}: Array\\[_Case\\] = \\[([^\\]]*)\\]`, 'm').exec(source)?.[1] ?? ''
  return [...list.matchAll(/_Case\.([A-Z_]+)/g)].map(([, kind]) => kind?.toLowerCase() ?? '').toSorted()
}

test.each([
  ['LATEST', 'latest-wins'],
  ['COMMANDS', 'exactly-once'],
] as const)('the addon sends in %s the inputs that travel %s', (name, delivery) => {
  expect(listed(name)).toEqual([...typesWith(delivery)].toSorted())
})

test('the addon checks the fields of each input that a client may send', () => {
  const branches = new Set(
    [...source.matchAll(/^\t\t_Case\.([A-Z_]+):$/gm)].map(([, kind]) => kind?.toLowerCase() ?? ''),
  )
  expect([...listed('LATEST'), ...listed('COMMANDS')].filter((kind) => !branches.has(kind))).toEqual([])
})
