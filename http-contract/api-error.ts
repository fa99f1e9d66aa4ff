/** Errors of the HTTP client: the server refused a request, or its answer does not follow the contract. */
import { decode, type Fault, type JsonCodec } from './decode.ts'
import { ErrorBody } from './errors.ts'

export class ApiError extends Error {
  /** HTTP status; 0 if there was no answer. */
  readonly status: number
  /** For programs, e.g. `quota`. */
  readonly reason: string
  readonly where: string | undefined
  /** Tells the caller what to do. */
  readonly fix: string | undefined

  constructor(status: number, reason: string, message: string, where?: string, fix?: string) {
    super(message)
    this.name = 'ApiError'
    this.status = status
    this.reason = reason
    this.where = where
    this.fix = fix
  }

  /**
   * True if the same request may succeed later: the network, the archive or the file store is away, or there were too
   * many requests.
   */
  get isRetryable(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500
  }
}

/**
 * Reads the error from an answer's body. Returns null if it is not from an Otherworld server but, for example, from a
 * proxy.
 */
export function errorOf(status: number, json: unknown): ApiError | null {
  const body = decode(ErrorBody, json)
  if (!body.ok) return null
  const { reason, message, where, fix } = body.value
  return new ApiError(status, reason, message, where, fix)
}

/** A successful answer without the shape of the contract. */
class AnswerError extends ApiError {
  constructor(status: number, { path, message }: Fault) {
    const where = path.length === 0 ? '' : `${path.join('/')}: `
    super(
      status,
      'bad-answer',
      `The server's answer is not valid. ${where}${message}. Is it an Otherworld server of this version?`,
    )
    this.name = 'AnswerError'
  }
}

/** Throws AnswerError. */
export function decodeAnswer<T>(schema: JsonCodec<T>, value: unknown, status = 200): T {
  const decoded = decode(schema, value)
  if (decoded.ok) return decoded.value
  throw new AnswerError(status, decoded.fault)
}
