/** The report of a whole library, as one HTML page without links to anything outside. */
import type { IngestWarning, Rejection } from '../../ingest/index.ts'
import { adviceOf, type Ingested } from './ingest-report.ts'
import { formatBytes, formatCount, plural } from '../output.ts'

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}
const escaped = (text: string): string => text.replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? '')

const STYLE = `
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 75rem; padding: 0 1rem; color: #222; background: #fff }
table { border-collapse: collapse; width: 100% }
th, td { text-align: left; vertical-align: top; padding: .4rem .6rem; border-bottom: 1px solid #ddd }
td.number { text-align: right; font-variant-numeric: tabular-nums }
.rejected { color: #a40000; font-weight: 600 } .accepted { color: #1a6d1a; font-weight: 600 }
ul { margin: 0; padding-left: 1.1rem } code { overflow-wrap: anywhere }
@media (prefers-color-scheme: dark) {
  body { color: #ddd; background: #181818 } th, td { border-color: #444 } .rejected { color: #ff8a80 } .accepted { color: #8fd48f }
}`

const COLUMNS = [
  'File',
  'Verdict',
  'Size',
  'Triangles',
  'Materials',
  'Textures',
  'Rank: PC / mobile',
  'Reasons and warnings',
]

/** Rejected files first, each group in the order of the run. */
export function ingestHtml(done: readonly Ingested[]): string {
  const rejected = done.filter(({ outcome }) => !outcome.accepted)
  const accepted = done.filter(({ outcome }) => outcome.accepted)
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Models: ${accepted.length} of ${done.length} accepted</title>
<style>${STYLE}
</style>
</head>
<body>
<h1>${accepted.length} of ${plural(done.length, 'model')} accepted</h1>
${reasonsHtml(rejected)}<table>
<thead><tr>${COLUMNS.map((name) => `<th scope="col">${name}</th>`).join('')}</tr></thead>
<tbody>
${[...rejected, ...accepted].map(rowHtml).join('\n')}
</tbody>
</table>
</body>
</html>
`
}

/** Number of files that each rule refuses, most frequent first. */
function reasonsHtml(rejected: readonly Ingested[]): string {
  const files = new Map<string, number>()
  for (const { outcome } of rejected)
    for (const rule of new Set(outcome.accepted ? [] : outcome.rejections.map((rejection) => rejection.rule)))
      files.set(rule, (files.get(rule) ?? 0) + 1)
  if (files.size === 0) return ''
  const items = [...files].toSorted(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))
  return `<p>Reasons:</p>\n<ul>\n${items.map(([rule, count]) => `<li><code>${escaped(rule)}</code>: ${plural(count, 'file')}</li>`).join('\n')}\n</ul>\n`
}

function rowHtml({ file, outcome }: Ingested): string {
  const name = `<th scope="row"><code>${escaped(file)}</code></th>`
  const notes = (list: readonly (Rejection | IngestWarning)[]): string =>
    list.length === 0
      ? ''
      : `<ul>${list.map((note) => `<li><code>${escaped(note.rule)}${note.where === '' ? '' : ` at ${escaped(note.where)}`}</code>: ${escaped(adviceOf(note))}</li>`).join('')}</ul>`
  if (!outcome.accepted)
    return `<tr>${name}<td class="rejected">rejected</td><td></td><td></td><td></td><td></td><td></td><td>${notes([...outcome.rejections, ...outcome.warnings])}</td></tr>`
  const { kind, counts, rank, bounds, files } = outcome.manifest
  const side = (axis: 'x' | 'y' | 'z'): string => `${Number((bounds.max[axis] - bounds.min[axis]).toPrecision(3))}`
  const number = (value: string): string => `<td class="number">${value}</td>`
  return `<tr>${name}<td class="accepted">${kind}</td>${[
    `${side('x')} × ${side('y')} × ${side('z')} m, ${formatBytes(files.runtime.bytes)}`,
    formatCount(counts.triangles),
    formatCount(counts.materials),
    `${formatCount(counts.textures)} (${formatBytes(counts.textureBytes)})`,
  ]
    .map(number)
    .join('')}<td>${rank.pc} / ${rank.mobile}</td><td>${notes(outcome.warnings)}</td></tr>`
}
