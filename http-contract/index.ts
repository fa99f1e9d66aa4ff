/** The contract of the HTTP API: every body, answer, error and address below /v1, and a client that follows it. */
export { ApiError, errorOf } from './api-error.ts'
export { ApiClient } from './client.ts'
export { decode } from './decode.ts'
export { decodeBody, pathOf, type Body } from './endpoint.ts'
export {
  ALL_ENDPOINTS,
  ENDPOINTS,
  type AnswerFor,
  type BodyFor,
  type EndpointId,
  type ParametersFor,
} from './endpoints.ts'
export { statusOf, type ErrorReason } from './errors.ts'
export {
  PACKAGE_KINDS,
  PACKAGE_RANKS,
  REALM_ROLES,
  SHARINGS,
  type LoginRole,
  type RealmRole,
  type Sharing,
} from './fields.ts'
export { Login } from './login.ts'
export type { FileLink, PackageAnswer, PackageRecord } from './packages.ts'
export { openApi, type OpenApi } from './openapi.ts'
export type { RealmStatus, ServerStatus, StoreState } from './status.ts'
export {
  INGEST_STAGES,
  isSettled,
  type DeclaredUpload,
  type IngestStage,
  type Rejection,
  type UploadLink,
  type UploadStage,
  type UploadStatus,
  type UploadWarning,
} from './uploads.ts'
