/** The contract of the HTTP API: every body, answer, error and address below /v1, and a client that follows it. */
export { AnswerError, ApiError, decodeAnswer, errorOf } from './api-error.ts'
export { ApiClient, type ApiClientOptions } from './client.ts'
export { decode } from './decode.ts'
export { decodeBody, pathOf, type Body, type Endpoint, type Refusal } from './endpoint.ts'
export {
  ALL_ENDPOINTS,
  ENDPOINTS,
  type AnswerFor,
  type BodyFor,
  type EndpointId,
  type ParametersFor,
} from './endpoints.ts'
export { statusOf, type ErrorBody, type ErrorReason, type StatusOf } from './errors.ts'
export {
  LOGIN_ROLES,
  PACKAGE_KINDS,
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
  UPLOAD_STAGES,
  type DeclaredUpload,
  type IngestStage,
  type Rejection,
  type UploadBody,
  type UploadLink,
  type UploadStage,
  type UploadStatus,
  type UploadWarning,
} from './uploads.ts'
