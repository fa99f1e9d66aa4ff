extends "../test_case.gd"
## The base of tests of a desktop player: a player in the realm of a real server (OTHERWORLD_URL), events of keys and a
## mouse, and a second client that sees the results (the witness).

const Handles := preload("res://addons/otherworld/local_player/gizmo/gizmo_handles.gd")

## Size of the window, pixels.
const SIZE := Vector2i(1152, 648)
## Distance by which handles of the gizmo are dragged.
const DRAG_PIXELS := 70.0

var _url := OS.get_environment("OTHERWORLD_URL").trim_suffix("/")
var _client: OtherworldClient
var _witness: OtherworldClient
var _player: OtherworldPlayer
var _refusals: PackedStringArray = []
var _made: Array[int] = []
var _mouse := Vector2(SIZE) / 2.0


func before() -> void:
	# A headless window needs its size set.
	get_tree().root.size = SIZE
	# Pixels are those of events, without the project's stretching.
	get_tree().root.content_scale_mode = Window.CONTENT_SCALE_MODE_DISABLED
	_client = _join("Ada", OtherworldClient.PlayerKind.DESKTOP)
	_witness = _join("Bob", OtherworldClient.PlayerKind.NONE)
	var is_in := func() -> bool: return _seen() != null and _client.local_avatar != null and _client.props.size() > 3
	if not await until("both are in the realm", is_in, 30.0):
		return
	_player = _client.find_children("*", "OtherworldPlayer", true, false)[0]
	_player.action_rejected.connect(func(reason: String) -> void: _refusals.append(reason))
	await _turn_to_free_place()


func after() -> void:
	for box: int in _made:
		await _client.despawn(box)
	for client: OtherworldClient in [_client, _witness]:
		await client.close()
		client.queue_free()


func _join(called: String, kind: OtherworldClient.PlayerKind) -> OtherworldClient:
	var client := OtherworldClient.new()
	client.url = _url
	client.player_name = called
	client.player_kind = kind
	client.add_view = kind != OtherworldClient.PlayerKind.NONE
	client.remember_identity = false
	client.transport = OtherworldClient.Transport.WEBSOCKET
	add_child(client)
	return client


# Returns the player's avatar as the witness sees it; null before it does.
func _seen() -> OtherworldAvatarState:
	for avatar: OtherworldAvatarState in _witness.avatars.values():
		if avatar.player == _client.player and _client.player != 0:
			return avatar
	return null


# Props are at -Z of the spawn point. There is room in the other direction.
func _turn_to_free_place() -> void:
	await _frames(3)
	_player.yaw = PI
	_player.pitch = -0.3
	await until("the witness sees it turned", func() -> bool: return absf(angle_difference(_seen().yaw, PI)) < 0.02)


func _make_box() -> int:
	var known := _witness.props.keys()
	var found: Array[int] = []
	_tap(KEY_1)
	await until("there is a box", func() -> bool:
		for element: int in _witness.props:
			if not element in known and _client.props.has(element):
				found.append(element)
		return not found.is_empty())
	var box := found[0]
	_made.append(box)
	await until("it lies", func() -> bool: return _witness.props[box].position.y < 0.27 and _client.props[box].position.y < 0.27)
	await _frames(20)
	return box


# Grabs a handle of the gizmo at a point of the window, and drags it by some pixels.
func _drag_handle(handle: Handles.Handle, at: Vector2, by: Vector2) -> void:
	_move_to(at)
	await _frames(2)
	_button(MOUSE_BUTTON_LEFT, true)
	equal(_player.gizmo._handle, handle)
	for i: int in 10:
		_move_by(by / 10.0)
		await _frames(1)


# Returns a point of a ring, on the camera's side, that is not near another handle, and the next point.
func _ring_places(handle: Handles.Handle) -> PackedVector2Array:
	var line := Handles.line_of(handle)
	var camera := _player.camera
	var middle := camera.global_position.distance_to(_player.gizmo.global_position)
	for i: int in line.size() - 1:
		var place := _player.gizmo.global_transform * line[i]
		var at := camera.unproject_position(place)
		if camera.global_position.distance_to(place) < middle and _player.gizmo._handle_at(camera, at) == handle:
			return [at, camera.unproject_position(_player.gizmo.global_transform * line[i + 1])]
	check(false, "the ring is hidden")
	return [Vector2.ZERO, Vector2.ONE]


func _point_at(place: Vector3) -> void:
	_move_to(_player.camera.unproject_position(place))


func _move_to(at: Vector2) -> void:
	_move_by(at - _mouse)


func _move_by(by: Vector2) -> void:
	_mouse += by
	var event := InputEventMouseMotion.new()
	event.position = _mouse
	event.global_position = _mouse
	event.relative = by
	_send(event)


func _button(index: MouseButton, pressed: bool, shift := false) -> void:
	var event := InputEventMouseButton.new()
	event.button_index = index
	event.pressed = pressed
	event.position = _mouse
	event.global_position = _mouse
	event.shift_pressed = shift
	event.factor = 1.0
	_send(event)


func _wheel(notches: float, shift := false) -> void:
	_button(MOUSE_BUTTON_WHEEL_UP if notches > 0.0 else MOUSE_BUTTON_WHEEL_DOWN, true, shift)


func _tap(code: Key) -> void:
	_press(code)
	_release(code)


func _press(code: Key) -> void:
	_key(code, true)


func _release(code: Key) -> void:
	_key(code, false)


func _key(code: Key, pressed: bool) -> void:
	var event := InputEventKey.new()
	event.keycode = code
	event.physical_keycode = code
	event.pressed = pressed
	event.unicode = code if code < 0x80 else 0
	_send(event)


func _send(event: InputEvent) -> void:
	Input.parse_input_event(event)
	Input.flush_buffered_events()


func _frames(count: int) -> void:
	for i: int in count:
		await get_tree().process_frame


func _head() -> Vector3:
	return _client.local_avatar.position + Vector3(0, _client.local_avatar.head_metres, 0)


func _ahead() -> Vector3:
	return Vector3.FORWARD.rotated(Vector3.UP, _player.yaw)


func _flat(v: Vector3) -> Vector3:
	return Vector3(v.x, 0, v.z)


# Returns the largest angle between any rotation and the first, radians.
func _spread(rotations: Array[Quaternion]) -> float:
	var most := 0.0
	for rotation: Quaternion in rotations:
		most = maxf(most, rotation.angle_to(rotations[0]))
	return most
