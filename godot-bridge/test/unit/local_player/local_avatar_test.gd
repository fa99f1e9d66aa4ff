extends "../../test_case.gd"
## Your own avatar with the props that it holds.

const ColliderBounds := preload("res://addons/otherworld/local_player/prediction/collider_bounds.gd")
const Messages := preload("res://addons/otherworld/wire/generated/messages.gd")
const LocalAvatar := preload("res://addons/otherworld/local_player/prediction/local_avatar.gd")
const World := preload("res://addons/otherworld/world/world.gd")

const REALM := {
	tickRate = 60, gravity = {x = 0, y = -9.81, z = 0}, ground = {x = 50, z = 50}, reach = 6,
	bounds = {min = {x = -64, y = -8, z = -64}, max = {x = 64, y = 64, z = 64}},
}
const MAY_FLY := 16


func test_a_turn_is_shown_before_it_is_sent() -> void:
	var own := _joined()
	own.set_move(_move(0.7, Vector3.ZERO))
	var avatar := _placed(own, 20.0)
	near(avatar.yaw, 0.7, 1e-6)
	near_point(avatar.position, Vector3.ZERO, 1e-6)


func test_a_turn_by_the_server_stays_until_the_player_turns() -> void:
	var own := _joined()
	own.set_move(_move(0.7, Vector3.ZERO))
	own.move_sent(1, 20.0, MAY_FLY)
	var answer := _answer()
	answer.move_sequence = 1
	answer.move_ticks = 5
	answer.yaw = 2.0
	own.reconcile(answer, 20, 40.0, 5.0, 700.0, {})
	near(_placed(own, 41.0).yaw, 2.0, 1e-6)
	own.set_move(_move(0.9, Vector3.ZERO))
	near(_placed(own, 42.0).yaw, 0.9, 1e-6)


func test_it_walks_at_once_and_does_not_fly_without_permission() -> void:
	var own := _joined()
	own.set_move(_move(0.0, Vector3(0, 0, -1)))
	own.move_sent(1, 20.0, 0)
	own.move_sent(1, 25.0, 0)
	check(_placed(own, 30.0).position.z < -0.1, "it stands")
	var flies := _move(0.0, Vector3(0, 1, 0))
	flies.fly = true
	own.set_move(flies)
	own.move_sent(2, 30.0, 0)
	check(not _placed(own, 40.0).is_flying, "it flies without permission")
	own.move_sent(3, 40.0, MAY_FLY)
	check(_placed(own, 50.0).is_flying, "it may fly and does not")


func test_obstacles_are_used_and_movable_props_are_not() -> void:
	for motion: int in [OtherworldPropState.Motion.STATIC, OtherworldPropState.Motion.DYNAMIC]:
		var own := LocalAvatar.new(1, REALM)
		var wall := _prop(motion)
		own.set_move(_move(0.0, Vector3(0, 0, -1)))
		own.move_sent(1, 1.0, 0)
		for tick: int in range(3, 60, 3):
			var answer := _answer()
			answer.move_sequence = 1
			answer.move_ticks = tick
			answer.position = Vector3(0, 0, -0.2)
			own.reconcile(answer, tick, tick + 10.0, 5.0, tick * 16.7, {7: wall} as Dictionary[int, OtherworldPropState])
		var goes := _placed(own, 80.0).position.z < -0.5
		equal(goes, motion == OtherworldPropState.Motion.DYNAMIC)


func test_a_held_prop_is_in_the_hand_at_once() -> void:
	var own := _joined()
	var world := World.new()
	world.props[7] = _prop(OtherworldPropState.Motion.DYNAMIC)
	own.held_prediction.grabbed(2, 7, 100.0)
	for frame: int in 30:
		world.props[7].position = Vector3(0, 0, -1)
		world.local_avatar = _placed(own, 20.0 + frame)
		own.held_prediction.dragged(2, Vector3(1, 1, -1), Quaternion.IDENTITY)
		own.place_props(world, 10.0, 20.0 + frame, 100.0 + frame * 16.7)
	near_point(world.props[7].position, Vector3(1, 1, -1), 0.02)


