extends "../../test_case.gd"
## The parts of a desktop player: held keys, moves, camera, dragging, gait.

const AvatarBody := preload("res://addons/otherworld/packages/avatar/avatar_body.gd")
const DragTarget := preload("res://addons/otherworld/local_player/grab/drag_target.gd")
const CameraRig := preload("res://addons/otherworld/local_player/body/camera_rig.gd")
const Gait := preload("res://addons/otherworld/local_player/body/gait.gd")
const HeldActions := preload("res://addons/otherworld/local_player/input/held_actions.gd")
const RayPicker := preload("res://addons/otherworld/local_player/grab/ray_picker.gd")
const StarterShapes := preload("res://addons/otherworld/local_player/grab/starter_shapes.gd")
const MoveInput := preload("res://addons/otherworld/local_player/input/move_input.gd")
const PlayerMessages := preload("res://addons/otherworld/local_player/player_messages.gd")

const REACH := 6.0
const HEAD := Vector3(0, 1.6, 0)

var _controls := OtherworldControls.new()
var _held: HeldActions
var _walking: MoveInput


func before() -> void:
	_controls.install()
	_held = HeldActions.new(_controls.actions())
	_walking = MoveInput.new()


func test_keys_walk_run_and_turn() -> void:
	_key(KEY_W, true, 0.0)
	_key(KEY_D, true, 0.0)
	_key(KEY_SHIFT, true, 0.0)
	_key(KEY_LEFT, true, 0.0)
	_walking.read(_held, _controls, 0.5, 2.0, 1000.0)
	near_point(_walking.direction, Vector3(1, 0, -1).normalized(), 1e-6)
	check(_walking.runs and not _walking.jumps, "it does not run")
	near(_walking.yaw, 1.0, 1e-6)
	_key(KEY_W, false, 1000.0)
	_walking.read(_held, _controls, 0.0, 2.0, 1000.0)
	near_point(_walking.direction, Vector3.RIGHT, 1e-6)


func test_two_keys_of_one_action_hold_it_until_both_are_up() -> void:
	_key(KEY_W, true, 0.0)
	_key(KEY_UP, true, 0.0)
	_key(KEY_W, false, 500.0)
	equal(_held.strength(_controls.forward, 900.0), 1.0)
	_key(KEY_UP, false, 900.0)
	equal(_held.strength(_controls.forward, 1200.0), 0.0)


func test_a_tap_between_two_packets_is_not_lost_and_then_ends() -> void:
	_key(KEY_W, true, 1000.0)
	_key(KEY_W, false, 1005.0)
	equal(_held.strength(_controls.forward, 1100.0), 1.0)
	equal(_held.strength(_controls.forward, 1200.0), 0.0)


func test_a_stick_walks_as_far_as_it_is_pushed() -> void:
	var event := InputEventJoypadMotion.new()
	event.axis = JOY_AXIS_LEFT_Y
	event.axis_value = -0.6
	_held.feed(event, 0.0)
	_walking.read(_held, _controls, 0.0, 2.0, 0.0)
	check(_walking.direction.z < -0.3 and _walking.direction.z > -0.7, str(_walking.direction))
	event.axis_value = 0.0
	_held.feed(event, 10.0)
	_walking.read(_held, _controls, 0.0, 2.0, 10.0)
	equal(_walking.direction, Vector3.ZERO)


func test_space_jumps_on_foot_and_rises_in_flight() -> void:
	_key(KEY_SPACE, true, 0.0)
	_walking.read(_held, _controls, 0.0, 2.0, 1.0)
	check(_walking.jumps, "it does not jump")
	_walking.is_flying = true
	_walking.read(_held, _controls, 0.0, 2.0, 1.0)
	check(not _walking.jumps and _walking.direction == Vector3.UP, str(_walking.direction))


func test_a_sent_move_is_unchanged_until_a_turn() -> void:
	check(_walking.has_changed(), "the first move is no change")
	check(not _walking.has_changed(), "the same move is a change")
	_walking.turn(0.3, 0.0)
	check(_walking.has_changed(), "a turn is no change")
	_walking.turn(0.0, 0.3)
	check(not _walking.has_changed(), "looking up changes the move")


