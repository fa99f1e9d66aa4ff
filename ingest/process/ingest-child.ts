/**
 * The child process that run-child.ts starts: reads one file, writes a package's files and an outcome, and prints a
 * line for each stage. If it is asked to, it then draws the model.
 */
import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { PICTURE_FILE, pictureText } from './picture-file.ts'
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
  /** True: it also draws the model. */
  readonly isPictured?: boolean
}

async function main({ file, directory, options, parent, cpuSeconds, isPictured }: Order): Promise<void> {
  if (parent !== undefined) endWithParent(parent, cpuSeconds)
  const upload = new Uint8Array(readFileSync(file))
  const put = (name: string, text: string): void => {
    writeFileSync(join(directory, `${name}.new`), text)
    renameSync(join(directory, `${name}.new`), join(directory, name))
  }
  const outcome = await ingest(upload, {
    ...options,
    onStage: (stage) => void process.stdout.write(`stage ${stage}\n`),
  })
  const listed = outcome.accepted ? [...outcome.files].map(([sha256, { mediaType }]) => ({ sha256, mediaType })) : []
  if (outcome.accepted) for (const [sha256, { bytes }] of outcome.files) writeFileSync(join(directory, sha256), bytes)
  const words = outcome.accepted
    ? { accepted: true, hash: outcome.hash, files: listed, warnings: outcome.warnings }
    : { accepted: false, rejections: outcome.rejections, warnings: outcome.warnings }
  put(OUTCOME_FILE, JSON.stringify(words))
  if (isPictured !== true) return
  const { drawPicture } = await import('../picture/draw.ts')
  put(PICTURE_FILE, pictureText(await drawPicture(outcome, upload)))
}

await main(JSON.parse(process.argv[2] ?? '{}') as Order)
