extends "../../test_case.gd"
## HTTP requests to a small server in this process.

const Address := preload("res://addons/otherworld/net/http/address.gd")
const Http := preload("res://addons/otherworld/net/http/http.gd")

var _server := TCPServer.new()
var _peers: Array[StreamPeerTCP] = []
## The response to each request; empty for none.
var _says := ""
## The received bytes.
var _heard := ""


func before() -> void:
	equal(_server.listen(0, "127.0.0.1"), OK)


func after() -> void:
	_server.stop()
	_peers.clear()


func _process(_delta: float) -> void:
	if _server.is_connection_available():
		_peers.append(_server.take_connection())
	for peer: StreamPeerTCP in _peers:
		peer.poll()
		if peer.get_status() == StreamPeerTCP.STATUS_CONNECTED and peer.get_available_bytes() > 0:
			_heard += peer.get_utf8_string(peer.get_available_bytes())
			if _says:
				peer.put_data(_says.to_utf8_buffer())
				_says = ""
				peer.disconnect_from_host()


func _url(path := "") -> String:
	return "http://127.0.0.1:%d%s" % [_server.get_local_port(), path]


func _answer(status: String, body: String, type := "application/json") -> String:
	return "HTTP/1.1 %s\r\ncontent-type: %s\r\ncontent-length: %d\r\n\r\n%s" % [status, type, body.to_utf8_buffer().size(), body]


func test_a_json_response_is_read() -> void:
	_says = _answer("200 OK", "{\"name\": \"plaza\"}")
	var answer := await Http.request_json(HTTPClient.METHOD_POST, _url("/v1/x?a=b"), {"n": 1}, "secret")
	check(answer.is_ok(), "it failed")
	equal(answer.status, 200)
	equal(answer.field("name"), "plaza")
	check(_heard.begins_with("POST /v1/x?a=b HTTP/1.1\r\n"), _heard)
	check("content-type: application/json" in _heard and "authorization: Bearer secret" in _heard and _heard.ends_with("{\"n\":1}"), _heard)


func test_a_chunked_response_is_read() -> void:
	_says = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n4\r\n[1,2\r\n3\r\n,3]\r\n0\r\n\r\n"
	var answer := await Http.request_json(HTTPClient.METHOD_GET, _url())
	equal(answer.json, [1.0, 2.0, 3.0])


func test_a_response_without_a_body_is_complete() -> void:
	_says = "HTTP/1.1 204 No Content\r\ncontent-length: 0\r\n\r\n"
	var answer := await Http.request_json(HTTPClient.METHOD_DELETE, _url("/x"))
	equal(answer.status, 204)
	check(answer.is_ok() and answer.json == null, "it is not read as empty: %s" % [answer.fault.message if answer.fault else str(answer.json)])


func test_a_refusal_has_the_servers_message() -> void:
	_says = _answer("400 Bad Request", "{\"reason\": \"bad-name\", \"message\": \"The name is empty.\", \"where\": \"name\", \"fix\": \"Type one.\"}")
	var answer := await Http.request_json(HTTPClient.METHOD_POST, _url(), {})
	equal(answer.fault.kind, OtherworldRequestError.Kind.REFUSED)
	equal(answer.fault.reason, "bad-name")
	equal(answer.fault.full_message(), "The server refused: The name is empty (name). Type one.")


func test_kinds_of_refusal_follow_the_status_and_the_reason() -> void:
	var kinds := {
		[429, "address-rate"]: OtherworldRequestError.Kind.BUSY, [503, "busy"]: OtherworldRequestError.Kind.BUSY, [503, "starting"]: OtherworldRequestError.Kind.STARTING, [503, "down"]: OtherworldRequestError.Kind.UNREACHABLE, [503, "full"]: OtherworldRequestError.Kind.UNREACHABLE,
		[404, "closed"]: OtherworldRequestError.Kind.TIMED_OUT, [404, "not-found"]: OtherworldRequestError.Kind.REFUSED, [400, "bad-identity"]: OtherworldRequestError.Kind.BAD_IDENTITY, [401, "token"]: OtherworldRequestError.Kind.REFUSED,
	}
	for of: Array in kinds:
		var status: int = of[0]
		var fault: OtherworldRequestError = OtherworldRequestError.of_response(status, {"reason": of[1], "message": "So it is."})
		equal(fault.kind, kinds[of], str(of))
	var wordless: OtherworldRequestError = OtherworldRequestError.of_response(418, [])
	equal(wordless.message, "The server refused: status 418, without a reason")


