extends "../../test_case.gd"
## Spring bones of VRM files: which bones swing, how, and when they rest.

const Model := preload("res://addons/otherworld/packages/model/model.gd")
const ModelReader := preload("res://addons/otherworld/packages/model/model_reader.gd")
const ModelInstance := preload("res://addons/otherworld/packages/model/model_instance.gd")
const SpringReader := preload("res://addons/otherworld/packages/vrm/spring_reader.gd")
const Springs := preload("res://addons/otherworld/packages/vrm/springs.gd")
const Vrm := preload("res://addons/otherworld/packages/vrm/vrm.gd")
const VrmRobot := preload("../../vrm_robot.gd")

var _robot: VrmRobot
## Angle between the tail's first bone and its rest at the last update of its skeleton, and the widest one, radians.
var _swing := 0.0
var _widest := 0.0
## Updates of the skeleton.
var _updates := 0


## Cannot read a file with more bones.
class ReaderOfOriginals:
	extends "res://addons/otherworld/packages/model/model_reader.gd"
	var original := PackedByteArray()
	var attempts := 0


	func _scene_of(file: PackedByteArray) -> Node3D:
		attempts += 1
		if file == original:
			return super(file)
		fault = "The model cannot be read."
		return null


func before() -> void:
	_robot = VrmRobot.new()


func test_joints_and_colliders_of_vrm_1_are_read() -> void:
	_spring({
		colliders = [
			{node = VrmRobot.HEAD, shape = {sphere = {offset = [0, 0.1, 0], radius = 0.15}}},
			{node = VrmRobot.HEAD, shape = {capsule = {offset = [0, 0, 0], tail = [0, 0.4, 0], radius = 0.1}}},
		],
		colliderGroups = [{colliders = [0, 1]}],
	}, {colliderGroups = [0], center = 0})
	var springs := _springs_of(_robot.model())
	equal(springs.chains.size(), 1)
	var chain := springs.chains[0]
	equal(chain.bones.size(), 3)
	equal(chain.is_extended, false)
	near(chain.settings[0].stiffness, 0.6, 1e-6)
	near(chain.settings[0].drag, 0.3, 1e-6)
	near(chain.settings[0].gravity, 0.2, 1e-6)
	near(chain.settings[0].radius, 0.02, 1e-6)
	equal(chain.colliders.size(), 2)
	near(springs.colliders[1].to.y, 0.4, 1e-6)
	check(chain.center_bone >= 0, "the centre is not a bone")


func test_trees_of_vrm_0_swing_to_their_ends() -> void:
	(_robot.json.nodes as Array)[_robot.tail].children.append(_robot.tail + 3)
	(_robot.json.nodes as Array).append({name = "branch", translation = [0.1, 0, 0]})
	_robot.json.extensions = {VRM = {secondaryAnimation = {
		boneGroups = [{bones = [_robot.tail], stiffiness = 0.7, dragForce = 0.2, gravityPower = 0.1, gravityDir = {x = 0, y = -1, z = 0}, hitRadius = 0.03, colliderGroups = [0], center = -1}],
		colliderGroups = [{node = VrmRobot.HEAD, colliders = [{offset = {x = 0.1, y = 0.2, z = 0.3}, radius = 0.1}]}],
	}}}
	var springs := _springs_of(_robot.model())
	equal(springs.chains.map(func(chain: Springs.Chain) -> int: return chain.bones.size()), [3, 1])
	check(springs.chains.all(func(chain: Springs.Chain) -> bool: return chain.is_extended), "an end does not swing")
	near(springs.chains[0].settings[2].stiffness, 0.7, 1e-6)
	near_point(springs.colliders[0].from, Vector3(0.1, 0.2, -0.3), 1e-6)


func test_a_bone_of_the_pose_does_not_swing() -> void:
	_spring({}, {})
	(_robot.json.extensions.VRMC_springBone.springs[0].joints as Array).push_front({node = VrmRobot.HEAD})
	var springs := _springs_of(_robot.model())
	equal(springs.chains.size(), 1)
	equal(springs.chains[0].bones.size(), 3)


func test_no_bone_swings_twice() -> void:
	_spring({}, {})
	_robot.json.extensions.VRMC_springBone.springs.append(_robot.spring())
	equal(_springs_of(_robot.model()).chains.size(), 1)


