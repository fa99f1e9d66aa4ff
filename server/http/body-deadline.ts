/**
 * Ends requests whose body does not arrive in time. Node's own requestTimeout is the same for all requests; uploads of
 * files need longer, and storage/assets enforces a minimum rate for them.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { sendError, slowBody } from '../../http/http.ts'
import { isUpload } from '../../storage/assets/index.ts'

/**
 * Watches a request until its body is complete. A slow one is answered with 408, or cut off if its answer has begun.
 */
export function limitBody(request: IncomingMessage, response: ServerResponse, msMax: number): void {
  if (!hasBody(request)) return
  const timer = setInterval(() => {
    if (request.complete) return clearInterval(timer)
    if (response.headersSent) return void request.destroy()
    // Check an upload again later: it may be answered by then although its sender continues
    if (isUpload(request)) return undefined
    return sendError(response, slowBody(msMax))
  }, msMax)
  timer.unref()
  request.once('close', () => clearInterval(timer))
}

const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0
