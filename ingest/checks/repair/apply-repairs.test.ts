import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { describe, expect, test } from 'vitest'
import { ingest } from '../../ingest.ts'
import { ADVICE } from '../advice.ts'
import { REPAIRED_DOCUMENT } from './repaired-document.fixture.ts'
import { REPAIRED_GEOMETRY } from './repaired-geometry.fixture.ts'
import { REPAIRS } from './repairs.ts'

const CASES = [...REPAIRED_GEOMETRY, ...REPAIRED_DOCUMENT]

describe('errors that exporters write and loaders ignore are repaired with a warning', () => {
  test.each(CASES)('%s at %s', async (rule, where, make) => {
    const outcome = await ingest(make())
    expect(outcome.accepted ? [] : outcome.rejections).toEqual([])
    const found = outcome.warnings.find((warning) => warning.rule === rule)
    expect(found?.where).toBe(where)
    expect(found?.message).toContain(rule === 'GLB_CHUNK_LENGTH_UNALIGNED' ? 'written again' : REPAIRS[rule]?.says)
  })

  test('each repair has a file here', () => {
    expect(Object.keys(REPAIRS).filter((rule) => !CASES.some(([one]) => one === rule))).toEqual([])
  })
})

test("each of the validator's errors has its advice", () => {
  const list = createRequire(import.meta.url).resolve('gltf-validator/ISSUES.md')
  const errors = [...readFileSync(list, 'utf8').matchAll(/^\|([A-Z0-9_]+)\|.*\|Error\|$/gm)].map(
    (match) => match[1] ?? '',
  )
  expect(errors.length).toBeGreaterThan(100)
  expect(errors.filter((code) => ADVICE[code] === undefined)).toEqual([])
  expect(
    [...Object.keys(ADVICE), ...Object.keys(REPAIRS)].filter(
      (code) => code !== 'VALIDATOR_ISSUES' && !errors.includes(code),
    ),
  ).toEqual([])
})
