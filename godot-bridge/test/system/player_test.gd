extends "player_case.gd"
## A desktop player in a realm of a real server, controlled by events of keys and a mouse. A second client in the same
## realm sees the results.


func test_keys_walk_the_avatar_and_others_see_it_walk() -> void:
	var start := _seen().position
	var knees: Array[Quaternion] = []
	_press(KEY_W)
	await until("the witness saw it walk 2 m", func() -> bool:
		knees.append(_seen().bones[OtherworldPose.Bone.LEFT_LOWER_LEG])
		return _flat(_seen().position - start).length() > 2.0)
	_release(KEY_W)
	check(_flat(_seen().position - start).normalized().dot(_ahead()) > 0.99, "it did not walk ahead")
	check(_seen().has_pose and knees[0].angle_to(knees[-1]) > 0.0 and _spread(knees) > 0.3, "its legs did not move")
	await until("it stands where it is predicted", func() -> bool: return _seen().position.distance_to(_client.local_avatar.position) < 0.02)
	var stats := _client.stats()
	check(stats.correction_rms_metres < 0.05, "corrections of %.3f m" % stats.correction_rms_metres)


func test_a_step_is_shown_in_the_frame_of_the_key_press() -> void:
	await _frames(20)
	var place := _client.local_avatar.position
	_press(KEY_D)
	await _frames(2)
	check(_client.local_avatar.position.distance_to(place) > 1e-4, "it stood still for two frames")
	_release(KEY_D)


func test_flying_rises_and_lands() -> void:
	_tap(KEY_F)
	_press(KEY_SPACE)
	await until("the witness sees it fly", func() -> bool: return _seen().is_flying and _seen().position.y > 1.0)
	_release(KEY_SPACE)
	_tap(KEY_F)
	await until("it stands on the ground again", func() -> bool: return not _seen().is_flying and _seen().is_grounded)


func test_dragging_the_background_and_keys_turn_the_view_and_the_avatar() -> void:
	var before_yaw := _player.yaw
	_move_to(Vector2(576, 60))
	_button(MOUSE_BUTTON_LEFT, true)
	_move_to(Vector2(776, 60))
	_button(MOUSE_BUTTON_LEFT, false)
	await _frames(2)
	near(_player.yaw, wrapf(before_yaw - 200.0 * _player.mouse_turn, -PI, PI), 1e-3)
	_move_to(Vector2(600, 80))
	near(_player.yaw, wrapf(before_yaw - 200.0 * _player.mouse_turn, -PI, PI), 1e-3, "the button is up")
	await until("the witness sees it turned", func() -> bool: return absf(angle_difference(_seen().yaw, _player.yaw)) < 0.02)


func test_a_prop_is_grabbed_dragged_scaled_and_released_with_the_mouse() -> void:
	var box := await _make_box()
	_point_at(_client.props[box].position)
	await until("the pointer is on it", func() -> bool: return _player.pointed_element == box)
	_button(MOUSE_BUTTON_LEFT, true)
	await until("the witness sees who holds it", func() -> bool: return _witness.props[box].holder == _client.player)
	equal(_player.held_element, box)
	var start := _witness.props[box].position
	for i: int in 20:
		_move_by(Vector2(4, -4))
		await _frames(1)
	await until("the witness sees it dragged up and aside", func() -> bool: return _witness.props[box].position.y > start.y + 0.4)
	await until("it is there where it is drawn in the hand", func() -> bool: return _witness.props[box].position.distance_to(_client.props[box].position) < 0.05)
	for i: int in 3:
		_wheel(1.0)
	await until("the witness sees it scaled", func() -> bool: return absf(_witness.props[box].scale - 1.09 ** 3) < 1e-3)
	var away := _head().distance_to(_witness.props[box].position)
	for i: int in 4:
		_wheel(1.0, true)
	await until("the witness sees it farther away", func() -> bool: return _head().distance_to(_witness.props[box].position) > away + 0.5)
	_button(MOUSE_BUTTON_LEFT, false)
	await until("the witness sees it let go", func() -> bool: return _witness.props[box].holder == 0)
	await until("it fell", func() -> bool: return _witness.props[box].position.y < 0.5)
	equal(_player.held_element, 0)
	equal(_refusals, PackedStringArray())


