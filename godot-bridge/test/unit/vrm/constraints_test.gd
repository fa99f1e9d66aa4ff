extends "../../test_case.gd"
## Node constraints of VRM 1.0 files: what they turn, and how far.

const ConstraintMotion := preload("res://addons/otherworld/packages/vrm/constraint_motion.gd")
const Constraints := preload("res://addons/otherworld/packages/vrm/constraints.gd")
const ModelInstance := preload("res://addons/otherworld/packages/model/model_instance.gd")
const Vrm := preload("res://addons/otherworld/packages/vrm/vrm.gd")
const VrmRobot := preload("../../vrm_robot.gd")

## Rotation at rest of the twisting node.
const REST := Quaternion(0.5, 0.5, 0.5, 0.5)

var _robot: VrmRobot
var _instance: ModelInstance
## The tail's first node, which turns others.
var _source := 0


func before() -> void:
	_robot = VrmRobot.new()
	_source = _robot.tail
	_node(1).rotation = [REST.x, REST.y, REST.z, REST.w]


func after() -> void:
	if _instance != null:
		_instance.free()


func test_a_rotation_is_that_of_the_source_by_its_weight() -> void:
	for weight: float in [1.0, 0.25]:
		_constrain(1, {rotation = {source = _source, weight = weight}})
		var turned := _turned(Quaternion(Vector3.RIGHT, 0.8))
		_same(turned, REST * Quaternion(Vector3.RIGHT, 0.8 * weight), str(weight))


func test_a_roll_takes_only_the_part_about_its_axis() -> void:
	_node(1).rotation = [0, 0, 0, 1]
	_constrain(1, {roll = {source = _source, rollAxis = "X", weight = 0.5}})
	_same(_turned(Quaternion(Vector3.RIGHT, 0.8)), Quaternion(Vector3.RIGHT, 0.4), "about the axis")
	_same(_turned(Quaternion(Vector3.UP, 0.8)), Quaternion.IDENTITY, "across the axis")
	_same(_turned(Quaternion(Vector3.UP, 0.8) * Quaternion(Vector3.RIGHT, 0.6)), Quaternion(Vector3.RIGHT, 0.3), "both")


func test_a_roll_uses_the_axes_of_its_own_node() -> void:
	# The rest turns the node's Y to the Z of its parent.
	_constrain(1, {roll = {source = _source, rollAxis = "Y", weight = 1.0}})
	_same(_turned(Quaternion(Vector3.BACK, 0.8)), REST * Quaternion(Vector3.UP, 0.8), "about the axis")
	_same(_turned(Quaternion(Vector3.RIGHT, 0.8)), REST, "across the axis")


func test_an_aim_points_its_axis_at_the_source() -> void:
	for axis: String in ["PositiveX", "NegativeY", "PositiveZ"]:
		_constrain(1, {aim = {source = VrmRobot.HEAD, aimAxis = axis, weight = 1.0}})
		_turned(Quaternion(Vector3(0.6, 0.0, 0.8), 0.9))
		var tail := _instance.find_child("tail1", true, false) as Node3D
		var head := _instance.find_child("head", true, false) as Node3D
		var aimed := tail.global_basis.get_rotation_quaternion() * Constraints.AXES[axis]
		near_point(aimed, tail.global_position.direction_to(head.global_position), 1e-4, axis)


func test_a_source_is_turned_before_what_it_turns() -> void:
	_node(1).rotation = [0, 0, 0, 1]
	var ear := _robot.add_face(0, "ear")
	# In the order of the file, the second node of the tail would be turned before the ear, its source.
	_constrain(1, {rotation = {source = ear}})
	_constrain_node(ear, {rotation = {source = _source}})
	_same(_turned(Quaternion(Vector3.UP, 0.5)), Quaternion(Vector3.UP, 0.5), "the last of the chain")


