import { expect, test } from 'vitest'
import { nameOfFile, phaseLabel, fileProblem, rejectionLines, rejectionsAsText } from './messages.ts'

test('a copied rejection contains rule, place, value, limit and what to do', () => {
  const text = rejectionsAsText('tower.glb', [
    { rule: 'TRIANGLES', where: '/meshes/2', value: '90000', limit: '20000', message: 'Simplify the mesh.' },
  ])
  expect(text).toBe(
    'tower.glb was not accepted.\n\nRule TRIANGLES\nWhere: /meshes/2\nFound: 90000\nAllowed: 20000\nSimplify the mesh.',
  )
})

test('a rejection that the option can correct says so', () => {
  const tower = { rule: 'TRIANGLES', where: '', value: 90_000, limit: 20_000, message: 'Simplify the mesh.' }
  expect(rejectionLines(tower).at(-1)).toBe('Simplify the mesh.')
  expect(rejectionLines({ ...tower, reducible: true }).at(-1)).toBe(
    'Simplify the mesh. The option “Reduce to the limits” can correct this.',
  )
})

test('the default name is derived from the file name', () => {
  expect(nameOfFile('my_tea  cup.GLB')).toBe('my tea cup')
  expect(nameOfFile('<b>.vrm')).toBe('b')
  expect(nameOfFile('***.glb')).toBe('item')
})

test('files that are not models are refused before they are sent, with what to do', () => {
  expect(fileProblem({ name: 'photo.png', size: 10 })).toContain('Export it as a single binary glTF')
  expect(fileProblem({ name: 'a.glb', size: 0 })).toContain('empty')
  expect(fileProblem({ name: 'a.VRM', size: 10 })).toBeNull()
})

test('each phase has a label with its progress', () => {
  expect(phaseLabel({ phase: 'validating', share: 0.618 })).toBe('Validating the model … 61 %')
  expect(phaseLabel({ phase: 'done', share: 1 })).toBe('Done')
})
