extends "../../test_case.gd"
## The view of a realm: the nodes that it makes for a client's elements.

const AvatarBody := preload("res://addons/otherworld/packages/avatar/avatar_body.gd")
const FakeClient := preload("../../fake_client.gd")
const Messages := preload("res://addons/otherworld/wire/generated/messages.gd")
const NameLayout := preload("res://addons/otherworld/nodes/name_layout.gd")

var _client: FakeClient
var _view: OtherworldView
var _camera: Camera3D


func before() -> void:
	_client = FakeClient.new()
	_client.definition = FakeClient.realm()
	_view = OtherworldView.new()
	_view._library.cache = _view._library.PackageCache.new("user://test-view")
	_client.add_child(_view)
	add_child(_client)
	_camera = Camera3D.new()
	add_child(_camera)
	_camera.make_current()
	_camera.look_at_from_position(Vector3(0, 1.6, 4), Vector3(0, 1, 0))


func after() -> void:
	_client.queue_free()
	_camera.queue_free()


func test_the_ground_and_the_spawn_are_nodes() -> void:
	var ground := _view.find_child("Ground", true, false) as StaticBody3D
	near_point((ground.find_child("Quad", true, false) as MeshInstance3D).get_aabb().size, Vector3(100, 0, 100), 1e-3)
	near_point(_view.spawn_marker().position, Vector3.ZERO, 1e-6)
	await get_tree().physics_frame
	await get_tree().physics_frame
	var hit := _ray(Vector3(3, 5, 3), Vector3(3, -5, 3))
	near_point(hit.get("position", Vector3.INF) as Vector3, Vector3(3, 0, 3), 1e-3)


func test_light_and_sky_are_added_only_if_there_are_none() -> void:
	check(_view.find_child("Sun", true, false) != null and _view.find_child("Sky", true, false) != null, "none were added")
	var second := OtherworldView.new()
	add_child(second)
	check(second.find_child("Sun", true, false) == null and second.find_child("Sky", true, false) == null, "second ones were added")
	second.queue_free()


func test_avatars_appear_and_disappear() -> void:
	var shown: Array[OtherworldAvatar] = []
	_view.avatar_shown.connect(func(node: OtherworldAvatar) -> void: shown.append(node))
	var state := _client.add_avatar()
	state.position = Vector3(1, 0, -2)
	state.yaw = PI / 2.0
	equal(shown.size(), 1)
	await _frames(3)
	near_point(shown[0].position, Vector3(1, 0, -2), 1e-6)
	near_point(shown[0].basis * Vector3.FORWARD, Vector3.LEFT, 1e-6)
	var skeleton := shown[0]._shown_model().find_child("Skeleton3D", true, false) as Skeleton3D
	equal(skeleton.get_bone_count(), 18)
	var hand := skeleton.get_bone_global_pose(8).origin
	check(hand.y < 1.2 and hand.x < -0.1, "the left arm does not hang down: %s" % hand)
	_client.remove_avatar(state)
	await _frames(2)
	check(not is_instance_valid(shown[0]), "the avatar is still there")


func test_an_avatar_without_a_pose_is_animated() -> void:
	var state := _client.add_avatar()
	var skeleton := _view.avatar_of(state.element)._shown_model().find_child("Skeleton3D", true, false) as Skeleton3D
	await _frames(10)
	near(skeleton.get_bone_pose_rotation(12).get_angle(), 0.0, 0.15, "a leg that stands")
	var widest := 0.0
	for i: int in 40:
		state.position += Vector3(0.0, 0.0, -3.0 * get_process_delta_time())
		await _frames(1)
		widest = maxf(widest, skeleton.get_bone_pose_rotation(12).get_angle())
	check(widest > 0.25, "its legs do not swing: %s" % widest)


func test_elements_of_an_earlier_session_are_removed_when_the_next_begins() -> void:
	var earlier := _client.add_avatar()
	_client.add_prop("", [_box(Vector3.ONE)])
	_client.avatars.clear()
	_client.props.clear()
	var again := OtherworldAvatarState.new()
	again.element = earlier.element
	_client.avatars[again.element] = again
	_client.realm_entered.emit()
	await _frames(2)
	equal(_view.find_children("*", "OtherworldAvatar", false, false).size(), 1)
	check(_view.avatar_of(again.element).state == again, "the old one is shown")
	equal(_view.find_children("*", "OtherworldProp", false, false).size(), 0)