func test_events_that_may_not_begin_an_action_only_end_it() -> void:
	var event := InputEventKey.new()
	event.physical_keycode = KEY_W
	event.pressed = true
	_held.feed(event, 0.0, false)
	equal(_held.strength(_controls.forward, 0.0), 0.0)


func test_a_projects_own_actions_stay_as_they_are() -> void:
	var mine := OtherworldControls.new()
	mine.forward = &"test_march"
	InputMap.add_action(mine.forward)
	var event := InputEventKey.new()
	event.physical_keycode = KEY_I
	InputMap.action_add_event(mine.forward, event)
	mine.install()
	equal(InputMap.action_get_events(mine.forward).size(), 1)
	InputMap.erase_action(mine.forward)


func test_the_camera_is_behind_above_the_ground_and_snaps_into_the_head() -> void:
	var behind := CameraRig.behind(HEAD, 0.0, 0.0, 4.0)
	check(behind.origin.z > 3.5 and behind.origin.x > 0.0, str(behind))
	near_point(-behind.basis.z, Vector3.FORWARD, 1e-6)
	check(CameraRig.behind(HEAD, 0.0, 1.2, 10.0).origin.y >= CameraRig.HEIGHT_MIN - 1e-5, "the eye is under the ground")
	near_point(CameraRig.behind(HEAD, 1.0, 0.4, 0.0).origin, HEAD, 1e-6)
	near_point(-CameraRig.behind(HEAD, 1.0, 0.4, 0.0).basis.z, CameraRig.direction_of(1.0, 0.4), 1e-6)
	equal(CameraRig.zoomed(0.95, 1.0), 0.0)
	equal(CameraRig.zoomed(0.0, -1.0), CameraRig.OWN_EYES)
	equal(CameraRig.zoomed(13.9, -3.0), CameraRig.DISTANCE_MAX)


func test_a_held_prop_keeps_its_grab_point_and_turns_with_the_view() -> void:
	var drag := _taken(Vector3(0, 1, -3))
	drag.aim(HEAD, Vector3(0, 1, -3.5).normalized(), 0.0, HEAD, REACH)
	var at_first := drag.target_position
	drag.aim(HEAD, Vector3(0, 1, -3.5).normalized().rotated(Vector3.UP, 0.7), 0.7, HEAD, REACH)
	near_point(drag.target_position - HEAD, (at_first - HEAD).rotated(Vector3.UP, 0.7), 1e-5)
	near(drag.target_rotation.angle_to(Quaternion(Vector3.UP, 0.7)), 0.0, 1e-3)
	check(not drag.is_too_far, "it is said to be too far")


func test_a_held_prop_stays_within_reach_and_above_the_ground() -> void:
	var drag := _taken(Vector3(0, 1, -3))
	for i: int in 40:
		var direction := Vector3(sin(i * 0.7), cos(i * 1.3), -cos(i * 0.9)).normalized()
		drag.push(1.0 if i % 3 else -1.0, REACH, 0.0)
		drag.aim(HEAD, direction, i * 0.2, HEAD, REACH)
		check(drag.target_position.distance_to(HEAD) <= REACH - DragTarget.REACH_MARGIN + 1e-4, "it is out of reach")
		check(drag.is_too_far or drag.target_position.y >= 0.2 - 1e-5, "it is in the ground: %s" % drag.target_position)


func test_the_wheel_scales_about_the_point_that_is_held_within_limits() -> void:
	var drag := _taken(Vector3(0, 1, -3))
	var offset := drag.offset
	drag.grow(2.0)
	near(drag.scale, DragTarget.WHEEL_SCALE ** 2, 1e-6)
	near_point(drag.offset, offset * drag.scale, 1e-5)
	near(drag.floor_metres, 0.2 * drag.scale, 1e-6)
	drag.grow(1000.0)
	equal(drag.scale, DragTarget.SCALE_MAX)
	drag.grow(-1000.0)
	near(drag.scale, DragTarget.SCALE_MIN, 1e-7)


