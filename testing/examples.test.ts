/** Runs the examples in the comments of `otherworld/testing`. An example that throws fails here. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'

const ROOT = new URL('../', import.meta.url)
const DOCUMENTED = [
  'testing/simulator/simulate.ts',
  'testing/simulator/plan.ts',
  'testing/properties/check-physics.ts',
  'testing/properties/property.ts',
  'testing/commands/check-commands.ts',
  'netcode/memory.ts',
]

/** The code blocks that follow `@example` in a file's comments. */
function examplesOf(path: string): string[] {
  const source = readFileSync(new URL(path, ROOT), 'utf8')
  const blocks = source.matchAll(/ \* @example\n \* ```ts\n([\s\S]*?) \* ```/g)
  return Array.from(blocks, ([, block]) => (block ?? '').replaceAll(/^ \* ?/gm, ''))
}

test.each(DOCUMENTED)('the examples of %s run', async (path) => {
  const examples = examplesOf(path)
  expect(examples.length).toBeGreaterThan(0)
  const folder = new URL('.tmp/examples/', ROOT)
  mkdirSync(folder, { recursive: true })
  for (const [i, example] of examples.entries()) {
    const file = new URL(`${path.replaceAll('/', '-')}-${i}.ts`, folder)
    writeFileSync(file, example.replace("'otherworld/testing'", "'../../testing/index.ts'"))
    await import(file.pathname)
  }
})