func test_a_body_of_the_realm_takes_the_pose_that_was_sent() -> void:
	var state := _client.add_avatar()
	state.has_pose = true
	state.head = Transform3D(Basis.IDENTITY, Vector3(0.1, 1.3, 0.05))
	state.left_hand = Transform3D(Basis.IDENTITY, Vector3(-0.3, 1.2, -0.3))
	state.right_hand = Transform3D(Basis.IDENTITY, Vector3(0.35, 1.0, -0.2))
	await _frames(3)
	var skeleton := _view.avatar_of(state.element)._shown_model().find_child("Skeleton3D", true, false) as Skeleton3D
	near_point(skeleton.get_bone_global_pose(5).origin, state.head.origin, 1e-4)
	near_point(skeleton.get_bone_global_pose(8).origin, state.left_hand.origin, 1e-3)
	near_point(skeleton.get_bone_global_pose(11).origin, state.right_hand.origin, 1e-3)
	near(skeleton.get_bone_global_pose(14).origin.y, skeleton.get_bone_global_rest(14).origin.y, 1e-3, "a foot on the ground")


func test_an_avatar_is_shown_at_its_scale() -> void:
	var state := _client.add_avatar()
	var node := _view.avatar_of(state.element)
	var own_height := node.height()
	var own_head_top := node.head_top()
	state.scale = 2.0
	state.head_metres = 1.52 * 2.0
	_client.avatar_changed.emit(state)
	near(node.height(), own_height * 2.0, 1e-3)
	near(node.head_top(), own_head_top * 2.0, 1e-3)
	near(node.body_scale(), 2.0, 1e-3)
	state.has_pose = true
	state.head = Transform3D(Basis.IDENTITY, Vector3(0.1, 2.9, 0.05))
	state.left_hand = Transform3D(Basis.IDENTITY, Vector3(-0.7, 2.2, -0.6))
	state.right_hand = Transform3D(Basis.IDENTITY, Vector3(0.7, 2.0, -0.4))
	await _frames(3)
	var skeleton := node._shown_model().find_child("Skeleton3D", true, false) as Skeleton3D
	near_point(skeleton.global_transform * skeleton.get_bone_global_pose(5).origin, state.head.origin, 1e-4)
	near_point(skeleton.global_transform * skeleton.get_bone_global_pose(8).origin, state.left_hand.origin, 1e-3)
	near_point(node.bone_node(OtherworldPose.Bone.HEAD).position, state.head.origin, 1e-4)


func test_a_hat_stays_on_the_head_when_pose_and_body_change() -> void:
	var state := _client.add_avatar()
	state.has_pose = true
	state.head = Transform3D(Basis(Vector3.UP, 0.5), Vector3(0.1, 1.3, 0.05))
	var node := _view.avatar_of(state.element)
	var hat := Node3D.new()
	node.attach(hat, OtherworldPose.Bone.HEAD)
	hat.position.y = node.head_top()
	await _frames(3)
	near_point(hat.global_position, state.head.origin + Vector3.UP * node.head_top(), 1e-4)
	near_point(hat.global_basis * Vector3.FORWARD, state.head.basis * Vector3.FORWARD, 1e-4)
	state.bone_mask = (1 << 18) - 1
	state.bones.resize(18)
	state.bones.fill(Quaternion.IDENTITY)
	state.bones[OtherworldPose.Bone.NECK] = Quaternion(Vector3.RIGHT, 0.4)
	await _frames(5)
	var skeleton := node._shown_model().find_child("Skeleton3D", true, false) as Skeleton3D
	near_point(node.bone_node(OtherworldPose.Bone.HEAD).position, skeleton.get_bone_global_pose(5).origin, 1e-4)
	near_point(hat.global_basis * Vector3.UP, Basis(Vector3.RIGHT, 0.4) * Vector3.UP, 1e-4)
	# A package of another height that is not loaded yet: another body is shown.
	state.package = "0".repeat(64)
	state.head_metres = 0.9
	_client.avatar_changed.emit(state)
	await _frames(5)
	check(is_instance_valid(hat) and hat.is_inside_tree(), "the hat is gone")
	near_point(node.bone_node(OtherworldPose.Bone.HEAD).position, state.head.origin, 1e-4)
	near(node.body_scale(), 0.9 / 1.52, 0.01)
	_view.set_first_person(state.element)
	check(not hat.is_visible_in_tree(), "the camera is inside the hat")
	var second := Node3D.new()
	add_child(second)
	node.attach(second, OtherworldPose.Bone.LEFT_HAND)
	equal(second.get_parent(), node.bone_node(OtherworldPose.Bone.LEFT_HAND))


