extends "../../test_case.gd"
## The client's side of a session with a scripted server. The test sets the time.

const ReceivedContent := preload("res://addons/otherworld/net/session/received_content.gd")
const Limits := preload("res://addons/otherworld/net/session/limits.gd")
const Messages := preload("res://addons/otherworld/wire/generated/messages.gd")
const ReceivedPackets := preload("res://addons/otherworld/net/session/received_packets.gd")
const ScriptedServer := preload("../../scripted_server.gd")
const ClientSession := preload("res://addons/otherworld/net/session/client_session.gd")

var _now := 1_000.0
var _client: ClientSession
var _server: ScriptedServer


func before() -> void:
	_now = 1_000.0
	_client = ClientSession.new(_now)
	_server = ScriptedServer.new()


func _move(yaw: float) -> Messages.PlayerInput:
	var input := Messages.PlayerInput.new()
	input.move = Messages.Move.new()
	input.move.z = -1.0
	input.move.yaw = yaw
	return input


func _grab(element: int, hand := 0) -> Messages.PlayerInput:
	var input := Messages.PlayerInput.new()
	input.grab = Messages.Grab.new()
	input.grab.element = element
	input.grab.hand = hand
	return input


func _release(hand := 0) -> Messages.PlayerInput:
	var input := Messages.PlayerInput.new()
	input.release = Messages.Release.new()
	input.release.hand = hand
	return input


func _drag(x: float, hand := 0) -> Messages.PlayerInput:
	var input := Messages.PlayerInput.new()
	input.drag = Messages.Drag.new()
	input.drag.hand = hand
	input.drag.position = Vector3(x, 0, 0)
	input.drag.rotation = Quaternion.IDENTITY
	return input


func _large_spawn(hulls: int) -> Messages.PlayerInput:
	var input := Messages.PlayerInput.new()
	input.spawn = Messages.Spawn.new()
	input.spawn.prop = Messages.PropSpec.new()
	input.spawn.position = Vector3.ZERO
	input.spawn.rotation = Quaternion.IDENTITY
	var collider := Messages.Collider.new()
	collider.convex = Messages.Convex.new()
	collider.convex.points.resize(64 * 3)
	collider.convex.points.fill(1.0)
	for i: int in hulls:
		input.spawn.prop.colliders.append(collider)
	return input


func _welcome(resumed := false, sequence := 0, ack_command := 0) -> void:
	_down([_server.welcome(resumed, sequence, ack_command)], 1)


# Gives the client's packet to the server, unless it is lost. Returns false if there was none.
func _up(is_lost := false) -> bool:
	var packet := _client.packet_due(_now)
	if not packet.is_empty() and not is_lost:
		check(_server.receive(packet, _now), "the server cannot read the packet")
	return not packet.is_empty()


func _down(messages: Array[Messages.ServerMessage] = [], first := 0) -> ReceivedContent:
	var heard := _client.receive(_server.packet_of(_now, messages, first), _now)
	equal(heard.fault, "")
	return heard


func test_hello_is_sent_until_the_welcome() -> void:
	_up()
	equal(_server.last().hello.protocol, Limits.PROTOCOL_VERSION)
	check(not _up(), "said again at once")
	_now += Limits.INPUT_INTERVAL_MSEC
	_up()
	equal(_server.heard.size(), 2)
	check(_server.last().hello != null, "the second Hello is missing")
	_welcome()
	check(_client.is_welcomed, "the Welcome was not taken")
	_now += Limits.INPUT_INTERVAL_MSEC
	_up()
	check(_server.last().hello == null, "Hello after the Welcome")
	equal(_server.last().ack_message, 1)


func test_nothing_is_numbered_before_the_welcome() -> void:
	equal(_client.command(_grab(1)), 0)
	check(_client.refusal.contains("Welcome"), _client.refusal)
	equal(_client.latest(_move(1.0)), 0)


