extends "../client_case.gd"
## A client while its server starts, is silent and restarts without its sessions: test/e2e/godot/godot-outage.test.ts
## does that to a real server, each step when a file with its name appears.

const HTTP := preload("res://addons/otherworld/net/http/http.gd")

## Steps of both sides, as files.
var _steps := OS.get_environment("OTHERWORLD_STEPS")


func _step(named: String) -> void:
	FileAccess.open(_steps.path_join(named), FileAccess.WRITE)


func _is_done(named: String) -> bool:
	return FileAccess.file_exists(_steps.path_join(named))


# Waits until something answers at the server's address.
func _server_listens() -> void:
	while (await HTTP.request_json(HTTPClient.METHOD_GET, url + "/healthz")).status == 0:
		await get_tree().process_frame


func test_a_client_waits_for_its_server_stands_during_silence_and_rejoins() -> void:
	var emitted: Array[String] = []
	_step("ready")
	await _server_listens()
	var ada := quiet_client("Ada")
	ada.server_busy.connect(func(reason: String) -> void: emitted.append(reason))
	for event: Signal in [ada.joined, ada.connection_resumed, ada.rejoined]:
		event.connect(func() -> void: emitted.append(event.get_name()))
	ada.closed.connect(func(reason: String) -> void: emitted.append("closed: " + reason))
	add_child(ada)
	await until("Ada has joined", func() -> bool: return ada.local_avatar != null or ada.state == OtherworldClient.State.CLOSED, 60.0)
	check("starting" in emitted[0] and emitted[-1] == "joined", str(emitted))
	ada.move(Vector3(0, 0, -1), 0.0)
	await until("Ada walks", func() -> bool: return ada.local_avatar.velocity.z < -1.9)
	var start := ada.local_avatar.position
	await until("Ada has walked", func() -> bool: return ada.local_avatar.position.z < start.z - 0.5)

	_step("walking")
	await until("the server is silent", func() -> bool: return _is_done("silent"), 60.0)
	var from := ada.local_avatar.position
	await seconds(5.0)
	var metres := ada.local_avatar.position.distance_to(from)
	print("         walked %.2f m in 5 s without an answer" % metres)
	# 1.5 s at 2 m/s.
	check(metres > 1.0 and metres < 3.6, "walked %s m" % metres)
	equal(ada.local_avatar.velocity, Vector3.ZERO)

	_step("stood")
	emitted.clear()
	await until("Ada is in the realm of the new server", func() -> bool: return emitted.has("rejoined"), 90.0)
	check(not emitted.has("connection_resumed") and not emitted.has("joined"), str(emitted))
	await until("her new avatar walks as the old one did", func() -> bool: return ada.local_avatar != null and ada.local_avatar.velocity.z < -1.0)
	equal([ada.state, ada.avatars.size()], [OtherworldClient.State.JOINED, 1])
