@tool
extends RefCounted
## Makes VRM files for tests: the debug robot of the fixtures, whose parts are rigid meshes, with a tail of three nodes on
## its head, and JSON that a test changes.

const GlbJson := preload("res://addons/otherworld/packages/model/glb_json.gd")
const Manifest := preload("res://addons/otherworld/packages/download/manifest.gd")
const Model := preload("res://addons/otherworld/packages/model/model.gd")
const ModelReader := preload("res://addons/otherworld/packages/model/model_reader.gd")

const TAIL: PackedStringArray = ["tail0", "tail1", "tail2"]
const HEAD := 5
const LINK_METRES := 0.3

## The JSON of the file. Change it before [method model].
var json: Dictionary
## Index of the tail's first node; the others follow.
var tail := 0

var _bytes: PackedByteArray


func _init() -> void:
	var path := ProjectSettings.globalize_path("res://").path_join("../../fixtures/assets/avatars/debug_robot.vrm")
	_bytes = FileAccess.get_file_as_bytes(path.simplify_path())
	json = GlbJson.read(_bytes)
	var nodes: Array = json.nodes
	tail = nodes.size()
	for i: int in TAIL.size():
		var node := {name = TAIL[i], translation = [0, 0.1, -0.2] if i == 0 else [0, 0, -LINK_METRES]}
		if i < TAIL.size() - 1:
			node.children = [tail + i + 1]
		nodes.append(node)
	((nodes[HEAD] as Dictionary).children as Array).append(tail)
	json.extensionsUsed = ["VRMC_vrm", "VRMC_springBone", "VRMC_materials_mtoon"]


## Returns a VRM 1.0 spring of the tail, with other values of its joints.
func spring(joint := {}) -> Dictionary:
	var joints: Array = []
	for i: int in TAIL.size():
		var of := {node = tail + i, hitRadius = 0.02, stiffness = 0.6, gravityPower = 0.2, gravityDir = [0, -1, 0], dragForce = 0.3}
		of.merge(joint, true)
		joints.append(of)
	return {joints = joints}


## Adds a node to the head, with a mesh that has morph targets. Returns its index.
func add_face(target_count: int, name := "face") -> int:
	var meshes: Array = json.meshes
	var primitive: Dictionary = ((meshes[0] as Dictionary).primitives as Array)[0].duplicate(true)
	var targets: Array = []
	for i: int in target_count:
		targets.append({POSITION = (primitive.attributes as Dictionary).POSITION})
	primitive.targets = targets
	meshes.append({name = name, primitives = [primitive]})
	var nodes: Array = json.nodes
	nodes.append({name = name, mesh = meshes.size() - 1})
	((nodes[HEAD] as Dictionary).children as Array).append(nodes.size() - 1)
	return nodes.size() - 1


## Returns the index of a node's mesh.
func mesh_of(node: int) -> int:
	return (json.nodes as Array)[node].mesh


func bytes() -> PackedByteArray:
	return GlbJson.replace(_bytes, json)


## Returns the model as a client reads it with [param reader]. The pose turns the nodes named in [param posed].
func model(posed: PackedStringArray = ["hips", "spine", "chest", "neck", "head"], reader := ModelReader.new()) -> Model:
	var manifest := Manifest.new()
	manifest.is_avatar = true
	manifest.bounds = AABB(Vector3(-1, 0, -1), Vector3(2, 2, 2))
	for bone: String in posed:
		var joint := Manifest.Joint.new()
		joint.node = bone
		joint.humanoid = bone
		joint.has_rest = true
		manifest.joints.append(joint)
	var found := reader.read(bytes(), manifest)
	if found == null:
		push_error(reader.fault)
	return found
