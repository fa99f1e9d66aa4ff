/** Every limit of the asset stores, with its unit in its name and its reason in a comment. */
import { FREE_BYTES_MIN } from '../recordings/index.ts'

/** Longest lifetime of a link, s: the most that S3 signs (a week). */
export const LINK_SECONDS_MAX = 604_800

/**
 * File operations under way at once. Of the four threads that Node has for files and their syncs, two are left to the
 * recordings even if the assets' disk hangs.
 */
export const DISK_JOBS_MAX = 2

/**
 * File operations that may wait; beyond it the disk counts as away. More than downloads and uploads together can need.
 */
export const DISK_QUEUE_MAX = 2_000

/** Time of an operation on the local disk, ms. If it takes longer, it fails as if the disk were away. */
export const DISK_MS_MAX = 20_000

/** Bytes that stay free on the disk: twice the limit that stops admission, so that uploads stop before logins do. */
export const ASSET_FREE_BYTES_MIN = 2 * FREE_BYTES_MIN

/** Bytes written or hashed in one step: the event loop is free again after less than a millisecond. */
export const CHUNK_BYTES = 65_536

/** Bytes read and sent in one step: large enough that a busy machine wakes its threads rarely. */
export const DOWNLOAD_CHUNK_BYTES = 262_144
/** Downloads at once; each holds an open file and one chunk, together 64 MiB. */
export const DOWNLOADS_MAX = 256
/** Uploads at once; each holds an open file. The API permitted each one and limits them by user. */
export const UPLOADS_MAX = 32

/** Minimum number of bytes in each time window. A slower connection is closed. */
export interface MinimumRate {
  readonly bytesMin: number
  readonly windowMs: number
}
/** Slowest upload: a phone at 64 kbit/s is faster. */
export const UPLOAD_RATE_MIN: MinimumRate = { bytesMin: 65_536, windowMs: 10_000 }
/** Slowest download: a chunk counts once the client has received all of it. */
export const DOWNLOAD_RATE_MIN: MinimumRate = { bytesMin: DOWNLOAD_CHUNK_BYTES, windowMs: 60_000 }

/** Time that a refused sender may continue to send before its connection is closed, ms: enough to read the response. */
export const LINGER_MS_MAX = 2_000

/** Time to connect to S3, ms. It is beside the server or in a near data centre. */
export const S3_CONNECT_MS_MAX = 2_000
/** Time without a byte from S3 within a request, ms; then the request is retried. */
export const S3_SILENCE_MS_MAX = 5_000
/** Time of one operation on S3 with all its retries, ms. */
export const S3_MS_MAX = 20_000
/** Pause before the first retry, ms; doubled each time, up to S3_RETRY_MS_MAX. */
export const S3_RETRY_MS = 200
export const S3_RETRY_MS_MAX = 2_000
/** Sockets to S3 at once; more operations wait for one. */
export const S3_SOCKETS_MAX = 32
