@tool
extends RefCounted
## Makes bones of the nodes that springs use. Godot's springs move bones of a [Skeleton3D], and Godot makes bones only of
## nodes that a skin names. A model whose hair is rigid meshes has none, so a skin without a mesh is added to the file.

const GlbCheck := preload("../model/glb_check.gd")
const GlbJson := preload("../model/glb_json.gd")
const SpringReader := preload("spring_reader.gd")
const Springs := preload("springs.gd")
const VrmJson := preload("vrm_json.gd")


## Returns the GLB with all nodes of its springs in skins. A file without such springs is returned unchanged.
static func with_bones(bytes: PackedByteArray) -> PackedByteArray:
	var json := GlbJson.read(bytes)
	var nodes := VrmJson.objects_of(json.get("nodes"), GlbCheck.NODES_MAX)
	# The file's names may repeat, and Godot makes them unique only when it reads the file. So nodes have their indices here.
	var indices := PackedStringArray(range(nodes.size()))
	var springs := SpringReader.read(json, indices)
	if springs.chains.is_empty():
		return bytes
	var skins: Array = json.skins if json.get("skins") is Array else []
	var boned: Dictionary[int, bool] = {}
	for skin: Dictionary in VrmJson.objects_of(skins, GlbCheck.SKINS_MAX):
		for joint: int in VrmJson.indices_of(skin.get("joints"), nodes.size(), GlbCheck.JOINTS_MAX):
			boned[joint] = true
	var missing: Array[int] = []
	for node: int in _used_by(springs):
		if not boned.has(node):
			missing.append(node)
	if missing.is_empty() or missing.size() > GlbCheck.JOINTS_MAX or skins.size() >= GlbCheck.SKINS_MAX:
		return bytes
	json.skins = skins + [{joints = missing}]
	return GlbJson.replace(bytes, json)


static func _used_by(springs: Springs) -> Array[int]:
	var used: Dictionary[int, bool] = {}
	for chain: Springs.Chain in springs.chains:
		for joint: Springs.Joint in chain.joints:
			used[int(joint.node)] = true
		if chain.center:
			used[int(chain.center)] = true
	for collider: Springs.Collider in springs.colliders:
		if collider.node:
			used[int(collider.node)] = true
	return used.keys()
