@tool
extends RefCounted
## One HTTP request, driven by [method poll]. It works without a scene tree, in the editor and in web exports.

const Address := preload("address.gd")
const SharedMessages := preload("../../translations/shared_messages.gd")

## Steps within one poll, so that a response that is already here needs no further frame.
const _STEPS_MAX := 64

## Limit of the response's body, bytes. A larger one fails the request.
var body_bytes_max := 8_388_608
## Set when the request is finished.
var answer: OtherworldResponse
var _client := HTTPClient.new()
var _address: Address
var _method: HTTPClient.Method
var _path: String
var _headers: PackedStringArray
var _body: PackedByteArray
var _timeout_msec: float
var _deadline_msec: float
var _is_sent := false
var _answer := OtherworldResponse.new()


## Starts the request. It fails after [param timeout_msec].
func _init(method: HTTPClient.Method, url: String, headers: PackedStringArray, body: PackedByteArray,
		timeout_msec: float, now_msec: float) -> void:
	_method = method
	_headers = headers
	_body = body
	_timeout_msec = timeout_msec
	_deadline_msec = now_msec + timeout_msec
	var query_at := url.find("?")
	_address = Address.parse(url if query_at < 0 else url.left(query_at))
	if _address.fault != null:
		_fail(_address.fault)
		return
	# A server sends the URLs and headers of files. A line break in them would let it add headers and send anything to
	# any host that this device reaches.
	var lines := RegEx.create_from_string("[\\x00-\\x1f\\x7f]")
	if lines.search("".join(headers)) != null \
			or (query_at >= 0 and (lines.search(url) != null or " " in url.substr(query_at))):
		_fail(OtherworldRequestError.new(OtherworldRequestError.Kind.REFUSED,
				"\"%s\" is not a valid address: it or the headers contain invalid characters." % url.left(200).c_escape(),
				"bad-url"))
		return
	_path = (_address.path if _address.path else "/") + ("" if query_at < 0 else url.substr(query_at))
	# The parser drops a slash at the end, which is part of the name here.
	if url.ends_with("/") and query_at < 0 and not _path.ends_with("/"):
		_path += "/"
	var error := _client.connect_to_host(_address.host, _address.port, TLSOptions.client() if _address.is_secure else null)
	if error != OK:
		_fail(unreachable(_address))


## Advances the request. Returns [code]true[/code] once [member answer] is set.
func poll(now_msec: float) -> bool:
	# In a web export a request makes one step per frame.
	var steps := 1 if OS.has_feature("web") else _STEPS_MAX
	while answer == null and steps > 0 and _step():
		steps -= 1
	if answer == null and now_msec >= _deadline_msec:
		_fail(timed_out(_address, _timeout_msec))
	return answer != null


## Cancels the request.
func cancel() -> void:
	_client.close()


## Ends the request, because the program ends.
func end() -> void:
	_fail(OtherworldRequestError.new(OtherworldRequestError.Kind.UNREACHABLE, "The program ends."))


## Returns [code]false[/code] if there is nothing to do until more data arrives.
func _step() -> bool:
	var before := _client.get_status()
	match before:
		HTTPClient.STATUS_RESOLVING, HTTPClient.STATUS_CONNECTING, HTTPClient.STATUS_REQUESTING:
			_client.poll()
			return _client.get_status() != before
		HTTPClient.STATUS_CONNECTED:
			if not _is_sent:
				_send()
			else:
				_finish()
		HTTPClient.STATUS_BODY:
			return _read()
		_:
			_lost()
	return true


func _send() -> void:
	_is_sent = true
	if _client.request_raw(_method, _path, _headers, _body) != OK:
		_fail(unreachable(_address))


func _read() -> bool:
	_read_head()
	# -1: unknown. Other negative lengths are an error of the engine at each further step.
	var length := _client.get_response_body_length()
	if length > body_bytes_max or length < -1:
		_fail(_too_large())
		return true
	_client.poll()
	if _client.get_status() != HTTPClient.STATUS_BODY:
		return true
	var chunk := _client.read_response_body_chunk()
	_answer.body.append_array(chunk)
	if _answer.body.size() > body_bytes_max:
		_fail(_too_large())
	return not chunk.is_empty() or _client.get_status() != HTTPClient.STATUS_BODY


## The connection ended. That is the end of a response of unknown length, and of a complete one.
func _lost() -> void:
	var expected := _answer.headers.get("content-length", "") as String
	var is_whole := _answer.body.size() == expected.to_int() if expected \
			else _client.get_status() == HTTPClient.STATUS_DISCONNECTED
	if _answer.status != 0 and is_whole:
		_finish()
	else:
		_fail(unreachable(_address))


func _read_head() -> void:
	if _answer.status != 0 or not _client.has_response():
		return
	_answer.status = _client.get_response_code()
	var headers := _client.get_response_headers_as_dictionary()
	for name: String in headers:
		_answer.headers[name.to_lower()] = str(headers[name])


func _finish() -> void:
	_read_head()
	if _answer.status == 0:
		_fail(unreachable(_address))
		return
	# The engine prints an error for invalid UTF-8 and invalid JSON. A page of another server is not an error here.
	if "json" in String(_answer.headers.get("content-type", "")):
		var parser := JSON.new()
		if parser.parse(_answer.body.get_string_from_utf8()) == OK:
			_answer.json = parser.data
	if _answer.status < 200 or _answer.status > 299:
		_answer.fault = OtherworldRequestError.of_response(_answer.status, _answer.json)
	answer = _answer
	_client.close()


func _fail(fault: OtherworldRequestError) -> void:
	_answer.fault = fault
	answer = _answer
	_client.close()


func _too_large() -> OtherworldRequestError:
	return OtherworldRequestError.new(OtherworldRequestError.Kind.REFUSED,
			"The answer of %s has more than %d bytes, or reports a negative size." % [_address.authority(), body_bytes_max])


## The error if the server does not answer.
static func unreachable(address: Address) -> OtherworldRequestError:
	return OtherworldRequestError.new(OtherworldRequestError.Kind.UNREACHABLE,
			String(TranslationServer.translate(SharedMessages.CONNECT.no_answer)) % address.authority())


## The error if the server did not answer in time.
static func timed_out(address: Address, timeout_msec: float) -> OtherworldRequestError:
	return OtherworldRequestError.new(OtherworldRequestError.Kind.TIMED_OUT,
			String(TranslationServer.translate(SharedMessages.CONNECT.timed_out)) % [address.authority(), timeout_msec / 1000.0])


## The error if something other than an Otherworld server answers.
static func not_otherworld(address: Address) -> OtherworldRequestError:
	return OtherworldRequestError.new(OtherworldRequestError.Kind.REFUSED,
			TranslationServer.translate("What answers at %s is not an Otherworld server.") % address.authority(),
			"not-otherworld", "", "Check the address and the port; a proxy before the server may change its answers.")