func test_invalid_springs_are_left_out() -> void:
	for wrong: Variant in [null, -1, 0.5, 1e9, "0", {}]:
		_robot = VrmRobot.new()
		_spring({colliders = wrong, colliderGroups = [{colliders = [wrong]}, wrong]}, {colliderGroups = [wrong, 0], center = wrong})
		(_robot.json.extensions.VRMC_springBone.springs as Array).append_array([wrong, {joints = wrong}, {joints = [{node = wrong}]}])
		equal(_springs_of(_robot.model()).chains.size(), 1, str(wrong))
	_robot = VrmRobot.new()
	_robot.json.extensions = {VRMC_springBone = {springs = [_robot.spring({stiffness = NAN, dragForce = 7.0, gravityPower = "x"})]}}
	var joint := SpringReader.read(_robot.json, PackedStringArray(range(_robot.tail + 3))).chains[0].joints[0]
	near(joint.stiffness, 1.0, 1e-6)
	near(joint.drag, 1.0, 1e-6)
	near(joint.gravity, 0.0, 1e-6)


func test_a_model_has_a_limited_number_of_joints_and_of_tested_pairs() -> void:
	var colliders: Array = []
	for i: int in 250:
		colliders.append({node = 0, shape = {sphere = {radius = 0.1}}})
	var springs: Array = []
	for i: int in 300:
		springs.append(_robot.spring().merged({colliderGroups = [0]}))
	_robot.json.extensions = {VRMC_springBone = {colliders = colliders, colliderGroups = [{colliders = range(250)}], springs = springs}}
	var found := SpringReader.read(_robot.json, PackedStringArray(range(_robot.tail + 3)))
	equal(found.chains.size(), floori(SpringReader.JOINTS_MAX / 3.0))
	var tested := found.chains.filter(func(chain: Springs.Chain) -> bool: return not chain.colliders.is_empty())
	equal(tested.size(), floori(SpringReader.PAIRS_MAX / 750.0))


func test_a_tree_of_vrm_0_that_is_named_many_times_is_read_once() -> void:
	var bones: Array = []
	bones.resize(512)
	bones.fill(_robot.tail)
	var groups: Array = []
	groups.resize(512)
	groups.fill({bones = bones})
	_robot.json.extensions = {VRM = {secondaryAnimation = {boneGroups = groups}}}
	var found := SpringReader.read(_robot.json, PackedStringArray(range(_robot.tail + 3)))
	equal(found.chains.size(), 1)


func test_gravity_without_a_direction_is_none() -> void:
	_robot.json.extensions = {VRMC_springBone = {springs = [_robot.spring({gravityPower = 0.5, gravityDir = [0, 0, 0]})]}}
	var joint := SpringReader.read(_robot.json, PackedStringArray(range(_robot.tail + 3))).chains[0].joints[0]
	near(joint.gravity, 0.0, 1e-6)
	near_point(joint.gravity_direction, Vector3.DOWN, 1e-6)


func test_a_model_that_godot_cannot_read_with_more_bones_is_shown_without_springs() -> void:
	_spring({}, {})
	var reader := ReaderOfOriginals.new()
	reader.original = _robot.bytes()
	var model := _robot.model([], reader)
	equal(reader.attempts, 2)
	equal(reader.fault, "")
	check(model != null and _springs_of(model) == null, "it has springs without bones")


func test_a_tail_lags_behind_its_model_and_rests_while_it_is_paused() -> void:
	_spring({}, {})
	var instance := _shown(_robot.model())
	for round: String in ["first", "again"]:
		await _move(instance, 10, Vector3(0.1, 0.0, 0.0))
		equal(instance.motion.springs.joint_count(), 2)
		check(_swing > 0.1, "%s: the tail does not swing: %s" % [round, _swing])
		instance.motion.pause()
		await _frames(2)
		near(_swing, 0.0, 1e-3, round + ": paused")
	instance.queue_free()


func test_a_paused_model_has_no_simulators() -> void:
	_spring({}, {center = VrmRobot.HEAD})
	var instance := _shown(_robot.model())
	await _move(instance, 3, Vector3.ZERO)
	check(_updates >= 3, "it is not updated while the springs move")
	instance.motion.pause()
	await _frames(3)
	_updates = 0
	await _frames(10)
	equal(_updates, 0)
	equal(instance.find_children("*", "SpringBoneSimulator3D", true, false).size(), 0)
	instance.queue_free()


