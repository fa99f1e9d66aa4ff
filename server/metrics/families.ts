/** The server's own metrics: names, meanings, and possible labels. docs/operating.md lists them for operators. */
import { REJECT_REASONS } from '../../sim/index.ts'
import { LOGIN_REFUSALS } from '../accounts/login-refusals.ts'
import { SESSION_ENDINGS } from '../realm/sessions/session-endings.ts'
import { counter, gauge, histogram } from './table.ts'

/** Parts of a tick's time, in the order in which they happen. */
export const TICK_PARTS = ['inputs', 'step', 'hash', 'record', 'encode', 'send'] as const
export type TickPart = (typeof TICK_PARTS)[number]

/** Seconds. Close together around a tick's goals (2 and 7 ms) and its period at 60 and 30 a second. */
const TICK_BUCKETS = [
  0.0005,
  0.001,
  0.0015,
  0.002,
  0.003,
  0.004,
  0.005,
  0.006,
  0.007,
  0.0085,
  0.01,
  0.0125,
  1 / 60,
  0.02,
  0.025,
  1 / 30,
  0.05,
  0.1,
  0.25,
  1,
]
/**
 * Seconds. A sync takes well under a millisecond on a fast disk; from 50 ms on a power loss costs more than promised.
 */
const SYNC_BUCKETS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5]
/** Seconds. */
const GC_BUCKETS = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25]

/** Seconds. Rejections take some tenths, avatars seconds; a minute is the limit. */
const INGEST_BUCKETS = [0.1, 0.25, 0.5, 1, 2, 4, 8, 15, 30, 60]

/** Endings of an upload. `expired`: its bytes never arrived. */
export const UPLOAD_ENDINGS = ['done', 'rejected', 'failed', 'expired', 'abandoned'] as const

/** The last row of a metric with labels counts every value that is not in its list. */
const OTHER = 'other'

/** Written by a realm's thread. */
export const REALM_FAMILIES = {
  tick: histogram('otherworld_tick_seconds', 'Time that a tick took; its count is the number of ticks.', TICK_BUCKETS),
  tickPart: histogram(
    'otherworld_tick_part_seconds',
    'Time that a part of a tick took; the parts add up to the tick.',
    TICK_BUCKETS,
    'part',
    TICK_PARTS,
  ),
  overruns: counter('otherworld_tick_overruns_total', 'Ticks that took longer than a tick may.'),
  delay: counter(
    'otherworld_tick_delay_seconds_total',
    'Time by which the realm fell behind the clock, because ticks are never skipped.',
  ),
  late: gauge('otherworld_tick_late_seconds', 'How long after its due time the last tick began.'),
  players: gauge('otherworld_players', 'Avatars in the realm, those of lost players among them until they expire.'),
  connected: gauge('otherworld_players_connected', 'Players with a connection.'),
  joinsWaiting: gauge('otherworld_joins_waiting', 'Players who wait for admission or for their Welcome.'),
  observers: gauge('otherworld_observers', 'Lockstep peers.'),
  elements: gauge('otherworld_elements', 'Elements of the realm.'),
  propsFrozen: gauge(
    'otherworld_props_frozen',
    'Props that are frozen because of the physics budget, or because they could not be simulated.',
  ),
  propsFroze: counter('otherworld_props_froze_total', 'Props that were frozen, by cause.', 'cause', [
    'work',
    'unstable',
  ]),
  propsExpired: counter('otherworld_props_expired_total', 'Props that were removed after their owners had left.'),
  props: gauge('otherworld_props', 'Props of the realm that can move.'),
  propsAwake: gauge('otherworld_props_awake', 'Props that move at present.'),
  inputs: counter('otherworld_inputs_total', 'Inputs that were sealed into frames.'),
  inputBacklog: gauge('otherworld_inputs_waiting', 'Inputs that wait for a later tick.'),
  commandsDone: counter('otherworld_commands_done_total', 'Commands that were carried out.'),
  commandsRejected: counter('otherworld_commands_rejected_total', 'Commands that were rejected, by reason.', 'reason', [
    ...REJECT_REASONS,
    OTHER,
  ]),
  snapshots: counter('otherworld_snapshots_sent_total', 'Snapshots sent to clients.'),
  messagesQueued: gauge(
    'otherworld_messages_queued_bytes',
    'Bytes of reliable messages that clients have not acknowledged, of all sessions together.',
  ),
  messagesQueuedMost: gauge('otherworld_messages_queued_max_bytes', 'The same of the session with the most.'),
  sessionsStarted: counter('otherworld_sessions_started_total', 'Players welcomed into the realm for the first time.'),
  sessionsResumed: counter('otherworld_sessions_resumed_total', 'Sessions that were resumed after a lost connection.'),
  sessionsEnded: counter('otherworld_sessions_ended_total', 'Sessions that ended, by how.', 'reason', [
    ...SESSION_ENDINGS,
    OTHER,
  ]),
  recordingBytes: counter('otherworld_recording_bytes_total', 'Bytes written to the recording.'),
  sync: histogram(
    'otherworld_recording_sync_seconds',
    'Time that a sync of the recording to the disk took.',
    SYNC_BUCKETS,
  ),
  checkpointAge: gauge(
    'otherworld_checkpoint_age_seconds',
    'How far back the last checkpoint is: what a recovery replays.',
  ),
  checkpointBytes: gauge(
    'otherworld_checkpoint_bytes',
    'Bytes of the state when a checkpoint was taken last, unpacked.',
  ),
  checkpointsSkipped: counter(
    'otherworld_checkpoints_skipped_total',
    'Checkpoints that were not written because the state is too large.',
  ),
  recordingsLost: counter(
    'otherworld_recordings_lost_total',
    'Times that the recording was deleted, moved or replaced while the realm wrote it.',
  ),
  recordingMissing: gauge(
    'otherworld_recording_missing',
    '1 while the realm writes to a file that no restart would find.',
  ),
  diskFree: gauge('otherworld_disk_free_bytes', 'Bytes free on the disk of the recordings, as last seen.'),
  diskLow: gauge('otherworld_disk_low', '1 while no new player is admitted because the disk is almost full.'),
  stalled: gauge('otherworld_realm_stalled', '1 while the realm does not tick because the disk is full.'),
} as const

