/** Asset ingest: what somebody brings becomes a package that every client can load, or a list of reasons why not. */

export { checkUpload } from './checks/check.ts'
export { ingestInChild } from './process/child.ts'
export { readAsGlb } from './gltf-to-glb.ts'

export { Rejected, type IngestOptions, type IngestOutcome, type IngestWarning, type Rejection } from './types.ts'