func test_a_name_is_above_a_hat() -> void:
	var state := _client.add_avatar()
	var node := _view.avatar_of(state.element)
	var label := node.find_child("Name", false, false) as Label3D
	var bare := label.position.y
	var hat := MeshInstance3D.new()
	var tall := CylinderMesh.new()
	tall.height = 0.6
	hat.mesh = tall
	hat.position.y = node.head_top() + 0.3
	node.attach(hat, OtherworldPose.Bone.HEAD)
	near(label.position.y, bare + 0.6, 0.01)
	hat.free()
	await _frames(14)
	near(label.position.y, bare, 1e-4)


func test_names_that_would_cover_each_other_are_one_above_the_other() -> void:
	var boxes: Array[Rect2] = [Rect2(100, 100, 50, 10), Rect2(120, 104, 50, 10), Rect2(110, 98, 50, 10), Rect2(300, 100, 50, 10)]
	equal(NameLayout.lifts_of(boxes), PackedFloat32Array([0.0, 14.0, 18.0, 0.0]))
	_camera.look_at_from_position(Vector3(0, 1.8, 4), Vector3(0, 1.8, 0))
	for i: int in 3:
		_client.add_avatar().position = Vector3(0, 0, -1.0 * i)
	await _frames(90)
	var tops: Array[float] = []
	for node: OtherworldAvatar in _view.find_children("*", "OtherworldAvatar", false, false):
		var label := node.find_child("Name", false, false) as Label3D
		tops.append(label.offset.y)
	near(tops[0], 0.0, 0.5)
	check(tops[1] > 20.0 and tops[2] > tops[1] + 20.0, "names are raised by %s pixels" % str(tops))


func test_an_avatar_without_ground_and_pose_hangs_in_the_air() -> void:
	var state := _client.add_avatar()
	var skeleton := _view.avatar_of(state.element)._shown_model().find_child("Skeleton3D", true, false) as Skeleton3D
	await _frames(10)
	near(skeleton.get_bone_pose_rotation(13).get_angle(), 0.0, 0.15, "a knee that stands")
	state.is_grounded = false
	await until("the knees are bent", func() -> bool: return skeleton.get_bone_pose_rotation(13).get_angle() > 0.6)
	state.is_grounded = true
	await until("it stands again", func() -> bool: return skeleton.get_bone_pose_rotation(13).get_angle() < 0.15)


func test_a_near_avatar_can_be_hit_by_a_ray() -> void:
	var state := _client.add_avatar()
	await until("it has bodies", func() -> bool: return _view.avatar_of(state.element).capsule_bodies().size() == 18)
	await get_tree().physics_frame
	await get_tree().physics_frame
	var hit := _ray(Vector3(0, 1.0, 3), Vector3(0, 1.0, -3))
	check(hit.has("collider"), "the ray met nothing")
	if hit.has("collider"):
		equal((hit.collider as Node).get_meta(&"otherworld_element"), state.element)
	state.position = Vector3(0, 0, -30)
	await until("it has none far away", func() -> bool: return _view.avatar_of(state.element).capsule_bodies().is_empty())


func test_the_own_head_is_hidden_in_first_person() -> void:
	var state := _client.add_avatar()
	_view.set_first_person(state.element)
	var skeleton := _view.avatar_of(state.element)._shown_model().find_child("Skeleton3D", true, false) as Skeleton3D
	check(skeleton.get_bone_pose_scale(5).x < 0.01, "the head is there")
	_view.set_first_person(0)
	near(skeleton.get_bone_pose_scale(5).x, 1.0, 1e-6)


