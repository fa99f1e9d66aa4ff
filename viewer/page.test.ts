import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { checkProp } from '../sim/props/shapes.ts'
import { facetedGeometry } from './render/prop-geometry.ts'
import { oklch, playerColors } from './render/palette.ts'
import { SHAPES, spawnPlace } from './app/starter-shapes.ts'
import { titleScene } from './render/title-scene.ts'

const html = readFileSync(new URL('index.html', import.meta.url), 'utf8')

test('the page runs under a strict policy: no inline script or style, nothing from elsewhere', () => {
  expect(html).not.toMatch(/\sstyle\s*=|<style|\son\w+\s*=/i)
  expect(
    [...html.matchAll(/<script\b([^>]*)>([^<]*)/g)].every(
      ([, attributes, body]) => /\ssrc="/.test(attributes ?? '') && body === '',
    ),
  ).toBe(true)
  expect(html).not.toMatch(/(?:src|href)="(?:https?:)?\/\//)
})

test('every element id in the code exists in the page', () => {
  const sources = [
    'main.ts',
    'ui/hud.ts',
    'ui/join.ts',
    'inventory/inventory.ts',
    'inventory/panel.ts',
    'upload/form.ts',
    'upload/drop.ts',
  ]
    .map((file) => readFileSync(new URL(file, import.meta.url), 'utf8'))
    .join('\n')
  const ids = [...sources.matchAll(/byId(?:As)?\('([\w-]+)'|'((?:stat|panel)-[\w-]+)':/g)].map(
    ([, one, two]) => one ?? two ?? '',
  )
  expect(ids.length).toBeGreaterThan(15)
  for (const id of ids) expect(html).toContain(`id="${id}"`)
})

test('every input has a label and every button a text', () => {
  for (const [, id] of html.matchAll(/<input id="([\w-]+)"/g)) expect(html).toContain(`<label for="${id}">`)
  for (const [, inner] of html.matchAll(/<button\b[^>]*>(.*?)<\/button>/gs))
    expect((inner ?? '').replace(/<[^>]*>/g, '').trim()).not.toBe('')
})

test.each(SHAPES.map((spec) => [spec.name, spec] as const))(
  'the simulation takes a %s as it is, with numbers that survive the wire',
  (_name, spec) => {
    expect(checkProp(spec)).toBeNull()
    const numbers = JSON.stringify(spec).match(/-?\d+(?:\.\d+)?(?:e-?\d+)?/g) ?? []
    for (const text of numbers) expect(Math.fround(Number(text))).toBe(Number(text))
  },
)

test('a new shape appears in front of the player', () => {
  const { position } = spawnPlace({ x: 1, y: 0, z: 1 }, Math.PI / 2)
  expect(position.x).toBeLessThan(0)
  expect(position.z).toBeCloseTo(1, 5)
})

test('a hull has triangles, and points without a volume have none', () => {
  const gem = SHAPES.find(({ name }) => name === 'gem')?.colliders[0]?.shape
  expect(gem?.type === 'convex' && facetedGeometry(gem).getAttribute('position').count).toBeGreaterThan(30)
  expect(() => facetedGeometry({ type: 'convex', points: [0, 0, 0, 1, 0, 0] })).not.toThrow()
})

test('players who joined one after the other have distinct, displayable colours', () => {
  for (let player = 1; player < 60; player++) {
    for (const apart of [1, 2, 3, 5, 8, 13, 21]) {
      const [a, b] = [playerColors(player).torso, playerColors(player + apart).torso]
      expect(Math.hypot(a.r - b.r, a.g - b.g, a.b - b.b), `players ${player} and ${player + apart}`).toBeGreaterThan(
        0.06,
      )
    }
    for (const value of oklch(0.73, 0.15, player / 60)) expect(value >= 0 && value <= 1).toBe(true)
  }
})

test('in the title scene every figure holds its own shape, at any time', () => {
  for (const seconds of [0, 12.5, 3_600]) {
    const { avatars, props } = titleScene(seconds)
    expect(props.map(({ holder }) => holder)).toEqual(avatars.map(({ player }) => player))
  }
})
