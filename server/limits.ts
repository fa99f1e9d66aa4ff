/**
 * Every limit of the server that is not a setting: its unit is in its name, its reason beside it. Those of a session
 * (rates, silence, resume) stand in netcode/session/limits.ts, those of links in http/connection-limits.ts.
 */

/** Links of one realm instance, open at once and of all kinds: 500 players, observers, and some that come and go. */
export const LINKS_MAX = 600

/** Lockstep peers of one realm: each is sent every input, some 2.7 KB a tick at 100 full bodies. */
export const OBSERVERS_MAX = 16

/**
 * Players let into a realm, or back into it, in one tick: 120 a second at 60. Telling each of the world and everyone of it
 * costs about half a millisecond among a hundred others.
 */
export const NEWCOMERS_PER_TICK_MAX = 2

/** From opening a link to its Hello; a slow phone needs one or two round trips. */
export const HELLO_MS_MAX = 5_000

/** Inputs of one player in one frame: a person's, both hands' and a pointer's drags, with room for a burst of commands. */
export const INPUTS_PER_FRAME_MAX = 16

/** Inputs of one player that wait for later frames, about one second's worth at the cap; who exceeds it is let go. */
export const INPUT_BACKLOG_MAX = 1_024

/** A token's life: a long evening. After it, one logs in anew. */
export const TOKEN_SECONDS_MAX = 12 * 60 * 60

/** An identity's life, two years: each login renews it, so that only who stays away for longer is forgotten. */
export const IDENTITY_SECONDS_MAX = 2 * 365 * 24 * 60 * 60

/** Addresses whose logins are counted; the oldest is forgotten first. 10,000 entries are about 2 MB. */
export const LOGIN_ADDRESSES_MAX = 10_000

/** Sessions whose claims the gateway remembers: those that were admitted last. */
export const SESSIONS_MAX = 10_000

/** How long a link to upload a file is good: 25 MB over a slow phone line (256 kb/s) take 14 minutes. */
export const UPLOAD_LINK_SECONDS = 20 * 60

/** A request must be complete after this long, but for uploads (storage/assets/limits.ts); a slow sender holds a socket no longer. */
export const REQUEST_MS_MAX = 10_000

/** How often requests are looked at for being too slow; what Node does by itself is twice a minute. */
export const REQUEST_CHECK_MS = 1_000

/** Headers of a request, bytes: a token and a browser's cookies of other programs on the same name. */
export const HEADER_BYTES_MAX = 16_384

/** A socket on which nothing moves, in or out, is closed after this long: who does not read an answer holds it no longer. */
export const STALL_MS_MAX = 30_000

/** TCP sockets of the port in all, WebSockets among them: below the 4,096 files that a process commonly may open. */
export const SOCKETS_MAX = 2_000

/** Connections of one address by default, and logins at once, which come back within a minute; both are settings. */
export const CONNECTIONS_PER_ADDRESS_MAX = 256
export const LOGINS_PER_MINUTE_MAX = 60

/** How often one session may move to another connection: at once, and then a second. A phone between two networks does it some times a minute. */
export const TAKEOVERS_BURST_MAX = 10
export const TAKEOVERS_PER_SECOND_MAX = 0.2

/** How long messages for a realm are gathered before they cross to its worker: a quarter of a tick at 60 a second. */
export const INBOUND_BATCH_MS = 4

/** Messages sent to a realm's worker since its last tick: two seconds of 300 clients at 30 a second; beyond it the newest are dropped. */
export const INBOUND_QUEUE_MAX = 20_000
/** Bytes of them: ten times what such clients send. */
export const INBOUND_BYTES_MAX = 33_554_432

/** Scratch ticks at start: the first tick of a process costs a quarter of a second, the code is fast after about 200. */
export const WARM_UP_TICKS = 200

/** The window of the tick percentiles in the status. */
export const STATISTICS_MS = 10_000

/** How far behind its schedule the tick loop catches up by running ticks back to back; beyond it, the schedule moves. */
export const CATCH_UP_MS_MAX = 250

/** Time between two remarks about overload in the log, and the share of too long ticks that makes one. */
export const OVERLOAD_NOTE_MS = 10_000
export const OVERLOAD_SHARE_MAX = 0.01

/** A realm that has not ticked for this long is not healthy. */
export const HEALTHY_TICK_AGE_MS_MAX = 2_000

/**
 * The step of one tick may take so long; then the worker is ended, and what it hung on is left out (docs/recording.md). A
 * hundred times what a tick may take, and more than a garbage collection or a busy machine costs.
 */
export const STEP_MS_MAX = 2_000
/** The same in a try of the search after a fault: nobody is served meanwhile, and the heap is small. */
export const TRY_STEP_MS_MAX = 1_000
/** Between two steps a running worker may be silent for so long: a slow disk is no endless loop, and starting again would not mend it. */
export const PAUSE_MS_MAX = 15_000
/** The same while it starts: the engine is loaded, a large recording is read. */
export const START_PAUSE_MS_MAX = 60_000
/** One try goes on for a second of ticks; and one reads a recording, whose every step is watched as well. */
export const TRY_MS_MAX = 10_000
export const REPLAY_MS_MAX = 5 * 60 * 1_000

/** Starts of a realm's worker in a row without progress before the realm is given up, whatever time each took. */
export const STARTS_MAX = 5
/** A worker that ran for so many ticks has made progress: ten seconds. */
export const PROGRESS_TICKS = 600
/** Pause before the second start, ms; it doubles from start to start. */
export const RESTART_MS = 100

