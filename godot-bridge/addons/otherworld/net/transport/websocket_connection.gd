extends "connection.gd"
## A connection over WebSocket (docs/protocol.md, section 4): for networks that block UDP, and where there is no WebRTC.

const Address := preload("../http/address.gd")
const Http := preload("../http/http.gd")
const HttpCall := preload("../http/http_call.gd")

## Bytes that came while the game stood still: what a server sends in some seconds.
const INBOUND_BYTES_MAX := 1_048_576
## Bytes that wait to be sent before the connection is given up: a network that takes nothing for so long is dead.
const OUTBOUND_BYTES_MAX := 262_144
## A close frame's reason has at most 123 bytes.
const CLOSE_REASON_CHARACTERS_MAX := 30
const _CODE_NORMAL := 1000
## No close frame came: Godot's own word, and a browser's (RFC 6455, 7.1.5).
const _CODES_ABNORMAL: Array[int] = [-1, 1006]
const _PATH := "v1/ws"
const _STATUS_UPGRADE := 426
# The subprotocol that is spoken, and what the one begins with that tells the token: never in the URL, which proxies log.
const _SUBPROTOCOL := "otherworld"
const _TOKEN_PREFIX := "token."

var _address: Address
var _token: String
var _deadline_msec: float
# Asked first; then there is a socket.
var _question: HttpCall
var _socket: WebSocketPeer


## Starts to connect at once. The address is asked first without an upgrade (WSK-2): that says in words why one would be
## refused, and a refused one is an engine error.
func _init(url: String, token: String, now_msec: float) -> void:
	kind = "websocket"
	_token = token
	_deadline_msec = now_msec + CONNECT_MSEC_MAX
	_address = Address.parse(url)
	if _address.fault != null:
		_fail(_address.fault)
	else:
		_question = HttpCall.new(HTTPClient.METHOD_GET, _address.below(_PATH), Http.json_headers(token, false), PackedByteArray(), CONNECT_MSEC_MAX, now_msec)


func poll(now_msec: float) -> void:
	if status == Status.CONNECTING and _socket == null and _question.poll(now_msec):
		_connect_socket()
	if status == Status.ENDED or _socket == null:
		return
	_socket.poll()
	match _socket.get_ready_state():
		WebSocketPeer.STATE_OPEN:
			_opened()
		WebSocketPeer.STATE_CLOSED:
			_closed()
		_:
			if status == Status.CONNECTING and now_msec >= _deadline_msec:
				_fail(HttpCall.timed_out(_address, CONNECT_MSEC_MAX))
				_socket.close()


func _connect_socket() -> void:
	var answer := _question.answer
	if answer.status != _STATUS_UPGRADE:
		# A success is no refusal, whatever it says.
		var is_other := answer.fault == null or (answer.status > 0 and answer.field("reason") == null)
		_fail(HttpCall.not_otherworld(_address) if is_other else answer.fault)
		return
	_socket = WebSocketPeer.new()
	_socket.inbound_buffer_size = INBOUND_BYTES_MAX
	_socket.outbound_buffer_size = OUTBOUND_BYTES_MAX
	_socket.supported_protocols = PackedStringArray([_SUBPROTOCOL, _TOKEN_PREFIX + _token])
	if _socket.connect_to_url(_address.below(_PATH, "ws")) != OK:
		_fail(HttpCall.unreachable(_address))


func _opened() -> void:
	if status != Status.CONNECTING:
		return
	status = Status.OPEN
	# Inputs are small and shall not wait for each other; browsers do so by themselves.
	if not OS.has_feature("web") and not was_closed_by_peer:
		_socket.set_no_delay(true)


func _closed() -> void:
	was_closed_by_peer = not _socket.get_close_code() in _CODES_ABNORMAL
	# It may have opened and been closed between two looks: by a realm that starts, say.
	if was_closed_by_peer:
		_opened()
	_fail(RequestError.new(RequestError.Kind.UNREACHABLE, tr("The server at %s answers, but a WebSocket to it did not open. A proxy on the way may not let WebSockets through.") % _address.authority()))
	_end(_words_of_close())


func _words_of_close() -> String:
	var words := _socket.get_close_reason()
	if words:
		return words
	return CLOSED_BY_PEER if was_closed_by_peer else LOST


func receive() -> PackedByteArray:
	while status == Status.OPEN and _socket.get_available_packet_count() > 0:
		var packet := _socket.get_packet()
		if not packet.is_empty() and not _socket.was_string_packet():
			return packet
	return PackedByteArray()


func send(packet: PackedByteArray) -> void:
	if status != Status.OPEN or _socket.get_ready_state() != WebSocketPeer.STATE_OPEN:
		return
	if _socket.get_current_outbound_buffered_amount() + packet.size() > OUTBOUND_BYTES_MAX / 2:
		close("the network takes nothing")
	else:
		_socket.send(packet)


func close(reason: String) -> void:
	if status == Status.ENDED:
		return
	status = Status.ENDED
	closing_reason = reason
	if _socket != null:
		_socket.close(_CODE_NORMAL, reason.left(CLOSE_REASON_CHARACTERS_MAX))
	elif _question != null:
		_question.cancel()