func test_a_new_command_is_sent_at_once_and_until_it_is_acknowledged() -> void:
	_welcome()
	_up()
	_now += 20
	equal(_client.command(_grab(7)), 1)
	check(_up(true), "the command waited")
	check(not _up(), "sent twice at once")
	_now += Limits.INPUT_INTERVAL_MSEC
	_up()
	_now += Limits.INPUT_INTERVAL_MSEC
	_up()
	equal(_server.commands(), [1, 1])
	equal(_client.unacknowledged(), 1)
	_server.ack_command = 1
	_down()
	equal(_client.unacknowledged(), 0)
	_now += Limits.INPUT_INTERVAL_MSEC
	check(not _up(), "sent after it was acknowledged")


func test_the_newest_move_is_repeated_until_a_packet_with_it_is_acknowledged() -> void:
	_welcome()
	_up()
	_client.latest(_move(1.0))
	_client.latest(_move(2.0))
	_now += Limits.INPUT_INTERVAL_MSEC
	_up(true)
	_now += Limits.INPUT_INTERVAL_MSEC
	_up()
	equal(_server.last().latest.size(), 1)
	equal(_server.last().latest[0].sequence, 2)
	near(_server.last().latest[0].move.yaw, 2.0, 0.0)
	_down()
	_now += Limits.INPUT_INTERVAL_MSEC
	check(not _up(), "an acknowledged move was sent")


func test_an_acknowledgement_of_an_older_move_does_not_end_the_newer_one() -> void:
	_welcome()
	_up()
	_client.latest(_move(1.0))
	_now += Limits.INPUT_INTERVAL_MSEC
	_up()
	_client.latest(_move(2.0))
	_down()
	_now += Limits.INPUT_INTERVAL_MSEC
	check(_up(), "the newer move was dropped")
	near(_server.last().latest[0].move.yaw, 2.0, 0.0)


func test_an_urgent_move_is_sent_at_once_in_two_packets() -> void:
	_welcome()
	_up()
	_now += 20
	_client.latest(_move(1.0), true)
	check(_up(), "it waited")
	_now += Limits.COMMAND_INTERVAL_MSEC - 1
	check(not _up(), "sent too fast")
	_now += 1
	check(_up(), "no second packet")
	equal([_server.heard[-1].latest.size(), _server.heard[-2].latest.size()], [1, 1])
	_now += Limits.COMMAND_INTERVAL_MSEC
	check(not _up(), "a third at once")


func test_a_move_says_when_it_was_first_sent_on_the_timeline() -> void:
	_client.timeline = func(now_msec: float) -> int: return int(now_msec / 10.0)
	_welcome()
	_up()
	_now += 100
	var sequence := _client.latest(_move(1.0))
	_up()
	equal([_server.last().tick, _server.last().move_ticks], [110, 0])
	equal([_client.sent_move_sequence, _client.sent_move_tick], [sequence, 110])
	_now += 70
	_up()
	equal([_server.last().tick, _server.last().move_ticks], [117, 7])


func test_a_drag_waits_for_its_grab_and_ends_with_the_release() -> void:
	_welcome()
	_up()
	for i: int in 200:
		_client.command(_grab(1_000_000 + i))
	_client.latest(_drag(1.0))
	_now += Limits.INPUT_INTERVAL_MSEC
	_up()
	check(_server.last().commands.size() < 200 and _server.last().latest.is_empty(), "the drag overtook a command")
	_server.ack_command = 200
	_down()
	_now += Limits.INPUT_INTERVAL_MSEC
	_up()
	equal(_server.last().latest.size(), 1)
	_client.latest(_drag(2.0))
	_client.latest(_drag(3.0, 1))
	_client.command(_release())
	_now += Limits.INPUT_INTERVAL_MSEC
	_up()
	equal([_server.last().latest.size(), _server.last().latest[0].drag.hand, _server.last().commands.size()], [1, 1, 1])


