extends "../test_case.gd"
## The client where no realm is: at a small server in this process, or at none.

const AnsweringServer := preload("../answering_server.gd")

var _server: AnsweringServer
var _client: OtherworldClient


func before() -> void:
	_server = AnsweringServer.new()
	add_child(_server)
	_client = OtherworldClient.new()
	_client.url = _server.url()
	_client.auto_connect = false
	_client.remember_identity = false
	_client.add_view = false
	_client.player_kind = OtherworldClient.PlayerKind.NONE
	add_child(_client)


func after() -> void:
	Engine.time_scale = 1.0
	_client.free()


func test_a_busy_server_is_asked_each_second_whatever_the_time_scale() -> void:
	_server.answer("503 Busy", {"reason": "busy", "message": "Wait."})
	Engine.time_scale = 0.0
	_client.open()
	await until("it is asked twice while the game stands still", func() -> bool: return _server.count == 2, 5.0)
	Engine.time_scale = 30.0
	var begin_msec := Time.get_ticks_msec()
	await until("it is asked twice more", func() -> bool: return _server.count == 4, 5.0)
	var seconds := (Time.get_ticks_msec() - begin_msec) / 1000.0
	check(seconds > 1.0, "it was asked twice within %s s" % seconds)
