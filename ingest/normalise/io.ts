/** Reads and writes glTF with gltf-transform and the decoders that a file needs. */
import { createRequire } from 'node:module'
import { Logger, NodeIO, type Document, type GLTF } from '@gltf-transform/core'
import { ALL_EXTENSIONS } from '@gltf-transform/extensions'
import { MeshoptDecoder } from 'meshoptimizer'
import { CARRIED_EXTENSIONS, DECODED_EXTENSIONS, KEPT_EXTENSIONS } from '../extension-lists.ts'
import { listOf, type JsonObject } from '../json.ts'
import { carriedExtension } from './carried.ts'

const { createDecoderModule } = createRequire(import.meta.url)('draco3dgltf') as {
  createDecoderModule(): Promise<unknown>
}

/** gltf-transform's name of a GLB's binary chunk. */
const GLB_BUFFER = '@glb.bin'

const KNOWN = new Set([...DECODED_EXTENSIONS, ...KEPT_EXTENSIONS])

/** It reads only the given bytes: it has no paths and no fetch. */
async function makeIo(json: JsonObject): Promise<NodeIO> {
  const io = new NodeIO()
    .setLogger(new Logger(Logger.Verbosity.SILENT))
    .setAllowNetwork(false)
    .registerExtensions(ALL_EXTENSIONS.filter(({ EXTENSION_NAME }) => KNOWN.has(EXTENSION_NAME)))
    .registerExtensions(CARRIED_EXTENSIONS.map(carriedExtension))
  const used = listOf(json['extensionsUsed'])
  if (used.includes('KHR_draco_mesh_compression'))
    io.registerDependencies({ 'draco3d.decoder': await createDecoderModule() })
  if (used.includes('EXT_meshopt_compression') || used.includes('KHR_meshopt_compression')) {
    await MeshoptDecoder.ready
    io.registerDependencies({ 'meshopt.decoder': MeshoptDecoder })
  }
  return io
}

export interface OpenedDocument {
  readonly document: Document
  /** Writes a GLB of the document's current state. */
  write(): Promise<Uint8Array<ArrayBuffer>>
}

/** Throws if packed data cannot be unpacked. */
export async function readDocument(json: JsonObject, bin: Uint8Array | null): Promise<OpenedDocument> {
  const io = await makeIo(json)
  const document = await io.readJSON({
    json: json as unknown as GLTF.IGLTF,
    resources: { [GLB_BUFFER]: Uint8Array.from(bin ?? []) },
  })
  document.setLogger(new Logger(Logger.Verbosity.SILENT))
  const write = async (): Promise<Uint8Array<ArrayBuffer>> => {
    settleBuffers(document)
    return Uint8Array.from(await io.writeBinary(document))
  }
  return { document, write }
}

/** A GLB has one buffer, or none without data. */
function settleBuffers(document: Document): void {
  const root = document.getRoot()
  const [first, ...others] = root.listBuffers()
  for (const buffer of others) buffer.dispose()
  if (root.listAccessors().length + root.listTextures().length === 0) {
    first?.dispose()
    return
  }
  const buffer = first ?? document.createBuffer()
  for (const accessor of root.listAccessors()) accessor.setBuffer(buffer)
}
