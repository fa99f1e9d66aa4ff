/**
 * The first checks of a file (ingest/checks/check.ts has all of them): they bound what it may cost, and must pass before
 * the validator or any decoder sees it. Time and memory grow with the JSON and the
 * number of images, never with the file's claims.
 */
import { refuseUpload } from './advice.ts'
import type { Container } from './container.ts'
import { dataOf } from './embed.ts'
import { objectsOf, type JsonObject } from '../json.ts'
import { clipped } from '../text.ts'
import { checkAccessors } from './accessors.ts'
import { checkCounts } from './counts.ts'
import { checkExtensions } from './extensions.ts'
import { checkImages, imageBytes } from './images.ts'
import { checkNodes } from './nodes.ts'

/** `resolve` returns the bytes of a file beside a .gltf, if available. Throws Rejected. */
export function preflight({ json, bin }: Container, resolve: (uri: string) => Uint8Array | null): void {
  checkCounts(json)
  checkUris(json, resolve)
  checkNodes(json)
  checkAccessors(json, bin !== null)
  checkExtensions(json, bin, resolve)
  checkImages(imageBytes(json, bin, resolve))
}

function checkUris(json: JsonObject, resolve: (uri: string) => Uint8Array | null): void {
  for (const key of ['buffers', 'images']) {
    for (const [i, holder] of objectsOf(json, key).entries()) {
      const uri = holder['uri']
      if (typeof uri !== 'string' || dataOf(uri) || resolve(uri)) continue
      refuseUpload('EXTERNAL_URI', `/${key}/${i}/uri`, `The file refers to "${clipped(uri)}", which is not in it.`, uri)
    }
  }
}
