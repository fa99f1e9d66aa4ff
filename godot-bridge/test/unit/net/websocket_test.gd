extends "../../test_case.gd"
## A WebSocket connection to a small server in this process: first a request without an upgrade, then with one.

const Connection := preload("res://addons/otherworld/net/transport/connection.gd")
const WebsocketConnection := preload("res://addons/otherworld/net/transport/websocket_connection.gd")

const UPGRADE_NEEDED := "426 {\"reason\":\"upgrade\",\"message\":\"WebSocket only.\"}"

var _server := TCPServer.new()
var _asking: Array[StreamPeerTCP] = []
var _answered: Array[StreamPeerTCP] = []
var _socket: WebSocketPeer
# Status and body of the response without an upgrade, and whether an upgrade is accepted.
var _says := UPGRADE_NEEDED
var _upgrades := true
var _connections := 0
# The request without an upgrade.
var _question := ""
var _connection: WebsocketConnection


func before() -> void:
	_says = UPGRADE_NEEDED
	_upgrades = true
	_connections = 0
	_question = ""
	_socket = null
	equal(_server.listen(0, "127.0.0.1"), OK)
	_connection = WebsocketConnection.new("http://127.0.0.1:%d" % _server.get_local_port(), "a.token", _now())


func after() -> void:
	_server.stop()


func _now() -> float:
	return Time.get_ticks_usec() / 1000.0


# The server's side: the first connection has the request without an upgrade, the second the WebSocket.
func _process(_delta: float) -> void:
	if _server.is_connection_available():
		_connections += 1
		var stream := _server.take_connection()
		if _connections == 1:
			_asking.append(stream)
		elif _upgrades:
			_socket = WebSocketPeer.new()
			_socket.supported_protocols = ["otherworld"]
			_socket.accept_stream(stream)
		else:
			stream.disconnect_from_host()
	for stream: StreamPeerTCP in _asking.duplicate():
		stream.poll()
		if stream.get_status() == StreamPeerTCP.STATUS_CONNECTED and stream.get_available_bytes() > 0:
			_question = stream.get_utf8_string(stream.get_available_bytes())
			var body := _says.substr(4)
			var type := "application/json" if body.begins_with("{") else "text/html"
			var head := "HTTP/1.1 %s Status\r\ncontent-type: %s\r\ncontent-length: %d\r\n\r\n" % [_says.left(3), type, body.length()]
			stream.put_data((head + body).to_utf8_buffer())
			_asking.erase(stream)
			_answered.append(stream)
	if _socket != null:
		_socket.poll()


func _settled() -> void:
	await until("it is open or has ended", func() -> bool:
		_connection.poll(_now())
		return _connection.status != Connection.Status.CONNECTING)


func test_the_token_is_sent_as_a_subprotocol_and_not_in_the_url() -> void:
	await _settled()
	equal(_connection.status, Connection.Status.OPEN)
	check(_question.begins_with("GET /v1/ws HTTP/1.1\r\n") and "authorization: Bearer a.token\r\n" in _question, _question)
	check(_socket.get_requested_url().ends_with("/v1/ws"), _socket.get_requested_url())
	equal(_socket.get_selected_protocol(), "otherworld")


func test_packets_travel_both_ways_and_text_frames_are_ignored() -> void:
	await _settled()
	equal(_connection.status, Connection.Status.OPEN)
	_connection.send(PackedByteArray([1, 2, 3]))
	await until("the server has it", func() -> bool: return _socket.get_available_packet_count() > 0)
	equal(_socket.get_packet(), PackedByteArray([1, 2, 3]))
	check(not _socket.was_string_packet(), "sent as text")
	_socket.send_text("text")
	_socket.send(PackedByteArray([4]))
	var packets: Array[PackedByteArray] = []
	await until("it came", func() -> bool:
		_connection.poll(_now())
		packets.append(_connection.receive())
		return not packets[-1].is_empty())
	equal(packets[-1], PackedByteArray([4]))


func test_packets_that_arrive_while_the_game_is_stalled_are_kept() -> void:
	await _settled()
	# A few seconds of a server's packets.
	for i: int in 400:
		var packet := PackedByteArray([i & 255, i >> 8])
		packet.resize(1_100)
		_socket.send(packet)
		_socket.poll()
	await until("the server has sent all", func() -> bool: return _socket.get_current_outbound_buffered_amount() == 0)
	var count := [0]
	await until("all came, in order", func() -> bool:
		_connection.poll(_now())
		var packet := _connection.receive()
		while not packet.is_empty():
			check(packet[0] + packet[1] * 256 == count[0] and packet.size() == 1_100, "packet %d is not what was sent" % count[0])
			count[0] += 1
			packet = _connection.receive()
		return count[0] == 400)


func test_the_reason_of_a_close_is_reported() -> void:
	await _settled()
	_socket.close(1000, "The realm is closed.")
	await until("it has ended", func() -> bool:
		_connection.poll(_now())
		return _connection.status == Connection.Status.ENDED)
	equal(_connection.closing_reason, "The realm is closed.")


func test_a_connection_closed_as_soon_as_it_opens_reports_the_reason() -> void:
	await until("the server has taken it", func() -> bool:
		if _socket == null:
			_connection.poll(_now())
		return _socket != null and _socket.get_ready_state() == WebSocketPeer.STATE_OPEN)
	_socket.close(1000, "the realm is starting")
	await get_tree().process_frame
	await _settled()
	equal(_connection.status, Connection.Status.ENDED)
	equal([_connection.fault, _connection.was_closed_by_peer, _connection.closing_reason], [null, true, "the realm is starting"])


func test_a_proxy_without_websockets_is_reported() -> void:
	_upgrades = false
	await _settled()
	equal(_connection.fault.kind, OtherworldRequestError.Kind.UNREACHABLE)
	check("proxy" in _connection.fault.message, _connection.fault.message)


func test_a_refusal_without_an_upgrade_has_the_servers_message() -> void:
	_says = "503 {\"reason\":\"busy\",\"message\":\"One moment.\"}"
	await _settled()
	equal([_connection.fault.kind, _connection.fault.message, _connections], [OtherworldRequestError.Kind.BUSY, "The server asks to wait: One moment.", 1])


func test_another_server_is_reported() -> void:
	_says = "404 nope"
	await _settled()
	equal([_connection.fault.kind, _connection.fault.reason], [OtherworldRequestError.Kind.REFUSED, "not-otherworld"])


func test_a_success_with_a_reason_is_another_server_too() -> void:
	_says = "200 {\"reason\":\"fine\"}"
	await _settled()
	check(_connection.fault != null and _connection.fault.reason == "not-otherworld", "it ended without a word")
