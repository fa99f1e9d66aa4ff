@tool
extends RefCounted
## Turns the nodes of one instance of a model that have constraints.
## Source of the formulas: VRMC_node_constraint 1.0 (vrm-c/vrm-specification).

const Constraints := preload("constraints.gd")
const Model := preload("../model/model.gd")

var _constraints: Constraints
var _nodes: Dictionary[Model.Place, Node3D] = {}


## [param scene] is an instance of the model's scene.
func _init(constraints: Constraints, scene: Node3D) -> void:
	_constraints = constraints
	for constraint: Constraints.Constraint in constraints.list:
		for place: Model.Place in [constraint.place, constraint.source]:
			_nodes[place] = scene.get_node(place.path) as Node3D


## Call it in each frame after the pose.
func update() -> void:
	for constraint: Constraints.Constraint in _constraints.list:
		_turn(constraint.place, constraint.rest.slerp(_rotation_of(constraint).normalized(), constraint.weight))


## Turns all of them to their rest pose.
func rest() -> void:
	for constraint: Constraints.Constraint in _constraints.list:
		_turn(constraint.place, constraint.rest)


## Returns the rotation of a node at a weight of 1, in its parent's space.
func _rotation_of(constraint: Constraints.Constraint) -> Quaternion:
	var rest := constraint.rest
	if constraint.kind == Constraints.Kind.AIM:
		return _aim(constraint)
	var turn := (constraint.source_rest.inverse() * _local(constraint.source)).normalized()
	if constraint.kind == Constraints.Kind.ROTATION:
		return rest * turn
	# The turn of the source in the node's space, without the part that moves the axis.
	var in_node := rest.inverse() * constraint.source_rest * turn * constraint.source_rest.inverse() * rest
	return rest * _swing(constraint.axis, in_node * constraint.axis).inverse() * in_node


func _aim(constraint: Constraints.Constraint) -> Quaternion:
	var place := _global(constraint.place)
	var to := (_global(constraint.source).origin - place.origin).normalized()
	if to == Vector3.ZERO:
		return constraint.rest
	# The node's rotation in the world is that of its parent times its own.
	var parent := place.basis.get_rotation_quaternion() * _local(constraint.place).inverse()
	var from := parent * constraint.rest * constraint.axis
	return parent.inverse() * _swing(from, to) * parent * constraint.rest


## Returns the shortest rotation between two directions.
static func _swing(from: Vector3, to: Vector3) -> Quaternion:
	# Opposite directions have no shortest rotation. Any axis across them will do.
	if from.dot(to) < -0.99999:
		return Quaternion(from.cross(Vector3.RIGHT if absf(from.x) < 0.9 else Vector3.UP).normalized(), PI)
	return Quaternion(from.normalized(), to.normalized())


func _local(place: Model.Place) -> Quaternion:
	var node := _nodes[place]
	return (node as Skeleton3D).get_bone_pose_rotation(place.bone) if place.bone >= 0 else node.quaternion


func _global(place: Model.Place) -> Transform3D:
	var node := _nodes[place]
	var transform := node.global_transform
	if place.bone >= 0:
		transform *= (node as Skeleton3D).get_bone_global_pose(place.bone)
	return transform.orthonormalized()


func _turn(place: Model.Place, rotation: Quaternion) -> void:
	var node := _nodes[place]
	if place.bone >= 0:
		(node as Skeleton3D).set_bone_pose_rotation(place.bone, rotation)
	else:
		node.quaternion = rotation
