/**
 * Every limit of the server that is not a setting, with its unit in its name and its reason in a comment. Limits of a
 * session (rates, silence, resume) are in netcode/session/limits.ts, those of connections in http/connection-limits.ts.
 */

/** Links of one realm instance of all kinds, open at once: 500 players, observers, and some that come and go. */
export const LINKS_MAX = 600

/** Lockstep peers of one realm. Each gets every input, some 2.7 KB a tick at 100 full bodies. */
export const OBSERVERS_MAX = 16

/**
 * Players admitted to a realm, or returning to it, in one tick: 120 a second at 60. Describing the world to a player,
 * and the player to everyone, takes about half a millisecond among a hundred others.
 */
export const NEWCOMERS_PER_TICK_MAX = 2

/** From opening a link to its Hello; a slow phone needs one or two round trips. */
export const HELLO_MS_MAX = 5_000

/** Inputs of one player in one frame: a person's moves, poses and drags, with room for a burst of commands. */
export const INPUTS_PER_FRAME_MAX = 16

/**
 * Inputs of one player that wait for later frames, about one second's worth at the cap. A player that exceeds it is
 * disconnected.
 */
export const INPUT_BACKLOG_MAX = 1_024

/** Lifetime of a token: a long evening. After it, the client must log in again. */
export const TOKEN_SECONDS_MAX = 12 * 60 * 60

/**
 * Lifetime of an identity, two years. Each login renews it, so it expires only for a user that stays away for longer.
 */
export const IDENTITY_SECONDS_MAX = 2 * 365 * 24 * 60 * 60

/** Addresses whose logins are counted; the oldest is dropped first. 10,000 entries are about 2 MB. */
export const LOGIN_ADDRESSES_MAX = 10_000

/** Sessions whose claims the gateway keeps: the most recently admitted ones. */
export const SESSIONS_MAX = 10_000

/** Lifetime of an upload link: 25 MB over a slow mobile connection (256 kbit/s) take 14 minutes. */
export const UPLOAD_LINK_SECONDS = 20 * 60

/**
 * Time to receive a request, ms, except uploads (storage/assets/limits.ts). A slow sender cannot hold a socket longer.
 */
export const REQUEST_MS_MAX = 10_000

/** Time between checks for slow requests, ms. Node's default is twice a minute. */
export const REQUEST_CHECK_MS = 1_000

/** Headers of a request, bytes: a token, and cookies of other programs on the same host name. */
export const HEADER_BYTES_MAX = 16_384

/**
 * A socket without traffic in either direction is closed after this time, ms, so a client that never reads its response
 * cannot hold it.
 */
export const STALL_MS_MAX = 30_000

/** TCP sockets of the port in total, WebSockets included: below the 4,096 files that a process may commonly open. */
export const SOCKETS_MAX = 2_000

/**
 * Defaults of two settings: connections of one address, and logins that it may make at once, refilled within a minute.
 */
export const CONNECTIONS_PER_ADDRESS_MAX = 256
export const LOGINS_PER_MINUTE_MAX = 60

/**
 * Moves of one session to another connection: at once, and then per second. A phone between two networks moves some
 * times a minute.
 */
export const TAKEOVERS_BURST_MAX = 10
export const TAKEOVERS_PER_SECOND_MAX = 0.2

/**
 * Time that messages for a realm are collected before they are sent to its worker, ms: a quarter of a tick at 60 a
 * second.
 */
export const INBOUND_BATCH_MS = 4

/**
 * Messages sent to a realm's worker since its last tick: two seconds of 300 clients at 30 a second. Beyond it the
 * newest are dropped.
 */
export const INBOUND_QUEUE_MAX = 20_000
/** Bytes of these messages: ten times what such clients send. */
export const INBOUND_BYTES_MAX = 33_554_432

/**
 * Scratch ticks at start: the first tick of a process takes a quarter of a second, and the code is fast after about
 * 200.
 */
export const WARM_UP_TICKS = 200

/** The window of the tick percentiles in the status. */
export const STATISTICS_MS = 10_000

/** Delay that the tick loop makes up by running ticks back to back, ms. Beyond it, the schedule moves. */
export const CATCH_UP_MS_MAX = 250

/** Time between two log entries about overload, ms, and the share of too long ticks that causes one. */
export const OVERLOAD_NOTE_MS = 10_000
export const OVERLOAD_SHARE_MAX = 0.01

/** A realm without a tick for this time is unhealthy, ms. */
export const HEALTHY_TICK_AGE_MS_MAX = 2_000

/**
 * Time of one step, ms of processor time (server/both-threads/thread-time.ts). After it the worker is ended, and what it
 * hung on is left out (docs/recording.md). A hundred times the goal of a tick, and more than a garbage collection takes.
 */
export const STEP_MS_MAX = 2_000
/** Like STEP_MS_MAX, in an attempt of a recovery search: nobody is served meanwhile, and the heap is small. */
export const ATTEMPT_STEP_MS_MAX = 1_000
/**
 * Time between two steps of a running worker, ms, measured in the same way: a slow disk is not an endless loop, and a
 * restart would not help.
 */
export const PAUSE_MS_MAX = 15_000
/** The same while the worker starts, loads the engine and reads a large recording. */
export const START_PAUSE_MS_MAX = 60_000
/**
 * Time of an attempt that runs a second of ticks, and of one that replays a recording. Each step is watched as well.
 */
export const ATTEMPT_MS_MAX = 10_000
export const REPLAY_MS_MAX = 5 * 60 * 1_000

/** Starts of a realm's worker in a row without progress, whatever time each took. Then the realm stays down. */
export const STARTS_MAX = 5
/** Ticks after which a worker has made progress: ten seconds. */
export const PROGRESS_TICKS = 600
/** Pause before the second start, ms; it doubles from start to start. */
export const RESTART_MS = 100