func test_a_prop_released_in_motion_flies_on() -> void:
	var box := await _make_box()
	_point_at(_client.props[box].position)
	_button(MOUSE_BUTTON_LEFT, true)
	await until("the witness sees who holds it", func() -> bool: return _witness.props[box].holder == _client.player)
	for i: int in 30:
		_move_by(Vector2(0, -5))
		await _frames(1)
	var start := _witness.props[box].position
	for i: int in 8:
		_move_by(Vector2(-40, -10))
		await _frames(1)
	_button(MOUSE_BUTTON_LEFT, false)
	await until("it is let go", func() -> bool: return _witness.props[box].holder == 0)
	await until("it lies", func() -> bool: return _witness.props[box].position.y < 0.6)
	check(_flat(_witness.props[box].position - start).length() > 0.5, "it fell straight down")


func test_a_key_grabs_the_prop_in_front_and_releases_it() -> void:
	var box := await _make_box()
	_tap(KEY_E)
	await until("the witness sees who holds it", func() -> bool: return _witness.props[box].holder == _client.player)
	_tap(KEY_PLUS)
	await until("the witness sees it scaled", func() -> bool: return absf(_witness.props[box].scale - 1.09) < 1e-3)
	_tap(KEY_E)
	await until("the witness sees it let go", func() -> bool: return _witness.props[box].holder == 0)
	_point_at(_client.props[box].position)
	await until("the pointer is on it", func() -> bool: return _player.pointed_element == box)
	_tap(KEY_X)
	await until("the witness sees it no more", func() -> bool: return not _witness.props.has(box))


func test_the_gizmo_moves_turns_and_scales() -> void:
	var box := await _make_box()
	_point_at(_client.props[box].position)
	_tap(KEY_G)
	await until("the gizmo is on it", func() -> bool: return _player.gizmo.element == box and _player.gizmo.visible)
	await _frames(2)
	var start := _witness.props[box].position
	var arrow := _player.camera.unproject_position(_player.gizmo.global_transform * Vector3(0, 0.7, 0))
	await _drag_handle(Handles.Handle.MOVE_Y, arrow, Vector2(0, -DRAG_PIXELS))
	await until("the witness sees it lifted", func() -> bool: return _witness.props[box].position.y > start.y + 0.3)
	near_point(_flat(_witness.props[box].position), _flat(start), 0.03, "it went aside")
	_button(MOUSE_BUTTON_LEFT, false)
	await until("it is put down", func() -> bool: return _witness.props[box].holder == 0)
	await until("it lies", func() -> bool: return _witness.props[box].position.y < start.y + 0.05)
	near_point(_flat(_witness.props[box].position), _flat(start), 0.1, "it was thrown")
	await _frames(30)
	var lay := _witness.props[box].rotation
	var ring := _ring_places(Handles.Handle.TURN_Y)
	await _drag_handle(Handles.Handle.TURN_Y, ring[0], (ring[1] - ring[0]).normalized() * DRAG_PIXELS)
	await until("the witness sees it turned", func() -> bool: return _witness.props[box].rotation.angle_to(lay) > 0.3)
	var turn := _witness.props[box].rotation * lay.inverse()
	check(turn.get_axis().abs().dot(Vector3.UP) > 0.95, "it turned about %s" % turn.get_axis())
	_button(MOUSE_BUTTON_LEFT, false)
	await until("it is put down again", func() -> bool: return _witness.props[box].holder == 0)
	var middle := _player.camera.unproject_position(_client.props[box].position)
	_move_to(middle)
	_button(MOUSE_BUTTON_LEFT, true)
	_move_to(middle + Vector2(50, -50))
	_button(MOUSE_BUTTON_LEFT, false)
	await until("the witness sees it twice as large", func() -> bool: return absf(_witness.props[box].scale - 2.0) < 0.01)
	_tap(KEY_G)
	await _frames(2)
	equal(_player.gizmo.element, 0)
	equal(_refusals, PackedStringArray())


func test_a_gizmo_without_a_player_listens_to_the_mouse_itself() -> void:
	var box := await _make_box()
	_player.input_enabled = false
	var gizmo := OtherworldGizmo.new()
	gizmo.client = _client
	gizmo.use_local_axes = true
	add_child(gizmo)
	gizmo.element = box
	await _frames(2)
	var start := _witness.props[box].position
	_move_to(_player.camera.unproject_position(gizmo.global_transform * Vector3(0, 0.7, 0)))
	_button(MOUSE_BUTTON_LEFT, true)
	check(gizmo.is_dragged, "the handle was not taken")
	for i: int in 10:
		_move_by(Vector2(0, -DRAG_PIXELS / 10.0))
		await _frames(1)
	await until("the witness sees it lifted", func() -> bool: return _witness.props[box].position.y > start.y + 0.3)
	gizmo.queue_free()
	await until("what it held is let go with it", func() -> bool: return _witness.props[box].holder == 0)
	_button(MOUSE_BUTTON_LEFT, false)


