@tool
extends RefCounted
## Requests packages and their files from the server's HTTP API (docs/api.md).

const Address := preload("../../net/http/address.gd")
const Call := preload("../../net/http/http_call.gd")
const Http := preload("../../net/http/http.gd")
const JsonReader := preload("json_reader.gd")

## Timeout of a file store.
const TIMEOUT_MSEC := 15_000.0
## Slowest connection that a download waits for, bytes per second.
const DOWNLOAD_BYTES_PER_SECOND_MIN := 32 * 1024.0

## The server's URL.
var server := ""
## Returns the session's token, which may change with the session.
var token_of := Callable()


## Requests a package's manifest with links to its files. Everyone who knows the hash may do so.
func package(hash: String) -> OtherworldResponse:
	if not JsonReader.is_sha256(hash):
		return _refused("\"%s\" is not the hash of a package: 64 lower-case hex digits." % hash.left(80))
	return await Http.request_json(HTTPClient.METHOD_GET, _below("v1/packages/" + hash), null, _token(), TIMEOUT_MSEC)


## Downloads a file of at most [param bytes] by its signed link, which needs no token. [param url] may be a path on the
## server.
func file(url: String, bytes: int) -> OtherworldResponse:
	var whole := (Address.parse(server) as Address).link(url)
	var timeout_msec := TIMEOUT_MSEC + bytes / DOWNLOAD_BYTES_PER_SECOND_MIN * 1000.0
	var download := Call.new(HTTPClient.METHOD_GET, whole, [], PackedByteArray(), timeout_msec, _now())
	download.body_bytes_max = bytes
	return await Http.finish(download)


## Returns whether a retry may help: after a network error, or if a store or a package is not available yet.
static func is_transient(answer: OtherworldResponse) -> bool:
	return answer.status == 0 or answer.status == 429 or answer.status == 401 or answer.status == 404 \
			or answer.status >= 500


## Returns whether a link has expired, so that a new one is needed.
static func is_stale(answer: OtherworldResponse) -> bool:
	return answer.status in [400, 401, 403, 404, 410]


func _below(path: String) -> String:
	return server.trim_suffix("/") + "/" + path


func _token() -> String:
	return token_of.call() if token_of.is_valid() else ""


func _refused(message: String) -> OtherworldResponse:
	var answer := OtherworldResponse.new()
	answer.status = 400
	answer.fault = OtherworldRequestError.new(OtherworldRequestError.Kind.REFUSED, message)
	return answer


static func _now() -> float:
	return Time.get_ticks_usec() / 1000.0
