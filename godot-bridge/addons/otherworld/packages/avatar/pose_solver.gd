@tool
extends RefCounted
## From a pose to the 18 bones: forward kinematics where rotations of bones were sent, else inverse kinematics of two-bone
## limbs (law of cosines) from head and hands alone. Both make the head end where the pose says.
##
## What the simulation does (sim/avatar/skeleton.ts), so that everyone sees the same body. Root space; written over by each call.

const AvatarBody := preload("avatar_body.gd")

const HIPS := 0
const HEAD := 5
const UPPER_ARMS: PackedInt32Array = [6, 9]
const UPPER_LEGS: PackedInt32Array = [12, 15]
const BACK := Vector3(0.0, 0.0, 1.0)
## Arms of somebody who has sent no pose: 75 degrees down from a T-pose.
const LEFT_ARM_DOWN := Quaternion(0.0, 0.0, 0.6087614, 0.7933533)
const RIGHT_ARM_DOWN := Quaternion(0.0, 0.0, -0.6087614, 0.7933533)

## Of each bone, root space: its origin, and how it is turned against its rest.
var positions: PackedVector3Array = []
var rotations: Array[Quaternion] = []

var _rest: Array[Quaternion] = []
var _idle: Array[Quaternion] = []


func _init() -> void:
	positions.resize(AvatarBody.BONES.size())
	for i: int in AvatarBody.BONES.size():
		rotations.append(Quaternion.IDENTITY)
		_rest.append(Quaternion.IDENTITY)
		_idle.append(Quaternion.IDENTITY)
	_idle[UPPER_ARMS[0]] = LEFT_ARM_DOWN
	_idle[UPPER_ARMS[1]] = RIGHT_ARM_DOWN


## Somebody who has sent no pose yet, and only stands there.
func stand(body: AvatarBody) -> void:
	_forward(body, _idle)


## All bones unrotated.
func rest(body: AvatarBody) -> void:
	_forward(body, _rest)


## From the rotations of all bones, each in its parent's space; the head's origin is at [param head].
func from_rotations(body: AvatarBody, locals: Array[Quaternion], head: Vector3) -> void:
	_forward(body, locals)
	_shift(head - positions[HEAD])


## From head and wrists, root space: an upright trunk under the head, knees bent by how low it is.
func from_three_points(body: AvatarBody, head: Transform3D, left: Transform3D, right: Transform3D) -> void:
	_forward(body, _rest)
	var feet := PackedVector3Array([positions[UPPER_LEGS[0] + 2], positions[UPPER_LEGS[1] + 2]])
	var by := head.origin - positions[HEAD]
	_shift(by)
	positions[HEAD] = head.origin
	rotations[HEAD] = head.basis.get_rotation_quaternion()
	_reach(body, UPPER_ARMS[0], left.origin, Vector3.DOWN + BACK, left.basis.get_rotation_quaternion())
	_reach(body, UPPER_ARMS[1], right.origin, Vector3.DOWN + BACK, right.basis.get_rotation_quaternion())
	for leg: int in 2:
		var foot := Vector3(feet[leg].x + by.x, feet[leg].y, feet[leg].z + by.z)
		_reach(body, UPPER_LEGS[leg], foot, Vector3.FORWARD, Quaternion.IDENTITY)


func _forward(body: AvatarBody, locals: Array[Quaternion]) -> void:
	var offsets := body.offsets
	positions[HIPS] = offsets[HIPS]
	rotations[HIPS] = locals[HIPS]
	for i: int in range(1, 18):
		var parent := AvatarBody.PARENTS[i]
		var turn := rotations[parent]
		positions[i] = positions[parent] + turn * offsets[i]
		rotations[i] = turn * locals[i]


func _shift(by: Vector3) -> void:
	for i: int in 18:
		positions[i] += by


## Two bones that reach from where the upper one stands for [param target], bending towards [param pole].
func _reach(body: AvatarBody, upper: int, target: Vector3, pole: Vector3, end: Quaternion) -> void:
	var from := positions[upper]
	var first := body.offsets[upper + 1]
	var second := body.offsets[upper + 2]
	var l1 := maxf(first.length(), 1e-4)
	var l2 := maxf(second.length(), 1e-4)
	var wish := target - from
	var direction := _unit(wish, Vector3.DOWN)
	# As sim's clamp: where a limb's bones are of no length, the lower limit is the larger and wins.
	var distance := minf(wish.length(), l1 + l2 - 1e-4) if wish.length() >= absf(l1 - l2) + 1e-3 else absf(l1 - l2) + 1e-3
	var along := (l1 * l1 - l2 * l2 + distance * distance) / (2.0 * distance)
	var out := sqrt(maxf(l1 * l1 - along * along, 0.0))
	var ahead := _unit(Vector3.FORWARD - direction * direction.dot(Vector3.FORWARD), Vector3.RIGHT)
	var side := _unit(pole - direction * direction.dot(pole), ahead)
	var joint := from + direction * along + side * out
	var hand := from + direction * distance
	rotations[upper] = _turn(_unit(first, Vector3.DOWN), _unit(joint - from, direction))
	positions[upper + 1] = joint
	rotations[upper + 1] = _turn(_unit(second, Vector3.DOWN), _unit(hand - joint, direction))
	positions[upper + 2] = hand
	rotations[upper + 2] = end


static func _unit(vector: Vector3, fallback: Vector3) -> Vector3:
	var length := vector.length()
	return vector / length if length > 1e-9 else fallback


## The shortest rotation from one unit vector to another.
static func _turn(from: Vector3, to: Vector3) -> Quaternion:
	var cosine := from.dot(to)
	if cosine < -0.999999:
		var axis := _unit((Vector3.RIGHT if absf(from.x) < 0.9 else Vector3.UP).cross(from), BACK)
		return Quaternion(axis.x, axis.y, axis.z, 0.0)
	var cross := from.cross(to)
	return Quaternion(cross.x, cross.y, cross.z, 1.0 + cosine).normalized()
