extends "../../test_case.gd"
## The reconnector with connections that the test controls. The test sets the time.

const Connection := preload("res://addons/otherworld/net/transport/connection.gd")
const Reconnector := preload("res://addons/otherworld/net/transport/reconnector.gd")


class ScriptedConnection:
	extends "res://addons/otherworld/net/transport/connection.gd"
	var packets: Array[PackedByteArray] = []
	var closed_with := ""


	func receive() -> PackedByteArray:
		return packets.pop_front() if packets and closed_with.is_empty() else PackedByteArray()


	func close(reason: String) -> void:
		closed_with = reason
		status = Status.ENDED


	func open() -> void:
		status = Status.OPEN


	func fail(of_kind: OtherworldRequestError.Kind, words: String) -> void:
		_fail(OtherworldRequestError.new(of_kind, words))


	func end(reason: String) -> void:
		_end(reason)


var _now := 1_000.0
var _reconnector: Reconnector
# The connections made by each transport, in order.
var _made: Array[Array] = [[], []]
# The emitted signals.
var _emitted: Array[Array] = []


func before() -> void:
	_now = 1_000.0
	_made = [[], []]
	_emitted = []
	var transports: Array[Callable] = [_make.bind(0), _make.bind(1)]
	_reconnector = Reconnector.new(transports)
	_reconnector.connected.connect(func(_connection: Connection) -> void: _emitted.append(["connected"]))
	_reconnector.received.connect(func(packet: PackedByteArray) -> void: _emitted.append(["received", packet[0]]))
	_reconnector.fell_back.connect(func(fault: OtherworldRequestError) -> void: _emitted.append(["fell_back", fault.message]))
	_reconnector.server_busy.connect(func(reason: String) -> void: _emitted.append(["server_busy", reason]))
	_reconnector.lost.connect(func(reason: String, attempt: int, until_msec: float) -> void: _emitted.append(["lost", reason, attempt, until_msec]))
	_reconnector.expired.connect(func(reason: String) -> void: _emitted.append(["expired", reason]))
	_reconnector.ended.connect(func(reason: String) -> void: _emitted.append(["ended", reason]))
	_reconnector.connect_from(0, _now)


func _make(_now_msec: float, transport: int) -> ScriptedConnection:
	var connection := ScriptedConnection.new()
	_made[transport].append(connection)
	return connection


# Returns the newest connection of a transport.
func _of(transport: int) -> ScriptedConnection:
	return _made[transport][-1]


func _pass(msec: float) -> void:
	_now += msec
	_reconnector.update(_now)


func _join(transport := 0) -> void:
	_of(transport).open()
	_pass(10)
	_reconnector.confirm(_now)
	_emitted.clear()


func test_packets_arrive_over_the_first_transport_that_opens() -> void:
	_of(0).open()
	_of(0).packets = [PackedByteArray([7]), PackedByteArray([8])]
	_pass(10)
	equal(_emitted, [["connected"], ["received", 7], ["received", 8]])
	equal(_made[1].size(), 0)


func test_the_next_transport_is_tried_if_one_fails() -> void:
	_of(0).fail(OtherworldRequestError.Kind.UDP_BLOCKED, "No UDP.")
	_pass(10)
	equal(_emitted, [["fell_back", "No UDP."]])
	_of(1).open()
	_pass(10)
	equal(_emitted[-1], ["connected"])


func test_the_next_transport_is_tried_if_no_packet_arrived_over_the_first() -> void:
	_of(0).open()
	_pass(10)
	_reconnector.handle_loss("Silence.", _now)
	equal(_emitted, [["connected"], ["fell_back", "Silence."]])
	equal([_of(0).closed_with, _made[1].size()], ["Silence.", 1])


