import { expect, test } from 'vitest'
import { PIPELINE } from './pipeline.ts'
import { INGEST_STAGES } from '../http-contract/index.ts'

test('the pipeline has every stage that an upload reports, in that order', () => {
  expect(PIPELINE.map(({ name }) => name)).toEqual(INGEST_STAGES)
})
