extends "../../wire/generated/limits.gd"
## Limits of a session, with their reasons (docs/protocol.md, section 14), beside those of the wire.

## Messages kept that arrived out of order. The server sends no further ahead (MSG-2).
const MESSAGE_WINDOW := 512

## The connection is dead after this time without a packet. Wi-Fi roaming takes less; players do not wait longer.
const SILENCE_MSEC_MAX := 5_000.0
## A packet is sent at least this often. 20 may be lost before the other side closes.
const HEARTBEAT_MSEC := 250.0
## Least time between two input packets (15 Hz). A new command does not wait for it.
const INPUT_INTERVAL_MSEC := 66.0
## Least time between two urgent packets, so that a client that spawns in a loop stays below the server's limit.
const COMMAND_INTERVAL_MSEC := 16.0
## A goodbye is repeated for this time without an acknowledgement.
const GOODBYE_MSEC_MAX := 1_000.0
## UTF-16 units of a goodbye's reason. It shares a packet with unacknowledged inputs.
const GOODBYE_CHARACTERS_MAX := 200
## A session can be resumed for this time after its connection was lost.
const RESUME_MSEC_MAX := 30_000.0

## Commands kept unacknowledged: 4 a second for a minute. Further ones are rejected at once.
const COMMANDS_UNACKED_MAX := 256
## Bytes of unacknowledged commands: a few of the largest spawns.
const COMMAND_BYTES_UNACKED_MAX := 131_072
## Bytes sent per second, and at once. The server accepts more, also if a large command is repeated.
const SENT_BYTES_PER_SECOND_MAX := 49_152.0
const SENT_BYTES_BURST_MAX := 131_072.0
## Bytes of a packet's header: ten fields of at most 6.
const HEAD_BYTES_MAX := 64
## Sent packets whose content is remembered for acknowledgements: 2 s at 120 a second.
const SENT_PACKETS_MAX := 256
