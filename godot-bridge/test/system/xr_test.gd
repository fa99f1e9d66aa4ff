extends "../test_case.gd"
## A headset of trackers that the test moves, in a realm of a real server (OTHERWORLD_URL). A second client in the same
## Godot sees the results.

## Eye height of the player above the floor of the room, metres.
const EYES_METRES := 1.6
## Errors of a head or hand on the wire: 2 mm steps and 1.5 mm of hysteresis per coordinate, and 15 poses a second;
## metres and radians.
const JOINT_METRES := 0.006
const JOINT_RADIANS := 0.02
const BOX_METRES := 0.2

var _trackers: Dictionary[StringName, XRPositionalTracker] = {}
var _ada: OtherworldClient
var _bob: OtherworldClient
var _player: OtherworldXRPlayer


func before() -> void:
	for name: StringName in [&"head", &"left_hand", &"right_hand"]:
		_track(name)
	_head(Vector3(0.3, EYES_METRES, -0.2), 0.0)
	_hand(&"left_hand", Transform3D(Basis.IDENTITY, Vector3(0.1, 1.1, -0.6)))
	_hand(&"right_hand", Transform3D(Basis.IDENTITY, Vector3(0.5, 1.1, -0.6)))
	_ada = _client("Ada", OtherworldClient.PlayerKind.XR)
	_bob = _client("Bob", OtherworldClient.PlayerKind.NONE)
	for client: OtherworldClient in [_ada, _bob]:
		client.open()
		await until("%s is in the realm" % client.player_name, func() -> bool: return client.local_avatar != null)
	_player = _ada.find_children("*", "OtherworldXRPlayer", true, false)[0]
	await until("Bob sees Ada's pose", func() -> bool: return _seen() != null and _seen().has_pose)


func after() -> void:
	for client: OtherworldClient in [_ada, _bob]:
		await client.close()
		client.queue_free()
	for tracker: XRPositionalTracker in _trackers.values():
		XRServer.remove_tracker(tracker)
	_trackers.clear()
	XRServer.world_scale = 1.0


func test_on_joining_the_player_is_above_the_avatars_feet_and_looks_out_of_its_eyes() -> void:
	var head := _player.camera.global_transform
	near_point(head.origin, _ada.local_avatar.position + Vector3.UP * (_ada.local_avatar.head_metres + 0.08), 0.02)
	near(angle_difference(_ada.local_avatar.yaw, atan2(head.basis.z.x, head.basis.z.z)), 0.0, 1e-3)


func test_a_sitting_player_sees_from_the_avatars_eyes_once_it_is_fitted() -> void:
	_head(Vector3(0.3, 1.2, -0.2), 0.0)
	var yaw := _player.camera.global_rotation.y
	_player.calibrate_height()
	await get_tree().process_frame
	near_point(_player.camera.global_position, _ada.local_avatar.position + Vector3.UP * (_ada.local_avatar.head_metres + 0.08), 0.02)
	near(angle_difference(_player.camera.global_rotation.y, yaw), 0.0, 1e-3, "looks where it looked")
	_hand(&"left_hand", Transform3D(Basis.IDENTITY, Vector3(0.3, 0.9, -0.7)))
	await _still()
	# A hand half a metre ahead of the eyes and 0.3 m below is further away for a body that is a third taller.
	var reached := Vector3(0.0, -0.3, -0.5) * (1.6 / 1.2)
	var wrist := _player.camera.global_transform * (reached + Vector3(-0.02, 0.085, 0.0) * (1.6 / 1.2))
	var seen := _seen()
	near_point(Transform3D(Basis(Vector3.UP, seen.yaw), seen.position) * seen.left_hand.origin, wrist, JOINT_METRES)


