@tool
extends RefCounted
## HTTP requests to wait for, in games, web exports and the editor:
## [codeblock]
## var answer := await Http.request_json(HTTPClient.METHOD_GET, "http://127.0.0.1:7350/v1/realms")
## if not answer.is_ok():
##     print(answer.fault.in_words())
## [/codeblock]

const HttpResponse := preload("http_response.gd")
const Call := preload("http_call.gd")

## A request is given up after this long.
const TIMEOUT_MSEC := 10_000.0


## Sends [param body] as it is. Never fails otherwise than by [member HttpAnswer.fault].
static func request(method: HTTPClient.Method, url: String, headers: PackedStringArray = [], body := PackedByteArray(), timeout_msec := TIMEOUT_MSEC) -> HttpResponse:
	var http_call := Call.new(method, url, headers, body, timeout_msec, _now())
	var tree := Engine.get_main_loop() as SceneTree
	while not http_call.poll(_now()):
		await tree.process_frame
	return http_call.answer


## Sends [param body] as JSON (null: none) and, where there is one, the session's [param token].
static func request_json(method: HTTPClient.Method, url: String, body: Variant = null, token := "", timeout_msec := TIMEOUT_MSEC) -> HttpResponse:
	return await request(method, url, json_headers(token, body != null), JSON.stringify(body).to_utf8_buffer() if body != null else PackedByteArray(), timeout_msec)


## The headers of a request with such a body and token.
static func json_headers(token: String, has_body: bool) -> PackedStringArray:
	var headers := PackedStringArray(["accept: application/json"])
	if has_body:
		headers.append("content-type: application/json")
	if token:
		headers.append("authorization: Bearer " + token)
	return headers


static func _now() -> float:
	return Time.get_ticks_usec() / 1000.0
