extends "../webrtc/stand_in_case.gd"
## WebRTC connections to a real server that fail.

const Reconnector := preload("res://addons/otherworld/net/transport/reconnector.gd")
const WebSocketConnection := preload("res://addons/otherworld/net/transport/websocket_connection.gd")


func test_an_invalid_token_is_refused_with_the_servers_message() -> void:
	var fault := await _fault_of(by("plain"), "made-up")
	equal(fault.kind, OtherworldRequestError.Kind.REFUSED)
	equal(fault.reason, "token")
	check(fault.message.begins_with("The server refused: ") and fault.message.length() > 40, fault.message)


func test_an_attempt_that_the_server_freed_before_the_answer_has_timed_out() -> void:
	var fault := await _fault_of(by("expired"), await new_token())
	equal(fault.kind, OtherworldRequestError.Kind.TIMED_OUT)
	equal(fault.reason, "closed")
	check(fault.message.begins_with("The server no longer waits for this connection: "), fault.message)
	await all_freed()


func test_another_server_is_reported() -> void:
	var fault := await _fault_of(by("stranger"), await new_token())
	equal(fault.kind, OtherworldRequestError.Kind.REFUSED)
	equal(fault.reason, "not-otherworld")


func test_a_full_address_and_a_busy_server_are_retried_over_the_same_transport() -> void:
	for way: String in ["crowded", "busy"]:
		var token := await new_token()
		var address := by(way)
		var line := Reconnector.new([
			func(at_msec: float) -> Connection: return StandIn.new(address, token, at_msec),
			func(at_msec: float) -> Connection: return WebSocketConnection.new(address, token, at_msec),
		])
		var heard: PackedStringArray = []
		line.server_busy.connect(func(reason: String) -> void: heard.append(reason))
		line.fell_back.connect(func(_fault: OtherworldRequestError) -> void: heard.append("fell back"))
		line.connect_from(0, now_msec())
		await until("the line waits the second time", func() -> bool:
			line.update(now_msec())
			return heard.size() > 1)
		for reason: String in heard:
			check(reason.begins_with("The server asks to wait: "), "%s: %s" % [way, reason])
		line.end("enough")


func test_a_server_without_candidates_is_found_by_its_own_checks() -> void:
	var connection := StandIn.new(by("no-candidates"), await new_token(), now_msec())
	await settle(connection)
	equal(connection.status, Connection.Status.OPEN)
	connection.close("left")


func test_without_udp_websocket_is_used_within_seconds_and_reported() -> void:
	var token := await new_token()
	var address := by("no-udp")
	var line := Reconnector.new([
		func(at_msec: float) -> Connection: return StandIn.new(address, token, at_msec),
		func(at_msec: float) -> Connection: return WebSocketConnection.new(address, token, at_msec),
	])
	var faults: Array[OtherworldRequestError] = []
	line.fell_back.connect(func(fault: OtherworldRequestError) -> void: faults.append(fault))
	var begun_msec := now_msec()
	line.connect_from(0, begun_msec)
	await until("it is connected", func() -> bool:
		line.update(now_msec())
		return line.connection != null)
	equal(faults.size(), 1)
	equal(faults[0].kind, OtherworldRequestError.Kind.UDP_BLOCKED)
	check("no UDP packets get through" in faults[0].message, faults[0].message)
	equal(line.connection.kind, "websocket")
	# 4 s from the answer on, and a second for the rest on a busy machine.
	check(now_msec() - begun_msec < StandIn.REACH_MSEC_MAX + 2_000.0, "it took %d ms" % (now_msec() - begun_msec))
	await all_freed()
	line.end("enough")


func test_closing_frees_the_attempt_at_the_server_at_each_step() -> void:
	for step: StandIn._Step in [StandIn._Step.GATHERING, StandIn._Step.ANSWERING, StandIn._Step.REACHING]:
		var connection := StandIn.new(by("no-udp"), await new_token(), now_msec())
		await until("step %d" % step, func() -> bool:
			connection.poll(now_msec())
			return connection._step >= step)
		equal(await half_open(), 1, "attempts before it was closed")
		connection.close("changed my mind")
		await all_freed()


func _fault_of(address: String, token: String) -> OtherworldRequestError:
	var connection := StandIn.new(address, token, now_msec())
	await settle(connection)
	equal(connection.status, Connection.Status.ENDED)
	check(connection.fault != null, "no reason is given")
	return connection.fault if connection.fault != null else OtherworldRequestError.new(OtherworldRequestError.Kind.TIMED_OUT, "")
