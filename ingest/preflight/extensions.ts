/** Checks the extensions that a file requires, and the packed data of those that are decoded. */
import { refuseUpload } from './advice.ts'
import { isKnownExtension } from '../extension-lists.ts'
import { countOf, extensionOf, listOf, objectOf, objectsOf, type JsonObject } from '../json.ts'
import { clipped } from '../text.ts'
import { CHECK_LIMITS } from '../limits.ts'
import { readDracoHeader } from './draco-header.ts'
import type { Resolve } from './embed.ts'
import { viewReader } from './views.ts'

/** Throws Rejected. */
export function checkExtensions(json: JsonObject, bin: Uint8Array | null, resolve: Resolve): void {
  for (const [i, name] of listOf(json['extensionsRequired']).entries())
    if (typeof name === 'string' && !isKnownExtension(name))
      refuseUpload(
        'EXTENSION_REQUIRED',
        `/extensionsRequired/${i}`,
        `The file cannot be read without the extension "${clipped(name)}", which this server does not know.`,
        name,
      )
  checkInstances(json)
  checkDraco(json, viewReader(json, bin, resolve))
}

function checkInstances(json: JsonObject): void {
  const accessors = objectsOf(json, 'accessors')
  let instances = 0
  for (const [i, node] of objectsOf(json, 'nodes').entries()) {
    const packed = extensionOf(node, 'EXT_mesh_gpu_instancing')
    if (!packed) continue
    const counts = Object.values(objectOf(packed['attributes'])).map((index) =>
      Number(accessors[countOf(index) ?? -1]?.['count'] ?? 0),
    )
    instances += Math.max(0, ...counts)
    if (instances > CHECK_LIMITS.instances)
      refuseUpload(
        'INSTANCES',
        `/nodes/${i}/extensions/EXT_mesh_gpu_instancing`,
        `The nodes up to this one are ${instances.toLocaleString('en-US')} instances; at most ${CHECK_LIMITS.instances.toLocaleString('en-US')} are allowed.`,
        instances,
        CHECK_LIMITS.instances,
      )
  }
}

/** Draco data has its own count of what it unpacks to, whatever the accessors claim. */
function checkDraco(json: JsonObject, bytesOf: (view: unknown) => Uint8Array | null): void {
  let triangles = 0
  for (const [i, mesh] of objectsOf(json, 'meshes').entries()) {
    for (const [k, primitive] of objectsOf(mesh, 'primitives').entries()) {
      const packed = extensionOf(primitive, 'KHR_draco_mesh_compression')
      if (!packed) continue
      const where = `/meshes/${i}/primitives/${k}/extensions/KHR_draco_mesh_compression`
      const bytes = bytesOf(packed['bufferView'])
      const header = bytes && readDracoHeader(bytes)
      if (!header) refuseUpload('DRACO_DATA', where, 'The Draco data cannot be found or read.')
      triangles += Math.max(header.faces, header.points / 3)
      if (triangles > CHECK_LIMITS.dracoTriangles)
        refuseUpload(
          'DRACO_SIZE',
          where,
          `The Draco data up to this mesh claims ${Math.round(triangles).toLocaleString('en-US')} triangles; at most ${CHECK_LIMITS.dracoTriangles.toLocaleString('en-US')} are allowed.`,
          Math.round(triangles),
          CHECK_LIMITS.dracoTriangles,
        )
    }
  }
}
