/** Draws the picture of an upload after its ingest, whatever the outcome. */
import type { Document } from '@gltf-transform/core'
import { checkUpload } from '../checks/check.ts'
import { vrmVersion } from '../normalise/carried.ts'
import { readDocument } from '../normalise/io.ts'
import { prepare } from '../normalise/prepare.ts'
import { convertSpecularGloss } from '../normalise/spec-gloss.ts'
import { openContainer } from '../preflight/container.ts'
import { Rejected, type IngestOutcome, type Picture } from '../types.ts'
import { pictureOf } from './picture.ts'

interface Opened {
  readonly document: Document
  /** True if its front is -Z. */
  readonly isTurned: boolean
}

/**
 * The picture of the package, or of a refused upload that passes the checks. A failure gives its reason. It uses as much
 * memory and time as the limits permit, so it runs in the ingest's child process.
 */
export async function drawPicture(outcome: IngestOutcome, upload: Uint8Array): Promise<Picture> {
  try {
    const { document, isTurned } = outcome.accepted ? await packaged(outcome) : await uploaded(upload)
    return { webp: await pictureOf(document, isTurned) }
  } catch (error) {
    if (error instanceof Rejected) return { reason: 'the file did not pass the checks' }
    return { reason: error instanceof Error ? error.message.slice(0, 200) : String(error) }
  }
}

async function packaged({ manifest, files }: Extract<IngestOutcome, { accepted: true }>): Promise<Opened> {
  const runtime = files.get(manifest.files.runtime.sha256)
  const opened = openContainer(runtime?.bytes ?? new Uint8Array(0))
  if ('fault' in opened) throw new Error(opened.fault.message)
  return { document: (await readDocument(opened.json, opened.bin)).document, isTurned: false }
}

/** VRM 0.x faces -Z by definition. */
async function uploaded(bytes: Uint8Array): Promise<Opened> {
  const { json, bin } = await checkUpload(bytes)
  const { document } = await readDocument(prepare(json, bin, ignore), bin)
  await convertSpecularGloss(document, ignore)
  return { document, isTurned: vrmVersion(document) === 0 }
}

/** The outcome has the warnings. */
const ignore = (): void => {}