func test_others_see_head_and_hands_where_they_are_tracked() -> void:
	_head(Vector3(0.32, 1.5, -0.22), 0.3, -0.4)
	var turned := Basis(Vector3(0.3, 0.8, -0.5).normalized(), 0.9)
	_hand(&"left_hand", Transform3D(turned, Vector3(0.0, 1.3, -0.5)))
	_hand(&"right_hand", Transform3D(turned.inverse(), Vector3(0.7, 0.9, -0.1)))
	# The head bone is behind and below the eyes, the wrist behind and inside the palm (docs/protocol.md, POS-4).
	var head := _player.camera.global_transform * Transform3D(Basis.IDENTITY, Vector3(0.0, -0.08, 0.09) * _ada.local_avatar.head_metres / 1.52)
	await _still()
	var scale_now := XRServer.world_scale
	var left := _player.left_hand.global_transform * Transform3D(Basis(Vector3.BACK, PI / 2), Vector3(-0.02, 0.085, 0.0) * scale_now)
	var right := _player.right_hand.global_transform * Transform3D(Basis(Vector3.BACK, -PI / 2), Vector3(0.02, 0.085, 0.0) * scale_now)
	head = _player.camera.global_transform * Transform3D(Basis.IDENTITY, Vector3(0.0, -0.08, 0.09) * _ada.local_avatar.head_metres / 1.52)
	var seen := _seen()
	var root := Transform3D(Basis(Vector3.UP, seen.yaw), seen.position)
	_same(root * seen.head, head, "head")
	_same(root * seen.left_hand, left, "left hand")
	_same(root * seen.right_hand, right, "right hand")


func test_the_left_stick_walks_where_the_player_looks_and_the_room_follows() -> void:
	var from := _seen().position
	var head := _player.camera.global_position
	var ahead := Basis(Vector3.UP, _ada.local_avatar.yaw) * Vector3.FORWARD
	_press(&"left_hand", &"primary", Vector2(0, 1))
	await until("Ada went 2 m", func() -> bool: return (_seen().position - from).dot(ahead) > 2.0)
	_press(&"left_hand", &"primary", Vector2.ZERO)
	await _still()
	var went := _seen().position - from
	near(went.cross(ahead).length(), 0.0, 0.05, "aside")
	near_point(_player.camera.global_position - head, _ada.local_avatar.position - from, 0.05, "the room went as far as the avatar")
	near_point(_seen().position, _ada.local_avatar.position, 0.01, "where the server has it")


func test_walking_through_the_room_walks_in_the_realm_without_moving_the_room() -> void:
	var room := _player.global_transform
	var from := _seen().position
	for step: int in 60:
		_head(Vector3(0.3 + 0.02 * (step + 1), EYES_METRES, -0.2), 0.0)
		await get_tree().create_timer(0.016).timeout
	await _still()
	var walked := room.basis * Vector3.RIGHT * 1.2 * XRServer.world_scale
	near_point(_seen().position, from + walked, 0.13, "the avatar")
	near_point(_player.global_position, room.origin, 0.001, "the room")


func test_the_right_stick_turns_about_the_head_in_steps() -> void:
	var head := _player.camera.global_position
	var yaw := _ada.local_avatar.yaw
	_press(&"right_hand", &"primary", Vector2(1, 0))
	await until("Bob sees Ada turned", func() -> bool: return absf(angle_difference(yaw, _seen().yaw) + deg_to_rad(30.0)) < 0.01)
	_press(&"right_hand", &"primary", Vector2.ZERO)
	near_point(_player.camera.global_position, head, 0.002)


func test_a_button_jumps() -> void:
	_press(&"right_hand", &"ax_button", true)
	await until("Bob sees Ada above the ground", func() -> bool: return _seen().position.y > 0.3)
	_press(&"right_hand", &"ax_button", false)
	await until("she lands", func() -> bool: return _seen().position.y < 0.01)


