extends "../../test_case.gd"

const XRMaths := preload("res://addons/otherworld/local_player/xr/xr_maths.gd")
const Root := preload("res://addons/otherworld/local_player/xr/xr_root.gd")
const TICK := 1.0 / 60.0
## Ticks between a move and its effect, when sending 15 times a second.
const DELAY_TICKS := 5


func test_the_heading_of_a_head_that_looks_straight_up_or_down_is_that_of_its_top() -> void:
	for yaw: float in [0.0, 1.0, -2.5, 3.0]:
		for pitch: float in [0.0, 0.7, -0.7, PI / 2, -PI / 2, 1.4, -1.4]:
			var head := Basis(Vector3.UP, yaw) * Basis(Vector3.RIGHT, pitch)
			near(angle_difference(XRMaths.heading(head), yaw), 0.0, 1e-3, "yaw %s pitch %s" % [yaw, pitch])


func test_the_left_wrist_of_a_fist_with_the_thumb_up_has_its_fingers_ahead_and_the_palm_to_the_right() -> void:
	# Thumb up: grip -Z is up. The left palm faces right: grip +X is right.
	var fist := Transform3D(Basis(Vector3.RIGHT, Vector3.BACK, Vector3.DOWN), Vector3(-0.2, 1.2, -0.4))
	var wrist := XRMaths.wrist_of(fist, XRMaths.Hand.LEFT)
	near_point(wrist.basis * Vector3.LEFT, Vector3.FORWARD, 1e-6, "fingers")
	near_point(wrist.basis * Vector3.DOWN, Vector3.RIGHT, 1e-6, "palm")
	near_point(wrist.basis * Vector3.FORWARD, Vector3.UP, 1e-6, "thumb")
	near_point(wrist.origin, Vector3(-0.22, 1.2, -0.315), 1e-6, "behind the palm and in the hand")


func test_the_right_wrist_of_a_fist_with_the_thumb_up_has_its_fingers_ahead_and_the_palm_to_the_left() -> void:
	var fist := Transform3D(Basis(Vector3.RIGHT, Vector3.BACK, Vector3.DOWN), Vector3(0.2, 1.2, -0.4))
	var wrist := XRMaths.wrist_of(fist, XRMaths.Hand.RIGHT, 2.0)
	near_point(wrist.basis * Vector3.RIGHT, Vector3.FORWARD, 1e-6, "fingers")
	near_point(wrist.basis * Vector3.DOWN, Vector3.LEFT, 1e-6, "palm")
	near_point(wrist.basis * Vector3.FORWARD, Vector3.UP, 1e-6, "thumb")
	near_point(wrist.origin, Vector3(0.24, 1.2, -0.23), 1e-6, "twice as large")


func test_the_head_bone_lies_below_and_behind_the_eyes() -> void:
	var eyes := Transform3D(Basis(Vector3.UP, PI / 2), Vector3(1, XRMaths.eyes_metres(1.52), 2))
	near_point(XRMaths.head_of(eyes, 1.52).origin, Vector3(1.09, 1.52, 2), 1e-5)
	near(XRMaths.eyes_metres(1.52), 1.6, 1e-6)


func test_the_world_is_as_large_as_the_avatar_is_small() -> void:
	near(XRMaths.world_scale(1.52, 1.6), 1.0, 1e-6, "one's own size")
	near(XRMaths.world_scale(0.76, 1.6), 0.5, 1e-6, "half as tall")
	near(XRMaths.world_scale(1.52, 0.4), 1.6, 1e-6, "a headset on the table counts as one metre high")


func test_a_stick_goes_along_the_heading_and_rests_in_its_middle() -> void:
	equal(XRMaths.stick(Vector2(0.1, -0.1)), Vector2.ZERO)
	near_point(XRMaths.stick_velocity(Vector2(0, 1), PI / 2, 2.0), Vector3(-2, 0, 0), 1e-6, "forward, looking along -X")
	near_point(XRMaths.stick_velocity(Vector2(1, 0), 0.0, 2.0), Vector3(2, 0, 0), 1e-6, "to the right")
	near(XRMaths.stick(Vector2(1, 1)).length(), 1.0, 1e-6)


func test_a_velocity_in_the_avatars_frame_is_ahead_where_it_faces() -> void:
	near_point(XRMaths.direction(Vector3(-2, 0, 0), PI / 2, 2.0), Vector3.FORWARD, 1e-6)
	near(XRMaths.direction(Vector3(0, 0, 9), 1.0, 2.0).length(), 1.0, 1e-6)


func test_turning_leaves_the_head_where_it_is() -> void:
	var origin := Transform3D(Basis(Vector3.UP, 0.4), Vector3(3, 1, -2))
	var local := Transform3D(Basis(Vector3.UP, 1.0), Vector3(0.7, 1.6, -0.3))
	var turned := XRMaths.turned_about(origin, origin * local.origin, PI / 6)
	near_point(turned * local.origin, origin * local.origin, 1e-5)
	near(angle_difference(XRMaths.heading(origin.basis), XRMaths.heading(turned.basis)), PI / 6, 1e-5)


