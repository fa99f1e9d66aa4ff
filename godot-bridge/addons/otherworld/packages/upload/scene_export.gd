@tool
extends RefCounted
## Makes a binary glTF file of a part of a scene: meshes, materials, skeletons, animations, colliders, CSG.

## The bones of a humanoid that the server asks for, by the names of Godot's [SkeletonProfileHumanoid].
const _REQUIRED_BONES: Array[StringName] = [
	&"Hips", &"Spine", &"Head", &"LeftUpperArm", &"LeftLowerArm", &"LeftHand", &"RightUpperArm", &"RightLowerArm", &"RightHand",
	&"LeftUpperLeg", &"LeftLowerLeg", &"LeftFoot", &"RightUpperLeg", &"RightLowerLeg", &"RightFoot",
]

## The file; empty where [member problem] says why there is none.
var bytes := PackedByteArray()
## Name of the node in the file by humanoid bone (VRM 1.0's names): of a skeleton whose bones have the names of Godot's
## humanoid profile, as retargeting at import gives them. Empty otherwise: other names are not guessed at.
var humanoid: Dictionary[String, String] = {}
## In words, for people.
var problem := ""


## Exports [param node] and what is below it. What is hidden stays behind, and so does where the node stands and how it is
## turned: its own origin is the file's. Takes its time on the calling thread, which must be the main one.
func export(node: Node3D) -> void:
	var state := GLTFState.new()
	var document := GLTFDocument.new()
	document.visibility_mode = GLTFDocument.VISIBILITY_MODE_EXCLUDE
	# Whoever uploads a node that they hid means that node.
	var was_visible := node.visible
	node.visible = true
	var error := document.append_from_scene(node, state)
	node.visible = was_visible
	if error != OK or state.root_nodes.is_empty():
		problem = "Godot cannot write \"%s\" as glTF (%s). Its output says more." % [node.name, error_string(error)]
		return
	_place(state, node)
	_find_humanoid(state)
	bytes = document.generate_buffer(state)
	if bytes.is_empty():
		problem = "Godot wrote nothing for \"%s\". Its output says more." % node.name


func _place(state: GLTFState, node: Node3D) -> void:
	var size := node.global_basis.get_scale() if node.is_inside_tree() else node.basis.get_scale()
	var nodes := state.get_nodes()
	var top: GLTFNode = nodes[state.root_nodes[0]]
	top.xform = Transform3D(Basis.from_scale(size), Vector3.ZERO)


func _find_humanoid(state: GLTFState) -> void:
	var nodes := state.get_nodes()
	for skeleton: GLTFSkeleton in state.get_skeletons():
		var godot_skeleton := skeleton.get_godot_skeleton()
		if godot_skeleton == null or not _has_all(godot_skeleton):
			continue
		var node_of_bone := skeleton.get_godot_bone_node()
		for bone: String in _profile_bones():
			var index := godot_skeleton.find_bone(bone)
			if index >= 0 and node_of_bone.has(index):
				var joint: GLTFNode = nodes[int(node_of_bone[index])]
				humanoid[bone[0].to_lower() + bone.substr(1)] = joint.resource_name
		return


func _has_all(skeleton: Skeleton3D) -> bool:
	return _REQUIRED_BONES.all(func(bone: StringName) -> bool: return skeleton.find_bone(bone) >= 0)


static func _profile_bones() -> PackedStringArray:
	var profile := SkeletonProfileHumanoid.new()
	var bones: PackedStringArray = []
	for i: int in profile.bone_size:
		# "Root" is Godot's own; VRM has no such bone.
		if profile.get_bone_name(i) != &"Root":
			bones.append(profile.get_bone_name(i))
	return bones
