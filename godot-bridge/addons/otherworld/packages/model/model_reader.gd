@tool
extends RefCounted
## Makes a model from the bytes of a GLB. It runs on another thread; its nodes are in no scene tree until it is done.

const FlatNormals := preload("flat_normals.gd")
const GlbAnimations := preload("glb_animations.gd")
const GlbCheck := preload("glb_check.gd")
const Manifest := preload("../download/manifest.gd")
const Model := preload("model.gd")
const Rig := preload("../avatar/rig.gd")
const SpringSkin := preload("../vrm/spring_skin.gd")
const VrmReader := preload("../vrm/vrm_reader.gd")

const IDLE := "(?i)idle|stand|breath|survey"
const WALK := "(?i)walk"
const RUN := "(?i)run|sprint"
## A pose may move a model's limbs this far beyond its box at rest, as a share of the largest side.
const REACH := 0.75

## Why there is no model.
var fault := ""

var _manifest: Manifest
## What Godot has read of the file.
var _state: GLTFState
var _model := Model.new()
## Nodes and bones of the scene, parents first: of each, the node, or the skeleton and its bone.
var _rest_nodes: Array[Rig.RestNode] = []
var _places: Dictionary[String, Model.Place] = {}


## Returns the model; null and a [member fault] if the bytes are not a model.
func read(bytes: PackedByteArray, manifest: Manifest) -> Model:
	_manifest = manifest
	_choose_clips()
	var file := GlbAnimations.with_animations(bytes, _clips())
	fault = GlbCheck.fault_of(file)
	if fault:
		fault = "The model is not valid: %s." % fault
		return null
	var root := _scene_with_bones(file) if manifest.is_avatar else null
	if root == null:
		root = _scene_of(file)
	if root == null:
		return null
	_prepare(root)
	if manifest.is_avatar:
		_model.vrm = VrmReader.read(_state, root, _places, _model.rig.joints)
	var packed := PackedScene.new()
	var error := packed.pack(root)
	root.free()
	if error != OK:
		fault = "The model cannot be copied: %s." % error_string(error)
		return null
	_model.scene = packed
	_model.bytes += bytes.size() + floori(manifest.texture_bytes * 4.0 / 3.0)
	return _model


## Returns the scene with bones for the nodes of springs. Returns null if the file already has them, or if Godot cannot
## read it with more bones: the model is then shown without these springs.
func _scene_with_bones(file: PackedByteArray) -> Node3D:
	var boned := SpringSkin.with_bones(file)
	var root := _scene_of(boned) if boned != file else null
	fault = ""
	return root


## Returns the nodes of a GLB, or null and a [member fault].
func _scene_of(file: PackedByteArray) -> Node3D:
	_state = GLTFState.new()
	# Compressing textures for the graphics card takes seconds each. Nothing is written to the project either.
	_state.handle_binary_image_mode = GLTFState.HANDLE_BINARY_IMAGE_MODE_EMBED_AS_UNCOMPRESSED
	_state.create_animations = not _clips().is_empty()
	var document := GLTFDocument.new()
	var error := document.append_from_buffer(file, "", _state)
	if error != OK:
		fault = "The model cannot be read: %s." % error_string(error)
		return null
	FlatNormals.add_to(_state)
	var root := document.generate_scene(_state) as Node3D
	if root == null:
		fault = "The model cannot be shown: it has no scene."
	return root


func _prepare(root: Node3D) -> void:
	_drop_unused(root)
	_walk(root, root, -1, Transform3D.IDENTITY)
	_model.rig = Rig.of(_manifest.joints, _rest_nodes)
	for joint: String in _model.rig.joints:
		_model.joints.append(_places[joint])
	for capsule: Manifest.JointCapsule in _manifest.capsules:
		_add_capsule(capsule)
	_bound_skins(root, root)
	_loop_clips(root)
	for node: Node in root.find_children("*", "", true, false):
		node.owner = root


func _add_capsule(found: Manifest.JointCapsule) -> void:
	if not _places.has(found.node):
		return
	var capsule := Model.Capsule.new()
	capsule.bone = found.bone
	capsule.place = _places[found.node]
	capsule.from = found.from
	capsule.to = found.to
	capsule.radius = found.radius
	_model.capsules.append(capsule)


## Removes nodes that are not used: physics is built from the manifest, lights and cameras belong to the project's
## scene, and empty attachments cost time in each frame.
func _drop_unused(root: Node3D) -> void:
	for node: Node in root.find_children("*", "", true, false):
		if not is_instance_valid(node):
			continue
		var carries := not node.find_children("*", "VisualInstance3D", true, false).is_empty()
		var is_idle := node is AnimationPlayer and _clips().is_empty()
		if node is CollisionObject3D or node is Light3D or node is Camera3D or is_idle \
				or (node is BoneAttachment3D and not carries):
			node.get_parent().remove_child(node)
			node.free()


