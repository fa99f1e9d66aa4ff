/** Every limit of the asset stores: its unit is in its name, its reason beside it. */
import { FREE_BYTES_MIN } from '../recordings/index.ts'

/** Longest life of a link, s: what S3 signs at most (a week). */
export const LINK_SECONDS_MAX = 604_800

/**
 * File operations under way at once: of the four threads that Node has for files and their syncs, two are left to the
 * recordings, also where the disk of the assets hangs.
 */
export const DISK_JOBS_MAX = 2

/** File operations that wait; beyond it the disk counts as away. More than downloads and uploads together can have. */
export const DISK_QUEUE_MAX = 2_000

/** An operation on the local disk that takes longer, ms, has failed as if the disk were away. */
export const DISK_MS_MAX = 20_000

/** Bytes that stay free on the disk: twice what stops admission, so that files stop coming before people do. */
export const ASSET_FREE_BYTES_MIN = 2 * FREE_BYTES_MIN

/** Bytes written or hashed in one go: the event loop is free again after less than a millisecond. */
export const CHUNK_BYTES = 65_536

/** Read and sent in one go: enough that a busy machine's threads need not be woken for every few bytes. */
export const DOWNLOAD_CHUNK_BYTES = 262_144
/** Downloads at once; each holds an open file and one chunk, together 64 MiB. */
export const DOWNLOADS_MAX = 256
/** Uploads at once; each holds an open file. Every one was permitted by the API, which counts them by user. */
export const UPLOADS_MAX = 32

/** Fewest bytes within so many milliseconds; who is slower is cut off. */
export interface Pace {
  readonly bytesMin: number
  readonly windowMs: number
}
/** Slowest upload: a phone at 64 kbit/s is faster. */
export const UPLOAD_PACE: Pace = { bytesMin: 65_536, windowMs: 10_000 }
/** Slowest download: a chunk counts once the client has received all of it. */
export const DOWNLOAD_PACE: Pace = { bytesMin: DOWNLOAD_CHUNK_BYTES, windowMs: 60_000 }

/** How long a sender that was refused may go on before its connection is closed, ms: time to read why. */
export const LINGER_MS_MAX = 2_000

/** Connecting to S3, ms: it stands beside the server or in the next town. */
export const S3_CONNECT_MS_MAX = 2_000
/** Silence of S3 within a request, ms, after which it is tried again. */
export const S3_SILENCE_MS_MAX = 5_000
/** One operation on S3 with all its tries, ms. */
export const S3_MS_MAX = 20_000
/** Wait before the first new try, ms; doubled each time, up to S3_RETRY_MS_MAX. */
export const S3_RETRY_MS = 200
export const S3_RETRY_MS_MAX = 2_000
/** Sockets to S3 at once; more operations wait for one. */
export const S3_SOCKETS_MAX = 32
