@tool
extends RefCounted
## HTTP requests to await, in games, web exports and the editor:
## [codeblock]
## var answer := await Http.request_json(HTTPClient.METHOD_GET, "http://127.0.0.1:7350/v1/realms")
## if not answer.is_ok():
##     print(answer.fault.full_message())
## [/codeblock]

const Call := preload("http_call.gd")
const Frames := preload("../frames.gd")

## Timeout of a request.
const TIMEOUT_MSEC := 10_000.0


## Sends [param body] unchanged. A failure is in the response's [code]fault[/code].
static func request(method: HTTPClient.Method, url: String, headers: PackedStringArray = [], body := PackedByteArray(),
		timeout_msec := TIMEOUT_MSEC) -> OtherworldResponse:
	return await finish(Call.new(method, url, headers, body, timeout_msec, _now()))


## Drives a request to its end.
static func finish(http_call: Call) -> OtherworldResponse:
	while not http_call.poll(_now()):
		if not await Frames.next():
			http_call.end()
	return http_call.answer


## Sends [param body] as JSON, or no body if it is null. Adds the session's [param token] if it is not empty.
static func request_json(method: HTTPClient.Method, url: String, body: Variant = null, token := "",
		timeout_msec := TIMEOUT_MSEC) -> OtherworldResponse:
	var bytes := JSON.stringify(body).to_utf8_buffer() if body != null else PackedByteArray()
	return await request(method, url, json_headers(token, body != null), bytes, timeout_msec)


## Returns the headers of a JSON request.
static func json_headers(token: String, has_body: bool) -> PackedStringArray:
	var headers := PackedStringArray(["accept: application/json"])
	if has_body:
		headers.append("content-type: application/json")
	if token:
		headers.append("authorization: Bearer " + token)
	return headers


static func _now() -> float:
	return Time.get_ticks_usec() / 1000.0