func test_the_players_pose_is_shown_at_once_and_is_a_copy() -> void:
	var own := _joined()
	var pose := OtherworldPose.new()
	pose.head.origin = Vector3(0, 1.7, 0)
	pose.set_bone(OtherworldPose.Bone.HEAD, Quaternion(Vector3.UP, 0.5))
	own.set_pose(pose)
	var avatar := _placed(own, 20.0)
	check(avatar.has_pose and avatar.bone_mask == pose.bone_mask, "there is no pose")
	equal(avatar.head, pose.head)
	equal(avatar.bones[OtherworldPose.Bone.HEAD], pose.bones[OtherworldPose.Bone.HEAD])
	avatar.bones[OtherworldPose.Bone.HEAD] = Quaternion.IDENTITY
	check(pose.bones[OtherworldPose.Bone.HEAD] != Quaternion.IDENTITY, "the world wrote into the player's pose")


func test_corrections_are_measured() -> void:
	var own := _joined()
	var answer := _answer()
	answer.position = Vector3(0.5, 0, 0)
	own.reconcile(answer, 20, 40.0, 5.0, 700.0, {})
	near(own.correction_metres, 0.5, 1e-6)
	check(own.correction_rms_metres > 0.0, "the mean was not told")


func test_bounds_contain_each_shape() -> void:
	var box := Messages.Collider.new()
	box.box = Messages.Box.new()
	box.box.half_extents = Vector3(1, 2, 3)
	box.position = Vector3(0, 2, 0)
	var capsule := Messages.Collider.new()
	capsule.capsule = Messages.Capsule.new()
	capsule.capsule.half_height = 0.5
	capsule.capsule.radius = 0.25
	var hull := Messages.Collider.new()
	hull.convex = Messages.Convex.new()
	hull.convex.points = [0, 0, 0, 4, 0, 0, 0, 1, 0, 0, 0, 1]
	near(ColliderBounds.radius_of([box]), 2.0 + Vector3(1, 2, 3).length(), 1e-5)
	near(ColliderBounds.radius_of([capsule]), 0.75, 1e-6)
	near(ColliderBounds.radius_of([hull, capsule]), 4.0, 1e-6)
	equal(ColliderBounds.box_of([box]), AABB(Vector3(-1, 0, -3), Vector3(2, 4, 6)))
	equal(ColliderBounds.box_of([]), AABB())
	var lying := ColliderBounds.box_of([capsule], Quaternion(Vector3.FORWARD, PI / 2.0))
	near_point(lying.size, Vector3(1.5, 0.5, 0.5), 1e-5)


func _joined() -> LocalAvatar:
	var own := LocalAvatar.new(1, REALM)
	own.reconcile(_answer(), 10, 15.0, 5.0, 250.0, {})
	return own


func _answer() -> Messages.Own:
	var answer := Messages.Own.new()
	answer.position = Vector3.ZERO
	answer.velocity = Vector3.ZERO
	answer.grounded = true
	return answer


func _move(yaw: float, direction: Vector3) -> Messages.Move:
	var move := Messages.Move.new()
	move.x = direction.x
	move.y = direction.y
	move.z = direction.z
	move.yaw = yaw
	return move


func _placed(own: LocalAvatar, present: float) -> OtherworldAvatarState:
	var avatar := OtherworldAvatarState.new()
	avatar.head_metres = 1.6
	own.place(avatar, present, present * 16.7)
	return avatar


func _prop(motion: int) -> OtherworldPropState:
	var collider := Messages.Collider.new()
	collider.sphere = Messages.Sphere.new()
	collider.sphere.radius = 0.5
	var prop := OtherworldPropState.new()
	prop.element = 7
	prop.motion = motion as OtherworldPropState.Motion
	prop.scale = 1.0
	prop.colliders = [collider]
	prop.position = Vector3(0, 0, -1)
	return prop
