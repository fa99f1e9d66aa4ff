@tool
extends RefCounted
## Rotates a model's joints with the realm's bones (packages/retarget.ts). It is computed once for a model.
##
## A joint that a bone drives needs its rotation in its parent node's space. Between two driven joints the file's nodes
## do not rotate, so it is [code]left * (rotation of its bone relative to the bone of the joint above) * right[/code]
## with two constant rotations. If all bones were sent as local rotations, the one in the middle is one of them.

const AvatarBody := preload("avatar_body.gd")
const Manifest := preload("../download/manifest.gd")
const PoseSolver := preload("pose_solver.gd")
const Rig := preload("rig.gd")

## Bones of the trunk that a rig may lack. They have no length then, and rotate what the bone before them carries.
const FOLDED: Dictionary[String, String] = {"spine": "chest", "chest": "upperChest"}

## Godot reports an error if the rotation of a basis with a smaller scale is read.
const SCALE_MIN := 1e-6

## Names of the driven joints' nodes, parents first.
var joints: PackedStringArray = []
## Index of the hips in [member joints]; -1 if the model has no humanoid.
var hips := -1
## Index of the head in [member joints]; -1 without one.
var head := -1
## The joints are the 18 bones themselves, and local rotations apply directly.
var is_plain := false

## For each joint: the bone that drives it, and the bone that drives the next driven joint above (-1 without one).
var _bones: PackedInt32Array = []
var _above: PackedInt32Array = []
var _left: Array[Quaternion] = []
var _right: Array[Quaternion] = []
## Bones between the bone above (excluded) and the joint's own, the last first; empty if that is not a straight line up.
var _ways: Array[PackedInt32Array] = []
## Transform of the node above the hips, root space.
var _hips_turn := Quaternion.IDENTITY
var _hips_from := Vector3.ZERO
var _hips_scale := Vector3.ONE


## A node of a model file. Parents come before their children.
class RestNode:
	extends RefCounted
	var name := ""
	## Index of the parent node; -1 at the top of the scene.
	var parent := -1
	var translation := Vector3.ZERO
	var rotation := Quaternion.IDENTITY
	var scale := Vector3.ONE


## Returns whether a basis has no size along an axis, and so no rotation.
static func is_flat(basis: Basis) -> bool:
	var scale := basis.get_scale().abs()
	return scale[scale.min_axis_index()] < SCALE_MIN


## [param turn] is the rotation of the model in root space. A package faces +Z, an avatar -Z.
static func of(skeleton: Array[Manifest.Joint], nodes: Array[RestNode], turn := Quaternion(0.0, 1.0, 0.0, 0.0)) -> Rig:
	var rig := Rig.new()
	rig._build(_driven(skeleton), nodes, turn)
	return rig


## Returns the rig of a skeleton with the body's own bones, under their names.
static func of_body() -> Rig:
	var skeleton: Array[Manifest.Joint] = []
	var nodes: Array[RestNode] = []
	for i: int in AvatarBody.BONES.size():
		var joint := Manifest.Joint.new()
		joint.node = AvatarBody.BONES[i]
		joint.humanoid = AvatarBody.BONES[i]
		joint.has_rest = true
		skeleton.append(joint)
		var node := RestNode.new()
		node.name = AvatarBody.BONES[i]
		node.parent = AvatarBody.PARENTS[i]
		nodes.append(node)
	var rig := of(skeleton, nodes, Quaternion.IDENTITY)
	rig.is_plain = true
	return rig


## Returns local rotations of the joints from local rotations of all bones.
func turn_by_locals(locals: Array[Quaternion], out: Array[Quaternion]) -> void:
	for j: int in _bones.size():
		var way := _ways[j]
		var turn := locals[_bones[j]]
		for k: int in range(1, way.size()):
			turn = locals[way[k]] * turn
		out[j] = _left[j] * turn * _right[j]


## Returns whether [method turn_by_locals] can be used: each joint's bone is below that of the joint above it.
func takes_locals() -> bool:
	return not _ways.any(func(way: PackedInt32Array) -> bool: return way.is_empty())


## Returns local rotations of the joints from the bones in root space.
func turn_by_bones(bones: Array[Quaternion], out: Array[Quaternion]) -> void:
	for j: int in _bones.size():
		var turn := bones[_bones[j]]
		if _above[j] >= 0:
			turn = bones[_above[j]].inverse() * turn
		out[j] = _left[j] * turn * _right[j]


## Returns the position of the hips' node in its parent's space, for hips at a position in root space.
func hips_translation(place: Vector3) -> Vector3:
	return (_hips_turn.inverse() * (place - _hips_from)) / _hips_scale


func _build(driven: Dictionary[String, Manifest.Joint], nodes: Array[RestNode], turn: Quaternion) -> void:
	var has: Dictionary[String, bool] = {}
	for joint: Manifest.Joint in driven.values():
		has[joint.humanoid] = true
	var turns: Array[Quaternion] = []
	var places := PackedVector3Array()
	var scales := PackedVector3Array()
	# For each node: the driven joint at or above it, and its rotation relative to that joint's bone.
	var drivers := PackedInt32Array()
	for node: RestNode in nodes:
		var is_top := node.parent < 0
		var above_turn := turn if is_top else turns[node.parent]
		var above_scale := Vector3.ONE if is_top else scales[node.parent]
		var above_place := Vector3.ZERO if is_top else places[node.parent]
		var above_driver := -1 if is_top else drivers[node.parent]
		var joint: Manifest.Joint = driven.get(node.name)
		if joint == null:
			turns.append(above_turn * node.rotation)
			drivers.append(above_driver)
		else:
			turns.append(joint.rest)
			drivers.append(_bones.size())
			_add(joint, _driver_of(joint.humanoid, has), above_turn, above_driver)
			if hips == _bones.size() - 1:
				_hips_turn = above_turn
				_hips_from = above_place
				_hips_scale = above_scale
		places.append(above_place + above_turn * (above_scale * node.translation))
		scales.append(above_scale * node.scale)


func _add(joint: Manifest.Joint, bone: int, above_turn: Quaternion, above_driver: int) -> void:
	if joint.humanoid == "hips":
		hips = joints.size()
	elif joint.humanoid == "head":
		head = joints.size()
	joints.append(joint.node)
	_above.append(_bones[above_driver] if above_driver >= 0 else -1)
	_bones.append(bone)
	_left.append(above_turn.inverse())
	_right.append(joint.rest)
	_ways.append(_way(bone, _above[-1]))


static func _way(from: int, to: int) -> PackedInt32Array:
	var way := PackedInt32Array()
	var at := from
	while at >= 0 and at != to:
		way.append(at)
		at = AvatarBody.PARENTS[at]
	return way if at == to else PackedInt32Array()


static func _driven(skeleton: Array[Manifest.Joint]) -> Dictionary[String, Manifest.Joint]:
	var driven: Dictionary[String, Manifest.Joint] = {}
	for joint: Manifest.Joint in skeleton:
		if joint.has_rest and AvatarBody.BONES.has(joint.humanoid):
			driven[joint.node] = joint
	return driven


## Returns the bone that drives a bone's node: itself, or the last of the following bones that the rig lacks.
static func _driver_of(bone: String, has: Dictionary[String, bool]) -> int:
	var last := bone
	while FOLDED.has(last) and not has.has(FOLDED[last]):
		last = FOLDED[last]
	return AvatarBody.BONES.find(last)