func test_a_paused_model_has_its_constrained_nodes_at_rest() -> void:
	_constrain(1, {rotation = {source = _source}})
	_turned(Quaternion(Vector3.RIGHT, 0.8))
	_instance.motion.pause()
	var twisted := _instance.find_child("tail1", true, false) as Node3D
	_same(twisted.quaternion, REST, "paused")
	_instance.motion.move(0.0, 1, false)
	_same(twisted.quaternion, REST, "far")
	_instance.motion.move(0.0, 1, false, true)
	_same(twisted.quaternion, REST * Quaternion(Vector3.RIGHT, 0.8), "in first person")
	_instance.motion.move(0.0, 1, false)
	_same(twisted.quaternion, REST, "far, after first person")


func test_bones_turn_like_nodes() -> void:
	# Springs make bones of the tail, but swing none of these.
	_robot.json.extensions.VRMC_springBone = {springs = [{joints = [{node = _source + 1}, {node = _source + 2}]}, {joints = [{node = _source}]}]}
	_constrain(2, {rotation = {source = _source, weight = 1.0}})
	_show()
	var skeleton: Skeleton3D = _instance.find_children("*", "Skeleton3D", true, false)[0]
	skeleton.set_bone_pose_rotation(skeleton.find_bone("tail0"), Quaternion(Vector3.UP, 0.7))
	_instance.motion.update(0.0, 2.0)
	_same(skeleton.get_bone_pose_rotation(skeleton.find_bone("tail2")), Quaternion(Vector3.UP, 0.7), "bone")


func test_a_node_of_the_pose_has_no_constraint() -> void:
	_constrain_node(VrmRobot.HEAD, {rotation = {source = _source}})
	check((_robot.model().vrm as Vrm).constraints == null, "the head is turned")


func test_invalid_constraints_and_circles_are_left_out() -> void:
	for wrong: Variant in [null, -1, 0.5, 1e9, "0", [], {}]:
		for constraint: Variant in [wrong, {rotation = wrong}, {rotation = {source = wrong}}, {roll = {source = _source, rollAxis = wrong}}, {aim = {source = _source, aimAxis = wrong}}]:
			_node(1).extensions = {VRMC_node_constraint = {constraint = constraint}}
			check((_robot.model().vrm as Vrm).constraints == null, str(constraint))
	_constrain(1, {rotation = {source = _source + 1}})
	check((_robot.model().vrm as Vrm).constraints == null, "a node turns itself")
	_constrain(1, {rotation = {source = _source + 2}})
	_constrain(2, {rotation = {source = _source + 1}})
	check((_robot.model().vrm as Vrm).constraints == null, "two nodes turn each other")


func test_a_node_without_a_size_has_no_constraint() -> void:
	_constrain(1, {aim = {source = VrmRobot.HEAD, aimAxis = "PositiveX"}})
	check((_robot.model().vrm as Vrm).constraints != null, "no constraint")
	for scale: Array in [[0, 0, 0], [1, 1, 0]]:
		_node(0).scale = scale
		check((_robot.model().vrm as Vrm).constraints == null, str(scale))


func test_eyes_in_a_head_without_a_size_do_not_look() -> void:
	check((_robot.model().vrm as Vrm).look_at != null, "no look")
	(_robot.json.nodes as Array)[VrmRobot.HEAD].scale = [0, 0, 0]
	check((_robot.model().vrm as Vrm).look_at == null, "a look")


func _node(link: int) -> Dictionary:
	return (_robot.json.nodes as Array)[_source + link]


func _constrain(link: int, constraint: Dictionary) -> void:
	_constrain_node(_source + link, constraint)


func _constrain_node(node: int, constraint: Dictionary) -> void:
	(_robot.json.nodes as Array)[node].extensions = {VRMC_node_constraint = {specVersion = "1.0", constraint = constraint}}


func _show() -> void:
	if _instance != null:
		_instance.free()
	_instance = ModelInstance.new(_robot.model())
	add_child(_instance)


## Returns the rotation of the tail's second node after the first has turned.
func _turned(by: Quaternion) -> Quaternion:
	_show()
	(_instance.find_child("tail0", true, false) as Node3D).quaternion = by
	_instance.motion.update(0.0, 2.0)
	return (_instance.find_child("tail1", true, false) as Node3D).quaternion


func _same(actual: Quaternion, expected: Quaternion, what: String) -> void:
	near(actual.angle_to(expected), 0.0, 2e-3, what)
