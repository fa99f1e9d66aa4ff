// Finds the smallest inputs that together reach every block of code that any input reaches: V8's precise coverage,
// greedily, the shortest first. (libFuzzer's own merge restarts itself as a native program, which is impossible inside
// Node.)
import { Session } from 'node:inspector'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** Call counts of a block are compared in steps, as the fuzzer does: once, twice, some, many. */
const stepOf = (count) => Math.min(5, Math.floor(Math.log2(count)))

function blocksOf(session) {
  let blocks = []
  session.post('Profiler.takePreciseCoverage', (error, answer) => {
    if (error) throw error
    const ours = answer.result.filter(({ url }) => url.endsWith('/fuzz/entry.cjs'))
    blocks = ours.flatMap(({ functions }) =>
      functions.flatMap(({ ranges }) =>
        ranges
          .filter(({ count }) => count > 0)
          .map(({ startOffset, endOffset, count }) => `${startOffset}-${endOffset}*${stepOf(count)}`),
      ),
    )
  })
  return blocks
}

/** Paths of the inputs to keep, of all in `folders`. */
export async function minimise(take, name, folders) {
  const inputs = folders
    .flatMap((folder) => readdirSync(folder).map((file) => join(folder, file)))
    .map((path) => ({ path, bytes: readFileSync(path) }))
  const session = new Session()
  session.connect()
  session.post('Profiler.enable')
  session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true })
  const reached = new Set()
  const kept = []
  try {
    for (const { path, bytes } of inputs.toSorted((a, b) => a.bytes.length - b.bytes.length)) {
      blocksOf(session)
      await take(name, bytes)
      const fresh = blocksOf(session).filter((block) => !reached.has(block))
      if (fresh.length === 0) continue
      for (const block of fresh) reached.add(block)
      kept.push(path)
    }
  } finally {
    session.disconnect()
  }
  return kept
}
