/** Asset ingest: what somebody brings becomes a package that every client can load, or a list of reasons why not. */
export { ingest } from './ingest.ts'
export { checkUpload } from './check.ts'
export { ingestInChild, type ChildLimits, type ChildSetting } from './child.ts'
export { readAsGlb } from './gltf-to-glb.ts'
export { CHECK_LIMITS, CHILD_LIMITS, KIND_LIMITS } from './limits.ts'
export {
  Rejected,
  type IngestFile,
  type IngestOptions,
  type IngestOutcome,
  type IngestStage,
  type IngestWarning,
  type Rejection,
} from './types.ts'