func test_on_joining_the_head_is_above_the_feet_and_looks_where_the_avatar_looks() -> void:
	var local := Transform3D(Basis(Vector3.UP, 2.0), Vector3(0.7, 1.6, -0.3))
	var head := XRMaths.origin_under(local, Vector3(4, 0.5, 1), -1.0) * local
	near_point(head.origin, Vector3(4, 2.1, 1), 1e-5)
	near(XRMaths.heading(head.basis), -1.0, 1e-5)


func test_the_root_follows_a_walking_player_and_stops_below_the_head() -> void:
	var walker := Walker.new()
	var farthest := 0.0
	for tick: int in 180:
		walker.step(Vector3(0.025, 0, 0))
		farthest = maxf(farthest, walker.away())
	check(farthest < 0.4, "the root was %s m behind" % farthest)
	for tick: int in 180:
		walker.step(Vector3.ZERO)
	check(walker.away() < Root.LEAN_METRES * 0.5, "the root rests %s m off" % walker.away())
	near(walker.swing, 0.0, 0.05, "it does not swing past the head")
	equal(walker.velocity.length() < 0.01, true, "stands")


func test_leaning_moves_nothing() -> void:
	var walker := Walker.new()
	for tick: int in 120:
		walker.step(Vector3(sin(tick * 0.1) * 0.004, 0, 0))
		equal(walker.root.follow_velocity, Vector3.ZERO)


func test_walking_through_the_room_never_moves_the_room() -> void:
	var walker := Walker.new()
	for tick: int in 120:
		walker.step(Vector3(0.02, 0, 0.01))
	near_point(walker.carried, Vector3.ZERO, 1e-6)


func test_a_stick_moves_the_room_with_the_avatar_until_it_stops() -> void:
	var walker := Walker.new()
	for tick: int in 120:
		walker.step(Vector3.ZERO, Vector3(0, 0, -2))
	for tick: int in 60:
		walker.step(Vector3.ZERO)
	check(walker.at.z < -3.5, "went %s m" % walker.at.z)
	near_point(walker.carried, walker.at, 0.03)


func test_a_wall_pushes_the_room_back() -> void:
	var root := Root.new()
	var feet := Vector3.ZERO
	var head := Vector3(Root.AWAY_METRES_MAX + 0.3, 1.6, 0)
	near_point(root.carry(Vector3.ZERO, feet, head, false, 0.0, true, TICK), Vector3(-0.3, 0, 0), 1e-6)


func test_rising_floors_lift_the_room() -> void:
	near_point(Root.new().carry(Vector3(0, 0.2, 0), Vector3(0, 0.2, 0), Vector3(0, 1.6, 0), false, 0.0, true, TICK), Vector3(0, 0.2, 0), 1e-6)


func test_after_a_teleport_the_head_is_above_the_root() -> void:
	var step := Root.new().carry(Vector3(20, 1, 0), Vector3(20, 1, 0), Vector3(0.4, 1.6, 0.1), false, 0.0, true, TICK)
	near_point(step, Vector3(19.6, 1, -0.1), 1e-5)


func test_the_body_turns_when_the_head_looks_over_a_shoulder_and_not_before() -> void:
	var root := Root.new()
	for frame: int in 120:
		root.face(0.6, false, TICK)
	equal(root.yaw, 0.0)
	for frame: int in 120:
		root.face(1.2, false, TICK)
	near(root.yaw, 1.2, Root.TURNED_TO + 0.01)


func test_a_walking_body_turns_to_the_heads_heading_the_short_way() -> void:
	var root := Root.new()
	root.reset(3.0)
	for frame: int in 120:
		root.face(-3.0, true, TICK)
		check(absf(root.yaw) > 2.9, "it went round by %s" % root.yaw)
	near(angle_difference(root.yaw, -3.0), 0.0, 0.11)


## An avatar below a head that moves as the server's do: its moves take effect a little late.
class Walker:
	var root := Root.new()
	var head := Vector3(0, 1.6, 0)
	var at := Vector3.ZERO
	var velocity := Vector3.ZERO
	## Distance by which the room was moved.
	var carried := Vector3.ZERO
	## Distance by which the root passed the head along X.
	var swing := 0.0
	var _moves: Array[Vector3] = []


	func step(walked: Vector3, stick := Vector3.ZERO) -> void:
		head += walked
		_moves.append(root.follow(head, walked, at, TICK) + stick)
		var move := _moves[-1 - mini(DELAY_TICKS, _moves.size() - 1)]
		velocity += (move - velocity) * 0.25
		var by := velocity * TICK
		at += by
		var along := root.carry(by, at, head, stick != Vector3.ZERO, velocity.length(), true, TICK)
		head += along
		carried += along
		swing = maxf(swing, at.x - head.x)


	func away() -> float:
		return XRMaths.flat(head - at).length()
