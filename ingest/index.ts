/** Asset ingest: converts an upload to a package that every client can load, or returns reasons why not. */

export { checkUpload } from './checks/check.ts'
export { ingestInChild, type ChildOutcome } from './process/run-child.ts'
export { readAsGlb } from './gltf-to-glb.ts'

export { Rejected, type IngestOptions, type IngestWarning, type Rejection } from './types.ts'
