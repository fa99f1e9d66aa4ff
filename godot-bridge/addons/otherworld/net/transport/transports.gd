extends RefCounted
## The functions that make connections to a server, in the order in which they are tried.

const Connection := preload("connection.gd")
const WebrtcSupport := preload("webrtc_support.gd")
const WebrtcConnection := preload("webrtc_connection.gd")
const WebsocketConnection := preload("websocket_connection.gd")


## Returns functions (now_msec: float) -> Connection: WebRTC first, if it is available.
static func in_order(transport: OtherworldClient.Transport, url: String, token: String,
		ice_servers: Array[Dictionary]) -> Array[Callable]:
	var transports: Array[Callable] = []
	if transport != OtherworldClient.Transport.WEBSOCKET and WebrtcSupport.is_there():
		transports.append(_webrtc.bind(url, token, ice_servers))
	if transport != OtherworldClient.Transport.WEBRTC:
		transports.append(_websocket.bind(url, token))
	return transports


static func _webrtc(now_msec: float, url: String, token: String, ice_servers: Array[Dictionary]) -> Connection:
	return WebrtcConnection.new(url, token, now_msec, ice_servers)


static func _websocket(now_msec: float, url: String, token: String) -> Connection:
	return WebsocketConnection.new(url, token, now_msec)
