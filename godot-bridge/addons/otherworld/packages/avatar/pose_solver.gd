@tool
extends RefCounted
## Turns a pose into the 18 bones: with forward kinematics if rotations of bones were sent, else with inverse kinematics
## of two-bone limbs (law of cosines) from head and hands. Both put the head where the pose says.
##
## It does what the simulation does (sim/avatar/skeleton.ts), so that everyone sees the same body. Root space. Each call
## overwrites the results.

const AvatarBody := preload("avatar_body.gd")

const HIPS := 0
const HEAD := 5
const UPPER_ARMS: PackedInt32Array = [6, 9]
const UPPER_LEGS: PackedInt32Array = [12, 15]
const BACK := Vector3(0.0, 0.0, 1.0)
## Arms of an avatar without a pose: 75 degrees down from the T-pose.
const LEFT_ARM_DOWN := Quaternion(0.0, 0.0, 0.6087614, 0.7933533)
const RIGHT_ARM_DOWN := Quaternion(0.0, 0.0, -0.6087614, 0.7933533)

## For each bone in root space: its origin, and its rotation relative to its rest pose.
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


## Sets the pose of an avatar that has sent none: standing.
func set_rest_pose(body: AvatarBody) -> void:
	_forward(body, _idle)


## Sets all bones unrotated.
func rest(body: AvatarBody) -> void:
	_forward(body, _rest)


## Solves from the rotations of all bones, each in its parent's space. The head's origin is at [param head].
func from_rotations(body: AvatarBody, locals: Array[Quaternion], head: Vector3) -> void:
	_forward(body, locals)
	_shift(head - positions[HEAD])


## Solves from head and wrists, root space: an upright trunk under the head, knees bent by its height.
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


## Bends two bones, from the upper one's origin, to reach [param target], towards [param pole].
func _reach(body: AvatarBody, upper: int, target: Vector3, pole: Vector3, end: Quaternion) -> void:
	var from := positions[upper]
	var first := body.offsets[upper + 1]
	var second := body.offsets[upper + 2]
	var l1 := maxf(first.length(), 1e-4)
	var l2 := maxf(second.length(), 1e-4)
	var to_target := target - from
	var direction := _unit(to_target, Vector3.DOWN)
	# Like sim's clamp: if a limb's bones have no length, the lower limit is the larger and wins.
	var distance := minf(to_target.length(), l1 + l2 - 1e-4) if to_target.length() >= absf(l1 - l2) + 1e-3 \
			else absf(l1 - l2) + 1e-3
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


## Returns the shortest rotation from one unit vector to another.
static func _turn(from: Vector3, to: Vector3) -> Quaternion:
	var cosine := from.dot(to)
	if cosine < -0.999999:
		var axis := _unit((Vector3.RIGHT if absf(from.x) < 0.9 else Vector3.UP).cross(from), BACK)
		return Quaternion(axis.x, axis.y, axis.z, 0.0)
	var cross := from.cross(to)
	return Quaternion(cross.x, cross.y, cross.z, 1.0 + cosine).normalized()
