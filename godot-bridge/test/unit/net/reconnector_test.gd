extends "../../test_case.gd"
## The line to the server over connections that do what the test says; time is what the test says.

const Connection := preload("res://addons/otherworld/net/transport/connection.gd")
const RequestError := preload("res://addons/otherworld/net/http/request_error.gd")
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


	func fail(of_kind: RequestError.Kind, words: String) -> void:
		_fail(RequestError.new(of_kind, words))


	func end(reason: String) -> void:
		_end(reason)


var _now := 1_000.0
var _line: Reconnector
# Made of each transport, in order.
var _made: Array[Array] = [[], []]
# What was heard of the line.
var _told: Array[Array] = []


func before() -> void:
	_now = 1_000.0
	_made = [[], []]
	_told = []
	var transports: Array[Callable] = [_make.bind(0), _make.bind(1)]
	_line = Reconnector.new(transports)
	_line.connected.connect(func(_connection: Connection) -> void: _told.append(["connected"]))
	_line.received.connect(func(packet: PackedByteArray) -> void: _told.append(["received", packet[0]]))
	_line.fell_back.connect(func(fault: RequestError) -> void: _told.append(["fell_back", fault.message]))
	_line.server_busy.connect(func(reason: String) -> void: _told.append(["server_busy", reason]))
	_line.lost.connect(func(reason: String, attempt: int, until_msec: float) -> void: _told.append(["lost", reason, attempt, until_msec]))
	_line.expired.connect(func(reason: String) -> void: _told.append(["expired", reason]))
	_line.ended.connect(func(reason: String) -> void: _told.append(["ended", reason]))
	_line.connect_from(0, _now)


func _make(_now_msec: float, transport: int) -> ScriptedConnection:
	var connection := ScriptedConnection.new()
	_made[transport].append(connection)
	return connection


# The newest of a transport.
func _of(transport: int) -> ScriptedConnection:
	return _made[transport][-1]


func _pass(msec: float) -> void:
	_now += msec
	_line.update(_now)


func _join(transport := 0) -> void:
	_of(transport).open()
	_pass(10)
	_line.works(_now)
	_told.clear()


func test_packets_come_through_the_first_transport_that_opens() -> void:
	_of(0).open()
	_of(0).packets = [PackedByteArray([7]), PackedByteArray([8])]
	_pass(10)
	equal(_told, [["connected"], ["received", 7], ["received", 8]])
	equal(_made[1].size(), 0)


func test_the_next_transport_is_tried_where_one_fails() -> void:
	_of(0).fail(RequestError.Kind.UDP_BLOCKED, "No UDP.")
	_pass(10)
	equal(_told, [["fell_back", "No UDP."]])
	_of(1).open()
	_pass(10)
	equal(_told[-1], ["connected"])


func test_the_next_transport_is_tried_where_nothing_came_through_the_first() -> void:
	_of(0).open()
	_pass(10)
	_line.drop("Silence.", _now)
	equal(_told, [["connected"], ["fell_back", "Silence."]])
	equal([_of(0).closed_with, _made[1].size()], ["Silence.", 1])


func test_what_all_refuse_is_over() -> void:
	_of(0).fail(RequestError.Kind.REFUSED, "No.")
	_pass(10)
	_of(1).fail(RequestError.Kind.REFUSED, "No.")
	_pass(10)
	equal(_told[-1], ["ended", "No."])
	_pass(60_000)
	equal(_made[0].size(), 1)


func test_who_never_joined_is_told_at_once_that_nobody_answers() -> void:
	_of(0).fail(RequestError.Kind.UNREACHABLE, "Nobody.")
	_pass(10)
	_of(1).fail(RequestError.Kind.UNREACHABLE, "Nobody there.")
	_pass(10)
	equal(_told[-1], ["ended", "Nobody. Nobody there."])


func test_a_busy_server_is_asked_again_each_second_for_a_minute_over_the_same_transport() -> void:
	var asked := 0
	while _told.is_empty() or _told[-1][0] != "ended":
		asked += 1
		_of(0).fail(RequestError.Kind.BUSY, "Wait.")
		_pass(0)
		_pass(1_000)
		if asked > 100:
			break
	equal(asked, 61)
	equal(_made[1].size(), 0)
	equal(_told[0], ["server_busy", "Wait."])


func test_a_server_that_starts_is_waited_for_without_an_end_and_asked_less_and_less_often() -> void:
	var waits: Array[float] = []
	var asked_msec := _now
	while _now < 121_000.0:
		_of(0).fail(RequestError.Kind.STARTING, "Starting.")
		var made := _made[0].size()
		while _made[0].size() == made and _now < 200_000.0:
			_pass(10)
		waits.append(snappedf(_now - asked_msec, 100.0))
		asked_msec = _now
	equal(waits.slice(0, 4), [500.0, 1_000.0, 2_000.0, 2_000.0])
	equal([_told[0], _made[1].size()], [["server_busy", "Starting."], 0])
	_of(0).open()
	_pass(10)
	equal(_told[-1], ["connected"])


