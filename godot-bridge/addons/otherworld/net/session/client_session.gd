extends RefCounted
## The client's end of a session (docs/protocol.md, sections 5 to 8): packet numbers, commands until they are acknowledged,
## the newest move, pose and drags, messages in their order. Time comes in as an argument. It outlives connections:
## [method attach] at each new one.

const Checks := preload("../../wire/checks.gd")
const Codec := preload("../../wire/codec.gd")
const ReceivedContent := preload("received_content.gd")
const Inbox := preload("inbox.gd")
const Limits := preload("limits.gd")
const PacketTracker := preload("packet_tracker.gd")
const Messages := preload("../../wire/generated/messages.gd")
const Outbox := preload("outbox.gd")
const ReceivedPackets := preload("received_packets.gd")
const LatestInput := preload("latest_input.gd")
const TokenBucket := preload("token_bucket.gd")

## A Hello takes fewer.
const _HELLO_BYTES := 24
const _COMMANDS_TAG := 5 << 3 | 2
const _LATEST_TAG := 6 << 3 | 2
## A round trip above it is none (CLK-1).
const _RTT_MSEC_MAX := 60_000.0

## Round trip, ms, smoothed; -1 before the first echo.
var rtt_msec := -1.0
## From the Welcome on inputs are sent.
var is_welcomed := false
## Inputs sent, each counted once however often it is repeated.
var inputs_sent := 0
## Sequence of the newest move that was in a packet of this connection, and the tick of the client's own timeline when it
## first was: from then on it counts. 0: none was.
var sent_move_sequence := 0
var sent_move_tick := 0
## The client's own timeline, (now_msec: float) -> int in whole ticks from 1; 0: none. The server makes moves take effect as
## far apart on it as they were first sent (OWN-2).
var timeline := func(_now_msec: float) -> int: return 0
## Why [method command] took none, in words.
var refusal := ""

var _hello := Messages.Hello.new()
var _link: PacketTracker
var _inbox := Inbox.new()
var _bytes: TokenBucket
# Since the first Welcome the numbering is known.
var _is_numbering := false
var _pending := Outbox.new()
var _slots: Array[LatestInput] = []
var _sequence := 0
var _is_urgent := false
var _urgent_at_msec := -INF
var _acked_message := 0


## [param body]: index of the wished body in the realm's definition.
func _init(now_msec: float, body := 0) -> void:
	_hello.protocol = Limits.PROTOCOL_VERSION
	_hello.mode = Messages.ClientMode.RENDER
	_hello.body = body
	for i: int in LatestInput.COUNT:
		_slots.append(LatestInput.new())
	attach(now_msec)


## A new connection: packets and messages are numbered anew, inputs go on; nothing but Hello is said before the Welcome.
func attach(now_msec: float) -> void:
	_link = PacketTracker.new(now_msec)
	_inbox = Inbox.new()
	_bytes = TokenBucket.new(Limits.SENT_BYTES_PER_SECOND_MAX, Limits.SENT_BYTES_BURST_MAX, now_msec)
	_acked_message = 0
	is_welcomed = false
	rtt_msec = -1.0
	sent_move_sequence = 0


## Commands that the server has not acknowledged.
func unacknowledged() -> int:
	return _pending.size()


## Sequence of the oldest of them; above all sequences: there is none.
func oldest_unacknowledged() -> int:
	return _pending.oldest()


## Share of the server's packets that did not arrive on this connection, 0 to 1.
func loss() -> float:
	var received := _link.received
	return 0.0 if received.highest == 0 else 1.0 - float(received.count) / received.highest


## True after 5 s without a packet: the connection is dead.
func is_silent(now_msec: float) -> bool:
	return _link.is_silent(now_msec)


## Since when nothing was heard, ms.
func quiet_msec(now_msec: float) -> float:
	return _link.quiet_msec(now_msec)


## We leave: each packet says so until the server has acknowledged it, or a second has passed.
func goodbye(reason: String, now_msec: float) -> void:
	_link.say_goodbye(reason, now_msec)


## True once our goodbye was acknowledged, or there is no hope that it will be.
func is_parted(now_msec: float) -> bool:
	return _link.is_parted(now_msec)


