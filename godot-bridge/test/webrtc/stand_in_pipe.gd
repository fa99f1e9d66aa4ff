extends RefCounted
## Exchanges lines of JSON with the Node process that has the real WebRTC stack (test/e2e/godot/webrtc-stand-in.ts), one
## connection per peer. Lines are written at once, so that they arrive before any later HTTP request.

var _socket := StreamPeerTCP.new()
var _rest := PackedByteArray()


func _init(port: int) -> void:
	_socket.connect_to_host("127.0.0.1", port)
	while _socket.get_status() == StreamPeerTCP.STATUS_CONNECTING:
		_socket.poll()
	_socket.set_no_delay(true)


func write(fields: Dictionary) -> void:
	if _socket.get_status() == StreamPeerTCP.STATUS_CONNECTED:
		_socket.put_data((JSON.stringify(fields) + "\n").to_utf8_buffer())


## Returns all lines since the last call.
func read() -> Array[Dictionary]:
	var lines: Array[Dictionary] = []
	_socket.poll()
	if _socket.get_status() != StreamPeerTCP.STATUS_CONNECTED:
		return lines
	var there := _socket.get_available_bytes()
	if there > 0:
		_rest.append_array(_socket.get_data(there)[1] as PackedByteArray)
	var end := _rest.find(10)
	while end >= 0:
		lines.append(JSON.parse_string(_rest.slice(0, end).get_string_from_utf8()) as Dictionary)
		_rest = _rest.slice(end + 1)
		end = _rest.find(10)
	return lines


func close() -> void:
	_socket.disconnect_from_host()
