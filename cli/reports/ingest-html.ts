/** The report of a whole library, as one HTML page without links to anything outside. */
import { PACKAGE_RANKS } from '../../http-contract/index.ts'
import type { IngestWarning, Rejection } from '../../ingest/index.ts'
import { formatCount, plural } from '../../http-contract/plural.ts'
import { formatBytes } from '../output.ts'
import { adviceOf, sizeText, type Ingested } from './ingest-report.ts'
import { INGEST_STYLE } from './ingest-style.ts'

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}
const escaped = (text: string): string => text.replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? '')

type Model = Ingested & { readonly outcome: Extract<Ingested['outcome'], { accepted: true }> }
type Refused = Ingested & { readonly outcome: Extract<Ingested['outcome'], { accepted: false }> }

const isAccepted = (one: Ingested): one is Model => one.outcome.accepted
const isRefused = (one: Ingested): one is Refused => !one.outcome.accepted
const isReduced = ({ outcome }: Model): boolean => outcome.warnings.some(({ rule }) => rule === 'REDUCED')

/**
 * The summary, then the models in groups: refused ones by their first reason, reduced and accepted ones in the order of
 * the run.
 */
export function ingestHtml(done: readonly Ingested[]): string {
  const accepted = done.filter(isAccepted)
  const reduced = accepted.filter(isReduced)
  const refused = done.filter(isRefused).toSorted((a, b) => (firstRule(a) < firstRule(b) ? -1 : 1))
  const head = `${formatCount(accepted.length)} of ${plural(done.length, 'model')} accepted`
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${head}</title>
<style>${INGEST_STYLE}</style>
</head>
<body>
<h1>${head}</h1>
${summaryHtml(accepted, reduced, refused)}
${groupHtml('refused', 'Refused', REFUSED_HEAD, refused.map(refusedRow))}
${groupHtml('reduced', 'Accepted, reduced to the limits by --fit', ACCEPTED_HEAD, reduced.map(acceptedRow))}
${groupHtml('accepted', reduced.length > 0 ? 'Accepted as they are' : 'Accepted', ACCEPTED_HEAD, accepted.filter((one) => !isReduced(one)).map(acceptedRow))}
</body>
</html>
`
}

const firstRule = ({ outcome }: Refused): string => outcome.rejections[0]?.rule ?? ''

function summaryHtml(accepted: readonly Model[], reduced: readonly Model[], refused: readonly Refused[]): string {
  const figure = (id: string, count: number, name: string): string =>
    count === 0 ? '' : `<a class="figure ${id}" href="#${id}"><strong>${formatCount(count)}</strong> ${name}</a>`
  const figures = [
    figure('accepted', accepted.length - reduced.length, reduced.length > 0 ? 'accepted as they are' : 'accepted'),
    figure('reduced', reduced.length, 'accepted, reduced by --fit'),
    figure('refused', refused.length, 'refused'),
  ]
  return `<div class="figures">${figures.join('')}</div>
<div class="counts">
${ranksHtml(accepted)}${rulesHtml(
    'Reasons',
    refused.map(({ outcome }) => outcome.rejections),
  )}${rulesHtml(
    'Warnings',
    accepted.map(({ outcome }) => outcome.warnings),
  )}</div>`
}

/** Number of models of each rank. */
function ranksHtml(accepted: readonly Model[]): string {
  if (accepted.length === 0) return ''
  const count = (device: 'pc' | 'mobile', rank: string): number =>
    accepted.filter(({ outcome }) => outcome.manifest.rank[device] === rank).length
  const rows = PACKAGE_RANKS.map(
    (rank) =>
      `<tr><th scope="row">${rankHtml(rank)}</th>${[count('pc', rank), count('mobile', rank)].map((n) => `<td class="number">${formatCount(n)}</td>`).join('')}</tr>`,
  )
  return `<section><h2>Ranks</h2><table class="ranks"><thead><tr><th></th><th scope="col" class="number">PC</th><th scope="col" class="number">Mobile</th></tr></thead><tbody>${rows.join('')}</tbody></table></section>\n`
}

/** Number of files with each rule, most frequent first. */
function rulesHtml(title: string, lists: readonly (readonly { readonly rule: string }[])[]): string {
  const files = new Map<string, number>()
  for (const list of lists)
    for (const rule of new Set(list.map((note) => note.rule))) files.set(rule, (files.get(rule) ?? 0) + 1)
  if (files.size === 0) return ''
  const sorted = [...files].toSorted(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))
  const items = sorted.map(([rule, count]) => `<li><code>${escaped(rule)}</code>: ${plural(count, 'file')}</li>`)
  return `<section><h2>${title}</h2><ul>${items.join('')}</ul></section>\n`
}

type Column = readonly [name: string, width: string]
const REFUSED_HEAD: readonly Column[] = [
  ['Picture', '10rem'],
  ['File', '26%'],
  ['Reasons and warnings', 'auto'],
]
const ACCEPTED_HEAD: readonly Column[] = [
  ['Picture', '10rem'],
  ['File', '20%'],
  ['PC rank', '7rem'],
  ['Mobile rank', '7.2rem'],
  ['Triangles', '6rem'],
  ['Materials', '6rem'],
  ['Textures', '6rem'],
  ['Warnings', 'auto'],
]
const NUMBERS: ReadonlySet<string> = new Set(['Triangles', 'Materials', 'Textures'])

function groupHtml(id: string, title: string, columns: readonly Column[], rows: readonly string[]): string {
  if (rows.length === 0) return ''
  const widths = columns.map(([, width]) => `<col style="width: ${width}">`).join('')
  const heads = columns.map(([name]) => `<th scope="col"${NUMBERS.has(name) ? ' class="number"' : ''}>${name}</th>`)
  return `<h2 id="${id}" class="${id}">${title}: ${formatCount(rows.length)}</h2>
<table class="models"><colgroup>${widths}</colgroup><thead><tr>${heads.join('')}</tr></thead>
<tbody>
${rows.join('\n')}
</tbody></table>`
}

function refusedRow(one: Refused): string {
  const { rejections, warnings } = one.outcome
  return `<tr>${pictureHtml(one)}${nameHtml(one, '')}<td>${notesHtml([...rejections, ...warnings])}</td></tr>`
}

function acceptedRow(one: Model): string {
  const { manifest, warnings } = one.outcome
  const { kind, counts, rank, files } = manifest
  const number = (value: string): string => `<td class="number">${value}</td>`
  const detail = `<div class="detail"><span class="kind">${kind}</span>, ${sizeText(manifest)}, ${formatBytes(files.runtime.bytes)}</div>`
  const textures =
    counts.textures === 0 ? '0' : `${formatCount(counts.textures)}<br>${formatBytes(counts.textureBytes)}`
  return `<tr>${pictureHtml(one)}${nameHtml(one, detail)}<td>${rankHtml(rank.pc)}</td><td>${rankHtml(rank.mobile)}</td>${[formatCount(counts.triangles), formatCount(counts.materials), textures].map(number).join('')}<td>${notesHtml(warnings)}</td></tr>`
}

const rankHtml = (rank: string): string =>
  `<span class="rank ${rank}">${rank === 'verypoor' ? 'very poor' : rank}</span>`

/** The picture, or why there is none. */
function pictureHtml({ file, outcome: { picture } }: Ingested): string {
  if (picture === undefined) return '<td><div class="none">No picture</div></td>'
  if ('reason' in picture) return `<td><div class="none">No picture, because ${escaped(picture.reason)}</div></td>`
  const data = Buffer.from(picture.webp).toString('base64')
  return `<td><img src="data:image/webp;base64,${data}" alt="${escaped(`The model in ${file}`)}" width="144" height="144" decoding="async"></td>`
}

/** The folders and the name of the file. A long path may break after a slash. */
function nameHtml({ file }: Ingested, detail: string): string {
  const slash = file.lastIndexOf('/') + 1
  const folders = escaped(file.slice(0, slash)).replaceAll('/', '/<wbr>')
  return `<th scope="row"><code><span class="folders">${folders}</span>${escaped(file.slice(slash))}</code>${detail}</th>`
}

function notesHtml(list: readonly (Rejection | IngestWarning)[]): string {
  if (list.length === 0) return ''
  const items = list.map(({ where, ...note }) => {
    const place = where === '' ? '' : ` <span class="where">at ${escaped(where)}</span>`
    return `<li><code>${escaped(note.rule)}</code>${place}${adviceHtml(adviceOf({ where, ...note }))}</li>`
  })
  return `<ul>${items.join('')}</ul>`
}

/** Longer advice, in characters, shows its first sentence until it is opened, so that rows stay short. */
const ADVICE_CHARACTERS_MAX = 250

function adviceHtml(advice: string): string {
  const end = advice.length > ADVICE_CHARACTERS_MAX ? advice.indexOf('. ') + 1 : 0
  if (end === 0) return `<br>${escaped(advice)}`
  return `<details><summary>${escaped(advice.slice(0, end))}</summary>${escaped(advice.slice(end + 1))}</details>`
}
