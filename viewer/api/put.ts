/** Uploads a file through its link and reports progress. fetch reports no upload progress, XMLHttpRequest does. */
import { ApiError, type UploadLink } from '../../http-contract/index.ts'
import { below } from '../../netcode/connect-error.ts'

/** Time without progress after which the network or the store counts as away, ms. */
const STALL_MS = 30_000

export type Put = (
  link: UploadLink,
  file: Blob,
  signal: AbortSignal,
  progress: (share: number) => void,
) => Promise<void>

/** Rejects with an ApiError. Relative links are resolved against `server`. */
export const putTo =
  (server: string): Put =>
  (link, file, signal, progress) =>
    new Promise((resolve, reject) => {
      const request = new XMLHttpRequest()
      let stall: ReturnType<typeof setTimeout> | undefined
      const settle = (error: ApiError | null): void => {
        clearTimeout(stall)
        signal.removeEventListener('abort', cancel)
        if (error) reject(error)
        else resolve()
      }
      const cancel = (): void => request.abort()
      const moved = (): void => {
        clearTimeout(stall)
        stall = setTimeout(() => {
          settle(new ApiError(0, 'stalled', 'The upload has stalled: the network or the file store is not responding.'))
          request.abort()
        }, STALL_MS)
      }
      request.open('PUT', below(server, link.url))
      for (const [name, value] of Object.entries(link.headers))
        if (!/^(host|content-length)$/i.test(name)) request.setRequestHeader(name, value)
      request.upload.addEventListener('progress', ({ loaded }) => {
        moved()
        progress(file.size === 0 ? 1 : loaded / file.size)
      })
      request.addEventListener('load', () =>
        settle(request.status >= 200 && request.status < 300 ? null : refusalOf(request)),
      )
      request.addEventListener('error', () =>
        settle(new ApiError(0, 'unreachable', 'The file store does not answer. The file was not sent.')),
      )
      request.addEventListener('abort', () => settle(new ApiError(0, 'cancelled', 'Cancelled.')))
      signal.addEventListener('abort', cancel, { once: true })
      moved()
      request.send(file)
    })

function refusalOf({ status }: XMLHttpRequest): ApiError {
  if (status === 403)
    return new ApiError(status, 'denied', 'The file store rejected the file: the upload waited too long. Try again.')
  if (status === 413) return new ApiError(status, 'too-large', 'The file store rejected the file: it is too large.')
  return new ApiError(status, 'store', `The file store rejected the file (status ${status}).`)
}
