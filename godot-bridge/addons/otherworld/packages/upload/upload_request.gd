@tool
extends "../../net/http/http_call.gd"
## A request with a large body. It reports progress, and fails if nothing is sent for a time, instead of after a total
## time.

## Bytes written to the connection at once.
const _PIECE_BYTES := 65_536

## Bytes of the body that were sent.
var bytes_sent := 0
var _now_msec := 0.0


func poll(now_msec: float) -> bool:
	_now_msec = now_msec
	return super(now_msec)


## Returns the sent share of the body, 0 to 1.
func sent_share() -> float:
	return 1.0 if _body.is_empty() else float(bytes_sent) / _body.size()


func _send() -> void:
	# A web export cannot write to a connection. The browser takes the whole body.
	if OS.has_feature("web"):
		bytes_sent = _body.size()
		super()
		return
	_is_sent = true
	var headers := _headers.duplicate()
	headers.append("content-length: %d" % _body.size())
	if _client.request_raw(_method, _path, headers, PackedByteArray()) != OK:
		_fail(unreachable(_address))


func _step() -> bool:
	var is_sending := _client.get_status() == HTTPClient.STATUS_REQUESTING and bytes_sent < _body.size()
	# The header first. Polling here sends the rest of it, or receives the response of a server that rejects the body.
	var has_moved := super()
	return (is_sending and _send_piece()) or has_moved


func _send_piece() -> bool:
	if _client.get_status() != HTTPClient.STATUS_REQUESTING:
		return false
	var piece := _body.slice(bytes_sent, bytes_sent + _PIECE_BYTES)
	var result: Array = _client.connection.put_partial_data(piece)
	var error: Error = result[0]
	var count: int = result[1]
	# A broken connection may still hold a response that says why. The client finds it.
	if error != OK or count == 0:
		return false
	bytes_sent += count
	_deadline_msec = _now_msec + _timeout_msec
	return true
