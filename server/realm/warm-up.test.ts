import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { DEFAULT_DEFINITION, loadEngine } from '../../sim/index.ts'
import { readRealmFile } from '../config.ts'
import { warmUp } from './warm-up.ts'

test.each([
  ['the playground', DEFAULT_DEFINITION],
  ['a realm for one', { ...DEFAULT_DEFINITION, playersMax: 1, props: [] }],
  [
    'a realm of 200 props',
    readRealmFile(fileURLToPath(new URL('../../fixtures/realms/hundred.json', import.meta.url))),
  ],
])('the warm-up of %s ends', async (_, definition) => {
  const engine = await loadEngine()
  await expect(warmUp(engine, definition, 130)).resolves.toBeUndefined()
})

test('a warm-up of no ticks runs nothing', async () => {
  await expect(warmUp(await loadEngine(), DEFAULT_DEFINITION, 0)).resolves.toBeUndefined()
})

test('the realm of a hundred has as many props as its benchmark says', () => {
  const { props, playersMax } = readRealmFile(
    fileURLToPath(new URL('../../fixtures/realms/hundred.json', import.meta.url)),
  )
  expect(props.filter(({ prop }) => prop.motion === 'dynamic')).toHaveLength(200)
  expect(playersMax).toBeGreaterThanOrEqual(100)
  expect(readFileSync(new URL('../../docs/benchmarks.md', import.meta.url), 'utf8')).toContain('200 props')
})
