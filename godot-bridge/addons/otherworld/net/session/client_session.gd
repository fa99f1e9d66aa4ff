extends RefCounted
## The client's side of a session (docs/protocol.md, sections 5 to 8): packet numbers, commands until they are
## acknowledged, the newest move, pose and drags, and messages in order. It reads no clock: callers pass the time. It
## outlives connections; call [method attach] for each new one.

const Checks := preload("../../wire/checks.gd")
const Codec := preload("../../wire/codec.gd")
const LatestInput := preload("latest_input.gd")
const Limits := preload("limits.gd")
const MessageReceiver := preload("message_receiver.gd")
const Messages := preload("../../wire/generated/messages.gd")
const PacketTracker := preload("packet_tracker.gd")
const ReceivedContent := preload("received_content.gd")
const ReceivedPackets := preload("received_packets.gd")
const TokenBucket := preload("token_bucket.gd")
const UnacknowledgedCommands := preload("unacknowledged_commands.gd")

## Upper limit of an encoded Hello, bytes.
const _HELLO_BYTES := 24
const _COMMANDS_TAG := 5 << 3 | 2
const _LATEST_TAG := 6 << 3 | 2
## A longer round trip is ignored (CLK-1).
const _RTT_MSEC_MAX := 60_000.0

## Smoothed round-trip time, ms; -1 before the first measurement.
var rtt_msec := -1.0
## The Welcome was received. Inputs are sent from then on.
var is_welcomed := false
## Inputs sent. Repeats do not count.
var inputs_sent := 0
## Sequence number of the newest move that was sent on this connection (0 before the first), and the tick of the
## client's timeline when it was first sent. The move takes effect from that tick.
var sent_move_sequence := 0
var sent_move_tick := 0
## The client's timeline: (now_msec: float) -> int, whole ticks from 1; 0 before it starts. The server applies moves at
## the same distances as they were first sent (OWN-2).
var timeline := func(_now_msec: float) -> int: return 0
## Why [method command] rejected a command.
var refusal := ""

var _hello := Messages.Hello.new()
var _tracker: PacketTracker
var _message_receiver := MessageReceiver.new()
var _bytes: TokenBucket
# The numbering of inputs is known since the first Welcome.
var _is_numbering := false
var _pending := UnacknowledgedCommands.new()
var _slots: Array[LatestInput] = []
var _sequence := 0
var _is_urgent := false
var _urgent_at_msec := -INF
var _acked_message := 0


## [param body] is the index of the requested body in the realm's definition.
func _init(now_msec: float, body := 0) -> void:
	_hello.protocol = Limits.PROTOCOL_VERSION
	_hello.mode = Messages.ClientMode.RENDER
	_hello.body = body
	for i: int in LatestInput.COUNT:
		_slots.append(LatestInput.new())
	attach(now_msec)


## Starts a new connection: packets and messages are numbered from 1, inputs continue. Only Hello is sent before the
## Welcome.
func attach(now_msec: float) -> void:
	_tracker = PacketTracker.new(now_msec)
	_message_receiver = MessageReceiver.new()
	_bytes = TokenBucket.new(Limits.SENT_BYTES_PER_SECOND_MAX, Limits.SENT_BYTES_BURST_MAX, now_msec)
	_acked_message = 0
	is_welcomed = false
	rtt_msec = -1.0
	sent_move_sequence = 0


## Returns the number of commands that the server has not acknowledged.
func unacknowledged() -> int:
	return _pending.size()


## Returns the sequence number of the oldest of them, or a number above all others if there is none.
func oldest_unacknowledged() -> int:
	return _pending.oldest()


## Returns the share of the server's packets that were lost on this connection, 0 to 1.
func loss() -> float:
	var received := _tracker.received
	return 0.0 if received.highest == 0 else 1.0 - float(received.count) / received.highest


## Returns [code]true[/code] after 5 s without a packet: the connection is dead.
func is_silent(now_msec: float) -> bool:
	return _tracker.is_silent(now_msec)