func test_a_key_grabs_the_prop_nearest_to_the_player_and_to_the_middle_of_the_view() -> void:
	var pointer := RayPicker.new()
	var props: Dictionary[int, OtherworldPropState] = {}
	for place: Vector3 in [Vector3(0, 1, -4), Vector3(0.2, 1, -2), Vector3(0, 1, 2), Vector3(0, 1, -30)]:
		var prop := _prop(place)
		prop.element = props.size() + 1
		props[prop.element] = prop
	check(pointer.choose(HEAD, Vector3.FORWARD, HEAD, REACH, props), "nothing was found")
	equal(pointer.prop.element, 2)
	props[2].motion = OtherworldPropState.Motion.STATIC
	check(pointer.choose(HEAD, Vector3.FORWARD, HEAD, REACH, props), "nothing was found")
	equal(pointer.prop.element, 1)
	check(not pointer.choose(HEAD, Vector3.UP, HEAD, REACH, props), "something is above")


func test_bodies_walk_look_and_reach_as_in_the_page() -> void:
	var path: String = (get_script() as Script).resource_path.get_base_dir().path_join("../../../../fixtures/godot/gait.json").simplify_path()
	var trace: Dictionary = JSON.parse_string(FileAccess.get_file_as_string(path))
	var body := AvatarBody.new()
	for offset: Array in trace.offsets:
		body.offsets.append(Vector3(offset[0], offset[1], offset[2]))
	var gait := Gait.new()
	for step: Dictionary in trace.steps:
		_compare_gait(gait, body, step)
		if not failures.is_empty():
			return


func test_starter_shapes_are_valid_in_a_realm() -> void:
	for index: int in StarterShapes.NAMES.size():
		check(StarterShapes.shape(index) != null, "there is no %s" % StarterShapes.NAMES[index])
	equal((StarterShapes.shape(3) as ConvexPolygonShape3D).points.size(), 17)
	near((StarterShapes.shape(2) as CapsuleShape3D).height, 2.0 * (0.22 + 0.17), 1e-6)


func test_a_rejection_has_a_message_even_for_a_reason_of_a_newer_server() -> void:
	equal(PlayerMessages.rejection("out-of-reach"), "That is too far away. Walk closer.")
	equal(PlayerMessages.rejection("moonlight"), "The server rejected this: moonlight.")
	equal(PlayerMessages.forbidden(OtherworldClient.Act.DRAG, 0), "You are not allowed to move items here.")
	equal(PlayerMessages.forbidden(OtherworldClient.Act.DRAG, 31), "The owner does not allow you to move this.")


func _compare_gait(gait: Gait, body: AvatarBody, step: Dictionary) -> void:
	gait.advance(step.way[0], step.way[1], step.way[2])
	gait.pitch = step.attitude[0]
	gait.is_airborne = step.attitude[1] == 1.0
	gait.reaches = step.reachFor != null
	if gait.reaches:
		gait.reach_for = Vector3(step.reachFor[0], step.reachFor[1], step.reachFor[2])
	var pose := OtherworldPose.new()
	gait.pose(body, step.attitude[2], pose)
	var joints: Array[Transform3D] = [pose.head, pose.left_hand, pose.right_hand]
	for i: int in 3:
		var joint: Array = step.joints[i]
		near_point(joints[i].origin, Vector3(joint[0], joint[1], joint[2]), 1e-3, "joint %d" % i)
	for i: int in 18:
		var bone: Variant = step.bones[i]
		equal(pose.bone_mask & (1 << i) != 0, bone != null, "bone %d is sent" % i)
		if bone != null:
			var expected := Quaternion(bone[0], bone[1], bone[2], bone[3])
			near(absf(pose.bones[i].dot(expected)), 1.0, 1e-4, "bone %d" % i)


func _taken(at: Vector3) -> DragTarget:
	var drag := DragTarget.new()
	var point := at + Vector3(0, 0.2, 0.2)
	drag.start(_prop(at), point, HEAD.distance_to(point), 0.0, 0.2)
	return drag


func _prop(at: Vector3) -> OtherworldPropState:
	var prop := OtherworldPropState.new()
	prop.element = 7
	prop.motion = OtherworldPropState.Motion.DYNAMIC
	prop.scale = 1.0
	prop.position = at
	prop.rotation = Quaternion.IDENTITY
	return prop


func _key(code: Key, pressed: bool, now_msec: float) -> void:
	var event := InputEventKey.new()
	event.physical_keycode = code
	event.keycode = code
	event.pressed = pressed
	_held.feed(event, now_msec)