/** How long a realm that stops goes on ticking, so that everyone hears the goodbye. */
export const STOP_MS_MAX = 1_200

/** How long the shutdown waits for the worker to seal its recording; then it is ended, and the main thread seals it. */
export const WORKER_STOP_MS_MAX = 2_000

/** All of a shutdown, with room for a busy machine in the 5 s that are promised. The recording is sealed by then; what else is not done is given up. */
export const SHUTDOWN_MS_MAX = 4_000

/** How long a player's inputs wait for what the main thread says about a package; then the one that names it is rejected. */
export const PACKAGE_WAIT_MS_MAX = 2_000

/** Questions about packages that one player may cause: a shelf of different things at once, and then some a second. What is more waits in its queue. */
export const WANTED_BURST_MAX = 20
export const WANTED_PER_SECOND_MAX = 5

/** How long a player that may use a package is not asked about again: long enough for a row of the same thing, short enough that taking it back is felt. */
export const GRANT_MS = 5_000
/** Packages of which that is remembered for one player; the oldest is forgotten first. */
export const GRANTS_PER_PLAYER_MAX = 32

/** How long the shutdown waits for the archive to take what is left to save; the recording has it all the same. */
export const ARCHIVE_FLUSH_MS_MAX = 1_000

/** How long the shutdown waits for an ingest to be ended and for a store that is being asked; what is not done is said to be. */
export const UPLOADS_STOP_MS_MAX = 1_000

/** Uploads of one user that are not settled: some files dropped on the page at once. */
export const UPLOADS_PER_USER_MAX = 4
/** Uploads of all users that are not settled; their files lie in the quarantine: at most 6.4 GB of 25 MB each. */
export const UPLOADS_OPEN_MAX = 256
/** Uploads that one user may declare at once, and then a second: a folder of things now, six a minute after that. */
export const UPLOADS_BURST_MAX = 30
export const UPLOADS_PER_SECOND_MAX = 0.1
/** The same of one network address, for all who are behind it; this machine itself has no such limit. */
export const UPLOADS_PER_ADDRESS_BURST_MAX = 120
export const UPLOADS_PER_ADDRESS_PER_SECOND_MAX = 1

/** Packages that one user may keep, and the bytes of their files together: 200 things, or 40 of the largest avatars. */
export const PACKAGES_PER_USER_MAX = 200
export const PACKAGE_BYTES_PER_USER_MAX = 2_000_000_000

/** Settled uploads whose outcome is remembered, and for how long: who was away for an hour asks for its packages instead. */
export const UPLOADS_SETTLED_MAX = 1_000
export const UPLOAD_SETTLED_MS = 60 * 60 * 1_000

/** Files whose outcome is known, so that the same bytes are not ingested twice; some 300 bytes each. */
export const INGESTED_KNOWN_MAX = 10_000

/** Ingests at once: each takes a core for a second or more, which the realm must not miss. */
export const INGESTS_MAX = 2

/** How long a store that is away is tried again for an upload that is under way, and the longest wait between two tries. */
export const STORE_PATIENCE_MS = 5 * 60 * 1_000
export const STORE_RETRY_MS = 500
export const STORE_RETRY_MS_MAX = 8_000

/** A request that needs the archive or the files' store is answered within this time, if only with "away". */
export const STORE_ANSWER_MS_MAX = 5_000

/** How often the archive and the store of files are looked at, for the status and the operator. */
export const STORE_WATCH_MS = 5_000

/** Who follows the events of one upload, and of all: a page has one open, twice while it reconnects. */
export const FOLLOWERS_PER_UPLOAD_MAX = 4
export const FOLLOWERS_MAX = 256
/** Something is said to them at least so often: proxies, and STALL_MS_MAX, close what is silent. */
export const FOLLOWER_BEAT_MS = 10_000
/** Bytes that wait for a follower who does not read; then it is let go. */
export const FOLLOWER_BUFFER_BYTES_MAX = 65_536

/** How often uploads that were never completed are looked for, and how long a file lies in the quarantine at most. */
export const QUARANTINE_CHECK_MS = 60_000
export const QUARANTINE_MS_MAX = 2 * UPLOAD_LINK_SECONDS * 1_000

/** Writes to the archive that wait while it is away; beyond it the oldest are given up. Some 300 bytes each. */
export const ARCHIVE_BEHIND_MAX = 10_000

/** A realm's answer about a package; the realm itself waits for 2 s. */
export const PACKAGE_ANSWER_MS_MAX = 1_500
/** Packages whose physics are kept in memory; one has some 4 KB, the largest (16 hulls of 64 vertices) 50 KB. */
export const PACKAGES_KNOWN_MAX = 1_000

/** How long a link to download a file is good: a browser may come back to it within an evening. */
export const DOWNLOAD_LINK_SECONDS = 60 * 60

/** Roles given in a realm, and how fast one person may change them. */
export const GRANTS_MAX = 1_000
export const GRANT_CHANGES_BURST_MAX = 60
export const GRANT_CHANGES_PER_SECOND_MAX = 1
/** How often the roles are read anew: another server on the same archive may have changed them. */
export const GRANTS_REFRESH_MS = 30_000
/** Wrong tokens that one address may try for an operator's, at once and then a second. */
export const OPERATOR_TRIES_BURST_MAX = 10
export const OPERATOR_TRIES_PER_SECOND_MAX = 0.2

/** Owners and the operator hear of frozen and expired props at most so often: a pile may freeze a hundred in one tick. */
export const PROP_REPORT_MS = 2_000
