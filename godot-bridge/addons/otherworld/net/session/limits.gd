extends "../../wire/generated/limits.gd"
## The bounds of a session, with unit and reason (docs/protocol.md, section 14), beside those of the wire.

## Messages kept that came out of order: the server does not go farther (MSG-2).
const MESSAGE_WINDOW := 512

## Silence after which a connection is dead: longer than any Wi-Fi roam, shorter than patience.
const SILENCE_MSEC_MAX := 5_000.0
## A packet goes out at least this often: 20 may be lost before the other side gives up.
const HEARTBEAT_MSEC := 250.0
## Least time between two input packets (15 Hz); a new command does not wait for it.
const INPUT_INTERVAL_MSEC := 66.0
## Least time between two packets that new commands or changes of course ask for: who spawns in a loop stays below the server's limit.
const COMMAND_INTERVAL_MSEC := 16.0
## How long a goodbye is repeated without an answer.
const GOODBYE_MSEC_MAX := 1_000.0
## UTF-16 units of a goodbye's reason: it shares a packet with what was not acknowledged yet.
const GOODBYE_CHARACTERS_MAX := 200
## How long after the loss of a connection its session can be resumed.
const RESUME_MSEC_MAX := 30_000.0

## Commands kept unacknowledged: 4 a second for a minute. More are refused at once.
const COMMANDS_UNACKED_MAX := 256
## Bytes of them: a few of the largest spawns.
const COMMAND_BYTES_UNACKED_MAX := 131_072
## Bytes sent a second, and at once: below what the server takes, also when a large command is repeated.
const SENT_BYTES_PER_SECOND_MAX := 49_152.0
const SENT_BYTES_BURST_MAX := 131_072.0
## Bytes of a packet's numbers: ten fields of at most 6.
const HEAD_BYTES_MAX := 64
## Sent packets of which the content is remembered, for acknowledgements: 2 s at 120 a second.
const SENT_PACKETS_MAX := 256
