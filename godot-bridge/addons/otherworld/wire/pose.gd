class_name OtherworldPose
extends RefCounted
## The pose of an avatar: its head, its wrists and the rotations of its bones.
##
## Send the tracked parts with [method OtherworldClient.pose]: always head and hands, and bones if you have them. The
## other clients solve the rest with inverse kinematics. Head and hands are in root space: relative to the feet and the
## heading of the avatar, in metres, forward is -Z. In the rest pose (no bone rotated) a body is in T-pose with its feet
## at y = 0.

## Bones, by their bit in [member bone_mask] and their index in [member bones].
enum Bone {
	HIPS, SPINE, CHEST, UPPER_CHEST, NECK, HEAD,
	LEFT_UPPER_ARM, LEFT_LOWER_ARM, LEFT_HAND, RIGHT_UPPER_ARM, RIGHT_LOWER_ARM, RIGHT_HAND,
	LEFT_UPPER_LEG, LEFT_LOWER_LEG, LEFT_FOOT, RIGHT_UPPER_LEG, RIGHT_LOWER_LEG, RIGHT_FOOT,
}

const _Rotations := preload("rotations.gd")

## Names of the bones, as in the realm's definition and in packages.
const BONES: Array[StringName] = [
	&"hips", &"spine", &"chest", &"upperChest", &"neck", &"head",
	&"leftUpperArm", &"leftLowerArm", &"leftHand", &"rightUpperArm", &"rightLowerArm", &"rightHand",
	&"leftUpperLeg", &"leftLowerLeg", &"leftFoot", &"rightUpperLeg", &"rightLowerLeg", &"rightFoot",
]
## Index of the parent of each bone. -1 if it has none.
const PARENTS: Array[int] = [-1, 0, 1, 2, 3, 4, 3, 6, 7, 3, 9, 10, 0, 12, 13, 0, 15, 16]
## Size of head and hands in the packed form, bytes.
const JOINTS_BYTES := 30
## Size of one bone rotation in the packed form, bytes.
const BONE_BYTES := 4

const _JOINT_BYTES := 10
const _MILLIMETRES_MAX := 32767

## Transform of the head bone, root space.
var head := Transform3D.IDENTITY
## Transform of the left wrist (the hand bone), root space.
var left_hand := Transform3D.IDENTITY
## Transform of the right wrist (the hand bone), root space.
var right_hand := Transform3D.IDENTITY
## Bit i is set if rotation i of [member bones] is tracked.
var bone_mask: int
## Rotations of the 18 bones, each relative to its parent.
var bones: Array[Quaternion] = []


func _init() -> void:
	bones.resize(BONES.size())
	bones.fill(Quaternion.IDENTITY)


## Sets the rotation of a bone relative to its parent, and marks the bone as tracked.
func set_bone(bone: Bone, rotation: Quaternion) -> void:
	bones[bone] = rotation
	bone_mask |= 1 << bone


## Returns the number of bones in a mask.
static func count_bones(mask: int) -> int:
	var count := 0
	while mask:
		mask &= mask - 1
		count += 1
	return count


## Returns the pose in its network format. Positions more than 32 m from the root are clamped.
func pack() -> PackedByteArray:
	var bytes := PackedByteArray()
	bytes.resize(JOINTS_BYTES + BONE_BYTES * count_bones(bone_mask))
	_pack_joint(bytes, 0, head)
	_pack_joint(bytes, _JOINT_BYTES, left_hand)
	_pack_joint(bytes, 2 * _JOINT_BYTES, right_hand)
	var at := JOINTS_BYTES
	for i: int in BONES.size():
		if bone_mask & (1 << i):
			bytes.encode_u32(at, _Rotations.pack(_unit(bones[i])))
			at += BONE_BYTES
	return bytes


## Reads a packed pose. Returns [code]false[/code] and changes nothing if the size does not match [param mask].
func unpack(bytes: PackedByteArray, mask: int) -> bool:
	if mask < 0 or mask >= 1 << BONES.size() or bytes.size() != JOINTS_BYTES + BONE_BYTES * count_bones(mask):
		return false
	head = _unpack_joint(bytes, 0)
	left_hand = _unpack_joint(bytes, _JOINT_BYTES)
	right_hand = _unpack_joint(bytes, 2 * _JOINT_BYTES)
	bone_mask = mask
	var at := JOINTS_BYTES
	for i: int in BONES.size():
		if mask & (1 << i):
			bones[i] = _Rotations.unpack(bytes.decode_u32(at))
			at += BONE_BYTES
		else:
			bones[i] = Quaternion.IDENTITY
	return true


# A joint that a tracker lost (not finite, or without an orientation) is put at the root.
static func _pack_joint(bytes: PackedByteArray, at: int, joint: Transform3D) -> void:
	var known := joint.is_finite() and not is_zero_approx(joint.basis.determinant())
	var given := joint if known else Transform3D.IDENTITY
	bytes.encode_s16(at, _millimetres(given.origin.x))
	bytes.encode_s16(at + 2, _millimetres(given.origin.y))
	bytes.encode_s16(at + 4, _millimetres(given.origin.z))
	bytes.encode_u32(at + 6, _Rotations.pack(given.basis.get_rotation_quaternion()))


# Normalises a rotation. One without a length becomes the identity.
static func _unit(rotation: Quaternion) -> Quaternion:
	var squared := rotation.length_squared()
	return rotation / sqrt(squared) if is_finite(squared) and squared > 0.0 else Quaternion.IDENTITY


static func _unpack_joint(bytes: PackedByteArray, at: int) -> Transform3D:
	var origin := Vector3(bytes.decode_s16(at), bytes.decode_s16(at + 2), bytes.decode_s16(at + 4)) / 1000.0
	return Transform3D(Basis(_Rotations.unpack(bytes.decode_u32(at + 6)).normalized()), origin)


static func _millimetres(metres: float) -> int:
	return floori(clampf(metres * 1000.0, -_MILLIMETRES_MAX - 1, _MILLIMETRES_MAX) + 0.5)