func test_props_of_shapes_have_their_colour_and_can_be_hit_by_a_ray() -> void:
	var state := _client.add_prop("", [_box(Vector3(0.2, 0.3, 0.4))])
	state.position = Vector3(0, 1, 0)
	state.scale = 2.0
	await _frames(14)
	var node := _view.prop_of(state.element)
	var mesh := node.marker().get_child(0) as MeshInstance3D
	near_point((mesh.global_transform * mesh.get_aabb()).size, Vector3(0.8, 1.2, 1.6), 1e-4)
	equal((mesh.material_override as StandardMaterial3D).albedo_color.to_html(false), "d9a05b")
	await get_tree().physics_frame
	await get_tree().physics_frame
	var hit := _ray(Vector3(0, 1, 4), Vector3(0, 1, -4))
	near_point(hit.get("position", Vector3.INF) as Vector3, Vector3(0, 1, 0.8), 1e-3)
	_view.show_colliders = true
	check(node.collision_body().find_children("*", "MeshInstance3D", true, false).size() == 1, "the collider is not seen")


func test_elements_that_were_there_before_the_view_are_shown() -> void:
	_client.add_avatar()
	_client.add_prop("", [_box(Vector3.ONE)])
	var late := OtherworldView.new()
	_client.add_child(late)
	equal(late.find_children("*", "OtherworldAvatar", false, false).size(), 1)
	equal(late.find_children("*", "OtherworldProp", false, false).size(), 1)
	late.attach(null)
	await _frames(2)
	equal(late.find_children("*", "OtherworldAvatar", false, false).size(), 0)


func test_a_view_continues_after_it_was_out_of_the_scene() -> void:
	_client.add_avatar()
	_client.remove_child(_view)
	_client.add_avatar()
	await _frames(3)
	_client.add_child(_view)
	await _frames(3)
	equal(_view.find_children("*", "OtherworldAvatar", false, false).size(), 2)


func test_a_view_without_its_client_sends_requests_without_a_token() -> void:
	_client.remove_child(_view)
	add_child(_view)
	_view.attach(_client)
	_client.token = "secret"
	equal(_view._library.api.token_of.call(), "secret")
	_client.free()
	equal(_view._library.api.token_of.call(), "")
	_view.attach(null)
	_view.free()
	_client = FakeClient.new()


func test_a_grabbed_prop_keeps_its_body() -> void:
	var state := _client.add_prop("", [_box(Vector3.ONE)])
	var shape := _view.prop_of(state.element).collision_body().get_child(0) as CollisionShape3D
	var before_it := shape.shape
	state.holder = 3
	_client.prop_changed.emit(state)
	check(shape.shape == before_it, "its shapes were made again")
	state.scale = 2.0
	_client.prop_changed.emit(state)
	near_point((shape.shape as BoxShape3D).size, Vector3.ONE * 4.0, 1e-6)


func test_the_number_of_cached_bodies_is_limited() -> void:
	var state := _client.add_avatar("0".repeat(64))
	var before_it := 0
	for round_of_it: int in 2:
		for i: int in 150:
			state.head_metres = 0.5 + round_of_it + 0.005 * i
			_client.avatar_changed.emit(state)
			await _frames(1)
		var now := int(Performance.get_monitor(Performance.OBJECT_COUNT))
		check(before_it == 0 or absi(now - before_it) < 3000, "objects went from %d to %d" % [before_it, now])
		before_it = now


func test_only_the_nearest_cast_shadows() -> void:
	_view.shadows_max = 2
	for i: int in 4:
		_client.add_avatar().position = Vector3(0, 0, -3.0 * i)
	await _frames(40)
	var casting := _client.avatars.keys().map(func(element: int) -> bool: return _view.avatar_of(element).casts_shadow)
	equal(casting, [true, true, false, false])


func _box(half: Vector3) -> Messages.Collider:
	var collider := Messages.Collider.new()
	collider.box = Messages.Box.new()
	collider.box.half_extents = half
	return collider


func _ray(from: Vector3, to: Vector3) -> Dictionary:
	return _view.get_world_3d().direct_space_state.intersect_ray(PhysicsRayQueryParameters3D.create(from, to, _view.pick_layer))


func _frames(count: int) -> void:
	for i: int in count:
		await get_tree().process_frame
