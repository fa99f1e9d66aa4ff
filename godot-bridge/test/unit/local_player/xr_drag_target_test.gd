extends "../../test_case.gd"

const XRDragTarget := preload("res://addons/otherworld/local_player/xr/xr_drag_target.gd")
const AT := Vector3(0.1, 1.1, -0.5)
const TURNED := Quaternion(0.0, 0.3826834, 0.0, 0.9238795)


func test_one_hand_carries_a_prop_at_the_offset_of_the_grab() -> void:
	var hand := Transform3D(Basis(Vector3(1, 2, 3).normalized(), 0.8), Vector3(0.2, 1.0, -0.4))
	var hold := _taken(hand)
	hold.carry(hand)
	_stays(hold, AT, TURNED)
	hold.carry(Transform3D(Basis(Vector3.UP, PI / 2), Vector3.ZERO) * hand)
	_stays(hold, Vector3(-0.5, 1.1, -0.1), Quaternion(Vector3.UP, PI / 2) * TURNED)


func test_a_second_hand_changes_nothing_when_it_grabs_or_releases() -> void:
	var left := _hand(Vector3(-0.1, 1.1, -0.5), 0.3)
	var right := _hand(Vector3(0.3, 1.2, -0.5), -0.9)
	var hold := _taken(left)
	hold.join(left, right)
	hold.carry_two(left, right, true)
	_stays(hold, AT, TURNED)
	near(hold.scale, 1.0, 1e-6)
	right.origin.x += 0.4
	hold.carry_two(left, right, true)
	var position := hold.position
	var rotation := hold.rotation
	hold.keep(right)
	hold.carry(right)
	_stays(hold, position, rotation)


func test_hands_that_part_scale_a_touched_prop_about_their_middle() -> void:
	var left := _hand(Vector3(-0.1, 1, 0), 0.0)
	var right := _hand(Vector3(0.1, 1, 0), 0.0)
	var hold := XRDragTarget.new()
	hold.start(left, Vector3(0.05, 1.1, 0), Quaternion.IDENTITY, 1.5, true)
	hold.join(left, right)
	hold.carry_two(_hand(Vector3(-0.2, 1, 0), 0.0), _hand(Vector3(0.2, 1, 0), 0.0), true)
	near(hold.scale, 3.0, 1e-5)
	near_point(hold.position, Vector3(0.1, 1.2, 0), 1e-5, "what the hands touch stays in them")


func test_a_distant_prop_grows_about_its_origin() -> void:
	var left := _hand(Vector3(-0.1, 1, 0), 0.0)
	var right := _hand(Vector3(0.1, 1, 0), 0.0)
	var hold := XRDragTarget.new()
	hold.start(left, Vector3(0, 1, -3), Quaternion.IDENTITY, 1.0, false)
	hold.join(left, right)
	hold.carry_two(_hand(Vector3(-0.2, 1, 0), 0.0), _hand(Vector3(0.2, 1, 0), 0.0), true)
	near(hold.scale, 2.0, 1e-5)
	near_point(hold.position, Vector3(0, 1, -3), 1e-5)


func test_the_scale_stays_within_the_realms_limits_and_as_it_is_where_it_may_not_change() -> void:
	var left := _hand(Vector3(-0.01, 1, 0), 0.0)
	var right := _hand(Vector3(0.01, 1, 0), 0.0)
	var hold := _taken(left)
	hold.join(left, right)
	hold.carry_two(left, _hand(Vector3(9, 1, 0), 0.0), true)
	near(hold.scale, XRDragTarget.SCALE_MAX, 1e-6)
	hold.carry_two(left, _hand(Vector3(3, 1, 0), 0.0), false)
	near(hold.scale, XRDragTarget.SCALE_MAX, 1e-6)


func test_it_turns_with_the_line_between_the_hands() -> void:
	var left := _hand(Vector3(-0.2, 1, 0), 0.0)
	var right := _hand(Vector3(0.2, 1, 0), 0.0)
	var hold := XRDragTarget.new()
	hold.start(left, Vector3(0, 1, 0), Quaternion.IDENTITY, 1.0, true)
	hold.join(left, right)
	for step: int in 90:
		var turn := Basis(Vector3.UP, (step + 1) * PI / 180.0)
		hold.carry_two(Transform3D(turn, turn * (left.origin - Vector3.UP) + Vector3.UP), Transform3D(turn, turn * (right.origin - Vector3.UP) + Vector3.UP), true)
	_stays(hold, Vector3(0, 1, 0), Quaternion(Vector3.UP, PI / 2))


func test_wrists_turn_it_about_that_line() -> void:
	var hold := XRDragTarget.new()
	hold.start(_hand(Vector3(-0.2, 1, 0), 0.0), Vector3(0, 1, 0), Quaternion.IDENTITY, 1.0, true)
	hold.join(_hand(Vector3(-0.2, 1, 0), 0.0), _hand(Vector3(0.2, 1, 0), 0.0))
	for step: int in 60:
		var turn := Basis(Vector3.RIGHT, (step + 1) * PI / 180.0)
		hold.carry_two(Transform3D(turn, Vector3(-0.2, 1, 0)), Transform3D(turn, Vector3(0.2, 1, 0)), true)
	_stays(hold, Vector3(0, 1, 0), Quaternion(Vector3.RIGHT, PI / 3))


func test_a_whole_turn_round_the_player_ends_where_it_began() -> void:
	var hold := _taken(_hand(Vector3(-0.2, 1, -0.5), 0.0))
	hold.join(_hand(Vector3(-0.2, 1, -0.5), 0.0), _hand(Vector3(0.2, 1.1, -0.5), 0.0))
	for step: int in 360:
		var turn := Transform3D(Basis(Vector3.UP, (step + 1) * TAU / 360.0), Vector3.ZERO)
		hold.carry_two(turn * _hand(Vector3(-0.2, 1, -0.5), 0.0), turn * _hand(Vector3(0.2, 1.1, -0.5), 0.0), true)
	_stays(hold, AT, TURNED)


func test_hands_that_meet_keep_its_turn() -> void:
	var hold := _taken(_hand(Vector3(-0.2, 1, 0), 0.0))
	hold.join(_hand(Vector3(-0.2, 1, 0), 0.0), _hand(Vector3(0.2, 1, 0), 0.0))
	hold.carry_two(_hand(Vector3(0, 1, 0), 0.0), _hand(Vector3(0, 1, 0), 0.0), true)
	check(hold.position.is_finite() and hold.rotation.is_finite() and hold.scale >= XRDragTarget.SCALE_MIN, "numbers")
	near(hold.rotation.angle_to(TURNED), 0.0, 1e-3)


func _taken(hand: Transform3D) -> XRDragTarget:
	var hold := XRDragTarget.new()
	hold.start(hand, AT, TURNED, 1.0, true)
	return hold


func _hand(at: Vector3, yaw: float) -> Transform3D:
	return Transform3D(Basis(Vector3.UP, yaw), at)


func _stays(hold: XRDragTarget, position: Vector3, rotation: Quaternion) -> void:
	near_point(hold.position, position, 1e-4, "position")
	near(minf(hold.rotation.angle_to(rotation), hold.rotation.angle_to(-rotation)), 0.0, 2e-3, "rotation")
