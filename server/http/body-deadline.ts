/**
 * A request's body is complete in time, or its connection ends. Node's own requestTimeout knows one time for all; uploads
 * of files need more, and are held to a pace where they are taken (storage/assets).
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { sendJson } from '../../http/http.ts'
import { isUpload } from '../../storage/assets/index.ts'

/** Watches a request until its body is complete; who is too slow is told where nothing else was answered before. */
export function limitBody(request: IncomingMessage, response: ServerResponse, msMax: number): void {
  if (!hasBody(request)) return
  const timer = setInterval(() => {
    if (request.complete) return clearInterval(timer)
    if (response.headersSent) return void request.destroy()
    // An upload that goes on is looked at again: it may have been answered by then, and its sender not have stopped
    if (isUpload(request)) return undefined
    return sendJson(response, 408, { reason: 'slow-body', message: 'The body did not arrive in time.' })
  }, msMax)
  timer.unref()
  request.once('close', () => clearInterval(timer))
}

const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0
