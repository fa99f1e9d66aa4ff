/**
 * A strict parser of the Prometheus text format, for tools that read a server's metrics and for tests of its output.
 */

export interface MetricLine {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

export interface Metrics {
  /** Families by name. The lines of a histogram are in its family, under its name without suffix. */
  readonly families: ReadonlyMap<
    string,
    { readonly type: string; readonly help: string; readonly lines: readonly MetricLine[] }
  >
  /** Sum of all lines of that name with at least these labels; 0 if there are none. */
  sum(name: string, labels?: Readonly<Record<string, string>>): number
}

const NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/
const SAMPLE = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$/
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(,|$)/y

/** Throws Error with the invalid line. */
export function parseMetrics(text: string): Metrics {
  const families = new Map<string, { type: string; help: string; lines: MetricLine[] }>()
  let help: { name: string; text: string } | null = null
  let family: { name: string; type: string; lines: MetricLine[] } | null = null
  if (!text.endsWith('\n')) throw new Error('the last line does not end')
  for (const [i, line] of text.slice(0, -1).split('\n').entries()) {
    const fail = (what: string): never => {
      throw new Error(`line ${i + 1}: ${what}: ${line}`)
    }
    const [, kind, name = '', rest = ''] = /^# (HELP|TYPE) (\S+) (.*)$/.exec(line) ?? []
    if (kind === 'HELP') {
      help = { name, text: rest }
      if (families.has(name) || !NAME.test(name)) fail('a metric is listed twice or has an invalid name')
    } else if (kind === 'TYPE') {
      if (help?.name !== name || !['counter', 'gauge', 'histogram'].includes(rest))
        fail('the type does not follow the help')
      family = { name, type: rest, lines: [] }
      families.set(name, { ...family, help: help?.text ?? '' })
    } else if (family) family.lines.push(sampleOf(line, family, fail))
    else fail('a value before its type')
  }
  return { families, sum: (name, labels = {}) => sumOf(families, name, labels) }
}

function sampleOf(
  line: string,
  family: { readonly name: string; readonly type: string },
  fail: (what: string) => never,
): MetricLine {
  const [, name = '', labelText = '', valueText = ''] = SAMPLE.exec(line) ?? fail('not a value')
  const suffixes = family.type === 'histogram' ? ['_bucket', '_sum', '_count'] : ['']
  if (!suffixes.some((suffix) => name === family.name + suffix)) fail(`a value of another metric than ${family.name}`)
  const value = valueText === '+Inf' ? Infinity : valueText === '-Inf' ? -Infinity : Number(valueText)
  if (Number.isNaN(value)) fail('not a number')
  return { name, labels: labelsOf(labelText, fail), value }
}

function labelsOf(text: string, fail: (what: string) => never): Record<string, string> {
  const labels: Record<string, string> = {}
  for (let at = 0; at < text.length;) {
    LABEL.lastIndex = at
    const [whole, name = '', value = ''] = LABEL.exec(text) ?? fail('the labels are malformed')
    if (name in labels) fail(`label ${name} is listed twice`)
    labels[name] = value.replace(/\\(.)/g, (_, escaped: string) => (escaped === 'n' ? '\n' : escaped))
    at += whole.length
  }
  return labels
}

function sumOf(
  families: ReadonlyMap<string, { readonly lines: readonly MetricLine[] }>,
  name: string,
  labels: Readonly<Record<string, string>>,
): number {
  const { lines } = families.get(name) ?? families.get(name.replace(/_(?:bucket|sum|count)$/, '')) ?? { lines: [] }
  const wanted = Object.entries(labels)
  return lines
    .filter((line) => line.name === name && wanted.every(([label, value]) => line.labels[label] === value))
    .reduce((sum, { value }) => sum + value, 0)
}