func test_a_teleported_model_takes_its_springs_along() -> void:
	_spring({}, {})
	_robot.json.extensions.VRMC_springBone.springs = [_robot.spring({gravityPower = 0.0})]
	var instance := _shown(_robot.model())
	await _move(instance, 10, Vector3(0.1, 0.0, 0.0))
	check(_swing > 0.1, "the tail does not swing before: %s" % _swing)
	await _move(instance, 1, Vector3(50.0, 0.0, 0.0))
	near(_swing, 0.0, 0.02)
	instance.queue_free()


func test_a_tail_with_a_centre_ignores_the_movement_of_the_avatar() -> void:
	for has_center: bool in [false, true]:
		_robot = VrmRobot.new()
		_spring({}, {center = VrmRobot.HEAD} if has_center else {})
		_robot.json.extensions.VRMC_springBone.springs[0].joints = _robot.spring({gravityPower = 0.0}).joints
		var instance := _shown(_robot.model())
		_widest = 0.0
		await _move(instance, 10, Vector3(0.1, 0.0, 0.0))
		if not has_center:
			check(_widest > 0.1, "without a centre it does not swing: %s" % _widest)
		else:
			near(_widest, 0.0, 0.02)
			# The simulation runs: the tail lags behind a head that turns.
			var skeleton := instance.find_child("Springs", true, false).get_parent() as Skeleton3D
			skeleton.set_bone_pose_rotation(skeleton.find_bone("head"), Quaternion(Vector3.UP, 1.0))
			await _move(instance, 5, Vector3.ZERO)
			check(_widest > 0.1, "it does not swing as the head turns: %s" % _widest)
		instance.free()


func test_a_collider_keeps_the_tail_out() -> void:
	# A tail without stiffness hangs down. A sphere stops it half way.
	var widest: Array[float] = []
	for groups: Array in [[], [0]]:
		_robot = VrmRobot.new()
		_spring({
			colliders = [{node = VrmRobot.HEAD, shape = {sphere = {offset = [0, -0.3, -0.15], radius = 0.3}}}],
			colliderGroups = [{colliders = [0]}],
		}, {colliderGroups = groups})
		_robot.json.extensions.VRMC_springBone.springs[0].joints = _robot.spring({gravityPower = 5.0, stiffness = 0.0, dragForce = 0.9}).joints
		var instance := _shown(_robot.model())
		var enough := 1.3 if groups.is_empty() else 0.7
		await until("the tail is down", func() -> bool:
			instance.motion.update(1.0 / 60.0, 2.0)
			return _swing > enough)
		await _move(instance, 30, Vector3.ZERO)
		widest.append(_swing)
		instance.queue_free()
	check(widest[0] > 1.3 and widest[1] < 1.1, "free %s, with the sphere %s" % widest)


func _spring(data: Dictionary, of_spring: Dictionary) -> void:
	var all := {specVersion = "1.0", springs = [_robot.spring().merged(of_spring)]}
	(_robot.json.extensions as Dictionary).VRMC_springBone = all.merged(data)


func _springs_of(model: Model) -> Springs:
	return (model.vrm as Vrm).springs


func _shown(model: Model) -> ModelInstance:
	var instance := ModelInstance.new(model)
	add_child(instance)
	instance.motion.update(0.0, 2.0)
	var skeleton := instance.find_child("Springs", true, false).get_parent() as Skeleton3D
	var bone := skeleton.find_bone("tail0")
	# Modifiers change the pose only while the skeleton is drawn.
	skeleton.skeleton_updated.connect(func() -> void:
		_updates += 1
		_swing = skeleton.get_bone_pose_rotation(bone).angle_to(skeleton.get_bone_rest(bone).basis.get_rotation_quaternion())
		_widest = maxf(_widest, _swing))
	return instance


func _move(instance: ModelInstance, frames: int, by: Vector3) -> void:
	for i: int in frames:
		instance.position += by
		instance.motion.update(1.0 / 60.0, 2.0)
		await get_tree().process_frame


func _frames(count: int) -> void:
	for i: int in count:
		await get_tree().process_frame
