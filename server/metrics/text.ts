/** The text format of Prometheus, version 0.0.4 (prometheus.io, "Exposition formats"). */
import type { Families, Family, MetricTable } from './table.ts'

export const METRICS_CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8'

export type Labels = Readonly<Record<string, string>>

/** A metric in a response. Its samples are grouped under one name. */
export interface Metric {
  readonly name: string
  readonly type: Family['type']
  readonly help: string
  /** `suffix`: of the samples of a histogram. */
  readonly samples: readonly { readonly suffix?: string; readonly labels: Labels; readonly value: number }[]
}

/** Creates a metric from values that are known only at the request. */
export const metric = (
  name: string,
  type: 'counter' | 'gauge',
  help: string,
  samples: readonly (readonly [labels: Labels, value: number])[],
): Metric => ({ name, type, help, samples: samples.map(([labels, value]) => ({ labels, value })) })

/** Returns all metrics of a table; `labels` are added to every sample. */
export function metricsOf<F extends Families>(table: MetricTable<F>, labels: Labels): Metric[] {
  return Object.entries<Family>(table.families).map(([key, family]) => {
    const { name, type, help, label, rows } = family
    const samples = rows.flatMap((row, i) => {
      const own = label === null ? labels : { ...labels, [label]: row }
      const values = table.read(key, i)
      return type === 'histogram' ? histogramLines(family, values, own) : [{ labels: own, value: values[0] ?? 0 }]
    })
    return { name, type, help, samples }
  })
}

/** A bucket counts all values up to its bound, so it includes the buckets before it. */
function histogramLines({ buckets }: Family, values: Float64Array, labels: Labels): Metric['samples'] {
  let count = 0
  const lines = [...buckets, Infinity].map((bound, i) => {
    count += values[i] ?? 0
    return { suffix: '_bucket', labels: { ...labels, le: numberText(bound) }, value: count }
  })
  return [
    ...lines,
    { suffix: '_sum', labels, value: values[buckets.length + 1] ?? 0 },
    { suffix: '_count', labels, value: count },
  ]
}

/** Formats metrics. Those with one name from several sources become one. */
export function metricsText(all: readonly Metric[]): string {
  const byName = new Map<string, Metric>()
  for (const each of all) {
    const before = byName.get(each.name)
    byName.set(each.name, before ? { ...before, samples: [...before.samples, ...each.samples] } : each)
  }
  return [...byName.values()]
    .filter(({ samples }) => samples.length > 0)
    .map(familyText)
    .join('')
}

function familyText({ name, type, help, samples }: Metric): string {
  const lines = samples.map(
    ({ suffix = '', labels, value }) => `${name}${suffix}${labelsText(labels)} ${numberText(value)}\n`,
  )
  return `# HELP ${name} ${help.replace(/\\/g, '\\\\').replace(/\n/g, '\\n')}\n# TYPE ${name} ${type}\n${lines.join('')}`
}

function labelsText(labels: Labels): string {
  const pairs = Object.entries(labels).map(
    ([name, value]) => `${name}="${value.replace(/\\/g, '\\\\').replace(/"/g, '\\"').replace(/\n/g, '\\n')}"`,
  )
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`
}

const numberText = (value: number): string =>
  value === Infinity ? '+Inf' : value === -Infinity ? '-Inf' : String(value)
