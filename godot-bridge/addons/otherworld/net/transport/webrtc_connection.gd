extends "connection.gd"
## A connection over WebRTC (docs/protocol.md, section 3): signalling over HTTP, then one data channel that the server
## opens.

const Address := preload("../http/address.gd")
const Http := preload("../http/http.gd")
const HttpCall := preload("../http/http_call.gd")
const Limits := preload("../session/limits.gd")
const Signalling := preload("webrtc_signalling.gd")
const WebrtcSupport := preload("webrtc_support.gd")

## Label of the only channel (CHN-1).
const CHANNEL_LABEL := "geckos.io"
## The answer waits this long for candidates. A STUN server that does not answer must not delay the others.
const GATHER_MSEC_MAX := 2_000.0
## The server's candidates are used after this delay. Used at once, this side may start the DTLS handshake before the
## server is ready; the server drops the first flight, and it is repeated after a second. On one machine, 9 of 90
## connections took 1.06 s for that reason, and none of 60 with a delay of 60 ms or more. The server checks candidates
## meanwhile, so the median is unchanged.
const CANDIDATES_HOLD_MSEC := 100.0
## If no channel is open this long after the answer, and no packet arrived, none will (WSK-4). Connectivity checks are
## sent every few tens of ms, and the server's late candidates have been requested by then.
const REACH_MSEC_MAX := 4_000.0
## If more bytes wait in the channel, packets are dropped (CHN-3), because a late packet is useless. Browsers report the
## amount; webrtc-native reports 0 below 1 MiB, so the session's own limit of bytes per second applies there.
const CHANNEL_BUFFERED_BYTES_MAX := 16_384
## A connection without a packet for this time is checked over HTTP. A channel closes without a reason, or not at all if
## the server's transport process died (SIG-8). Servers send several packets a second.
const QUIET_MSEC := 1_000.0
## Limit of an offer. Real ones have under 4,000 characters.
const OFFER_CHARACTERS_MAX := 65_536

enum _Step { REQUESTING, GATHERING, ANSWERING, REACHING }

var _step := _Step.REQUESTING
var _signalling: Signalling
var _peer: WebRTCPeerConnection
var _channel: WebRTCDataChannel
var _deadline_msec: float
var _step_at_msec := 0.0
var _received_at_msec := 0.0
var _answer_sdp := ""
var _own_candidates: PackedStringArray = []
# Candidates of the server that are not used yet.
var _held_candidates: Array[Signalling.Candidate] = []
# Gathering may be complete before the last candidates are reported. One more poll gets them.
var _is_gathered := false


## Starts connecting. [param ice_servers]: as WebRTCPeerConnection.initialize() takes them.
func _init(url: String, token: String, now_msec: float, ice_servers: Array[Dictionary] = []) -> void:
	kind = "webrtc"
	_deadline_msec = now_msec + CONNECT_MSEC_MAX
	var address: Address = Address.parse(url)
	if address.fault != null:
		_fail(address.fault)
		return
	var wrong := WebrtcSupport.fault_of(ice_servers)
	if wrong:
		_fail(OtherworldRequestError.new(OtherworldRequestError.Kind.REFUSED, wrong, "bad-ice-server", "ice_servers"))
		return
	_signalling = Signalling.new(address, token)
	_signalling.request_offer(now_msec)
	_peer = _new_peer()
	_peer.session_description_created.connect(_on_session_description_created)
	_peer.ice_candidate_created.connect(_on_ice_candidate_created)
	_peer.data_channel_received.connect(_on_data_channel_received)
	if _peer.initialize({"iceServers": ice_servers}) != OK:
		var message := tr("The WebRTC of this Godot could not be started.")
		_fail(OtherworldRequestError.new(OtherworldRequestError.Kind.UNREACHABLE, message))


# Tests override this.
func _new_peer() -> WebRTCPeerConnection:
	return WebRTCPeerConnection.new()


func poll(now_msec: float) -> void:
	if status == Status.ENDED:
		return
	_signalling.poll(now_msec)
	# Its signals and packets come from this poll.
	_peer.poll()
	if status == Status.CONNECTING:
		_advance(now_msec)
		if status == Status.CONNECTING and now_msec >= _deadline_msec:
			_give_up(HttpCall.timed_out(_signalling.address, CONNECT_MSEC_MAX))
	elif status == Status.OPEN:
		_watch(now_msec)


func _advance(now_msec: float) -> void:
	match _step:
		_Step.REQUESTING when _signalling.is_answered():
			_pop_offer(now_msec)
		_Step.GATHERING:
			_gather(now_msec)
		_Step.ANSWERING when _signalling.is_answered():
			_pop_candidates(now_msec)
		_Step.REACHING:
			_wait_for_channel(now_msec)


func _next(step: _Step, now_msec: float) -> void:
	_step = step
	_step_at_msec = now_msec


func _pop_offer(now_msec: float) -> void:
	var sdp := _signalling.pop_offer()
	if _signalling.fault != null:
		_give_up(_signalling.fault)
	elif sdp.is_empty() or sdp.length() > OFFER_CHARACTERS_MAX:
		_give_up(HttpCall.not_otherworld(_signalling.address))
	elif _peer.set_remote_description("offer", sdp) != OK:
		var message := tr("This Godot's WebRTC did not take the server's offer.")
		_give_up(OtherworldRequestError.new(OtherworldRequestError.Kind.UNREACHABLE, message))
	else:
		# The peer creates the answer automatically.
		_next(_Step.GATHERING, now_msec)


