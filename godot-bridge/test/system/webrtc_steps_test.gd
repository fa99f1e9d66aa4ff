extends "../webrtc/stand_in_case.gd"
## The addon's signalling with a real server, up to the open data channel and the Welcome.
## test/e2e/godot/godot-webrtc.test.ts records the steps and compares them with the committed ones.

const ClientSession := preload("res://addons/otherworld/net/session/client_session.gd")


func test_one_connection_step_by_step() -> void:
	var connection := StandIn.new(by("routed"), await new_token(), now_msec())
	await settle(connection)
	check(connection.fault == null, connection.fault.full_message() if connection.fault else "")
	var session := ClientSession.new(now_msec())
	await until("the Welcome is here", func() -> bool:
		_exchange(connection, session)
		return session.is_welcomed)
	session.goodbye("that is all", now_msec())
	await until("the goodbye is acknowledged", func() -> bool:
		_exchange(connection, session)
		return session.is_goodbye_done(now_msec()))
	connection.close("left")


func _exchange(connection: StandIn, session: ClientSession) -> void:
	connection.poll(now_msec())
	var packet := connection.receive()
	while not packet.is_empty():
		equal(session.receive(packet, now_msec()).fault, "")
		packet = connection.receive()
	var due := session.packet_due(now_msec())
	if not due.is_empty():
		connection.send(due)
