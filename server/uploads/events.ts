/** The events of an upload: server-sent events (WHATWG HTML, "Server-sent events"), each the whole status, until it is settled. */
import type { ServerResponse } from 'node:http'
import { FOLLOWER_BEAT_MS, FOLLOWER_BUFFER_BYTES_MAX } from '../limits.ts'
import type { Claims } from '../accounts/tokens.ts'
import type { UploadService } from './upload-service.ts'
import type { UploadStatus } from './status.ts'

/** A client that lost the connection asks again after this long, ms. */
const RETRY_MS = 1_000

export async function sendEvents(
  uploads: UploadService,
  id: string,
  claims: Claims,
  response: ServerResponse,
): Promise<void> {
  const first = await uploads.status(id, claims)
  // Who went away meanwhile would be followed for until the upload is settled: nothing says again that it has.
  if (response.destroyed) return
  let beat: NodeJS.Timeout | undefined
  const end = uploads.follow(id, claims, (status) => {
    tell(status)
    if (status.stage === 'done' || status.stage === 'rejected' || status.stage === 'failed') finish()
  })
  const finish = (): void => {
    clearInterval(beat)
    end?.()
    response.end()
  }
  // Who does not read what is sent is let go; its next request is told the state as it is then.
  const write = (text: string): void => {
    if (response.writableLength > FOLLOWER_BUFFER_BYTES_MAX) response.destroy()
    else response.write(text)
  }
  const tell = (status: UploadStatus): void => write(`data: ${JSON.stringify(status)}\n\n`)
  response.writeHead(200, {
    'content-type': 'text/event-stream',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
  })
  response.write(`retry: ${RETRY_MS}\n\n`)
  tell(end ? first : await uploads.status(id, claims))
  if (!end) return finish()
  response.once('close', finish)
  beat = setInterval(() => write(': still here\n\n'), FOLLOWER_BEAT_MS)
  beat.unref()
}