func _on_session_description_created(type: String, sdp: String) -> void:
	if status != Status.CONNECTING or type != "answer":
		return
	_answer_sdp = sdp
	_peer.set_local_description(type, sdp)


func _on_ice_candidate_created(_media: String, _index: int, candidate: String) -> void:
	# An empty candidate marks the end.
	if not candidate.is_empty():
		_own_candidates.append(candidate.trim_prefix("a="))


func _gather(now_msec: float) -> void:
	if _answer_sdp.is_empty():
		return
	var was_gathered := _is_gathered
	_is_gathered = _peer.get_gathering_state() == WebRTCPeerConnection.GATHERING_STATE_COMPLETE
	if (was_gathered and _is_gathered) or now_msec - _step_at_msec >= GATHER_MSEC_MAX:
		_signalling.send_answer(with_candidates(_answer_sdp, _own_candidates), now_msec)
		_next(_Step.ANSWERING, now_msec)


## Returns the answer with the candidates in it, each once, because some stacks add them already. There is one media
## section, so they go to the end of the text.
static func with_candidates(sdp: String, candidates: PackedStringArray) -> String:
	var whole := sdp if sdp.ends_with("\n") else sdp + "\r\n"
	for candidate: String in candidates:
		var line := "a=%s\r\n" % candidate
		if candidate not in whole:
			whole += line
	return whole


func _pop_candidates(now_msec: float) -> void:
	var candidates := _signalling.pop_candidates()
	if _signalling.fault != null:
		_give_up(_signalling.fault)
		return
	_held_candidates = candidates
	_signalling.request_late_candidates(now_msec)
	_next(_Step.REACHING, now_msec)


func _add_candidates(candidates: Array[Signalling.Candidate]) -> void:
	for candidate: Signalling.Candidate in candidates:
		# A candidate that cannot be used is no failure: others remain.
		_peer.add_ice_candidate(candidate.media, candidate.index, candidate.name)


func _on_data_channel_received(channel: WebRTCDataChannel) -> void:
	if _channel == null and channel.get_label() == CHANNEL_LABEL:
		_channel = channel
		_channel.write_mode = WebRTCDataChannel.WRITE_MODE_BINARY


func _wait_for_channel(now_msec: float) -> void:
	if now_msec - _step_at_msec >= CANDIDATES_HOLD_MSEC:
		_add_candidates(_held_candidates)
		_held_candidates.clear()
	_add_candidates(_signalling.pop_late_candidates())
	if _signalling.fault != null:
		_give_up(_signalling.fault)
	elif _channel != null and _channel.get_ready_state() == WebRTCDataChannel.STATE_OPEN:
		status = Status.OPEN
		_received_at_msec = now_msec
	elif _has_failed() or (now_msec - _step_at_msec >= REACH_MSEC_MAX
			and _peer.get_connection_state() != WebRTCPeerConnection.STATE_CONNECTED):
		_give_up(_udp_blocked())


func _has_failed() -> bool:
	var state := _peer.get_connection_state()
	return state == WebRTCPeerConnection.STATE_FAILED or state == WebRTCPeerConnection.STATE_CLOSED


func _udp_blocked() -> OtherworldRequestError:
	return OtherworldRequestError.new(OtherworldRequestError.Kind.UDP_BLOCKED,
			("The server at %s answers, but no UDP packets get through between it and this device. "
			+ "A firewall or the network may block UDP, or the server does not know its public address.")
			% _signalling.address.authority())


# Checks a silent connection over HTTP. If the server reports that it has ended, it ends here.
func _watch(now_msec: float) -> void:
	if _channel.get_ready_state() >= WebRTCDataChannel.STATE_CLOSING:
		was_closed_by_peer = true
		_end(CLOSED_BY_PEER)
	elif _has_failed():
		_end(LOST)
	elif _signalling.end_message:
		was_closed_by_peer = true
		_end(_signalling.end_message)
	elif now_msec - _received_at_msec >= QUIET_MSEC:
		# If it has not ended, it is checked again after the same time.
		_received_at_msec = now_msec
		_signalling.request_end(now_msec)
	if status == Status.ENDED:
		_free_peer()


func receive() -> PackedByteArray:
	while status == Status.OPEN and _channel.get_available_packet_count() > 0:
		var packet := _channel.get_packet()
		if not packet.is_empty() and not _channel.was_string_packet():
			_received_at_msec = Time.get_ticks_usec() / 1000.0
			return packet
	return PackedByteArray()


func send(packet: PackedByteArray) -> void:
	# webrtc-native does not send empty packets, and the server disconnects a client whose packet is too large (CHN-2).
	if packet.is_empty() or packet.size() > Limits.PACKET_BYTES_ACCEPTED_MAX:
		return
	if status != Status.OPEN or _channel.get_ready_state() != WebRTCDataChannel.STATE_OPEN:
		return
	if _channel.get_buffered_amount() <= CHANNEL_BUFFERED_BYTES_MAX:
		_channel.put_packet(packet)


func close(reason: String) -> void:
	if status == Status.ENDED:
		return
	if status == Status.CONNECTING:
		_signalling.free_attempt()
	status = Status.ENDED
	closing_reason = reason
	_free_peer()


func _give_up(why: OtherworldRequestError) -> void:
	_signalling.free_attempt()
	_fail(why)
	_free_peer()


func _free_peer() -> void:
	_signalling.cancel()
	if _channel != null:
		_channel.close()
	_peer.close()
