extends SceneTree
## Walks at an obstacle of a package and notes the correction of each snapshot: bench/godot-tremble.ts makes the report.
## OTHERWORLD_TREMBLE is its order as JSON. Prints a line of JSON for each walk.

const PackageColliders := preload("res://addons/otherworld/client/package_colliders.gd")

## Frames per second, as on a screen.
const FRAMES_PER_SECOND := 72
## The client measures the connection for this time before it walks, seconds.
const SETTLE_SECONDS := 4.0
const SECONDS_MAX := 30.0

var _order: Dictionary = JSON.parse_string(OS.get_environment("OTHERWORLD_TREMBLE"))
var _client: OtherworldClient
var _has_failed := false
var _walked_msec := -1.0
var _snapshots := 0
var _corrections: PackedFloat64Array = []


## Never knows a package, as before its manifest is loaded.
class NoColliders:
	extends PackageColliders

	func colliders_of(_hash: String) -> Variant:
		return null


func _initialize() -> void:
	Engine.max_fps = FRAMES_PER_SECOND
	_run()


func _run() -> void:
	await process_frame
	for walk: int in int(_order.walks):
		for is_known: bool in [false, true]:
			await _walk(is_known, walk == 0 and not is_known)
			if _has_failed:
				quit(1)
				return
			print(JSON.stringify({scene = _order.name, isKnown = is_known, corrections = _corrections}))
	quit()


## The first player places the obstacle, which stays.
func _walk(is_known: bool, is_first: bool) -> void:
	_open(is_known)
	await _until("joined", func() -> bool: return _client.state == OtherworldClient.State.JOINED)
	if is_first and not _has_failed:
		var outcome := await _client.spawn_package(str(_order.hash), Vector3(0.0, 0.0, -float(_order.metresAhead)))
		if not outcome.ok:
			_fail("the obstacle was not placed: %s" % outcome.reason)
	await _until("shown the obstacle", func() -> bool: return not _client.props.is_empty())
	if is_known:
		var known := func() -> bool: return _client._package_colliders.colliders_of(str(_order.hash)) != null
		await _until("loaded its colliders", known)
	await create_timer(SETTLE_SECONDS).timeout
	_corrections.clear()
	_snapshots = _client.stats().snapshots
	_walked_msec = 0.0
	await _until("walked", func() -> bool: return _walked_msec >= float(_order.seconds) * 1000.0)
	_walked_msec = -1.0
	_client.close()
	await _until("closed", func() -> bool: return _client.state == OtherworldClient.State.CLOSED)
	_client.queue_free()


func _open(is_known: bool) -> void:
	_client = OtherworldClient.new()
	_client.url = str(_order.url)
	_client.player_name = "Walker"
	_client.remember_identity = false
	_client.transport = OtherworldClient.Transport.WEBRTC if _order.transport == "webrtc" else OtherworldClient.Transport.WEBSOCKET
	_client.add_view = false
	_client.player_kind = OtherworldClient.PlayerKind.NONE
	if not is_known:
		_client._package_colliders = NoColliders.new(_client)
	_client.frame_updated.connect(_on_frame_updated)
	root.add_child(_client)


func _process(delta: float) -> bool:
	if _walked_msec >= 0.0:
		_walked_msec += delta * 1000.0
		var yaw := float(_order.yaw) + float(_order.swing) * sin(_walked_msec / float(_order.swingMs))
		_client.move(Vector3.FORWARD, yaw)
	return false


func _on_frame_updated(_tick: float) -> void:
	if _walked_msec < 0.0:
		return
	var stats := _client.stats()
	if stats.snapshots > _snapshots:
		_corrections.append(stats.correction_metres)
	_snapshots = stats.snapshots


func _until(what: String, is_done: Callable) -> void:
	var end := Time.get_ticks_msec() + SECONDS_MAX * 1000.0
	while not _has_failed and not is_done.call():
		if Time.get_ticks_msec() > end or (_client.state == OtherworldClient.State.CLOSED and what != "closed"):
			_fail("the client has not %s" % what)
		await process_frame


func _fail(why: String) -> void:
	_has_failed = true
	printerr(why)
