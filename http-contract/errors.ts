/**
 * Reasons with which the API refuses requests. Each reason has one status everywhere. Answers with an error have the
 * shape `ErrorBody`.
 */
import * as Schema from 'effect/Schema'

const ERRORS = {
  'address-sockets': [429, 'too many open sockets from this network address'],
  'bad-declaration': [400, 'the declaration of an upload is not valid'],
  'bad-identity': [400, 'the identity is not from this server, or has expired'],
  'bad-json': [400, 'the body is not JSON'],
  'bad-name': [400, 'the name is missing or not allowed'],
  'bad-path': [400, 'the path is not valid percent-encoded UTF-8'],
  'bad-request': [400, 'the request is not valid HTTP'],
  'bad-role': [400, 'there is no such role'],
  'bad-sharing': [400, 'the body does not say who may use the package'],
  'bad-user': [400, 'the path does not have the uid of a user'],
  'body-too-large': [413, 'the body has more than 64 KiB'],
  'broken-body': [400, 'the connection ended within the body'],
  'header-too-large': [431, 'the header of the request has more than 16 KiB'],
  internal: [500, 'the server failed at this request'],
  'method-not-allowed': [405, 'the address has no such method'],
  'not-found': [404, 'there is nothing at this address, or it is not yours'],
  'not-permitted': [403, 'you may not do this'],
  'not-uploaded': [409, 'the bytes of the upload have not arrived'],
  origin: [403, "pages of this origin need the operator's permission"],
  quota: [403, 'you have as many packages, or bytes in them, as a user may have'],
  'slow-body': [408, 'the body did not arrive in time'],
  'slow-header': [408, 'the header of the request did not arrive in time'],
  starting: [503, 'the server is starting; try again in a moment'],
  stopping: [503, 'the server is stopping'],
  'store-away': [503, 'the archive or the file store does not answer; try again in a moment'],
  token: [401, 'the token is missing, not from this server, or expired'],
  'too-large': [413, 'the file has more bytes than its kind may have'],
  'too-many-changes': [429, 'roles are changed too fast'],
  'too-many-grants': [409, 'the realm has as many roles as it may have'],
  'too-many-logins': [429, 'too many logins from this network address'],
  'too-many-tries': [429, 'too many requests with a wrong token'],
  'too-many-uploads': [429, 'too many uploads, or too many listeners to one'],
  unavailable: [503, 'the server is stopping'],
} as const

export type ErrorReason = keyof typeof ERRORS
type StatusOf<R extends ErrorReason> = (typeof ERRORS)[R][0]

export const ERROR_REASONS = Object.keys(ERRORS) as readonly ErrorReason[]
export const statusOf = <R extends ErrorReason>(reason: R): StatusOf<R> => ERRORS[reason][0]
export const meaningOf = (reason: ErrorReason): string => ERRORS[reason][1]

/** The body of every error answer. Servers send all four fields; older ones and proxies leave some out. */
export const ErrorBody = Schema.Struct({
  /** For programs. Proxies and later servers may send others than `ErrorReason`. */
  reason: Schema.String,
  /** For people: what is wrong. */
  message: Schema.String,
  where: Schema.optionalKey(Schema.String),
  /** Tells the caller what to do. */
  fix: Schema.optionalKey(Schema.String),
}).annotate({ identifier: 'Error' })
export type ErrorBody = typeof ErrorBody.Type