func test_a_server_that_goes_away_as_it_starts_is_waited_for_a_minute() -> void:
	_of(0).fail(RequestError.Kind.STARTING, "Starting.")
	_pass(0)
	var begin := _now
	while _told[-1][0] != "ended" and _now < begin + 100_000.0:
		_pass(50)
		for transport: int in 2:
			if _made[transport] and _of(transport).status == Connection.Status.CONNECTING:
				_of(transport).fail(RequestError.Kind.UNREACHABLE, "Nobody.")
	near(_now - begin, 60_000.0, 2_000.0)


func test_who_is_let_in_and_closed_before_the_welcome_comes_again() -> void:
	_of(0).fail(RequestError.Kind.UDP_BLOCKED, "No UDP.")
	_pass(10)
	_of(1).open()
	_pass(10)
	_of(1).was_closed_by_peer = true
	_of(1).end("the realm starts again")
	_pass(0)
	equal(_told[-1], ["server_busy", "The connection ended: the realm starts again."])
	_pass(1_000)
	equal(_made[0].size(), 2)


func test_who_may_join_anew_goes_on_after_the_session_is_over_and_says_where_a_token_is_refused() -> void:
	_line.rejoins = true
	_join()
	_of(0).end("gone")
	var begin := _now
	while _now < begin + 120_000.0:
		_pass(50)
		for transport: int in 2:
			if _made[transport] and _of(transport).status == Connection.Status.CONNECTING:
				_of(transport).fail(RequestError.Kind.UNREACHABLE, "Nobody.")
	equal([_told[-1][0], _told[-1][3]], ["lost", begin + 30_050.0])
	while _of(0).status != Connection.Status.CONNECTING:
		_pass(50)
	for transport: int in 2:
		_of(transport).fail(RequestError.Kind.REFUSED, "Log in again.")
		_pass(0)
	equal(_told[-1], ["expired", "Log in again."])
	_pass(10_000)
	equal(_told[-1], ["expired", "Log in again."])


func test_a_lost_connection_is_made_again_at_once_and_then_less_and_less_often() -> void:
	_join()
	_of(0).end("gone")
	_pass(0)
	equal(_told, [["lost", "The connection ended: gone.", 1, _now + 30_000.0]])
	_pass(0)
	equal(_made[0].size(), 2)
	var waits: Array[float] = []
	for i: int in 7:
		var before_msec := _now
		for transport: int in 2:
			_of(transport).fail(RequestError.Kind.UNREACHABLE, "Nobody.")
			_pass(0)
		while _made[0].size() == 2 + i:
			_pass(10)
		waits.append(_now - before_msec)
	equal(waits, [250.0, 500.0, 1_000.0, 2_000.0, 4_000.0, 4_000.0, 4_000.0])


func test_a_session_is_given_up_after_its_time() -> void:
	_join()
	_of(0).end("gone")
	var begin := _now
	while _told.is_empty() or _told[-1][0] != "ended":
		_pass(50)
		for transport: int in 2:
			if _made[transport] and _of(transport).status == Connection.Status.CONNECTING:
				_of(transport).fail(RequestError.Kind.UNREACHABLE, "Nobody.")
		if _now > begin + 60_000:
			break
	near(_now - begin, 30_000.0, 250.0)
	check("could not be resumed within 30 seconds" in str(_told[-1][1]), str(_told[-1]))


func test_a_connection_that_works_shortly_counts_as_another_failure_but_renews_the_session() -> void:
	_join()
	for i: int in 3:
		_of(0).end("gone")
		_pass(0)
		equal(_told[-1].slice(0, 1) + _told[-1].slice(2), ["lost", i + 1, _now + 30_000.0])
		_pass(4_000)
		_join()
	_pass(5_000)
	_of(0).end("gone")
	_pass(0)
	equal(_told[-1][2], 1)


func test_who_was_here_comes_back_the_same_way_to_a_server_that_closes_at_once() -> void:
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
	equal([_made[0].size(), _told.slice(-1)[0][1]], [3, "The connection ended: the realm is starting."])


func test_a_refusal_ends_a_resumed_session() -> void:
	_join()
	_of(0).end("gone")
	_pass(0)
	_pass(0)
	for transport: int in 2:
		_of(transport).fail(RequestError.Kind.REFUSED, "The session is over.")
		_pass(0)
	equal(_told[-1], ["ended", "The session is over."])


func test_a_busy_server_is_waited_for_as_any_when_one_has_joined() -> void:
	_join()
	_of(0).end("gone")
	_pass(0)
	_pass(0)
	_of(0).fail(RequestError.Kind.BUSY, "Starting.")
	_pass(0)
	equal(_told[-1].slice(0, 3), ["lost", "Starting.", 2])


func test_nothing_is_heard_of_a_connection_that_was_ended_over_a_packet() -> void:
	_join()
	_line.received.connect(func(_packet: PackedByteArray) -> void: _line.end("enough"))
	_of(0).packets = [PackedByteArray([1]), PackedByteArray([2])]
	_pass(10)
	equal(_told, [["received", 1], ["ended", "enough"]])
	equal(_of(0).closed_with, "enough")


func test_the_end_is_told_once() -> void:
	_line.end("left")
	_line.end("left again")
	_line.drop("late", _now)
	_pass(1_000)
	equal(_told, [["ended", "left"]])
	equal(_of(0).closed_with, "left")
