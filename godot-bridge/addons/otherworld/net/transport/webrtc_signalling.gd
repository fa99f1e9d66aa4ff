extends RefCounted
## The HTTP side of one WebRTC connection (docs/protocol.md, SIG-1 to SIG-8): one request at a time, driven by [method poll].

const Address := preload("../http/address.gd")
const RequestError := preload("../http/request_error.gd")
const Http := preload("../http/http.gd")
const HttpCall := preload("../http/http_call.gd")

## A candidate of the server: where it may be reached.
class Candidate:
	extends RefCounted
	var media := ""
	var index := 0
	var name := ""


const PATH := ".wrtc/v2/connections"
const _TIMEOUT_MSEC := 10_000.0
const _ASK_TIMEOUT_MSEC := 4_000.0
## From the answer on, the server is asked for candidates that it found late, so long after it (SIG-3).
const _LATE_AT_MSEC: PackedFloat32Array = [200.0, 600.0, 1_400.0, 3_000.0]
## Candidates taken from one answer of the server.
const _CANDIDATES_MAX := 32

var address: Address
## Why the server goes on no longer; null: it does.
var fault: RequestError
## Why the connection has ended, in the server's words; "": it has not, or they are not known.
var words_of_end := ""
var _token: String
var _id := ""
var _call: HttpCall
var _late_since_msec := INF
var _late_asked := 0
var _is_asking_end := false


func _init(of_address: Address, token: String) -> void:
	address = of_address
	_token = token


## Lets time pass.
func poll(now_msec: float) -> void:
	if _call != null:
		_call.poll(now_msec)
	elif _late_asked < _LATE_AT_MSEC.size() and now_msec - _late_since_msec >= _LATE_AT_MSEC[_late_asked]:
		_late_asked += 1
		_request(HTTPClient.METHOD_GET, "/additional-candidates", null, now_msec, _TIMEOUT_MSEC)
	if _is_asking_end and is_answered():
		_take_end()


## True where the answer to the last question is there.
func is_answered() -> bool:
	return _call != null and _call.answer != null


func ask_offer(now_msec: float) -> void:
	_call = HttpCall.new(HTTPClient.METHOD_POST, address.below(PATH), Http.json_headers(_token, false), PackedByteArray(), _TIMEOUT_MSEC, now_msec)


## The server's offer; "": what answers is no server of ours, or [member fault] says why there is none.
func take_offer() -> String:
	var answer := _take_answer()
	fault = answer.fault
	# A page that answers anything, as a web server's, is none of ours.
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


## The server's candidates, to be added now; [member fault] says where it took no answer.
func take_candidates() -> Array[Candidate]:
	var answer := _take_answer()
	fault = answer.fault
	return _candidates_of(answer.field("candidates"))


## From now on late candidates are asked for.
func ask_late_candidates(now_msec: float) -> void:
	_late_since_msec = now_msec


## Those that came since the last call. The server's word that it waits no longer is a [member fault]; a request that failed
## otherwise changes nothing.
func take_late_candidates() -> Array[Candidate]:
	if not is_answered():
		return []
	var answer := _take_answer()
	if answer.fault != null and (answer.fault.kind == RequestError.Kind.TIMED_OUT or answer.fault.kind == RequestError.Kind.REFUSED) and answer.status > 0:
		fault = answer.fault
	return _candidates_of(answer.json)


## Asks whether the connection has ended, and why.
func ask_end(now_msec: float) -> void:
	if _call != null and not _is_asking_end:
		_call.cancel()
	elif _call != null:
		return
	_late_since_msec = INF
	_is_asking_end = true
	_request(HTTPClient.METHOD_GET, "/additional-candidates", null, now_msec, _ASK_TIMEOUT_MSEC)


func _take_end() -> void:
	_is_asking_end = false
	var answer := _take_answer()
	if answer.status == 404 and answer.json is Dictionary:
		var words := _text(answer.json, "message")
		words_of_end = words.left(RequestError.WORDS_CHARACTERS_MAX).trim_suffix(".")


## Tells the server to free an attempt that came to nothing (SIG-4); nobody waits for its answer.
func free_attempt() -> void:
	if _id:
		Http.request(HTTPClient.METHOD_POST, _url("/close"))


## Nothing more is asked.
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


func _take_answer() -> HttpCall.HttpResponse:
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
