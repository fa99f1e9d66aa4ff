extends "connection.gd"
## A connection over WebRTC (docs/protocol.md, section 3): signalling over HTTP, then one data channel that the server opens.

const Address := preload("../http/address.gd")
const Http := preload("../http/http.gd")
const HttpCall := preload("../http/http_call.gd")
const Limits := preload("../session/limits.gd")
const Signalling := preload("webrtc_signalling.gd")
const WebrtcSupport := preload("webrtc_support.gd")

## The one channel there is (CHN-1).
const CHANNEL_LABEL := "geckos.io"
## The answer waits so long for candidates: a STUN server that does not answer must not hold up the others.
const GATHER_MSEC_MAX := 2_000.0
## The server's candidates are used so long after they came: checked at once, this side may be ready to shake hands before
## the server is, whose DTLS drops the first flight, and that is repeated after a second. On one machine, 9 of 90 connections
## took 1.06 s so, and none of 60 with 60 ms or more. The server checks meanwhile, so that the median stays what it was.
const CANDIDATES_HOLD_MSEC := 100.0
## Where no channel is open so long after the answer, and no packet came through, none will (WSK-4): connectivity checks are
## sent each few tens of ms, and the server's late candidates were asked for by then.
const REACH_MSEC_MAX := 4_000.0
## A channel in which more than this waits drops what is sent (CHN-3): what is late is worth nothing. Browsers tell; webrtc-native
## tells 0 until 1 MiB waits, where the session's own limit of bytes a second is what holds.
const CHANNEL_BUFFERED_BYTES_MAX := 16_384
## A connection on which nothing has come for so long is asked about over HTTP: a channel closes without words, or not at
## all where the server's transport process died (SIG-8). Servers send several times a second.
const QUIET_MSEC := 1_000.0
## Longest offer taken; real ones have under 4,000 characters.
const OFFER_CHARACTERS_MAX := 65_536

enum _Step { ASKING, GATHERING, ANSWERING, REACHING }

var _step := _Step.ASKING
var _signalling: Signalling
var _peer: WebRTCPeerConnection
var _channel: WebRTCDataChannel
var _deadline_msec: float
var _step_at_msec := 0.0
var _heard_at_msec := 0.0
var _answer_sdp := ""
var _own_candidates: PackedStringArray = []
# The server's, which wait to be used.
var _held_candidates: Array[Signalling.Candidate] = []
# Gathering may be complete before the last candidates are told: one more poll.
var _is_gathered := false


## Starts to connect at once. [param ice_servers]: as WebRTCPeerConnection.initialize() takes them.
func _init(url: String, token: String, now_msec: float, ice_servers: Array[Dictionary] = []) -> void:
	kind = "webrtc"
	_deadline_msec = now_msec + CONNECT_MSEC_MAX
	var address: Address = Address.parse(url)
	if address.fault != null:
		_fail(address.fault)
		return
	var wrong := WebrtcSupport.fault_of(ice_servers)
	if wrong:
		_fail(RequestError.new(RequestError.Kind.REFUSED, wrong, "bad-ice-server", "ice_servers"))
		return
	_signalling = Signalling.new(address, token)
	_signalling.ask_offer(now_msec)
	_peer = _new_peer()
	_peer.session_description_created.connect(_on_session_description_created)
	_peer.ice_candidate_created.connect(_on_ice_candidate_created)
	_peer.data_channel_received.connect(_on_data_channel_received)
	if _peer.initialize({"iceServers": ice_servers}) != OK:
		_fail(RequestError.new(RequestError.Kind.UNREACHABLE, tr("The WebRTC of this Godot could not be started.")))


# Tests put another in its place.
func _new_peer() -> WebRTCPeerConnection:
	return WebRTCPeerConnection.new()


func poll(now_msec: float) -> void:
	if status == Status.ENDED:
		return
	_signalling.poll(now_msec)
	# Its signals and packets come from here.
	_peer.poll()
	if status == Status.CONNECTING:
		_go_on(now_msec)
		if status == Status.CONNECTING and now_msec >= _deadline_msec:
			_give_up(HttpCall.timed_out(_signalling.address, CONNECT_MSEC_MAX))
	elif status == Status.OPEN:
		_watch(now_msec)


func _go_on(now_msec: float) -> void:
	match _step:
		_Step.ASKING when _signalling.is_answered():
			_take_offer(now_msec)
		_Step.GATHERING:
			_gather(now_msec)
		_Step.ANSWERING when _signalling.is_answered():
			_take_candidates(now_msec)
		_Step.REACHING:
			_reach(now_msec)


func _next(step: _Step, now_msec: float) -> void:
	_step = step
	_step_at_msec = now_msec


