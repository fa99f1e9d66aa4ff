/**
 * The events of an upload: server-sent events (WHATWG HTML, "Server-sent events"). Each has the whole status, until the
 * upload is settled.
 */
import type { ServerResponse } from 'node:http'
import { FOLLOWER_BEAT_MS, FOLLOWER_BUFFER_BYTES_MAX } from '../limits.ts'
import { isSettled, type UploadStatus } from '../../http-api/index.ts'
import type { Claims } from '../accounts/tokens.ts'
import type { RunEffect } from '../http/effect-runner.ts'
import type { UploadService } from './upload-service.ts'

/** A client that lost the connection requests the events again after this long, ms. */
const RETRY_MS = 1_000

export async function sendEvents(
  uploads: UploadService,
  id: string,
  claims: Claims,
  response: ServerResponse,
  run: RunEffect,
): Promise<void> {
  const first = await run(uploads.status(id, claims))
  // Without a connection there will be no `close` event, and this follower would stay until the upload is settled.
  if (response.destroyed) return
  let beat: NodeJS.Timeout | undefined
  const end = uploads.follow(id, claims, (status) => {
    send(status)
    if (isSettled(status.stage)) finish()
  })
  const finish = (): void => {
    clearInterval(beat)
    end?.()
    response.end()
  }
  // A client that does not read is disconnected; its next request begins with the current status.
  const write = (text: string): void => {
    if (response.writableLength > FOLLOWER_BUFFER_BYTES_MAX) response.destroy()
    else response.write(text)
  }
  const send = (status: UploadStatus): void => write(`data: ${JSON.stringify(status)}\n\n`)
  response.writeHead(200, {
    'content-type': 'text/event-stream',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
  })
  response.write(`retry: ${RETRY_MS}\n\n`)
  send(end ? first : await run(uploads.status(id, claims)))
  if (!end) return finish()
  response.once('close', finish)
  beat = setInterval(() => write(': still here\n\n'), FOLLOWER_BEAT_MS)
  beat.unref()
}