/** Kinds of garbage collection, by Node's names. */
export const GC_KINDS = ['minor', 'major', 'incremental', 'weakcb', 'other'] as const

/** Written by each JavaScript thread of the server. */
export const THREAD_FAMILIES = {
  cpu: counter('otherworld_thread_cpu_seconds_total', 'Processor time of a thread; Linux only.'),
  active: counter(
    'otherworld_thread_active_seconds_total',
    "Time in which a thread's event loop was busy; a realm's precise waiting counts as such.",
  ),
  idle: counter('otherworld_thread_idle_seconds_total', "Time in which a thread's event loop waited."),
  heapUsed: gauge('otherworld_thread_heap_used_bytes', "Bytes in use on a thread's JavaScript heap."),
  gc: histogram(
    'otherworld_thread_gc_seconds',
    'Pauses for garbage collection, by kind.',
    GC_BUCKETS,
    'kind',
    GC_KINDS,
  ),
} as const

const TRANSPORTS = ['webrtc', 'websocket', 'memory'] as const

/** Written by the main thread. */
export const SERVER_FAMILIES = {
  uploadsEnded: counter('otherworld_uploads_ended_total', 'Uploads that ended, by how.', 'ending', UPLOAD_ENDINGS),
  ingest: histogram(
    'otherworld_ingest_seconds',
    'Time that the ingest of a file took, its process included.',
    INGEST_BUCKETS,
  ),
  packetsReceived: counter(
    'otherworld_packets_received_total',
    'Packets received from clients.',
    'transport',
    TRANSPORTS,
  ),
  packetsSent: counter('otherworld_packets_sent_total', 'Packets handed to a transport.', 'transport', TRANSPORTS),
  bytesReceived: counter(
    'otherworld_received_bytes_total',
    'Payload bytes received from clients.',
    'transport',
    TRANSPORTS,
  ),
  bytesSent: counter('otherworld_sent_bytes_total', 'Payload bytes handed to a transport.', 'transport', TRANSPORTS),
  inboundDropped: counter(
    'otherworld_packets_unread_total',
    'Packets dropped because the realm did not keep up with them.',
  ),
  logins: counter('otherworld_logins_total', 'Logins, by role.', 'role', ['player', 'observer']),
  loginsRefused: counter('otherworld_logins_refused_total', 'Logins refused, by reason.', 'reason', [
    ...LOGIN_REFUSALS,
    OTHER,
  ]),
  quarantined: counter(
    'otherworld_quarantined_total',
    'What recoveries took out of the realm because the simulation failed with it.',
    'kind',
    ['inputs', 'prop', 'avatar', 'ticks'],
  ),
  searches: counter('otherworld_recovery_tries_total', 'Tries that it took to find out.'),
  restarts: counter('otherworld_realm_restarts_total', "Times that a realm's worker was started again after it died."),
} as const