func test_a_refusal_over_all_transports_ends_it() -> void:
	_of(0).fail(OtherworldRequestError.Kind.REFUSED, "No.")
	_pass(10)
	_of(1).fail(OtherworldRequestError.Kind.REFUSED, "No.")
	_pass(10)
	equal(_emitted[-1], ["ended", "No."])
	_pass(60_000)
	equal(_made[0].size(), 1)


func test_a_client_that_never_joined_ends_at_once_if_nobody_answers() -> void:
	_of(0).fail(OtherworldRequestError.Kind.UNREACHABLE, "Nobody.")
	_pass(10)
	_of(1).fail(OtherworldRequestError.Kind.UNREACHABLE, "Nobody there.")
	_pass(10)
	equal(_emitted[-1], ["ended", "Nobody. Nobody there."])


func test_a_busy_server_is_retried_each_second_for_a_minute_over_the_same_transport() -> void:
	var asked := 0
	while _emitted.is_empty() or _emitted[-1][0] != "ended":
		asked += 1
		_of(0).fail(OtherworldRequestError.Kind.BUSY, "Wait.")
		_pass(0)
		_pass(1_000)
		if asked > 100:
			break
	equal(asked, 61)
	equal(_made[1].size(), 0)
	equal(_emitted[0], ["server_busy", "Wait."])


func test_a_starting_server_is_retried_without_a_limit_and_less_and_less_often() -> void:
	var waits: Array[float] = []
	var asked_msec := _now
	while _now < 121_000.0:
		_of(0).fail(OtherworldRequestError.Kind.STARTING, "Starting.")
		var made := _made[0].size()
		while _made[0].size() == made and _now < 200_000.0:
			_pass(10)
		waits.append(snappedf(_now - asked_msec, 100.0))
		asked_msec = _now
	equal(waits.slice(0, 4), [500.0, 1_000.0, 2_000.0, 2_000.0])
	equal([_emitted[0], _made[1].size()], [["server_busy", "Starting."], 0])
	_of(0).open()
	_pass(10)
	equal(_emitted[-1], ["connected"])


func test_a_server_that_disappears_while_it_starts_is_retried_for_a_minute() -> void:
	_of(0).fail(OtherworldRequestError.Kind.STARTING, "Starting.")
	_pass(0)
	var begin := _now
	while _emitted[-1][0] != "ended" and _now < begin + 100_000.0:
		_pass(50)
		for transport: int in 2:
			if _made[transport] and _of(transport).status == Connection.Status.CONNECTING:
				_of(transport).fail(OtherworldRequestError.Kind.UNREACHABLE, "Nobody.")
	near(_now - begin, 60_000.0, 2_000.0)


func test_a_connection_closed_before_the_welcome_is_made_again() -> void:
	_of(0).fail(OtherworldRequestError.Kind.UDP_BLOCKED, "No UDP.")
	_pass(10)
	_of(1).open()
	_pass(10)
	_of(1).was_closed_by_peer = true
	_of(1).end("the realm starts again")
	_pass(0)
	equal(_emitted[-1], ["server_busy", "The connection ended: the realm starts again."])
	_pass(1_000)
	equal(_made[0].size(), 2)


func test_a_rejoining_client_continues_after_the_session_and_reports_an_expired_token() -> void:
	_reconnector.rejoins = true
	_join()
	_of(0).end("gone")
	var begin := _now
	while _now < begin + 120_000.0:
		_pass(50)
		for transport: int in 2:
			if _made[transport] and _of(transport).status == Connection.Status.CONNECTING:
				_of(transport).fail(OtherworldRequestError.Kind.UNREACHABLE, "Nobody.")
	equal([_emitted[-1][0], _emitted[-1][3]], ["lost", begin + 30_050.0])
	while _of(0).status != Connection.Status.CONNECTING:
		_pass(50)
	for transport: int in 2:
		_of(transport).fail(OtherworldRequestError.Kind.REFUSED, "Log in again.")
		_pass(0)
	equal(_emitted[-1], ["expired", "Log in again."])
	_pass(10_000)
	equal(_emitted[-1], ["expired", "Log in again."])


