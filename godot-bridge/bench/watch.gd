extends SceneTree
## Joins a realm and writes where it would draw the others, frame by frame: bench/godot-position.ts compares it with the
## recording. [code]-- URL SECONDS FILE webrtc|websocket[/code]; FILE gets a line of JSON for each frame:
## [code][tick, [element, x, y, z, …]][/code], and at the end one with the client's figures.

## Frames per second, as on a screen.
const FRAMES_PER_SECOND := 60
## The first seconds are not measured, because the client still measures the connection, seconds.
const SETTLE_SECONDS := 4.0
const JOIN_SECONDS_MAX := 30.0

var _client: OtherworldClient
var _file: FileAccess
var _is_recording := false


func _initialize() -> void:
	Engine.max_fps = FRAMES_PER_SECOND
	_run(OS.get_cmdline_user_args())


func _run(arguments: PackedStringArray) -> void:
	_file = FileAccess.open(arguments[2], FileAccess.WRITE)
	_client = OtherworldClient.new()
	_client.url = arguments[0]
	_client.player_name = "Watcher"
	_client.remember_identity = false
	_client.transport = OtherworldClient.Transport.WEBRTC if arguments[3] == "webrtc" else OtherworldClient.Transport.WEBSOCKET
	_client.add_view = false
	_client.player_kind = OtherworldClient.PlayerKind.NONE
	_client.frame_updated.connect(_note)
	_client.closed.connect(_on_closed)
	root.add_child(_client)
	await create_timer(JOIN_SECONDS_MAX if not await _joins() else SETTLE_SECONDS).timeout
	_is_recording = true
	await create_timer(float(arguments[1])).timeout
	_is_recording = false
	var stats := _client.stats()
	_file.store_line(JSON.stringify({
		"transport": _client.transport_used, "rttMs": stats.rtt_msec, "loss": stats.loss, "delayMs": stats.delay_msec,
		"snapshotsPerSecond": stats.snapshots_per_second,
	}))
	_stop(0, "")


func _joins() -> bool:
	var end := Time.get_ticks_msec() + JOIN_SECONDS_MAX * 1000.0
	while _client.state != OtherworldClient.State.JOINED:
		if Time.get_ticks_msec() > end:
			_stop(1, "not joined within %s s" % JOIN_SECONDS_MAX)
			return false
		await process_frame
	return true


func _note(tick: float) -> void:
	if not _is_recording:
		return
	var places: Array = []
	for avatar: OtherworldAvatarState in _client.avatars.values():
		if not avatar.is_local:
			places.append_array([avatar.element, avatar.position.x, avatar.position.y, avatar.position.z])
	_file.store_line(JSON.stringify([tick, places]))


func _on_closed(reason: String) -> void:
	_stop(1, reason)


func _stop(code: int, why: String) -> void:
	_client.closed.disconnect(_on_closed)
	if why:
		printerr(why)
	_file.close()
	quit(code)