func _take_offer(now_msec: float) -> void:
	var sdp := _signalling.take_offer()
	if _signalling.fault != null:
		_give_up(_signalling.fault)
	elif sdp.is_empty() or sdp.length() > OFFER_CHARACTERS_MAX:
		_give_up(HttpCall.not_otherworld(_signalling.address))
	elif _peer.set_remote_description("offer", sdp) != OK:
		_give_up(RequestError.new(RequestError.Kind.UNREACHABLE, tr("This Godot's WebRTC did not take the server's offer.")))
	else:
		# The peer makes the answer by itself.
		_next(_Step.GATHERING, now_msec)


func _on_session_description_created(type: String, sdp: String) -> void:
	if status != Status.CONNECTING or type != "answer":
		return
	_answer_sdp = sdp
	_peer.set_local_description(type, sdp)


func _on_ice_candidate_created(_media: String, _index: int, candidate: String) -> void:
	# An empty one is the end of them.
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


## The answer with the candidates in it, each once: some stacks have put them there already. There is one medium, so that the
## end of the text is its section.
static func with_candidates(sdp: String, candidates: PackedStringArray) -> String:
	var whole := sdp if sdp.ends_with("\n") else sdp + "\r\n"
	for candidate: String in candidates:
		var line := "a=%s\r\n" % candidate
		if candidate not in whole:
			whole += line
	return whole


func _take_candidates(now_msec: float) -> void:
	var candidates := _signalling.take_candidates()
	if _signalling.fault != null:
		_give_up(_signalling.fault)
		return
	_held_candidates = candidates
	_signalling.ask_late_candidates(now_msec)
	_next(_Step.REACHING, now_msec)


func _add_candidates(candidates: Array[Signalling.Candidate]) -> void:
	for candidate: Signalling.Candidate in candidates:
		# One that cannot be used is no failure: the others remain.
		_peer.add_ice_candidate(candidate.media, candidate.index, candidate.name)


func _on_data_channel_received(channel: WebRTCDataChannel) -> void:
	if _channel == null and channel.get_label() == CHANNEL_LABEL:
		_channel = channel
		_channel.write_mode = WebRTCDataChannel.WRITE_MODE_BINARY


func _reach(now_msec: float) -> void:
	if now_msec - _step_at_msec >= CANDIDATES_HOLD_MSEC:
		_add_candidates(_held_candidates)
		_held_candidates.clear()
	_add_candidates(_signalling.take_late_candidates())
	if _signalling.fault != null:
		_give_up(_signalling.fault)
	elif _channel != null and _channel.get_ready_state() == WebRTCDataChannel.STATE_OPEN:
		status = Status.OPEN
		_heard_at_msec = now_msec
	elif _has_failed() or (now_msec - _step_at_msec >= REACH_MSEC_MAX and _peer.get_connection_state() != WebRTCPeerConnection.STATE_CONNECTED):
		_give_up(_udp_blocked())


func _has_failed() -> bool:
	var state := _peer.get_connection_state()
	return state == WebRTCPeerConnection.STATE_FAILED or state == WebRTCPeerConnection.STATE_CLOSED


func _udp_blocked() -> RequestError:
	return RequestError.new(RequestError.Kind.UDP_BLOCKED, ("The server at %s answers, but no UDP packets get through between it and this device. "
		+ "A firewall or the network may block UDP, or the server does not know its public address.") % _signalling.address.authority())


# A connection that has gone quiet is asked about; the server's word that it is over ends it here.
func _watch(now_msec: float) -> void:
	if _channel.get_ready_state() >= WebRTCDataChannel.STATE_CLOSING:
		was_closed_by_peer = true
		_end(CLOSED_BY_PEER)
	elif _has_failed():
		_end(LOST)
	elif _signalling.words_of_end:
		was_closed_by_peer = true
		_end(_signalling.words_of_end)
	elif now_msec - _heard_at_msec >= QUIET_MSEC:
		# Where it has not ended, it is asked about again after as long.
		_heard_at_msec = now_msec
		_signalling.ask_end(now_msec)
	if status == Status.ENDED:
		_free_peer()


func receive() -> PackedByteArray:
	while status == Status.OPEN and _channel.get_available_packet_count() > 0:
		var packet := _channel.get_packet()
		if not packet.is_empty() and not _channel.was_string_packet():
			_heard_at_msec = Time.get_ticks_usec() / 1000.0
			return packet
	return PackedByteArray()


func send(packet: PackedByteArray) -> void:
	# webrtc-native sends none that is empty, and the server ends the connection over one that is too large (CHN-2).
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


func _give_up(why: RequestError) -> void:
	_signalling.free_attempt()
	_fail(why)
	_free_peer()


func _free_peer() -> void:
	_signalling.cancel()
	if _channel != null:
		_channel.close()
	_peer.close()
