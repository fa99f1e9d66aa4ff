extends "connection.gd"
## A connection over WebSocket (docs/protocol.md, section 4): for networks that block UDP, and platforms without WebRTC.

const Address := preload("../http/address.gd")
const Http := preload("../http/http.gd")
const HttpCall := preload("../http/http_call.gd")

## Bytes received while the game was stalled: what a server sends in a few seconds.
const INBOUND_BYTES_MAX := 1_048_576
## If this many bytes wait to be sent, the network is dead and the connection is closed.
const OUTBOUND_BYTES_MAX := 262_144
## A close frame's reason has at most 123 bytes.
const CLOSE_REASON_CHARACTERS_MAX := 30
const _CODE_NORMAL := 1000
## Codes for a missing close frame: Godot's, and the browsers' (RFC 6455, 7.1.5).
const _CODES_ABNORMAL: Array[int] = [-1, 1006]
const _PATH := "v1/ws"
const _STATUS_UPGRADE := 426
# The subprotocol, and the prefix of the one that carries the token. The token is never in the URL, because proxies log
# URLs.
const _SUBPROTOCOL := "otherworld"
const _TOKEN_PREFIX := "token."

var _address: Address
var _token: String
var _deadline_msec: float
# The request without an upgrade comes first, then the socket.
var _probe: HttpCall
var _socket: WebSocketPeer


## Starts connecting. A request without an upgrade comes first (WSK-2): its response says why an upgrade would be
## refused. A refused upgrade would be an error of the engine without a reason.
func _init(url: String, token: String, now_msec: float) -> void:
	kind = "websocket"
	_token = token
	_deadline_msec = now_msec + CONNECT_MSEC_MAX
	_address = Address.parse(url)
	if _address.fault != null:
		_fail(_address.fault)
	else:
		_probe = HttpCall.new(HTTPClient.METHOD_GET, _address.below(_PATH), Http.json_headers(token, false),
				PackedByteArray(), CONNECT_MSEC_MAX, now_msec)


func poll(now_msec: float) -> void:
	if status == Status.CONNECTING and _socket == null and _probe.poll(now_msec):
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
	var answer := _probe.answer
	if answer.status != _STATUS_UPGRADE:
		# A success is not a refusal, whatever its body says.
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
	# Inputs are small and must not wait for each other. Browsers do this automatically.
	if not OS.has_feature("web") and not was_closed_by_peer:
		_socket.set_no_delay(true)


func _closed() -> void:
	was_closed_by_peer = not _socket.get_close_code() in _CODES_ABNORMAL
	# It may have opened and closed between two polls, for example if the realm is starting.
	if was_closed_by_peer:
		_opened()
	_fail(OtherworldRequestError.new(OtherworldRequestError.Kind.UNREACHABLE,
			tr("The server at %s answers, but a WebSocket to it did not open. "
			+ "A proxy on the way may not let WebSockets through.") % _address.authority()))
	_end(_close_reason())


func _close_reason() -> String:
	var reason := _socket.get_close_reason()
	if reason:
		return reason
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
	elif _probe != null:
		_probe.cancel()
