import { expect, test } from 'vitest'
import { nameOfFile, phaseLabel, fileProblem, rejectionsAsText } from './messages.ts'

test('a rejection that is copied says rule, place, value, limit and what to do', () => {
  const text = rejectionsAsText('tower.glb', [
    { rule: 'TRIANGLES', where: '/meshes/2', value: '90000', limit: '20000', message: 'Simplify the mesh.' },
  ])
  expect(text).toBe(
    'tower.glb was not accepted.\n\nRule TRIANGLES\nWhere: /meshes/2\nFound: 90000\nAllowed: 20000\nSimplify the mesh.',
  )
})

test('a file gets a name that a person would give it', () => {
  expect(nameOfFile('my_tea  cup.GLB')).toBe('my tea cup')
  expect(nameOfFile('<b>.vrm')).toBe('b')
  expect(nameOfFile('***.glb')).toBe('thing')
})

test('files that are no model are refused before they are sent, with what to do', () => {
  expect(fileProblem({ name: 'photo.png', size: 10 })).toContain('Export it as a binary glTF')
  expect(fileProblem({ name: 'a.glb', size: 0 })).toContain('empty')
  expect(fileProblem({ name: 'a.VRM', size: 10 })).toBeNull()
})

test('each step has words, and how far it is', () => {
  expect(phaseLabel({ phase: 'validating', share: 0.618 })).toBe('Validating the model … 61 %')
  expect(phaseLabel({ phase: 'done', share: 1 })).toBe('Done')
})