## Queues a command, to be sent until acknowledged. Its sequence; 0: it was not taken, [member refusal] says why.
func command(input: Messages.PlayerInput) -> int:
	input.sequence = _sequence + 1
	refusal = _pending.add(input.sequence, input.encode()) if _is_numbering else "there is no Welcome from the server yet"
	if refusal:
		return 0
	_sequence += 1
	inputs_sent += 1
	_is_urgent = true
	# What the hand was to drag before is void.
	if input.grab != null:
		_slots[LatestInput.DRAG + input.grab.hand].clear()
	elif input.release != null:
		_slots[LatestInput.DRAG + input.release.hand].clear()
	return _sequence


## Sets the player's move, its pose, or where a hand drags; only the newest is sent, [param urgent] ones at once as commands
## are. Its sequence; 0 before the first Welcome, where it is forgotten.
func latest(input: Messages.PlayerInput, urgent := false) -> int:
	if not _is_numbering:
		return 0
	_sequence += 1
	input.sequence = _sequence
	var slot := LatestInput.MOVE if input.move != null else LatestInput.POSE if input.pose != null else LatestInput.DRAG + input.drag.hand
	_slots[slot].set_input(_sequence, input.encode(), urgent)
	_is_urgent = _is_urgent or urgent
	return _sequence


## Takes a packet; what is new in it, or why the connection has to end.
func receive(bytes: PackedByteArray, now_msec: float) -> ReceivedContent:
	var heard := ReceivedContent.new()
	var packet: Messages.ServerPacket = null
	if bytes.size() <= Limits.PACKET_BYTES_ACCEPTED_MAX:
		packet = Messages.ServerPacket.decode(bytes, 0, bytes.size())
	var wrong := Checks.server_packet(packet)
	if wrong:
		heard.fault = "a packet of the server is not valid: " + wrong
		return heard
	var arrived := PackedInt64Array()
	var arrival := _link.take(packet.packet, packet.ack_packet, packet.ack_bits, now_msec, arrived)
	if arrival == ReceivedPackets.Arrival.OLD:
		return heard
	_clear_arrived(arrived)
	if arrival == ReceivedPackets.Arrival.AHEAD:
		heard.rtt_msec = _measure(packet, now_msec)
	wrong = _inbox.take(packet.first_message, packet.messages, heard.messages)
	if wrong:
		heard.fault = "a message of the server is not valid: " + wrong
		return heard
	for message: Messages.ServerMessage in heard.messages:
		if message.welcome != null:
			_welcome(message.welcome)
	if is_welcomed:
		_pending.acknowledge(packet.ack_command)
	heard.packet = packet.packet
	heard.snapshot = packet.snapshot
	heard.goodbye = packet.goodbye
	return heard


## What a packet carried could not be used: it is not acknowledged, so that the server does not build on it.
func disown(packet: int) -> void:
	_link.received.forget(packet)


func _clear_arrived(sequences: PackedInt64Array) -> void:
	for slot: LatestInput in _slots:
		if slot.sequence > 0 and sequences.has(slot.sequence):
			slot.clear()


func _measure(packet: Messages.ServerPacket, now_msec: float) -> float:
	if packet.ack_packet == 0:
		return -1.0
	var measured := float((_clock_of(now_msec) - packet.client_time_ms) & Limits.UINT32_MAX) - packet.client_time_age_ms
	if measured < 0.0 or measured > _RTT_MSEC_MAX:
		return -1.0
	rtt_msec = measured if rtt_msec < 0.0 else rtt_msec + (measured - rtt_msec) / 8.0
	return measured


# Numbering goes on where the server is; where it does not know us any more, what was pending is void.
func _welcome(welcome: Messages.Welcome) -> void:
	is_welcomed = true
	_is_numbering = true
	_is_urgent = true
	if welcome.resumed:
		_sequence = maxi(_sequence, welcome.sequence)
		_pending.acknowledge(welcome.ack_command)
		return
	_sequence = welcome.sequence
	_pending.clear()
	for slot: LatestInput in _slots:
		slot.clear()