/** Time that a stopping realm continues to tick, ms, so that every client receives the goodbye. */
export const STOP_MS_MAX = 1_200

/**
 * Time that the shutdown waits for the worker to seal its recording, ms. Then the worker is ended, and the main thread
 * seals it.
 */
export const WORKER_STOP_MS_MAX = 2_000

/**
 * Time of a whole shutdown, ms: less than the documented 5 s, for a busy machine. The recording is sealed by then;
 * anything else is abandoned.
 */
export const SHUTDOWN_MS_MAX = 4_000

/**
 * Time that a player's inputs wait for the main thread's answer about a package, ms. Then the input that names it is
 * rejected.
 */
export const PACKAGE_WAIT_MS_MAX = 2_000

/**
 * Package requests that one player may cause: a shelf of different props at once, and then per second. More wait in the
 * player's queue.
 */
export const WANTED_BURST_MAX = 20
export const WANTED_PER_SECOND_MAX = 5

/**
 * Time for which a player's right to a package is cached, ms: long enough for a row of the same prop, short enough that
 * a withdrawal takes effect.
 */
export const GRANT_MS = 5_000
/** Packages in that cache of one player; the oldest is dropped first. */
export const GRANTS_PER_PLAYER_MAX = 32

/** Time that the shutdown waits for the archive to save the rest, ms. The recording has it in any case. */
export const ARCHIVE_FLUSH_MS_MAX = 1_000

/**
 * Time that the shutdown waits for the end of an ingest and for pending store requests, ms. The log names what is
 * unfinished.
 */
export const UPLOADS_STOP_MS_MAX = 1_000

/** Unsettled uploads of one user: some files dropped on the page at once. */
export const UPLOADS_PER_USER_MAX = 4
/** Unsettled uploads of all users. Their incoming files have at most 6.4 GB at 25 MB each. */
export const UPLOADS_OPEN_MAX = 256
/** Uploads that one user may declare at once, and then per second: a folder of files now, six a minute after that. */
export const UPLOADS_BURST_MAX = 30
export const UPLOADS_PER_SECOND_MAX = 0.1
/** The same for all users behind one network address. This machine has no such limit. */
export const UPLOADS_PER_ADDRESS_BURST_MAX = 120
export const UPLOADS_PER_ADDRESS_PER_SECOND_MAX = 1

/** Packages that one user may keep, and the total bytes of their files: 200 props, or 40 of the largest avatars. */
export const PACKAGES_PER_USER_MAX = 200
export const PACKAGE_BYTES_PER_USER_MAX = 2_000_000_000

/**
 * Settled uploads whose outcome is kept, and for how long. A user that was away for an hour lists its packages instead.
 */
export const UPLOADS_SETTLED_MAX = 1_000
export const UPLOAD_SETTLED_MS = 60 * 60 * 1_000

/** Files whose outcome is cached, so that the same bytes are not ingested twice; some 300 bytes each. */
export const INGESTED_KNOWN_MAX = 10_000

/** Concurrent ingests: each takes a core for a second or more, which the realm must not lack. */
export const INGESTS_MAX = 2

/** Time that an upload under way retries a store that is away, and the longest pause between two attempts, ms. */
export const STORE_PATIENCE_MS = 5 * 60 * 1_000
export const STORE_RETRY_MS = 500
export const STORE_RETRY_MS_MAX = 8_000

/** A request that needs the archive or the file store is answered within this time, ms, if only with "away". */
export const STORE_ANSWER_MS_MAX = 5_000

/** Time between checks of the archive and the file store for the status and the operator, ms. */
export const STORE_WATCH_MS = 5_000

/** Event streams of one upload, and of all uploads. A page has one open, and two while it reconnects. */
export const FOLLOWERS_PER_UPLOAD_MAX = 4
export const FOLLOWERS_MAX = 256
/** Time between two events of a stream, ms: proxies, and STALL_MS_MAX, close silent connections. */
export const FOLLOWER_BEAT_MS = 10_000
/** Bytes that wait for a client that does not read its event stream; then it is disconnected. */
export const FOLLOWER_BUFFER_BYTES_MAX = 65_536

/** Time between checks for uploads that were never completed, and the longest life of an incoming file, ms. */
export const INCOMING_CHECK_MS = 60_000
export const INCOMING_MS_MAX = 2 * UPLOAD_LINK_SECONDS * 1_000

/** Writes to the archive that wait while it is away; beyond it the oldest are dropped. Some 300 bytes each. */
export const ARCHIVE_BEHIND_MAX = 10_000

/** Time of the main thread's answer about a package, ms; the realm itself waits for 2 s. */
export const PACKAGE_ANSWER_MS_MAX = 1_500
/** Packages whose physics is cached in memory. One has some 4 KB, the largest (16 hulls of 64 vertices) 50 KB. */
export const PACKAGES_KNOWN_MAX = 1_000

/** Lifetime of a download link, s: a browser may use it again within an evening. */
export const DOWNLOAD_LINK_SECONDS = 60 * 60

/** Roles in a realm, and how fast one user may change them. */
export const GRANTS_MAX = 1_000
export const GRANT_CHANGES_BURST_MAX = 60
export const GRANT_CHANGES_PER_SECOND_MAX = 1
/** Time between reads of the roles, ms: another server on the same archive may have changed them. */
export const GRANTS_REFRESH_MS = 30_000
/** Wrong operator tokens that one address may try at once, and then per second. */
export const OPERATOR_TRIES_BURST_MAX = 10
export const OPERATOR_TRIES_PER_SECOND_MAX = 0.2

/** Time between two reports about frozen and expired props, ms: a pile may freeze a hundred in one tick. */
export const PROP_REPORT_MS = 2_000
