extends Node
## A small HTTP server in this process that gives the same response to each request.

## The response, with its header.
var says := PackedByteArray()
## Number of requests.
var count := 0
var _server := TCPServer.new()
var _peers: Array[StreamPeerTCP] = []


func _init() -> void:
	process_mode = PROCESS_MODE_ALWAYS
	_server.listen(0, "127.0.0.1")


## Its address.
func url() -> String:
	return "http://127.0.0.1:%d" % _server.get_local_port()


## Responds with JSON from now on.
func answer(status: String, json: Variant) -> void:
	var body := JSON.stringify(json).to_utf8_buffer()
	says = ("HTTP/1.1 %s\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n" % [status, body.size()]).to_utf8_buffer() + body


func _process(_delta: float) -> void:
	if _server.is_connection_available():
		_peers.append(_server.take_connection())
	for peer: StreamPeerTCP in _peers.duplicate():
		peer.poll()
		if peer.get_status() == StreamPeerTCP.STATUS_CONNECTED and peer.get_available_bytes() > 0:
			count += 1
			# Unread bytes would reset the connection instead of closing it.
			peer.get_data(peer.get_available_bytes())
			peer.put_data(says)
			peer.disconnect_from_host()
			_peers.erase(peer)