## The packet to send now, empty: none. Between two is INPUT_INTERVAL_MSEC where something is unacknowledged, none where a
## command is new, else a heartbeat. It has at most PACKET_BYTES_MAX bytes, but for one that carries a single larger command.
## [param answer] asks for a packet in any case.
func packet_due(now_msec: float, answer := false) -> PackedByteArray:
	var is_urgent := _is_urgent and now_msec - _urgent_at_msec >= Limits.COMMAND_INTERVAL_MSEC and _bytes.available(now_msec) >= Limits.PACKET_BYTES_MAX
	var is_due := _is_news() and now_msec - _link.sent_at_msec >= Limits.INPUT_INTERVAL_MSEC
	if not (answer or is_urgent or is_due or _link.is_heartbeat_due(now_msec)):
		return PackedByteArray()
	if _is_urgent:
		_urgent_at_msec = now_msec
	_is_urgent = false
	_acked_message = _inbox.acked
	var commands := _affordable(_pending.fitting(_room()), now_msec) if is_welcomed else 0
	var slots: Array[LatestInput] = []
	if is_welcomed:
		slots = _slots_that_fit(commands)
	return _packet(commands, slots, now_msec)


func _is_news() -> bool:
	if not is_welcomed or _link.is_goodbye_said or _acked_message != _inbox.acked or _pending.size() > 0:
		return true
	for slot: LatestInput in _slots:
		if slot.sequence > 0:
			return true
	return false


# None for now where it is a single large one that was just sent, and sent again: that would be more than the server takes.
func _affordable(commands: int, now_msec: float) -> int:
	var bytes := _pending.at(0).size() if commands > 0 else 0
	return 0 if bytes > _room() and bytes > _bytes.available(now_msec) else commands


# The newest of each kind, by sequence. A drag waits until all commands are on their way: its grab may be among them.
func _slots_that_fit(commands: int) -> Array[LatestInput]:
	var fitting: Array[LatestInput] = []
	var room := _room() - _pending.packed_bytes(commands)
	var ordered: Array[LatestInput] = _slots.slice(0, LatestInput.COUNT if commands == _pending.size() else LatestInput.DRAG)
	ordered.sort_custom(func(a: LatestInput, b: LatestInput) -> bool: return a.sequence < b.sequence)
	for slot: LatestInput in ordered:
		if slot.sequence > 0 and slot.bytes.size() + Outbox.INPUT_OVERHEAD_BYTES <= room:
			room -= slot.bytes.size() + Outbox.INPUT_OVERHEAD_BYTES
			fitting.append(slot)
	return fitting


func _room() -> int:
	var control := _link.goodbye.to_utf8_buffer().size() + 8 if _link.is_goodbye_said else _HELLO_BYTES
	return Limits.PACKET_BYTES_MAX - Limits.HEAD_BYTES_MAX - control


# A slot goes out for the first time. What is urgent is not left to one packet: it is in the next one too, at once.
func _sending(slot: LatestInput, tick: int) -> void:
	inputs_sent += 1
	slot.is_sent = true
	_is_urgent = _is_urgent or slot.is_urgent
	if slot == _slots[LatestInput.MOVE]:
		sent_move_sequence = slot.sequence
		sent_move_tick = tick


func _packet(commands: int, slots: Array[LatestInput], now_msec: float) -> PackedByteArray:
	var tick: int = timeline.call(now_msec)
	var sequences := PackedInt64Array()
	for slot: LatestInput in slots:
		if not slot.is_sent:
			_sending(slot, tick)
		sequences.append(slot.sequence)
	var head := Messages.ClientPacket.new()
	head.packet = _link.next(now_msec, sequences)
	head.ack_packet = _link.received.highest
	head.ack_bits = _link.received.bits
	head.ack_message = _inbox.acked
	head.client_time_ms = _clock_of(now_msec)
	if _link.is_goodbye_said:
		head.goodbye = Messages.Goodbye.new()
		head.goodbye.reason = _link.goodbye
	elif not is_welcomed:
		head.hello = _hello
	head.tick = tick
	if slots.has(_slots[LatestInput.MOVE]):
		head.move_ticks = maxi(0, tick - sent_move_tick)
	return _with_inputs(head.encode(), commands, slots, now_msec)


# The inputs are encoded already, and stand behind all other fields.
func _with_inputs(packet: PackedByteArray, commands: int, slots: Array[LatestInput], now_msec: float) -> PackedByteArray:
	for i: int in commands:
		Codec.put_bytes(packet, _COMMANDS_TAG, _pending.at(i), true)
	for slot: LatestInput in slots:
		Codec.put_bytes(packet, _LATEST_TAG, slot.bytes, true)
	_bytes.spend(packet.size(), now_msec)
	return packet


# A clock of 32 bits, ms.
static func _clock_of(now_msec: float) -> int:
	return floori(now_msec) & Limits.UINT32_MAX
