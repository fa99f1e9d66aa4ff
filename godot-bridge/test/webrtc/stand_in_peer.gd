extends WebRTCPeerConnectionExtension
## Stands in for the webrtc-native extension where none can be had: every call goes to a Node process with a real ICE, DTLS
## and SCTP stack, and comes back as with webrtc-native (libdatachannel), whose habits were measured:
## [br]- a remote offer alone makes the answer, without create_answer()
## [br]- the answer holds no candidates; each comes as a signal, as "candidate:…" without "a="
## [br]- states are live, signals wait for poll(): the gathering is seen to be complete a frame before the last candidates
## [br]- the channel that is received is open
## [br]- a server's address that is none (iceServers) would end the process; here it is an engine error.

const Channel := preload("stand_in_channel.gd")
const StandInPipe := preload("stand_in_pipe.gd")
const _SCHEMES: Array[String] = ["stun", "stuns", "turn", "turns"]

## Packets received on the channel.
var packets: Array[PackedByteArray] = []
var channel: Channel
var _line: StandInPipe
var _gathering := WebRTCPeerConnection.GATHERING_STATE_NEW
var _connection := WebRTCPeerConnection.STATE_NEW
var _signaling := WebRTCPeerConnection.SIGNALING_STATE_STABLE
# Events that the next poll reports; and those for the poll after it.
var _queue: Array[Dictionary] = []
var _held: Array[Dictionary] = []


func _init(port: int) -> void:
	_line = StandInPipe.new(port)


## Sends a packet over the channel.
func put(packet: PackedByteArray) -> void:
	_line.write({"packet": Marshalls.raw_to_base64(packet)})


func _initialize(config: Dictionary) -> Error:
	var servers: Array = config.get("iceServers", [])
	for server: Dictionary in servers:
		for url: String in (server.urls as Array):
			if url.get_slice(":", 0) not in _SCHEMES:
				push_error("webrtc-native ends the process at the ICE server \"%s\"" % url)
	return _call("initialize", {"iceServers": servers})


func _set_remote_description(type: String, sdp: String) -> Error:
	_signaling = WebRTCPeerConnection.SIGNALING_STATE_HAVE_REMOTE_OFFER
	_gathering = WebRTCPeerConnection.GATHERING_STATE_GATHERING
	return _call("set_remote_description", {"type": type, "sdp": sdp})


func _set_local_description(type: String, sdp: String) -> Error:
	_signaling = WebRTCPeerConnection.SIGNALING_STATE_STABLE
	return _call("set_local_description", {"type": type, "sdp": sdp})


func _add_ice_candidate(media: String, index: int, candidate: String) -> Error:
	return _call("add_ice_candidate", {"media": media, "index": index, "candidate": candidate})


func _create_offer() -> Error:
	push_error("the server offers")
	return ERR_UNAVAILABLE


func _create_data_channel(_label: String, _config: Dictionary) -> WebRTCDataChannel:
	push_error("the server opens the channel")
	return null


func _call(name: String, fields: Dictionary) -> Error:
	_line.write({"call": name}.merged(fields))
	return OK


func _get_gathering_state() -> WebRTCPeerConnection.GatheringState:
	_read()
	return _gathering


func _get_connection_state() -> WebRTCPeerConnection.ConnectionState:
	_read()
	return _connection


func _get_signaling_state() -> WebRTCPeerConnection.SignalingState:
	return _signaling


func _read() -> void:
	for event: Dictionary in _line.read():
		match event.event:
			"gathering":
				_gathering = int(event.state as float) as WebRTCPeerConnection.GatheringState
			"connection":
				_connection = int(event.state as float) as WebRTCPeerConnection.ConnectionState
			"packet":
				packets.append(Marshalls.base64_to_raw(event.bytes as String))
			"closed":
				if channel != null:
					channel.state = WebRTCDataChannel.STATE_CLOSED
			"candidate":
				_held.append(event)
			_:
				_queue.append(event)


func _poll() -> Error:
	_read()
	var events := _queue
	_queue = _held
	_held = []
	for event: Dictionary in events:
		_line.write({"emitted": event.event}.merged(_told_of(event)))
		match event.event:
			"description":
				session_description_created.emit(event.type, event.sdp)
			"candidate":
				ice_candidate_created.emit(event.media, 0, event.candidate)
			"channel":
				channel = Channel.new(event.label as String, int(event.id as float))
				data_channel_received.emit(channel)
	return OK


func _told_of(event: Dictionary) -> Dictionary:
	match event.event:
		"channel":
			return {"label": event.label, "id": event.id}
		"candidate":
			return {"media": event.media, "candidate": event.candidate}
		_:
			return {"type": event.type, "sdp": event.sdp}


func _close() -> void:
	_connection = WebRTCPeerConnection.STATE_CLOSED
	_call("close", {})
	_line.close()
