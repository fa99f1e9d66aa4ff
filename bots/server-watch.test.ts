import { createServer } from 'node:http'
import { afterEach, describe, expect, test } from 'vitest'
import { startListening } from '../test/harness/listen.ts'
import { REALM_FAMILIES } from '../server/metrics/families.ts'
import { MetricTable } from '../server/metrics/table.ts'
import { metricsText, metricsOf } from '../server/metrics/text.ts'
import { quantile, ServerWatch } from './server-watch.ts'

describe('a quantile of a histogram', () => {
  const buckets = [
    [1, 10],
    [2, 10],
    [4, 30],
    [Infinity, 40],
  ] as const
  test.each([
    [0.25, 1],
    [0.5, 3],
    [0.75, 4],
    [0.99, 4],
    [0, 0],
  ])('of %d is %d', (share, value) => {
    expect(quantile(buckets, share)).toBe(value)
  })
  test('the quantile of no values is 0', () => {
    expect(
      quantile(
        [
          [1, 0],
          [Infinity, 0],
        ],
        0.99,
      ),
    ).toBe(0)
  })
})

const undo: (() => void)[] = []
afterEach(() => {
  for (const each of undo.splice(0)) each()
})

test('only what happened between two scrapes counts', async () => {
  const table = new MetricTable(REALM_FAMILIES)
  const server = createServer((_, response) => void response.end(metricsText(metricsOf(table, { realm: 'test' }))))
  const url = await startListening(server)
  undo.push(() => void server.close())
  let nowMs = 0
  const watch = new ServerWatch(url, () => nowMs)
  for (let i = 0; i < 1000; i++) table.observe('tick', 0.9)
  table.add('overruns', 1000)
  const from = await watch.scrape()
  for (let i = 0; i < 100; i++) table.observe('tick', i < 98 ? 0.0018 : 0.03)
  table.add('overruns', 2)
  table.set('propsAwake', 60)
  nowMs = 2_000
  const figures = watch.figures(from, await watch.scrape())
  expect(figures).toMatchObject({ seconds: 2, ticks: 100, overBudgetShare: 0.02, propsAwakeMean: 30 })
  expect(figures?.tickMsP50).toBeGreaterThan(1.5)
  expect(figures?.tickMsP50).toBeLessThan(2)
  expect(figures?.tickMsP99).toBeGreaterThan(25)
  expect(figures?.tickMsP99).toBeLessThan(34)
})

test('a server that does not answer gives no figures', async () => {
  const watch = new ServerWatch('http://127.0.0.1:9', () => 0)
  expect(watch.figures(await watch.scrape(), await watch.scrape())).toBeNull()
})
