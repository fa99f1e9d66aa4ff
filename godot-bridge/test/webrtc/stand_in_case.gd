extends "../test_case.gd"
## The base of tests of the addon's WebRTC over a stand-in for the extension. OTHERWORLD_URL is a server.
## OTHERWORLD_PROXY is a proxy of it; the first segment of a path says what it does
## (test/e2e/godot/signalling-proxy.ts).

const Connection := preload("res://addons/otherworld/net/transport/connection.gd")
const Http := preload("res://addons/otherworld/net/http/http.gd")
const Login := preload("res://addons/otherworld/net/realm/login.gd")
const StandIn := preload("stand_in_connection.gd")

var url := OS.get_environment("OTHERWORLD_URL")
var _proxy := OS.get_environment("OTHERWORLD_PROXY")


## Returns a token for a new guest.
func new_token() -> String:
	var login: Login = await Login.request(url, "Gudrun", false)
	check(login.fault == null, "no login at \"%s\"" % url)
	return login.token


## Returns the server's address through the proxy.
func by(way: String) -> String:
	return _proxy.path_join(way)


func now_msec() -> float:
	return Time.get_ticks_usec() / 1000.0


## Polls a connection until it is open or has failed.
func settle(connection: Connection) -> void:
	await until("the connection is open or failed", func() -> bool:
		connection.poll(now_msec())
		return connection.status != Connection.Status.CONNECTING)


## Returns the number of WebRTC connections that are being made, from the server's metrics.
func half_open() -> int:
	var answer := await Http.request(HTTPClient.METHOD_GET, url.path_join("metrics"))
	var found := RegEx.create_from_string("otherworld_connections_half_open\\{transport=\"webrtc\"\\} (\\d+)").search(answer.body.get_string_from_utf8())
	check(found != null, "the server does not count connections that are being made")
	return found.get_string(1).to_int() if found else -1


## Waits until the server has freed all attempts, which it otherwise does after 10 s.
func all_freed() -> void:
	var end := now_msec() + 3_000.0
	var count := await half_open()
	while count != 0 and now_msec() < end:
		count = await half_open()
	equal(count, 0, "attempts that the server has not freed")