func test_a_page_of_another_server_is_not_parsed_as_json() -> void:
	_says = _answer("200 OK", "<html>", "text/html")
	var answer := await Http.request_json(HTTPClient.METHOD_GET, _url())
	check(answer.is_ok() and answer.json == null, "taken for JSON")
	_says = _answer("200 OK", "{broken")
	answer = await Http.request_json(HTTPClient.METHOD_GET, _url())
	check(answer.json == null, "taken for JSON")


func test_an_impossible_length_fails_at_once_without_an_engine_error() -> void:
	for length: String in ["-5", "-9223372036854775808", "8388609", "999999999999999999"]:
		_says = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %s\r\n\r\n{}" % length
		var answer := await Http.request_json(HTTPClient.METHOD_GET, _url())
		equal([answer.json, answer.fault.kind], [null, OtherworldRequestError.Kind.REFUSED], length)


func test_an_unreachable_server_is_reported() -> void:
	var port := _server.get_local_port()
	_server.stop()
	var answer := await Http.request_json(HTTPClient.METHOD_GET, "http://127.0.0.1:%d/" % port)
	equal(answer.fault.kind, OtherworldRequestError.Kind.UNREACHABLE)
	equal(answer.fault.message, "The server at 127.0.0.1:%d does not answer. Is it running, and is the address right?" % port)


func test_silence_ends_with_the_timeout() -> void:
	var answer := await Http.request_json(HTTPClient.METHOD_GET, _url(), null, "", 300.0)
	equal(answer.fault.kind, OtherworldRequestError.Kind.TIMED_OUT)


func test_addresses_are_parsed() -> void:
	var expected := {
		"http://127.0.0.1:7350": ["127.0.0.1", 7350, false, "", "http://127.0.0.1:7350/v1/x"],
		"https://play.example.org/world/": ["play.example.org", 443, true, "/world", "https://play.example.org/world/v1/x"],
		" http://[::1]:81 ": ["::1", 81, false, "", "http://[::1]:81/v1/x"],
	}
	for url: String in expected:
		var address: Address = Address.parse(url)
		equal([address.host, address.port, address.is_secure, address.path, address.below("v1/x")], expected[url], url)
	var world: Address = Address.parse("https://play.example.org/world/")
	equal(world.link("/v1/assets/x?a=b"), "https://play.example.org/world/v1/assets/x?a=b")
	equal(world.link("http://store.example.org/x"), "http://store.example.org/x")
	for url: String in ["", "plaza", "ftp://x", "http://", "http://a b", "http://x:99999", "http://x:0", "http://user@x", "http://x/?a"]:
		var address: Address = Address.parse(url)
		check(address.fault != null, "\"%s\" was taken for an address" % url)


func test_an_address_with_line_breaks_is_refused() -> void:
	for url: String in [_url("/?a=b HTTP/1.1\r\nx: y\r\n\r\nDELETE / HTTP/1.1"), _url("/?a b"), _url("/?a\nb"), _url("/?a%sb" % char(1))]:
		_says = _answer("200 OK", "{}")
		var answer := await Http.request_json(HTTPClient.METHOD_GET, url, null, "", 500.0)
		check(answer.fault != null and answer.fault.kind == OtherworldRequestError.Kind.REFUSED, "it was sent: %s" % url.c_escape())
	_says = _answer("200 OK", "{}")
	var headed := await Http.request(HTTPClient.METHOD_GET, _url(), ["x: y\r\nhost: other"], PackedByteArray(), 500.0)
	equal(headed.fault.kind, OtherworldRequestError.Kind.REFUSED)
	equal(_heard, "")
