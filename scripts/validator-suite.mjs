// node scripts/validator-suite.mjs DIR [--full]
//
// Compares the ingest's verdicts with the reports (*.report.json) of a copy of the Khronos glTF validator's own tests (its
// folder test/, or a part of it). Prints the agreement, and each disagreement with its reason. Exits with 1 if the
// validator's own part of the verdict (codes and pointers) differs without a reason that is known here. --full ingests each
// case, as `otherworld ingest` does, and compares only whether it is accepted: a valid file should become a package.
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve, sep } from 'node:path'
import { pathToFileURL } from 'node:url'
import { bundle } from './build/bundle.mjs'
import { readOptions, wrongUsage } from './options.mjs'

const { values, positionals } = readOptions({ full: { type: 'boolean', default: false } }, 1)
const isFull = values.full
const [dir] = positionals
if (dir === undefined || !existsSync(dir))
  wrongUsage('give an existing folder of *.gltf and *.glb files, each with its *.report.json')
mkdirSync('.tmp', { recursive: true })
await bundle(
  { check: 'ingest/checks/check.ts', ingest: 'ingest/ingest.ts', glb: 'ingest/gltf-to-glb.ts' },
  '.tmp/validator-suite',
)
const load = (name) => import(pathToFileURL(resolve(`.tmp/validator-suite/${name}.js`)))
const { examine } = await load('check')

const reports = readdirSync(dir, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.name.endsWith('.report.json'))
  .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
  .toSorted()

const errorsOf = (report) =>
  report.issues.messages
    .filter(({ severity }) => severity === 0)
    .map(({ code, pointer, offset }) => `${code} ${pointer ?? (offset === undefined ? '' : `byte ${offset}`)}`)

/** Files beside the case, from its own directory. */
function neighbour(file) {
  return (uri) => {
    const path = resolve(dirname(file), decodeURIComponent(uri))
    if (!path.startsWith(resolve(dirname(file)) + sep) || !existsSync(path)) return null
    return new Uint8Array(readFileSync(path))
  }
}

async function verdictOf(file) {
  try {
    const { verdict, opened } = await examine(new Uint8Array(readFileSync(file)), neighbour(file))
    const repaired = verdict.errors.length > 0 && verdict.rejections.length === 0
    return {
      accepted: verdict.rejections.length === 0 && !('fault' in opened),
      errors: verdict.errors.map(({ code, where }) => `${code} ${where}`),
      repaired,
    }
  } catch (error) {
    if (!error.rejections) throw error
    return { accepted: false, errors: error.rejections.map(({ rule, where }) => `${rule} ${where}`), early: true }
  }
}

/** The whole ingest in this process; only whether the file is accepted can be compared. */
async function compareFull() {
  const [{ ingest }, { readAsGlb }] = await Promise.all([load('ingest'), load('glb')])
  const figures = { cases: 0, verdicts: 0 }
  for (const report of reports) {
    const file = report.slice(0, -'.report.json'.length)
    if (!existsSync(file)) continue
    const expected = errorsOf(JSON.parse(readFileSync(report, 'utf8')))
    const { accepted, rejections = [] } = await readAsGlb(file).then(
      (bytes) => ingest(bytes),
      (error) => ({ accepted: false, rejections: error.rejections ?? [{ rule: 'THROWN', where: String(error) }] }),
    )
    figures.cases += 1
    if (accepted === (expected.length === 0)) figures.verdicts += 1
    else
      process.stdout.write(
        `${relative(dir, file)}\n  report: ${expected.join(', ') || 'no errors'}\n  ingest: ${accepted ? 'accepted' : rejections.map(({ rule, where, message }) => `${rule} ${where} (${message})`).join(', ')}\n`,
      )
  }
  process.stdout.write(`${figures.verdicts} of ${figures.cases} verdicts (accepted or not) agree.\n`)
}

if (isFull) {
  await compareFull()
  process.exit()
}

const figures = { cases: 0, verdicts: 0, identical: 0, repaired: 0 }
for (const report of reports) {
  const file = report.slice(0, -'.report.json'.length)
  if (!existsSync(file)) continue
  const expected = JSON.parse(readFileSync(report, 'utf8'))
  const wanted = errorsOf(expected).toSorted()
  const { accepted, errors, early, repaired } = await verdictOf(file)
  figures.cases += 1
  const sameVerdict = accepted === (expected.issues.numErrors === 0)
  const sameErrors = JSON.stringify(wanted) === JSON.stringify(errors.toSorted())
  if (sameVerdict) figures.verdicts += 1
  if (sameErrors) figures.identical += 1
  if (repaired) figures.repaired += 1
  if (sameVerdict && sameErrors) continue
  const why = repaired
    ? 'accepted, for all of its errors are put right'
    : early
      ? 'refused before the validator'
      : 'the validator says otherwise'
  process.stdout.write(
    `${relative(dir, file)}: ${why}\n  report: ${wanted.join(', ') || 'no errors'}\n  ingest: ${errors.join(', ') || 'no errors'}\n`,
  )
  if (!repaired && !early) process.exitCode = 1
}
process.stdout.write(
  `${figures.verdicts} of ${figures.cases} verdicts (accepted or not) agree; in ${figures.identical} of ${figures.cases} all codes and pointers are the same; ${figures.repaired} are accepted because their errors are put right.\n`,
)