func test_packets_keep_their_size_however_many_commands_wait() -> void:
	_welcome()
	for i: int in Limits.COMMANDS_UNACKED_MAX:
		equal(_client.command(_grab(1_000_000 + i)), i + 1)
	equal(_client.command(_grab(1)), 0)
	var steps := 0
	while _client.unacknowledged() > 0 and steps < 40:
		steps += 1
		_now += Limits.INPUT_INTERVAL_MSEC
		var packet := _client.packet_due(_now)
		check(packet.size() <= Limits.PACKET_BYTES_MAX, "%d bytes" % packet.size())
		_server.receive(packet, _now)
		_server.ack_command = _server.commands()[-1]
		_down()
	equal(_server.commands(), Array(range(1, Limits.COMMANDS_UNACKED_MAX + 1), TYPE_INT, "", null))


func test_large_commands_are_sent_one_by_one_within_the_servers_rate() -> void:
	_welcome()
	check(_client.command(_large_spawn(20)) == 0 and "bytes" in _client.refusal, "one beyond the limit was taken")
	for i: int in 8:
		check(_client.command(_large_spawn(16)) > 0, _client.refusal)
	var bytes := 0
	for tick: int in 1_200:
		_now += 1000.0 / 60.0
		var packet := _client.packet_due(_now)
		bytes += packet.size()
		if not packet.is_empty():
			check(_server.receive(packet, _now), "the server cannot read it")
			check(_server.last().commands.size() <= 1, "two large ones in a packet")
		if tick % 30 == 0 and _server.commands():
			_server.ack_command = _server.commands()[-1]
			_down()
	equal(_client.unacknowledged(), 0)
	check(bytes <= Limits.SENT_BYTES_BURST_MAX + 20.0 * Limits.SENT_BYTES_PER_SECOND_MAX, "%d bytes in 20 s" % bytes)


func test_messages_are_delivered_once_and_in_order() -> void:
	_welcome()
	var texts: Array[String] = []
	var runs: Array[Array] = [[3, ["b", "c"]], [2, ["a", "b"]], [2, ["a"]], [6, ["e"]], [4, ["c", "d"]]]
	for run: Array in runs:
		var messages: Array[Messages.ServerMessage] = []
		for text: String in run[1]:
			messages.append(_server.notice(text))
		for message: Messages.ServerMessage in _down(messages, run[0]).messages:
			texts.append(message.notice.text)
	equal(texts, ["a", "b", "c", "d", "e"] as Array[String])
	_now += Limits.INPUT_INTERVAL_MSEC
	_up()
	equal(_server.last().ack_message, 6)


func test_parts_are_joined_to_a_message() -> void:
	_welcome()
	var bytes := _server.notice("n".repeat(700)).encode()
	equal(_down([_server.part(bytes.slice(0, 400), false)], 2).messages.size(), 0)
	var heard := _down([_server.part(bytes.slice(400), true), _server.notice("after")], 3)
	equal([heard.messages.size(), heard.messages[0].notice.text.length(), heard.messages[1].notice.text], [2, 700, "after"])
	var nested := _server.part(bytes, true).encode()
	heard = _client.receive(_server.packet_of(_now, [_server.part(nested, true)], 5), _now)
	check(heard.fault.contains("parts"), heard.fault)


func test_the_round_trip_is_measured_without_the_time_that_the_server_waits() -> void:
	_welcome()
	_now += Limits.HEARTBEAT_MSEC
	_up()
	_now += 200
	var packet := _server.packet_of(_now)
	_now += 30
	near(_client.receive(packet, _now).rtt_msec, 30.0, 1.0)
	near(_client.rtt_msec, 30.0, 1.0)


func test_silence_ends_the_session() -> void:
	_welcome()
	_now += Limits.SILENCE_MSEC_MAX - 1
	check(not _client.is_silent(_now), "too early")
	_now += 1
	check(_client.is_silent(_now), "not at all")


