/** Limits of a session, with unit and reason. */

/** Silence after which a connection is dead, ms: longer than any Wi-Fi roaming, shorter than a player's patience. */
export const SILENCE_MS_MAX = 5_000
/** A packet is sent at least this often, ms: 20 heartbeats may be lost before the other side gives up. */
export const HEARTBEAT_MS = 250
/** Least time between two input packets, ms (15 Hz); a new command does not wait for it. */
export const INPUT_INTERVAL_MS = 66
/**
 * Least time between two packets for new commands or changes of direction, ms: a client that spawns in a loop stays
 * below the server's limit.
 */
export const COMMAND_INTERVAL_MS = 16
/** How long a goodbye is repeated without an acknowledgement, ms. */
export const GOODBYE_MS_MAX = 1_000
/** Characters of a goodbye's reason: it shares a packet with unacknowledged inputs. */
export const GOODBYE_CHARACTERS_MAX = 200
/** How long after a lost connection its session can be resumed, ms. */
export const RESUME_MS_MAX = 30_000

/** Unacknowledged commands that a client keeps: 4 a second for a minute. More are refused. */
export const COMMANDS_UNACKED_MAX = 256
/** Bytes of these commands: a few of the largest spawns. */
export const COMMAND_BYTES_UNACKED_MAX = 131_072

/**
 * Packets that a client may send, a second and at once: 15 Hz, a command each frame, and the backlog of a stalled TCP
 * stream.
 */
export const PACKETS_PER_SECOND_MAX = 100
export const PACKETS_BURST_MAX = 600
/**
 * Bytes that a client may send, a second and at once: poses of 18 bones at 15 Hz are 3 KB/s, one largest spawn 15 KB.
 */
export const RECEIVED_BYTES_PER_SECOND_MAX = 65_536
export const RECEIVED_BYTES_BURST_MAX = 262_144
/**
 * Bytes that our client sends, a second and at once: below the server's limit, also when a large command is repeated.
 */
export const SENT_BYTES_PER_SECOND_MAX = 49_152
export const SENT_BYTES_BURST_MAX = 131_072
/**
 * New inputs that a client may send, a second and at once: move, pose and three drags at 15 Hz are 75 a second, plus
 * commands.
 */
export const INPUTS_PER_SECOND_MAX = 200
export const INPUTS_BURST_MAX = 1_200
/**
 * Longest delay of a move to restore its distance from the one before, ticks: evens out 67 ms of jitter at 60 ticks a
 * second.
 */
export const MOVE_HOLD_TICKS_MAX = 4
/** Moves that wait: a client makes one a tick. */
export const MOVES_HELD_MAX = 8
/**
 * How far a sequence may be ahead of the last: inputs made and replaced during a silence of SILENCE_MS_MAX at 144 Hz in
 * five slots are 3,600.
 */
export const SEQUENCE_JUMP_MAX = 65_536

/**
 * Bytes of messages that wait for one client: describing a world of 10,000 elements takes 1 MB. A client that reads
 * slower is disconnected.
 */
export const MESSAGE_QUEUE_BYTES_MAX = 4_194_304
/** Messages in flight, and out-of-order messages that the receiver keeps: 200 KB at 400 bytes. */
export const MESSAGE_WINDOW = 512
/** Bytes of one message in a packet; a larger one is sent in parts. */
export const MESSAGE_IN_PACKET_BYTES_MAX = 1_000
/**
 * Message bytes to one client, a second and at once: describes 200 players and props in a second beside the snapshots.
 */
export const MESSAGE_BYTES_PER_SECOND = 65_536
export const MESSAGE_BYTES_BURST = 24_576
/** Bounds of the pause before a message is sent again, ms. */
export const RESEND_MS_MIN = 100
export const RESEND_MS_MAX = 1_000

/** Bytes of a packet's numbers: eight fields of at most 6. */
export const HEAD_BYTES_MAX = 64
/**
 * Bytes of one encoded part of a snapshot: with seven numbers of at most 6 bytes and its tag and length it fills a
 * packet.
 */
export const SNAPSHOT_PART_BYTES_MAX = 1_050

/** Sent packets whose content is remembered for acknowledgements: 2 s at 120 a second. */
export const SENT_PACKETS_MAX = 256