func test_a_lost_connection_is_made_again_at_once_and_then_less_and_less_often() -> void:
	_join()
	_of(0).end("gone")
	_pass(0)
	equal(_emitted, [["lost", "The connection ended: gone.", 1, _now + 30_000.0]])
	_pass(0)
	equal(_made[0].size(), 2)
	var waits: Array[float] = []
	for i: int in 7:
		var before_msec := _now
		for transport: int in 2:
			_of(transport).fail(OtherworldRequestError.Kind.UNREACHABLE, "Nobody.")
			_pass(0)
		while _made[0].size() == 2 + i:
			_pass(10)
		waits.append(_now - before_msec)
	equal(waits, [250.0, 500.0, 1_000.0, 2_000.0, 4_000.0, 4_000.0, 4_000.0])


func test_a_session_that_cannot_be_resumed_in_time_ends() -> void:
	_join()
	_of(0).end("gone")
	var begin := _now
	while _emitted.is_empty() or _emitted[-1][0] != "ended":
		_pass(50)
		for transport: int in 2:
			if _made[transport] and _of(transport).status == Connection.Status.CONNECTING:
				_of(transport).fail(OtherworldRequestError.Kind.UNREACHABLE, "Nobody.")
		if _now > begin + 60_000:
			break
	near(_now - begin, 30_000.0, 250.0)
	check("could not be resumed within 30 seconds" in str(_emitted[-1][1]), str(_emitted[-1]))


func test_a_short_connection_counts_as_a_failure_but_renews_the_session() -> void:
	_join()
	for i: int in 3:
		_of(0).end("gone")
		_pass(0)
		equal(_emitted[-1].slice(0, 1) + _emitted[-1].slice(2), ["lost", i + 1, _now + 30_000.0])
		_pass(4_000)
		_join()
	_pass(5_000)
	_of(0).end("gone")
	_pass(0)
	equal(_emitted[-1][2], 1)


func test_a_joined_client_reconnects_over_the_same_transport_to_a_server_that_closes_at_once() -> void:
	_join()
	_of(0).end("gone")
	_pass(0)
	_pass(0)
	_of(0).open()
	_of(0).was_closed_by_peer = true
	_of(0).end("the realm is starting")
	_pass(0)
	_pass(300)
	equal(_made[1].size(), 0)
	equal([_made[0].size(), _emitted.slice(-1)[0][1]], [3, "The connection ended: the realm is starting."])


func test_a_refusal_ends_a_resumed_session() -> void:
	_join()
	_of(0).end("gone")
	_pass(0)
	_pass(0)
	for transport: int in 2:
		_of(transport).fail(OtherworldRequestError.Kind.REFUSED, "The session is over.")
		_pass(0)
	equal(_emitted[-1], ["ended", "The session is over."])


func test_a_joined_client_retries_a_busy_server_like_any_other() -> void:
	_join()
	_of(0).end("gone")
	_pass(0)
	_pass(0)
	_of(0).fail(OtherworldRequestError.Kind.BUSY, "Starting.")
	_pass(0)
	equal(_emitted[-1].slice(0, 3), ["lost", "Starting.", 2])


func test_no_packet_is_received_after_a_packet_ended_the_connection() -> void:
	_join()
	_reconnector.received.connect(func(_packet: PackedByteArray) -> void: _reconnector.end("enough"))
	_of(0).packets = [PackedByteArray([1]), PackedByteArray([2])]
	_pass(10)
	equal(_emitted, [["received", 1], ["ended", "enough"]])
	equal(_of(0).closed_with, "enough")


func test_the_end_is_emitted_once() -> void:
	_reconnector.end("left")
	_reconnector.end("left again")
	_reconnector.handle_loss("late", _now)
	_pass(1_000)
	equal(_emitted, [["ended", "left"]])
	equal(_of(0).closed_with, "left")