func test_a_malformed_packet_is_reported_with_a_message() -> void:
	var heard := _client.receive(PackedByteArray([255, 255, 255]), _now)
	check(heard.fault.contains("not valid"), heard.fault)


func test_our_goodbye_is_sent_until_it_is_acknowledged() -> void:
	_welcome()
	_up()
	_client.goodbye("going home", _now)
	_now += Limits.INPUT_INTERVAL_MSEC
	_up(true)
	check(not _client.is_goodbye_done(_now), "parted too early")
	_now += Limits.INPUT_INTERVAL_MSEC
	_up()
	equal(_server.last().goodbye.reason, "going home")
	_down()
	check(_client.is_goodbye_done(_now), "not parted")
	var deaf := ClientSession.new(_now)
	deaf.goodbye("x", _now)
	check(not deaf.is_goodbye_done(_now + Limits.GOODBYE_MSEC_MAX - 1) and deaf.is_goodbye_done(_now + Limits.GOODBYE_MSEC_MAX), "a deaf server is waited for")


func test_a_long_goodbye_is_cut_by_utf_16_units() -> void:
	_client.goodbye("🙂".repeat(150), _now)
	_up()
	equal(_server.last().goodbye.reason.length(), 100)


func test_the_servers_goodbye_is_received() -> void:
	_welcome()
	_server.goodbye = "the realm closes"
	_server.is_back_soon = true
	var heard := _down()
	equal([heard.goodbye.reason, heard.goodbye.again], ["the realm closes", true])
	check(not _client.packet_due(_now, true).is_empty(), "no answer to a goodbye")


func test_resumed_commands_keep_their_sequence_numbers() -> void:
	_welcome()
	_client.command(_grab(1))
	_client.command(_release())
	_up(true)
	_now += 3_000
	_client.attach(_now)
	_server.attach()
	_up()
	check(_server.last().hello != null and _server.last().commands.is_empty() and _server.last().packet == 1, "a new connection does not begin again")
	equal(_client.command(_grab(2)), 3)
	_welcome(true, 2, 1)
	_now += Limits.INPUT_INTERVAL_MSEC
	_up()
	equal(_server.last().commands.map(func(input: Messages.PlayerInput) -> int: return input.sequence), [2, 3])
	equal(_client.command(_grab(2)), 4)


func test_numbering_continues_above_the_servers() -> void:
	_welcome(true, 500, 480)
	equal(_client.command(_grab(1)), 501)


func test_pending_inputs_are_dropped_if_the_server_does_not_know_the_session() -> void:
	_welcome()
	_client.command(_grab(1))
	_client.latest(_move(1.0))
	_client.attach(_now)
	_server.attach()
	_welcome(false, 9)
	equal(_client.unacknowledged(), 0)
	_now += Limits.INPUT_INTERVAL_MSEC
	_up()
	equal([_server.last().commands.size(), _server.last().latest.size()], [0, 0])
	equal(_client.command(_grab(1)), 10)


func test_received_packets_are_acknowledged_by_highest_and_bits() -> void:
	var received := ReceivedPackets.new()
	for packet: int in [1, 2, 5, 4]:
		received.record(packet)
	equal([received.highest, received.bits], [5, 0b1101])
	equal([received.record(4), received.record(3), received.record(6)], [ReceivedPackets.Arrival.OLD, ReceivedPackets.Arrival.LATE, ReceivedPackets.Arrival.AHEAD])
	equal(received.bits, 0b11111)
	received.forget(5)
	equal([received.highest, received.bits], [6, 0b11110])
	received.forget(6)
	equal([received.highest, received.bits], [4, 0b111])
	received.record(60)
	equal([received.highest, received.bits, received.record(20)], [60, 0, ReceivedPackets.Arrival.OLD])
	received.record(28)
	equal(received.bits, 1 << 31)