func test_while_a_menu_is_open_sticks_do_nothing_and_the_avatar_follows_the_head() -> void:
	_player.input_enabled = false
	var from := _seen().position
	var yaw := _ada.local_avatar.yaw
	_press(&"left_hand", &"primary", Vector2(0, 1))
	_press(&"right_hand", &"primary", Vector2(1, 0))
	_head(Vector3(0.3, 1.2, -0.2), 0.0)
	await until("Bob sees Ada's head lower", func() -> bool: return _seen().head.origin.y < _ada.local_avatar.head_metres - 0.35)
	near_point(_seen().position, from, 0.01)
	near(angle_difference(_ada.local_avatar.yaw, yaw), 0.0, 0.01)


func test_a_hand_grabs_a_box_the_second_doubles_it_and_one_keeps_it() -> void:
	var box := await _make_box()
	var taken := [0]
	_player.grabbed.connect(func(_element: int) -> void: taken[0] += 1)
	_reach(&"left_hand", box.position + Vector3(-0.09, 0, 0))
	await until("the left hand touches it", func() -> bool: return _player.left_hand.pointed_element == box.element)
	_press(&"left_hand", &"grip", 1.0)
	await until("the server says that Ada holds it", func() -> bool: return box.holder == _ada.player)
	var there := _ada.local_avatar.position + Vector3(0, 1.2, 0) + Basis(Vector3.UP, _ada.local_avatar.yaw) * Vector3(0, 0, -0.8)
	_reach(&"left_hand", there + Vector3(-0.09, 0, 0))
	await until("it went along", func() -> bool: return box.position.distance_to(there) < 0.02)
	_reach(&"right_hand", there + Vector3(0.09, 0, 0))
	await until("the right hand touches it", func() -> bool: return taken[0] == 1 and _player.right_hand.pointed_element == box.element)
	_press(&"right_hand", &"trigger", 1.0)
	await until("both hold it", func() -> bool: return taken[0] == 2)
	for step: int in 20:
		var apart := 0.09 * (1.0 + (step + 1) / 20.0)
		_reach(&"left_hand", there + Vector3(-apart, 0, 0))
		_reach(&"right_hand", there + Vector3(apart, 0, 0))
		await get_tree().create_timer(0.03).timeout
	await until("it is twice as large", func() -> bool: return absf(box.scale - 2.0) < 0.02)
	near_point(box.position, there, 0.03, "between the hands")
	var before_letting_go := box.position
	_press(&"left_hand", &"grip", 0.0)
	await _wait(0.4)
	near_point(box.position, before_letting_go, 0.02, "it does not jump when one hand lets go")
	equal(box.holder, _ada.player, "the right hand keeps it")
	_reach(&"right_hand", there + Vector3(0.18, 0.2, 0))
	await until("the right hand carries it", func() -> bool: return box.position.distance_to(there + Vector3(0, 0.2, 0)) < 0.03)
	_press(&"right_hand", &"trigger", 0.0)
	await until("nobody holds it", func() -> bool: return box.holder == 0)
	near(box.scale, 2.0, 0.02)


func test_a_prop_released_in_motion_flies_on() -> void:
	var box := await _make_box()
	_reach(&"right_hand", box.position)
	await until("the hand touches it", func() -> bool: return _player.right_hand.pointed_element == box.element)
	_press(&"right_hand", &"grip", 1.0)
	await until("Ada holds it", func() -> bool: return box.holder == _ada.player)
	var ahead := Basis(Vector3.UP, _ada.local_avatar.yaw) * Vector3.FORWARD
	var begin := box.position
	var started := Time.get_ticks_msec()
	while Time.get_ticks_msec() - started < 500:
		_reach(&"right_hand", begin + (ahead * 3.0 + Vector3.UP * 2.0) * (Time.get_ticks_msec() - started) / 1000.0)
		await get_tree().process_frame
	_press(&"right_hand", &"grip", 0.0)
	await until("it flew a metre beyond the hand", func() -> bool: return (box.position - begin).dot(ahead) > 2.5)
	equal(box.holder, 0)


