/** The addon's own unit tests, in a real Godot. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { temporaryDirectory } from '../../harness/cleanup.ts'
import { expectGodotTests, GODOT_TESTS, runGodot } from './godot.ts'

test('the unit tests of the addon pass', () => expectGodotTests('unit'))

test.each([
  ['a check that fails', 'func test_it() -> void:\n\tcheck(false, "told")\n', 'told'],
  ['an error of a script', 'func test_it() -> void:\n\tvar list: Array = []\n\tprint(list[3])\n', 'Out of bounds'],
  ['a file that does not parse', 'func test_it( -> void:\n\tpass\n', 'cannot be loaded'],
  ['no test at all', 'func other() -> void:\n\tpass\n', '0 passed, 0 failed'],
])('%s fails the run', async (_what, code, text) => {
  const folder = temporaryDirectory()
  writeFileSync(join(folder, 'x_test.gd'), `extends "${GODOT_TESTS}/test_case.gd"\n\n\n${code}`)
  const { status, output } = await runGodot(['-s', join(GODOT_TESTS, 'run.gd'), '--', folder])
  expect(status).toBe(1)
  expect(output).toContain(text)
})