func _walk(node: Node, root: Node3D, parent: int, above: Transform3D) -> void:
	var here := parent
	var place := above
	if node is Node3D and node != root and not node is BoneAttachment3D and not node is Skeleton3D:
		var node3d := node as Node3D
		place = above * node3d.transform
		here = _note(node.name, parent, node3d.transform, place, root.get_path_to(node), -1)
	elif node is Skeleton3D:
		place = above * (node as Skeleton3D).transform
		_walk_bones(node as Skeleton3D, root, parent, place)
	for child: Node in node.get_children():
		# Nodes below a bone drive nothing: a bone's children are bones.
		if not node is BoneAttachment3D:
			_walk(child, root, here, place)


func _walk_bones(skeleton: Skeleton3D, root: Node3D, parent: int, above: Transform3D) -> void:
	var indices := PackedInt32Array()
	indices.resize(skeleton.get_bone_count())
	_model.bone_count += skeleton.get_bone_count()
	# A skeleton may list a bone before its parent.
	var order: Array[int] = []
	order.assign(skeleton.get_parentless_bones())
	while not order.is_empty():
		var bone: int = order.pop_front()
		order.append_array(skeleton.get_bone_children(bone))
		var bone_parent := skeleton.get_bone_parent(bone)
		var place := above * skeleton.get_bone_global_rest(bone)
		var node_above := indices[bone_parent] if bone_parent >= 0 else parent
		indices[bone] = _note(skeleton.get_bone_name(bone), node_above, skeleton.get_bone_rest(bone), place,
				root.get_path_to(skeleton), bone)


func _note(name: String, parent: int, local: Transform3D, place: Transform3D, path: NodePath, bone: int) -> int:
	var node := Rig.RestNode.new()
	node.name = name
	node.parent = parent
	node.translation = local.origin
	node.rotation = Quaternion.IDENTITY if Rig.is_flat(local.basis) else local.basis.get_rotation_quaternion()
	node.scale = local.basis.get_scale()
	_rest_nodes.append(node)
	if not _places.has(name):
		var found := Model.Place.new()
		found.path = path
		found.bone = bone
		found.rest = place
		_places[name] = found
	return _rest_nodes.size() - 1


## Sets a box that contains the model in any pose. The engine would otherwise compute one from all bones in each frame.
func _bound_skins(root: Node3D, node: Node) -> void:
	for mesh: MeshInstance3D in node.find_children("*", "MeshInstance3D", true, false):
		_model.bytes += 64 * _vertices_of(mesh.mesh)
		if mesh.skin == null:
			continue
		var place := Transform3D.IDENTITY
		var at: Node = mesh
		while at != root:
			if at is Node3D:
				place = (at as Node3D).transform * place
			at = at.get_parent()
		mesh.custom_aabb = place.affine_inverse() * _manifest.bounds.grow(_manifest.size() * REACH)


static func _vertices_of(mesh: Mesh) -> int:
	var count := 0
	if mesh is ArrayMesh:
		for surface: int in mesh.get_surface_count():
			count += (mesh as ArrayMesh).surface_get_array_len(surface)
	return count


## Finds the animations of a model. A model that follows the realm's bones plays none of its own.
func _choose_clips() -> void:
	if not _manifest.is_avatar or _manifest.is_humanoid():
		return
	_model.clip_idle = _named(IDLE)
	_model.clip_walk = _named(WALK)
	if not _model.clip_walk:
		_model.clip_walk = _named(RUN)
	# The only animation of a file is played all the time.
	if not _model.clip_walk and _manifest.animations.size() == 1:
		_model.clip_walk = _manifest.animations[0]
	_model.clip_run = _named(RUN)
	if not _model.clip_run:
		_model.clip_run = _model.clip_walk


func _clips() -> PackedStringArray:
	var clips := PackedStringArray()
	for clip: StringName in [_model.clip_idle, _model.clip_walk, _model.clip_run]:
		if clip and not clips.has(clip):
			clips.append(clip)
	return clips


## Returns the shortest matching name: "Walk" before "Walk_Backwards_Holding_Shield".
func _named(pattern: String) -> StringName:
	var regex := RegEx.create_from_string(pattern)
	var best := ""
	for name: String in _manifest.animations:
		if regex.search(name) != null and (best.is_empty() or name.length() < best.length()):
			best = name
	return best


func _loop_clips(root: Node3D) -> void:
	for player: AnimationPlayer in root.find_children("*", "AnimationPlayer", true, false):
		for name: StringName in player.get_animation_list():
			player.get_animation(name).loop_mode = Animation.LOOP_LINEAR
