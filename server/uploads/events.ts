/**
 * The events of an upload: server-sent events (WHATWG HTML, "Server-sent events"). Each has the whole status, until the
 * upload is settled.
 */
import type { ServerResponse } from 'node:http'
import { Deferred, Effect, Exit, Schedule } from 'effect'
import { FOLLOWER_BEAT_MS, FOLLOWER_BUFFER_BYTES_MAX } from '../limits.ts'
import { isSettled, type UploadStatus } from '../../http-contract/index.ts'
import type { Claims } from '../accounts/tokens.ts'
import type { RouteError } from '../http/reply.ts'
import type { StoreError } from '../store-calls.ts'
import type { UploadService } from './upload-service.ts'

/** A client that lost the connection requests the events again after this long, ms. */
const RETRY_MS = 1_000

/** Ends when the upload is settled, or the client is gone. */
export const sendEvents: (
  uploads: UploadService,
  id: string,
  claims: Claims,
  response: ServerResponse,
) => Effect.Effect<void, RouteError | StoreError> = Effect.fnUntraced(function* (uploads, id, claims, response) {
  const first = yield* uploads.status(id, claims)
  // Without a connection there will be no `close` event, and this follower would stay until the upload is settled.
  if (response.destroyed) return
  const ended = yield* Deferred.make<void>()
  const end = (): void => void Deferred.doneUnsafe(ended, Exit.void)
  // A client that does not read is disconnected; its next request begins with the current status.
  const write = (text: string): void => {
    if (response.writableLength > FOLLOWER_BUFFER_BYTES_MAX) response.destroy()
    else response.write(text)
  }
  const send = (status: UploadStatus): void => write(`data: ${JSON.stringify(status)}\n\n`)
  const unfollow = yield* uploads.follow(id, claims, (status) => {
    send(status)
    if (isSettled(status.stage)) end()
  })
  response.once('close', end)
  response.writeHead(200, {
    'content-type': 'text/event-stream',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
  })
  response.write(`retry: ${RETRY_MS}\n\n`)
  send(unfollow ? first : yield* uploads.status(id, claims))
  if (unfollow) {
    const beats = Effect.sync(() => write(': still here\n\n')).pipe(
      Effect.repeat(Schedule.spaced(FOLLOWER_BEAT_MS)),
      Effect.delay(FOLLOWER_BEAT_MS),
    )
    yield* Effect.raceFirst(Deferred.await(ended), beats).pipe(Effect.ensuring(Effect.sync(unfollow)))
  }
  response.end()
})