## Returns the time since the last packet was received, ms.
func quiet_msec(now_msec: float) -> float:
	return _tracker.quiet_msec(now_msec)


## Starts the goodbye. Each packet carries it until the server acknowledges it or a second has passed.
func goodbye(reason: String, now_msec: float) -> void:
	_tracker.say_goodbye(reason, now_msec)


## Returns [code]true[/code] once our goodbye was acknowledged or timed out.
func is_goodbye_done(now_msec: float) -> bool:
	return _tracker.is_goodbye_done(now_msec)


## Queues a command, which is sent until it is acknowledged. Returns its sequence number, or 0 if it was rejected
## (see [member refusal]).
func command(input: Messages.PlayerInput) -> int:
	input.sequence = _sequence + 1
	refusal = _pending.add(input.sequence, input.encode()) if _is_numbering else "there is no Welcome from the server yet"
	if refusal:
		return 0
	_sequence += 1
	inputs_sent += 1
	_is_urgent = true
	# The hand's previous drag is obsolete.
	if input.grab != null:
		_slots[LatestInput.DRAG + input.grab.hand].clear()
	elif input.release != null:
		_slots[LatestInput.DRAG + input.release.hand].clear()
	return _sequence


## Sets the player's move, pose or drag. Only the newest is sent. [param urgent] ones are sent at once, like commands.
## Returns the sequence number; 0 before the first Welcome, when the input is dropped.
func latest(input: Messages.PlayerInput, urgent := false) -> int:
	if not _is_numbering:
		return 0
	_sequence += 1
	input.sequence = _sequence
	var slot := LatestInput.MOVE if input.move != null \
			else LatestInput.POSE if input.pose != null \
			else LatestInput.DRAG + input.drag.hand
	_slots[slot].set_input(_sequence, input.encode(), urgent)
	_is_urgent = _is_urgent or urgent
	return _sequence


## Receives a packet. Returns its new content, or why the connection has to end.
func receive(bytes: PackedByteArray, now_msec: float) -> ReceivedContent:
	var content := ReceivedContent.new()
	var packet: Messages.ServerPacket = null
	if bytes.size() <= Limits.PACKET_BYTES_ACCEPTED_MAX:
		packet = Messages.ServerPacket.decode(bytes, 0, bytes.size())
	var wrong := Checks.server_packet(packet)
	if wrong:
		content.fault = "a packet of the server is not valid: " + wrong
		return content
	var arrived := PackedInt64Array()
	var arrival := _tracker.receive(packet.packet, packet.ack_packet, packet.ack_bits, now_msec, arrived)
	if arrival == ReceivedPackets.Arrival.OLD:
		return content
	_clear_arrived(arrived)
	if arrival == ReceivedPackets.Arrival.AHEAD:
		content.rtt_msec = _measure(packet, now_msec)
	wrong = _message_receiver.receive(packet.first_message, packet.messages, content.messages)
	if wrong:
		content.fault = "a message of the server is not valid: " + wrong
		return content
	for message: Messages.ServerMessage in content.messages:
		if message.welcome != null:
			_welcome(message.welcome)
	if is_welcomed:
		_pending.acknowledge(packet.ack_command)
	content.packet = packet.packet
	content.snapshot = packet.snapshot
	content.goodbye = packet.goodbye
	return content


## Withholds the acknowledgement of a packet whose content could not be used, so that the server does not build on it.
func withhold_ack(packet: int) -> void:
	_tracker.received.forget(packet)


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


# The numbering continues where the server is. If the server does not know this session any more, pending inputs are
# dropped.
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


