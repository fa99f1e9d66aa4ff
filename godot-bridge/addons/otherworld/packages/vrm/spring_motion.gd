@tool
extends RefCounted
## Swings the spring bones of one instance of a model, with Godot's [SpringBoneSimulator3D], which computes what
## VRMC_springBone 1.0 specifies. It makes a simulator for each skeleton. A [Skeleton3D] of 150 bones takes 1.5 times as
## long for a pose while it has a simulator, active or not. So a simulator exists only while it is in use.

const SpringReader := preload("spring_reader.gd")
const Springs := preload("springs.gd")

## The springs are put to rest if the model moves farther than this in one frame, metres: it was teleported. No avatar is
## faster than [constant SPEED_MAX], m/s, so that long frames are not teleports.
const JUMP_METRES := 1.0
const SPEED_MAX := 12.0

var _figure: Node3D
var _simulators: Array[SpringBoneSimulator3D] = []
## Nodes that chains move relative to, with the skeletons and the bones that they follow.
var _centers: Array[Node3D] = []
var _center_skeletons: Array[Skeleton3D] = []
var _center_bones: PackedInt32Array = []
var _last_position := Vector3.INF


## [param scene] is an instance of the model's scene below [param figure]. Both are in the scene tree.
func _init(springs: Springs, figure: Node3D, scene: Node3D) -> void:
	_figure = figure
	var by_skeleton: Dictionary[NodePath, Array] = {}
	for chain: Springs.Chain in springs.chains:
		by_skeleton.get_or_add(chain.skeleton, []).append(chain)
	for path: NodePath in by_skeleton:
		var chains: Array[Springs.Chain] = []
		chains.assign(by_skeleton[path])
		_simulators.append(_simulator(springs, chains, scene.get_node(path) as Skeleton3D))


## Call it in each frame after the pose.
func update(seconds: float) -> void:
	_place_centers()
	var here := _figure.global_position
	var is_jump := here.distance_to(_last_position) > JUMP_METRES + SPEED_MAX * seconds
	_last_position = here
	if is_jump:
		for simulator: SpringBoneSimulator3D in _simulators:
			simulator.reset()


## Removes its nodes. The bones return to rest, and this object is no longer of use.
func remove() -> void:
	for simulator: SpringBoneSimulator3D in _simulators:
		# Puts the skeleton to rest a last time.
		simulator.active = false
		simulator.free()
	for center: Node3D in _centers:
		center.free()
	_simulators.clear()
	_centers.clear()


## Returns the number of joints that swing.
func joint_count() -> int:
	var count := 0
	for simulator: SpringBoneSimulator3D in _simulators:
		for i: int in simulator.setting_count:
			count += simulator.get_joint_count(i) - (0 if simulator.is_end_bone_extended(i) else 1)
	return count


func _simulator(springs: Springs, chains: Array[Springs.Chain], skeleton: Skeleton3D) -> SpringBoneSimulator3D:
	var simulator := SpringBoneSimulator3D.new()
	simulator.name = "Springs"
	skeleton.add_child(simulator)
	var nodes: Dictionary[int, String] = {}
	simulator.setting_count = chains.size()
	for i: int in chains.size():
		var chain := chains[i]
		_set_up(simulator, i, chain)
		simulator.set_enable_all_child_collisions(i, false)
		simulator.set_collision_count(i, chain.colliders.size())
		for c: int in chain.colliders.size():
			var index := chain.colliders[c]
			if not nodes.has(index):
				nodes[index] = _add_collider(simulator, springs.colliders[index], "Collider_%d" % index)
			simulator.set_collision_path(i, c, NodePath(nodes[index]))
	return simulator


func _set_up(simulator: SpringBoneSimulator3D, i: int, chain: Springs.Chain) -> void:
	simulator.set_root_bone(i, chain.bones[0])
	simulator.set_end_bone(i, chain.bones[-1])
	if chain.is_extended:
		simulator.set_extend_end_bone(i, true)
		simulator.set_end_bone_direction(i, SkeletonModifier3D.BONE_DIRECTION_FROM_PARENT)
		simulator.set_end_bone_length(i, SpringReader.TAIL_METRES)
	simulator.set_individual_config(i, true)
	for j: int in chain.settings.size():
		var joint := chain.settings[j]
		simulator.set_joint_radius(i, j, joint.radius)
		simulator.set_joint_stiffness(i, j, joint.stiffness)
		simulator.set_joint_drag(i, j, joint.drag)
		simulator.set_joint_gravity(i, j, joint.gravity)
		simulator.set_joint_gravity_direction(i, j, joint.gravity_direction.normalized())
	if chain.center_bone >= 0:
		simulator.set_center_from(i, SpringBoneSimulator3D.CENTER_FROM_NODE)
		simulator.set_center_node(i, simulator.get_path_to(_center(simulator.get_skeleton(), chain.center_bone)))


## Returns a node that moves with a bone, but does not turn with it: the engine's gravity is in its space.
func _center(skeleton: Skeleton3D, bone: int) -> Node3D:
	for i: int in _centers.size():
		if _center_skeletons[i] == skeleton and _center_bones[i] == bone:
			return _centers[i]
	var node := Node3D.new()
	node.name = "Center_%d" % _centers.size()
	_figure.add_child(node)
	_centers.append(node)
	_center_skeletons.append(skeleton)
	_center_bones.append(bone)
	_place_centers()
	return node


func _place_centers() -> void:
	for i: int in _centers.size():
		_centers[i].global_position = _center_skeletons[i].global_transform \
				* _center_skeletons[i].get_bone_global_pose(_center_bones[i]).origin


static func _add_collider(simulator: SpringBoneSimulator3D, collider: Springs.Collider, name: String) -> String:
	var node := _shape_of(collider)
	node.name = name
	simulator.add_child(node)
	node.bone = collider.bone
	node.position_offset = collider.from
	if collider.shape == Springs.Collider.Shape.CAPSULE:
		node.position_offset = (collider.from + collider.to) / 2.0
		node.rotation_offset = _turn_up_to(collider.to - collider.from)
	elif collider.shape == Springs.Collider.Shape.PLANE:
		node.rotation_offset = _turn_up_to(collider.to)
	return node.name


static func _shape_of(collider: Springs.Collider) -> SpringBoneCollision3D:
	match collider.shape:
		Springs.Collider.Shape.CAPSULE:
			var capsule := SpringBoneCollisionCapsule3D.new()
			capsule.radius = maxf(collider.radius, 1e-3)
			capsule.height = collider.from.distance_to(collider.to) + 2.0 * capsule.radius
			capsule.inside = collider.is_inside
			return capsule
		Springs.Collider.Shape.PLANE:
			return SpringBoneCollisionPlane3D.new()
		_:
			var sphere := SpringBoneCollisionSphere3D.new()
			sphere.radius = collider.radius
			sphere.inside = collider.is_inside
			return sphere


## Returns the rotation of +Y, the axis of the engine's capsules and planes, to a direction.
static func _turn_up_to(direction: Vector3) -> Quaternion:
	var unit := direction.normalized()
	if unit == Vector3.ZERO or unit.y < -0.9999:
		return Quaternion(Vector3.RIGHT, PI) if unit.y < 0.0 else Quaternion.IDENTITY
	return Quaternion(Vector3.UP, unit)
