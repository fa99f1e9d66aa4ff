/** The file in which the ingest's child process passes a picture to its parent. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { objectOf, textOf } from '../json.ts'
import type { Picture } from '../types.ts'

/** Written after the outcome: a failure to draw leaves the outcome as it is. */
export const PICTURE_FILE = 'picture.json'

export const pictureText = (picture: Picture): string =>
  JSON.stringify('webp' in picture ? { webp: Buffer.from(picture.webp).toString('base64') } : picture)

/** A child that ended before it wrote the file gives the reason that it took too long or too much memory. */
export async function readPicture(directory: string): Promise<Picture> {
  const text = await readFile(join(directory, PICTURE_FILE), 'utf8').catch(() => null)
  const { webp, reason } = objectOf(text === null ? null : JSON.parse(text))
  const base64 = textOf(webp)
  return base64 === null
    ? { reason: textOf(reason) ?? 'it took too long or too much memory to draw' }
    : { webp: new Uint8Array(Buffer.from(base64, 'base64')) }
}
