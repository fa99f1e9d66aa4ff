/**
 * The child process that run-child.ts starts: reads one file, writes a package's files and an outcome, and prints a
 * line for each stage.
 */
import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { OUTCOME_FILE } from './run-child.ts'
import { ingest } from '../ingest.ts'
import { endWithParent } from './parent-watch.ts'
import type { IngestOptions } from '../types.ts'

interface Order {
  readonly file: string
  readonly directory: string
  readonly options: IngestOptions
  /** Id of the process that waits for it; the child ends with that process. */
  readonly parent?: number
  /** Processor time after which the child ends, seconds. */
  readonly cpuSeconds?: number
}

async function main({ file, directory, options, parent, cpuSeconds }: Order): Promise<void> {
  if (parent !== undefined) endWithParent(parent, cpuSeconds)
  const outcome = await ingest(new Uint8Array(readFileSync(file)), {
    ...options,
    onStage: (stage) => void process.stdout.write(`stage ${stage}\n`),
  })
  const listed = outcome.accepted ? [...outcome.files].map(([sha256, { mediaType }]) => ({ sha256, mediaType })) : []
  if (outcome.accepted) for (const [sha256, { bytes }] of outcome.files) writeFileSync(join(directory, sha256), bytes)
  const words = outcome.accepted
    ? { accepted: true, hash: outcome.hash, files: listed, warnings: outcome.warnings }
    : { accepted: false, rejections: outcome.rejections, warnings: outcome.warnings }
  writeFileSync(join(directory, `${OUTCOME_FILE}.new`), JSON.stringify(words))
  renameSync(join(directory, `${OUTCOME_FILE}.new`), join(directory, OUTCOME_FILE))
}

await main(JSON.parse(process.argv[2] ?? '{}') as Order)