## Returns the packet to send now, or an empty array. Packets are INPUT_INTERVAL_MSEC apart while something is
## unacknowledged. A new command is sent at once. Otherwise only heartbeats are sent. A packet has at most
## PACKET_BYTES_MAX bytes, unless it carries a single larger command. [param answer] forces a packet.
func packet_due(now_msec: float, answer := false) -> PackedByteArray:
	var is_urgent := _is_urgent and now_msec - _urgent_at_msec >= Limits.COMMAND_INTERVAL_MSEC \
			and _bytes.available(now_msec) >= Limits.PACKET_BYTES_MAX
	var is_due := _has_news() and now_msec - _tracker.sent_at_msec >= Limits.INPUT_INTERVAL_MSEC
	if not (answer or is_urgent or is_due or _tracker.is_heartbeat_due(now_msec)):
		return PackedByteArray()
	if _is_urgent:
		_urgent_at_msec = now_msec
	_is_urgent = false
	_acked_message = _message_receiver.acked
	var commands := _affordable(_pending.fitting(_room()), now_msec) if is_welcomed else 0
	var slots: Array[LatestInput] = []
	if is_welcomed:
		slots = _slots_that_fit(commands)
	return _packet(commands, slots, now_msec)


func _has_news() -> bool:
	if not is_welcomed or _tracker.is_goodbye_said or _acked_message != _message_receiver.acked or _pending.size() > 0:
		return true
	for slot: LatestInput in _slots:
		if slot.sequence > 0:
			return true
	return false


# 0 if the oldest command is too large to repeat it right now: the server would receive more bytes than it accepts.
func _affordable(commands: int, now_msec: float) -> int:
	var bytes := _pending.at(0).size() if commands > 0 else 0
	return 0 if bytes > _room() and bytes > _bytes.available(now_msec) else commands


# The latest inputs, by sequence number. A drag waits until all commands are sent, because its grab may be one of them.
func _slots_that_fit(commands: int) -> Array[LatestInput]:
	var fitting: Array[LatestInput] = []
	var room := _room() - _pending.packed_bytes(commands)
	var ordered: Array[LatestInput] = _slots.slice(0, LatestInput.COUNT if commands == _pending.size()
			else LatestInput.DRAG)
	ordered.sort_custom(func(a: LatestInput, b: LatestInput) -> bool: return a.sequence < b.sequence)
	for slot: LatestInput in ordered:
		if slot.sequence > 0 and slot.bytes.size() + UnacknowledgedCommands.INPUT_OVERHEAD_BYTES <= room:
			room -= slot.bytes.size() + UnacknowledgedCommands.INPUT_OVERHEAD_BYTES
			fitting.append(slot)
	return fitting


func _room() -> int:
	var control := _tracker.goodbye.to_utf8_buffer().size() + 8 if _tracker.is_goodbye_said else _HELLO_BYTES
	return Limits.PACKET_BYTES_MAX - Limits.HEAD_BYTES_MAX - control


# A slot is sent for the first time. An urgent one is also in the next packet, so that one lost packet does not delay
# it.
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
	head.packet = _tracker.next(now_msec, sequences)
	head.ack_packet = _tracker.received.highest
	head.ack_bits = _tracker.received.bits
	head.ack_message = _message_receiver.acked
	head.client_time_ms = _clock_of(now_msec)
	if _tracker.is_goodbye_said:
		head.goodbye = Messages.Goodbye.new()
		head.goodbye.reason = _tracker.goodbye
	elif not is_welcomed:
		head.hello = _hello
	head.tick = tick
	if slots.has(_slots[LatestInput.MOVE]):
		head.move_ticks = maxi(0, tick - sent_move_tick)
	return _with_inputs(head.encode(), commands, slots, now_msec)


# Inputs are already encoded. They follow all other fields.
func _with_inputs(packet: PackedByteArray, commands: int, slots: Array[LatestInput],
		now_msec: float) -> PackedByteArray:
	for i: int in commands:
		Codec.put_bytes(packet, _COMMANDS_TAG, _pending.at(i), true)
	for slot: LatestInput in slots:
		Codec.put_bytes(packet, _LATEST_TAG, slot.bytes, true)
	_bytes.spend(packet.size(), now_msec)
	return packet


# The time as a 32-bit clock, ms.
static func _clock_of(now_msec: float) -> int:
	return floori(now_msec) & Limits.UINT32_MAX
