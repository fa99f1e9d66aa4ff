/** The layers as the imports have them: the diagram in docs/architecture.md, and no circles. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { circles, diagram, fileGraph, moduleGraph, upwardArrows, withDiagram } from '../../scripts/layers.mjs'

const page = readFileSync(fileURLToPath(new URL('../../docs/architecture.md', import.meta.url)), 'utf8')
const graph = fileGraph()

test('the layer diagram in docs/architecture.md is current (`node scripts/layers.mjs --write`)', () => {
  expect(withDiagram(page, diagram(graph))).toBe(page)
})

test('no module imports from a module above it', () => {
  expect(upwardArrows(graph)).toEqual([])
})

test('no modules import each other in a circle', () => {
  expect(circles(moduleGraph(graph))).toEqual([])
})

test('the search for circles finds one, and only that', () => {
  const arrows = { a: ['b'], b: ['c', 'd'], c: ['a'], d: [] }
  expect(circles(new Map(Object.entries(arrows)))).toEqual([['a', 'b', 'c']])
})

test('an upward import is found', () => {
  expect(upwardArrows(new Map([['sim/a.ts', ['server/b.ts']]]))).toHaveLength(1)
})

test('no files import each other in a circle', () => {
  expect(circles(graph)).toEqual([])
})