func test_a_prop_in_another_hand_is_refused_with_a_message() -> void:
	var box := await _make_box()
	var outcome := await _bob.grab(box.element, OtherworldClient.Hand.POINTER)
	check(outcome.ok, "Bob takes it: " + outcome.reason)
	var messages: Array[String] = []
	_player.action_rejected.connect(func(reason: String) -> void: messages.append(reason))
	_reach(&"right_hand", box.position)
	await until("the hand touches it", func() -> bool: return _player.right_hand.pointed_element == box.element)
	_press(&"right_hand", &"grip", 1.0)
	await until("Ada hears why", func() -> bool: return not messages.is_empty())
	equal(messages, ["Someone else is holding it."] as Array[String])


func _track(name: StringName) -> void:
	var tracker := XRPositionalTracker.new() if name == &"head" else XRControllerTracker.new()
	tracker.name = name
	tracker.type = XRServer.TRACKER_HEAD if name == &"head" else XRServer.TRACKER_CONTROLLER
	XRServer.add_tracker(tracker)
	_trackers[name] = tracker


func _head(at: Vector3, yaw: float, pitch := 0.0) -> void:
	var turned := Basis(Vector3.UP, yaw) * Basis(Vector3.RIGHT, pitch)
	_trackers[&"head"].set_pose(&"default", Transform3D(turned, at), Vector3.ZERO, Vector3.ZERO, XRPose.XR_TRACKING_CONFIDENCE_HIGH)


func _hand(name: StringName, at: Transform3D) -> void:
	for pose: StringName in [&"grip", &"aim"]:
		_trackers[name].set_pose(pose, at, Vector3.ZERO, Vector3.ZERO, XRPose.XR_TRACKING_CONFIDENCE_HIGH)


## Places a hand at a position in the realm.
func _reach(name: StringName, point: Vector3) -> void:
	var room := _player.global_transform.affine_inverse() * point / XRServer.world_scale
	_hand(name, Transform3D(Basis.IDENTITY, room))


func _press(name: StringName, action: StringName, value: Variant) -> void:
	_trackers[name].set_input(action, value)


func _client(name: String, kind: OtherworldClient.PlayerKind) -> OtherworldClient:
	var client := OtherworldClient.new()
	client.url = OS.get_environment("OTHERWORLD_URL")
	client.player_name = name
	client.player_kind = kind
	client.add_view = kind == OtherworldClient.PlayerKind.XR
	client.auto_connect = false
	client.remember_identity = false
	client.transport = OtherworldClient.Transport.WEBSOCKET
	add_child(client)
	return client


## Spawns a box at Ada's feet; returns it as Bob sees it.
func _make_box() -> OtherworldPropState:
	var at := _ada.local_avatar.position + Basis(Vector3.UP, _ada.local_avatar.yaw) * Vector3(0, BOX_METRES * 0.5 + 0.01, -0.8)
	var outcome := await _bob.spawn_box(Vector3.ONE * BOX_METRES, at, Quaternion(Vector3.UP, _ada.local_avatar.yaw))
	check(outcome.ok, "a box: " + outcome.reason)
	await until("both see it", func() -> bool: return _ada.props.has(outcome.element) and _bob.props.has(outcome.element))
	await _wait(0.6)
	return _bob.props[outcome.element]


func _seen() -> OtherworldAvatarState:
	return _bob.avatars.get(_ada.local_avatar.element)


## Waits until sent inputs have arrived and the other client draws them.
func _still() -> void:
	await _wait(1.2)


func _wait(seconds: float) -> void:
	await get_tree().create_timer(seconds).timeout


func _same(seen: Transform3D, expected: Transform3D, what: String) -> void:
	near_point(seen.origin, expected.origin, JOINT_METRES, what)
	var off := seen.basis.get_rotation_quaternion().angle_to(expected.basis.orthonormalized().get_rotation_quaternion())
	near(off, 0.0, JOINT_RADIANS, what + "'s turn")
