import { describe, expect, test } from 'vitest'
import { counter, gauge, histogram, MetricTable } from './table.ts'
import { parseMetrics } from '../../bots/parse-metrics.ts'
import { metricsText, metric, metricsOf } from './text.ts'
import { LOGIN_REFUSALS } from '../accounts/login-refusals.ts'
import { SESSION_ENDINGS } from '../realm/sessions/session-endings.ts'
import { REJECT_REASONS } from '../../sim/index.ts'
import { REALM_FAMILIES, SERVER_FAMILIES, THREAD_FAMILIES } from './families.ts'
import { RealmMeters } from './realm-meters.ts'
import { TickSplit } from './tick-split.ts'

const FAMILIES = {
  ends: counter('test_ends_total', 'How it ended.', 'reason', ['left', 'other']),
  open: gauge('test_open', 'With a \\ and\na line.'),
  took: histogram('test_took_seconds', 'How long.', [0.1, 1], 'part', ['a', 'b']),
}

describe('a table', () => {
  test('counts by label, and unknown labels in the last row', () => {
    const table = new MetricTable(FAMILIES)
    table.count('ends', 'left')
    table.count('ends', 'left')
    table.count('ends', 'never heard of')
    expect([table.read('ends', 0)[0], table.read('ends', 1)[0]]).toEqual([2, 1])
  })

  test('puts a value into the bucket whose bound it does not exceed, separately for each row', () => {
    const table = new MetricTable(FAMILIES)
    for (const value of [0.05, 0.1, 0.5, 7]) table.observe('took', value, 1)
    expect([...table.read('took', 1)]).toEqual([2, 1, 1, 7.65])
    expect([...table.read('took', 0)]).toEqual([0, 0, 0, 0])
  })

  test("on another thread's buffer shows that thread's counts, also after it has ended", () => {
    const table = new MetricTable(FAMILIES)
    new MetricTable(FAMILIES, table.buffer).add('ends', 5)
    new MetricTable(FAMILIES, table.buffer).add('ends', 2)
    expect(table.read('ends')[0]).toBe(7)
  })
})

describe('the text', () => {
  test('lists each metric once, with cumulative buckets', () => {
    const table = new MetricTable(FAMILIES)
    for (const value of [0.05, 0.5, 7]) table.observe('took', value)
    const metrics = parseMetrics(
      metricsText([
        ...metricsOf(table, { realm: 'yard' }),
        metric('test_open', 'gauge', '', [[{ realm: 'attic' }, 4]]),
      ]),
    )
    expect([...metrics.families.keys()]).toEqual(['test_ends_total', 'test_open', 'test_took_seconds'])
    const bucket = (le: string): number => metrics.sum('test_took_seconds_bucket', { part: 'a', realm: 'yard', le })
    expect([bucket('0.1'), bucket('1'), bucket('+Inf')]).toEqual([1, 2, 3])
    expect([
      metrics.sum('test_took_seconds_sum', { part: 'a' }),
      metrics.sum('test_took_seconds_count', { part: 'a' }),
    ]).toEqual([7.55, 3])
    expect(metrics.sum('test_open')).toBe(4)
  })

  test('follows the format byte for byte, with escapes', () => {
    expect(
      metricsText([
        metric('test_x', 'gauge', 'A \\ and\nmore.', [
          [{ name: 'a"b\\c\nd' }, 0.5],
          [{}, Infinity],
        ]),
      ]),
    ).toBe('# HELP test_x A \\\\ and\\nmore.\n# TYPE test_x gauge\ntest_x{name="a\\"b\\\\c\\nd"} 0.5\ntest_x +Inf\n')
  })

  test('a metric without values is left out', () => {
    expect(metricsText([metric('test_none', 'gauge', 'Nothing.', [])])).toBe('')
  })
})

test('metric names follow the conventions of Prometheus: counters end in _total, and no unit is milliseconds', () => {
  for (const { name, type, help, label } of Object.values({
    ...REALM_FAMILIES,
    ...SERVER_FAMILIES,
    ...THREAD_FAMILIES,
  })) {
    expect(name).toMatch(/^otherworld_[a-z][a-z0-9_]*$/)
    expect(name.endsWith('_total')).toBe(type === 'counter')
    expect(name).not.toMatch(/_(?:ms|milliseconds|kb|mib|percent)(?:_|$)/)
    expect(name).not.toMatch(/_(?:sum|count|bucket)$/)
    expect(help).toMatch(/\.$/)
    expect(label).not.toBe('le')
  }
})

test('each reason of a rejected command is counted under its own label', () => {
  const meters = new RealmMeters()
  for (const reason of REJECT_REASONS)
    meters.stepped(0, [{ type: 'rejected', player: 1, sequence: 1, command: 'spawn', reason }])
  const metrics = parseMetrics(metricsText(metricsOf(meters.realm, {})))
  for (const reason of [...REJECT_REASONS, 'other'])
    expect(metrics.sum('otherworld_commands_rejected_total', { reason }), reason).toBe(reason === 'other' ? 0 : 1)
})

test('each session ending and each login refusal has its own label', () => {
  expect(REALM_FAMILIES.sessionsEnded.rows).toEqual([...SESSION_ENDINGS, 'other'])
  expect(SERVER_FAMILIES.loginsRefused.rows).toEqual([...LOGIN_REFUSALS, 'other'])
})

test('the parts of a tick add up to the tick', () => {
  let nowMs = 0
  const split = new TickSplit(() => nowMs)
  const meters = new RealmMeters()
  split.begin()
  for (const [part, ms] of [
    ['inputs', 1],
    ['record', 2],
    ['step', 3],
    ['hash', 0.5],
    ['record', 0.25],
    ['encode', 4],
    ['send', 1],
  ] as const) {
    nowMs += ms
    split.lap(part)
  }
  meters.ticked({ startedAtMs: 0, lateMs: 2, workMs: nowMs, overrun: false, delayMs: 0 }, split)
  const metrics = parseMetrics(metricsText(metricsOf(meters.realm, {})))
  expect(metrics.sum('otherworld_tick_part_seconds_sum')).toBeCloseTo(metrics.sum('otherworld_tick_seconds_sum'), 12)
  expect(metrics.sum('otherworld_tick_part_seconds_sum', { part: 'record' })).toBeCloseTo(0.00225, 12)
})

test.each([
  ['no type', 'a 1\n'],
  ['no number', '# HELP a b.\n# TYPE a gauge\na one\n'],
  ['no last line end', '# HELP a b.\n# TYPE a gauge\na 1'],
  ['a metric twice', '# HELP a b.\n# TYPE a gauge\na 1\n# HELP a b.\n# TYPE a gauge\na 1\n'],
  ["another metric's value", '# HELP a b.\n# TYPE a gauge\nb 1\n'],
  ['a label twice', '# HELP a b.\n# TYPE a gauge\na{x="1",x="2"} 1\n'],
  ['a quote that is not escaped', '# HELP a b.\n# TYPE a gauge\na{x="1"2"} 1\n'],
])('a text with %s is refused', (_, text) => {
  expect(() => parseMetrics(text)).toThrow(/line/)
})
