extends RefCounted
## The HTTP side of one WebRTC connection (docs/protocol.md, SIG-1 to SIG-8): one request at a time, driven by
## [method poll].

const Address := preload("../http/address.gd")
const Http := preload("../http/http.gd")
const HttpCall := preload("../http/http_call.gd")

## A candidate of the server: an address at which it may be reachable.
class Candidate:
	extends RefCounted
	var media := ""
	var index := 0
	var name := ""


const PATH := ".wrtc/v2/connections"
const _TIMEOUT_MSEC := 10_000.0
const _END_TIMEOUT_MSEC := 4_000.0
## The server is asked for late candidates this long after the answer (SIG-3).
const _LATE_AT_MSEC: PackedFloat32Array = [200.0, 600.0, 1_400.0, 3_000.0]
## Limit of candidates in one response of the server.
const _CANDIDATES_MAX := 32

var address: Address
## Why the server ended the attempt; null if it did not.
var fault: OtherworldRequestError
## Why the connection has ended, as the server reports it; "" if it has not, or the reason is unknown.
var end_message := ""
var _token: String
var _id := ""
var _call: HttpCall
var _late_since_msec := INF
var _late_requests := 0
var _is_requesting_end := false


func _init(of_address: Address, token: String) -> void:
	address = of_address
	_token = token


## Advances the requests.
func poll(now_msec: float) -> void:
	if _call != null:
		_call.poll(now_msec)
	elif _late_requests < _LATE_AT_MSEC.size() and now_msec - _late_since_msec >= _LATE_AT_MSEC[_late_requests]:
		_late_requests += 1
		_request(HTTPClient.METHOD_GET, "/additional-candidates", null, now_msec, _TIMEOUT_MSEC)
	if _is_requesting_end and is_answered():
		_receive_end()


## Returns [code]true[/code] once the last request has a response.
func is_answered() -> bool:
	return _call != null and _call.answer != null


func request_offer(now_msec: float) -> void:
	_call = HttpCall.new(HTTPClient.METHOD_POST, address.below(PATH), Http.json_headers(_token, false), PackedByteArray(),
			_TIMEOUT_MSEC, now_msec)


## Returns the server's offer; "" if the response is not of an Otherworld server, or if [member fault] says why there is
## none.
func pop_offer() -> String:
	var answer := _pop_response()
	fault = answer.fault
	# A web server that answers every path is not an Otherworld server.
	if answer.status > 0 and answer.field("reason") == null and fault != null:
		fault = HttpCall.not_otherworld(address)
	var id: Variant = answer.field("id")
	var description: Variant = answer.field("localDescription")
	if not (id is String and description is Dictionary):
		return ""
	_id = id
	return _text(description, "sdp")


func send_answer(sdp: String, now_msec: float) -> void:
	_request(HTTPClient.METHOD_POST, "/remote-description", {"type": "answer", "sdp": sdp}, now_msec, _TIMEOUT_MSEC)


## Returns the server's candidates. [member fault] says if it rejected the answer.
func pop_candidates() -> Array[Candidate]:
	var answer := _pop_response()
	fault = answer.fault
	return _candidates_of(answer.field("candidates"))


## Starts to ask for late candidates.
func request_late_candidates(now_msec: float) -> void:
	_late_since_msec = now_msec


## Returns the late candidates since the last call. If the server reports that it waits no longer, that is a
## [member fault]. Another failed request changes nothing.
func pop_late_candidates() -> Array[Candidate]:
	if not is_answered():
		return []
	var answer := _pop_response()
	if answer.fault != null and answer.status > 0 \
			and answer.fault.kind in [OtherworldRequestError.Kind.TIMED_OUT, OtherworldRequestError.Kind.REFUSED]:
		fault = answer.fault
	return _candidates_of(answer.json)


## Asks the server whether the connection has ended, and why.
func request_end(now_msec: float) -> void:
	if _call != null and not _is_requesting_end:
		_call.cancel()
	elif _call != null:
		return
	_late_since_msec = INF
	_is_requesting_end = true
	_request(HTTPClient.METHOD_GET, "/additional-candidates", null, now_msec, _END_TIMEOUT_MSEC)


func _receive_end() -> void:
	_is_requesting_end = false
	var answer := _pop_response()
	if answer.status == 404 and answer.json is Dictionary:
		var text := _text(answer.json, "message")
		end_message = text.left(OtherworldRequestError.SERVER_MESSAGE_CHARACTERS_MAX).trim_suffix(".")


## Asks the server to free a failed attempt (SIG-4). Its response is ignored.
func free_attempt() -> void:
	if _id:
		Http.request(HTTPClient.METHOD_POST, _url("/close"))


## Cancels all requests.
func cancel() -> void:
	if _call != null:
		_call.cancel()
	_call = null
	_late_since_msec = INF


func _request(method: HTTPClient.Method, path: String, body: Variant, now_msec: float, timeout_msec: float) -> void:
	var bytes := JSON.stringify(body).to_utf8_buffer() if body != null else PackedByteArray()
	_call = HttpCall.new(method, _url(path), Http.json_headers(_token, body != null), bytes, timeout_msec, now_msec)


func _url(path: String) -> String:
	return address.below(PATH + "/" + _id.uri_encode() + path)


func _pop_response() -> OtherworldResponse:
	var answer := _call.answer
	_call = null
	return answer


static func _candidates_of(value: Variant) -> Array[Candidate]:
	var found: Array[Candidate] = []
	if value is Array:
		var list: Array = value
		for item: Variant in list.slice(0, _CANDIDATES_MAX):
			if item is Dictionary:
				var fields: Dictionary = item
				var index: Variant = fields.get("sdpMLineIndex", 0.0)
				var candidate := Candidate.new()
				candidate.media = _text(fields, "sdpMid")
				candidate.name = _text(fields, "candidate")
				candidate.index = int(index) if index is float else 0
				if candidate.name:
					found.append(candidate)
	return found


static func _text(fields: Dictionary, field: String) -> String:
	var value: Variant = fields.get(field)
	return value if value is String else ""
