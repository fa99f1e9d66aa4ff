@tool
extends RefCounted
## Exports a part of a scene as binary glTF: meshes, materials, skeletons, animations, colliders, CSG.

## The humanoid bones that the server needs, by the names of Godot's [SkeletonProfileHumanoid].
const _REQUIRED_BONES: Array[StringName] = [
	&"Hips", &"Spine", &"Head",
	&"LeftUpperArm", &"LeftLowerArm", &"LeftHand", &"RightUpperArm", &"RightLowerArm", &"RightHand",
	&"LeftUpperLeg", &"LeftLowerLeg", &"LeftFoot", &"RightUpperLeg", &"RightLowerLeg", &"RightFoot",
]

## The file; empty if there is a [member problem].
var bytes := PackedByteArray()
## Node name in the file by humanoid bone (VRM 1.0 names), for a skeleton that uses the bone names of Godot's humanoid
## profile, as retargeting at import sets them. Empty for other names.
var humanoid: Dictionary[String, String] = {}
## Why it failed. A message for the user.
var problem := ""


## Exports [param node] and its children. Hidden nodes are left out, and so is the node's own transform: its origin
## becomes the file's. It blocks the calling thread, which must be the main one.
func export(node: Node3D) -> void:
	if Engine.is_editor_hint():
		_warn_of(node, nodes_without_owner(node))
	var state := GLTFState.new()
	var document := GLTFDocument.new()
	document.visibility_mode = GLTFDocument.VISIBILITY_MODE_EXCLUDE
	# A user who uploads a hidden node means that node.
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


## Returns the 3D nodes below [param node] that Godot's editor leaves out of an export with their children, because they
## have no owner. A game exports them.
static func nodes_without_owner(node: Node) -> Array[Node]:
	var found: Array[Node] = []
	for child: Node in node.get_children():
		if child is Node3D and child.owner == null:
			found.append(child)
		else:
			found.append_array(nodes_without_owner(child))
	return found


func _warn_of(node: Node3D, left_out: Array[Node]) -> void:
	if left_out.is_empty():
		return
	push_warning("Otherworld: the upload of \"%s\" leaves out %d of its nodes and their children, for example \"%s\". "
			% [node.name, left_out.size(), node.get_path_to(left_out[0])]
			+ "Godot's editor exports only nodes with an owner. After add_child(), set the child's owner to \"%s\"."
			% node.name)


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
		for bone: String in bones():
			var index := godot_skeleton.find_bone(bone[0].to_upper() + bone.substr(1))
			if index >= 0 and node_of_bone.has(index):
				var joint: GLTFNode = nodes[int(node_of_bone[index])]
				humanoid[bone] = joint.resource_name
		return


func _has_all(skeleton: Skeleton3D) -> bool:
	return _REQUIRED_BONES.all(func(bone: StringName) -> bool: return skeleton.find_bone(bone) >= 0)


## Returns the names of all humanoid bones, as in VRM 1.0.
static func bones() -> PackedStringArray:
	var profile := SkeletonProfileHumanoid.new()
	var names: PackedStringArray = []
	for i: int in profile.bone_size:
		var bone := String(profile.get_bone_name(i))
		# "Root" exists only in Godot's profile. VRM has no such bone.
		if bone != "Root":
			names.append(bone[0].to_lower() + bone.substr(1))
	return names