func test_an_impossible_action_is_reported_with_a_message() -> void:
	var outcome := await _client.spawn_box(Vector3.ONE * 0.8, _head() + _ahead() * 9.0)
	_made.append(outcome.element)
	await until("it lies there", func() -> bool: return _client.props.has(outcome.element) and _client.props[outcome.element].position.y < 0.5)
	await _frames(20)
	_point_at(_client.props[outcome.element].position)
	_button(MOUSE_BUTTON_LEFT, true)
	_button(MOUSE_BUTTON_LEFT, false)
	await until("it is too far away", func() -> bool: return "That is too far away. Walk closer." in _refusals)
	equal(_player.held_element, 0)
	_tap(KEY_PLUS)
	await until("there is nothing to scale", func() -> bool: return "Grab something first. Then plus and minus scale it." in _refusals)


func test_a_prop_in_another_hand_is_refused_and_a_removed_prop_is_released() -> void:
	var box := await _make_box()
	var theirs := await _witness.grab(box, OtherworldClient.Hand.LEFT)
	check(theirs.ok, theirs.reason)
	_point_at(_client.props[box].position)
	_button(MOUSE_BUTTON_LEFT, true)
	await until("it is refused", func() -> bool: return "Someone else is holding it." in _refusals)
	equal(_player.held_element, 0)
	_button(MOUSE_BUTTON_LEFT, false)
	await _witness.release(OtherworldClient.Hand.LEFT)
	await until("it lies", func() -> bool: return _client.props[box].holder == 0)
	_tap(KEY_E)
	await until("it is held", func() -> bool: return _witness.props[box].holder == _client.player)
	await _client.despawn(box)
	await until("it is gone", func() -> bool: return _player.held_element == 0 and "It no longer exists." in _refusals)


func test_a_paused_game_stops_the_avatar_and_releases_props() -> void:
	var box := await _make_box()
	_tap(KEY_E)
	await until("it is held", func() -> bool: return _witness.props[box].holder == _client.player)
	_press(KEY_A)
	await until("it walks", func() -> bool: return _seen().velocity.length() > 1.0)
	_player.process_mode = Node.PROCESS_MODE_DISABLED
	await until("it stands", func() -> bool: return _seen().velocity.length() < 0.05)
	await until("it let go", func() -> bool: return _witness.props[box].holder == 0)
	_release(KEY_A)


func test_keys_in_a_text_field_do_not_move_the_avatar() -> void:
	var field := LineEdit.new()
	add_child(field)
	field.edit()
	await _frames(2)
	var place := _client.local_avatar.position
	_press(KEY_W)
	await _frames(20)
	near_point(_client.local_avatar.position, place, 1e-3, "it walked")
	equal(field.text, "W")
	_release(KEY_W)
	_move_to(Vector2(900, 60))
	_button(MOUSE_BUTTON_LEFT, true)
	_button(MOUSE_BUTTON_LEFT, false)
	_press(KEY_W)
	await until("a click into the world walks again", func() -> bool: return _client.local_avatar.position.distance_to(place) > 0.1)
	_release(KEY_W)
	field.queue_free()


func test_a_player_with_input_disabled_stands_still() -> void:
	_press(KEY_W)
	await _frames(10)
	_player.input_enabled = false
	await until("it stands", func() -> bool: return _client.local_avatar.velocity.length() < 0.01)
	_release(KEY_W)


func test_zooming_into_the_eyes_hides_the_own_head() -> void:
	var node := (_client.find_children("*", "OtherworldView", true, false)[0] as OtherworldView).avatar_of(_client.local_avatar.element)
	_tap(KEY_V)
	await until("the head is hidden", func() -> bool: return node.is_first_person)
	check(_player.camera.global_position.distance_to(_head()) < 0.2, "the camera is elsewhere")
	_wheel(-1.0)
	await until("the head is seen", func() -> bool: return not node.is_first_person)
