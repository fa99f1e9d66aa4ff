extends SceneTree
## Measures the cost of a crowd: 100 avatars whose 18 bones rotate in each frame, and 200 moving props. Prints a line of
## JSON: microseconds per frame of the view. [code]-- AVATARS PROPS FRAMES[/code]

const FakeClient := preload("../test/fake_client.gd")
const Messages := preload("res://addons/otherworld/wire/generated/messages.gd")

const RUNS := 6
## Distance between the rows of the crowd, metres.
const APART := 1.6

var _client := FakeClient.new()
var _view := OtherworldView.new()


func _initialize() -> void:
	_run(OS.get_cmdline_user_args())


func _run(arguments: PackedStringArray) -> void:
	await process_frame
	_client.definition = FakeClient.realm()
	_client.set_process(false)
	root.add_child(_client)
	_client.add_child(_view)
	_view.show_names = false
	var camera := Camera3D.new()
	root.add_child(camera)
	camera.look_at_from_position(Vector3(0, 1.6, 3), Vector3(0, 1, -10))
	camera.make_current()
	_fill(arguments[0].to_int(), arguments[1].to_int())
	await _measure(arguments[2].to_int())
	_client.queue_free()
	await process_frame
	quit()


func _fill(avatars: int, props: int) -> void:
	for i: int in avatars:
		var state := _client.add_avatar()
		state.position = Vector3((i % 10 - 4.5) * APART, 0.0, -APART * floorf(i / 10.0))
		state.has_pose = true
		state.bone_mask = (1 << 18) - 1
		state.bones.resize(18)
	var box := Messages.Collider.new()
	box.box = Messages.Box.new()
	box.box.half_extents = Vector3.ONE * 0.2
	for i: int in props:
		_client.add_prop("", [box])


## Runs the same frames several times and keeps the least times, so that other programs do not count.
func _measure(frames: int) -> void:
	var view_usec := PackedFloat32Array()
	view_usec.resize(frames)
	view_usec.fill(INF)
	for run: int in RUNS:
		for frame: int in frames:
			_move(frame)
			var begin := Time.get_ticks_usec()
			_client.frame_updated.emit(float(frame))
			var usec := Time.get_ticks_usec() - begin
			await process_frame
			# The first run creates what is created once.
			if run > 0:
				view_usec[frame] = minf(view_usec[frame], usec)
	view_usec.sort()
	print(JSON.stringify({
		avatars = _client.avatars.size(), props = _client.props.size(), frames = frames,
		viewUsP50 = view_usec[frames >> 1], viewUsP99 = view_usec[floori(frames * 0.99)],
	}))


## All avatars walk on the spot; props move in circles.
func _move(frame: int) -> void:
	var swing := sin(frame * 0.2)
	for state: OtherworldAvatarState in _client.avatars.values():
		for bone: int in 18:
			state.bones[bone] = Quaternion(Vector3.RIGHT, swing * 0.3 if bone > 5 else 0.02)
		state.head = Transform3D(Basis.IDENTITY, Vector3(0.0, 1.5, 0.0))
		state.yaw = swing * 0.1
	for state: OtherworldPropState in _client.props.values():
		state.position = Vector3(sin(frame * 0.02 + state.element), 1.0, cos(frame * 0.02 + state.element)) * 6.0

