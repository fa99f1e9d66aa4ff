extends SceneTree
## Measures frame times while a package loads: [code]-- URL HASH[/code]. Prints a line of JSON: milliseconds until the
## avatar is shown, and of the longest frames, with an empty cache and with the file on the disk. The frame rate is at
## most 60 a second.

const PackageCache := preload("res://addons/otherworld/packages/download/package_cache.gd")
const FakeClient := preload("../test/fake_client.gd")
const Http := preload("res://addons/otherworld/net/http/http.gd")

const SETTLE_FRAMES := 120
const SECONDS_MAX := 60.0

var _client := FakeClient.new()


func _initialize() -> void:
	Engine.max_fps = 60
	_run(OS.get_cmdline_user_args())


func _run(arguments: PackedStringArray) -> void:
	_client.url = arguments[0].trim_suffix("/")
	_client.definition = FakeClient.realm()
	var login := await Http.request_json(HTTPClient.METHOD_POST, _client.url + "/v1/login", {name = "Bench"})
	_client.token = str(login.field("token"))
	root.add_child(_client)
	var camera := Camera3D.new()
	root.add_child(camera)
	camera.look_at_from_position(Vector3(0, 1.6, 3), Vector3(0, 1, 0))
	var cache := PackageCache.new("user://bench-load-%d" % Time.get_ticks_usec())
	var measured: Dictionary = {idle = await _measure("", cache), download = await _measure(arguments[1], cache), disk = await _measure(arguments[1], cache)}
	print(JSON.stringify(measured))
	_client.queue_free()
	await process_frame
	quit()


## A new view with an empty library.
func _measure(hash: String, cache: PackageCache) -> Dictionary:
	var view := OtherworldView.new()
	view._library.cache = cache
	_client.add_child(view)
	for i: int in SETTLE_FRAMES:
		await process_frame
	var state := _client.add_avatar(hash)
	var node := view.avatar_of(state.element)
	var begin := Time.get_ticks_usec()
	var frames := PackedFloat32Array()
	while (node.shown_level() < 0 if hash else frames.size() < SETTLE_FRAMES) and Time.get_ticks_usec() - begin < SECONDS_MAX * 1e6:
		var before := Time.get_ticks_usec()
		await process_frame
		frames.append((Time.get_ticks_usec() - before) / 1000.0)
	var shown_msec := (Time.get_ticks_usec() - begin) / 1000.0
	for i: int in 30:
		var before := Time.get_ticks_usec()
		await process_frame
		frames.append((Time.get_ticks_usec() - before) / 1000.0)
	frames.sort()
	_client.remove_avatar(state)
	view.queue_free()
	await process_frame
	return {shownMs = snappedf(shown_msec, 0.1), frameMsP50 = snappedf(frames[frames.size() >> 1], 0.1), frameMsMax = snappedf(frames[-1], 0.1), frameMsSecond = snappedf(frames[-2], 0.1), frames = frames.size()}
