extends "../../test_case.gd"
## Rotations and poses on the wire.

const Rotations := preload("res://addons/otherworld/wire/rotations.gd")
## Half a step of ten bits, and the largest component's share of it.
const R32_STEP := 0.0013

static var _vectors: Dictionary = _read_vectors()


static func _read_vectors() -> Dictionary:
	var path := ProjectSettings.globalize_path("res://").path_join("../../fixtures/protocol/vectors.json").simplify_path()
	return JSON.parse_string(FileAccess.get_file_as_string(path))


static func _quaternion(of: Dictionary) -> Quaternion:
	return Quaternion(of.x as float, of.y as float, of.z as float, of.w as float)


static func _random_rotation(random: RandomNumberGenerator) -> Quaternion:
	return Quaternion(random.randfn(), random.randfn(), random.randfn(), random.randfn()).normalized()


func _near_rest(joint: Transform3D) -> void:
	equal(joint.origin, Vector3.ZERO)
	check(joint.basis.get_rotation_quaternion().angle_to(Quaternion.IDENTITY) < deg_to_rad(0.2), "it is not turned")


func test_rotations_are_encoded_and_decoded_as_in_the_vectors() -> void:
	check(_vectors.rotations.size() > 3, "there are vectors")
	for vector: Dictionary in _vectors.rotations:
		var rotation := _quaternion(vector.quaternion)
		equal(Rotations.pack(rotation), int(vector.bits as float), str(vector))
		near(absf(Rotations.unpack(int(vector.bits as float)).dot(rotation)), 1.0, R32_STEP * R32_STEP * 4.0, str(vector))


func test_rotations_of_bones_are_decoded_as_in_the_vectors() -> void:
	check(_vectors.bones.size() > 1, "there are vectors")
	for vector: Dictionary in _vectors.bones:
		var rotation := Rotations.unpack_bone(int(vector.bits as float))
		var expected := _quaternion(vector.quaternion)
		check((rotation - expected).length() < 1e-6, "%s gives %s" % [vector, rotation])


func test_invalid_bits_give_a_rotation() -> void:
	for largest: int in 4:
		near(Rotations.unpack(largest << 30 | 0x3fff_ffff).length(), 1.0, 1e-6)
		near(Rotations.unpack_bone(largest << 24 | 0xff_ff00).length(), 1.0, 1e-6)


func test_a_rotation_keeps_its_bits_when_it_is_read_and_packed_again() -> void:
	var random := RandomNumberGenerator.new()
	random.seed = 7
	for i: int in 2000:
		var rotation := _random_rotation(random)
		var bits := Rotations.pack(rotation)
		check(bits >= 0 and bits < 1 << 32, "32 bits")
		var read := Rotations.unpack(bits)
		near(read.length_squared(), 1.0, 1e-5)
		check(rotation.angle_to(read) < deg_to_rad(0.2), "%s is read as %s" % [rotation, read])
		equal(Rotations.pack(-rotation), bits, "the same rotation, negated")


func test_a_pose_survives_packing_within_its_steps() -> void:
	var random := RandomNumberGenerator.new()
	random.seed = 8
	var pose := OtherworldPose.new()
	pose.head = Transform3D(Basis(_random_rotation(random)), Vector3(0.1, 1.6, -0.05))
	pose.left_hand = Transform3D(Basis(_random_rotation(random)).scaled(Vector3.ONE * 2.0), Vector3(-0.4, 1.0, -0.3))
	for bone: OtherworldPose.Bone in [OtherworldPose.Bone.HIPS, OtherworldPose.Bone.LEFT_HAND, OtherworldPose.Bone.RIGHT_FOOT]:
		pose.set_bone(bone, _random_rotation(random))
	var bytes := pose.pack()
	equal(bytes.size(), 42)
	var read := OtherworldPose.new()
	check(read.unpack(bytes, pose.bone_mask), "the bytes fit the mask")
	near_point(read.head.origin, pose.head.origin, 0.0006)
	near_point(read.left_hand.origin, pose.left_hand.origin, 0.0006)
	_near_rest(read.right_hand)
	for i: int in OtherworldPose.BONES.size():
		check(read.bones[i].angle_to(pose.bones[i]) < deg_to_rad(0.2), OtherworldPose.BONES[i])
	equal(read.pack(), bytes, "the same bytes")


func test_the_pose_of_the_vectors_is_packed_to_the_same_bytes() -> void:
	var found: Array = _vectors.messages.filter(func(vector: Dictionary) -> bool: return vector.name == "a move, a pose and a drag")
	var says: Dictionary = found[0].says.latest.filter(func(input: Dictionary) -> bool: return input.has("pose"))[0].pose
	var pose := OtherworldPose.new()
	var bytes := (says.bytes as String).hex_decode()
	check(pose.unpack(bytes, int(says.get("boneMask", 0) as float)), "it is a pose")
	equal(pose.pack(), bytes)


func test_bytes_that_do_not_fit_the_mask_change_nothing() -> void:
	var pose := OtherworldPose.new()
	pose.head.origin = Vector3.UP
	var bytes := pose.pack()
	for mask: int in [1, -1, 1 << 18]:
		check(not pose.unpack(bytes, mask), "mask %d" % mask)
	check(not pose.unpack(bytes.slice(1), 0), "a byte less")
	equal(pose.head.origin, Vector3.UP)


func test_a_pose_with_lost_trackers_is_valid() -> void:
	var pose := OtherworldPose.new()
	pose.head.origin = Vector3(NAN, INF, 0.0)
	pose.left_hand = Transform3D(Basis.from_scale(Vector3.ZERO), Vector3.ONE)
	pose.right_hand.origin = Vector3(1e9, -1e9, 0.0)
	pose.set_bone(OtherworldPose.Bone.HEAD, Quaternion(0.0, 0.0, 0.0, 0.0))
	pose.set_bone(OtherworldPose.Bone.NECK, Quaternion(NAN, 0.0, 0.0, 1.0))
	var read := OtherworldPose.new()
	check(read.unpack(pose.pack(), pose.bone_mask), "it is a pose")
	_near_rest(read.head)
	_near_rest(read.left_hand)
	near_point(read.right_hand.origin, Vector3(32.767, -32.768, 0.0), 1e-5)
	check(read.bones[OtherworldPose.Bone.HEAD].angle_to(Quaternion.IDENTITY) < deg_to_rad(0.2), "a bone without a rotation rests")
	check(read.bones[OtherworldPose.Bone.NECK].angle_to(Quaternion.IDENTITY) < deg_to_rad(0.2), "a bone that is no number rests")


func test_every_bone_has_a_name_and_its_parent_before_it() -> void:
	equal(OtherworldPose.BONES.size(), OtherworldPose.Bone.size())
	for i: int in OtherworldPose.BONES.size():
		equal(OtherworldPose.BONES[i], StringName((OtherworldPose.Bone.find_key(i) as String).to_lower().to_camel_case()))
		check(OtherworldPose.PARENTS[i] < i, OtherworldPose.BONES[i])
