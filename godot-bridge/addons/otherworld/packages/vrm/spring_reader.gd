@tool
extends RefCounted
## Reads the spring bones of a VRM file: VRMC_springBone (1.0), or secondaryAnimation of VRM (0.x). Invalid parts are left
## out, and a model has a limited number of joints and colliders.
##
## Source: the specifications of VRM 0.0 and VRMC_springBone 1.0 (vrm-c/vrm-specification).

const Springs := preload("springs.gd")
const VrmJson := preload("vrm_json.gd")

## Joints of one model. Long hair and a coat have up to 300.
const JOINTS_MAX := 512
const COLLIDERS_MAX := 256
## Pairs of a joint and a collider that a frame tests. Chains beyond that swing without their colliders.
const PAIRS_MAX := 10_000
const FORCE_MAX := 1_000.0
const METRES_MAX := 10.0
## Length of the tail of a VRM 0.x tree's last bones, metres: the specification's 7 cm.
const TAIL_METRES := 0.07

var _names: PackedStringArray
var _children: Array[PackedInt32Array] = []
var _springs := Springs.new()
var _joints_left := JOINTS_MAX
# Nodes of the trees of VRM 0.x so far. No bone swings twice, and a file may name a root many times.
var _visited: Dictionary[int, bool] = {}
var _pairs_left := PAIRS_MAX


## Returns the springs of a glTF's JSON, without the bones of a scene. [param names] are the names of its nodes.
static func read(json: Dictionary, names: PackedStringArray) -> Springs:
	var reader := new()
	reader._names = names
	for node: Dictionary in VrmJson.objects_of(json.get("nodes"), names.size()):
		reader._children.append(VrmJson.indices_of(node.get("children"), names.size(), names.size()))
	var later := VrmJson.extension_of(json, "VRMC_springBone")
	if not later.is_empty():
		reader._read_1(later)
	else:
		reader._read_0(VrmJson.object_of(VrmJson.extension_of(json, "VRM").get("secondaryAnimation")))
	return reader._springs


func _read_1(data: Dictionary) -> void:
	for item: Dictionary in VrmJson.objects_of(data.get("colliders"), COLLIDERS_MAX):
		_springs.colliders.append(_collider_1(item))
	var groups: Array[PackedInt32Array] = []
	for item: Dictionary in VrmJson.objects_of(data.get("colliderGroups"), COLLIDERS_MAX):
		groups.append(VrmJson.indices_of(item.get("colliders"), _springs.colliders.size(), COLLIDERS_MAX))
	for item: Dictionary in VrmJson.objects_of(data.get("springs"), JOINTS_MAX):
		var chain := Springs.Chain.new()
		for found: Dictionary in VrmJson.objects_of(item.get("joints"), JOINTS_MAX):
			var node := VrmJson.index_of(found.get("node"), _names.size())
			if node >= 0:
				chain.joints.append(_joint(node, found, "stiffness",
						VrmJson.vector_of(found.get("gravityDir"), 1.0, Vector3.DOWN)))
		_add(chain, item, groups)


func _collider_1(data: Dictionary) -> Springs.Collider:
	# VRMC_springBone_extended_collider adds planes and shapes that joints stay inside of.
	var extended := VrmJson.extension_of(data, "VRMC_springBone_extended_collider")
	var shape := VrmJson.object_of((data if extended.is_empty() else extended).get("shape"))
	var collider := Springs.Collider.new()
	collider.node = _name_of(data.get("node"))
	var found := VrmJson.object_of(shape.get("sphere"))
	if shape.has("capsule"):
		collider.shape = Springs.Collider.Shape.CAPSULE
		found = VrmJson.object_of(shape.capsule)
		collider.to = VrmJson.vector_of(found.get("tail"), METRES_MAX)
	elif shape.has("plane"):
		collider.shape = Springs.Collider.Shape.PLANE
		found = VrmJson.object_of(shape.plane)
		collider.to = VrmJson.vector_of(found.get("normal"), 1.0, Vector3.BACK)
	collider.from = VrmJson.vector_of(found.get("offset"), METRES_MAX)
	collider.radius = VrmJson.number_of(found.get("radius"), 0.0, METRES_MAX, 0.0)
	collider.is_inside = VrmJson.flag_of(found.get("inside"))
	return collider


func _read_0(data: Dictionary) -> void:
	var groups: Array[PackedInt32Array] = []
	for group: Dictionary in VrmJson.objects_of(data.get("colliderGroups"), COLLIDERS_MAX):
		var indices := PackedInt32Array()
		for item: Dictionary in VrmJson.objects_of(group.get("colliders"), COLLIDERS_MAX - _springs.colliders.size()):
			var collider := Springs.Collider.new()
			collider.node = _name_of(group.get("node"))
			# The offsets of VRM 0.x are left-handed.
			collider.from = VrmJson.xyz_of(item.get("offset"), METRES_MAX) * Vector3(1.0, 1.0, -1.0)
			collider.radius = VrmJson.number_of(item.get("radius"), 0.0, METRES_MAX, 0.0)
			indices.append(_springs.colliders.size())
			_springs.colliders.append(collider)
		groups.append(indices)
	for group: Dictionary in VrmJson.objects_of(data.get("boneGroups"), JOINTS_MAX):
		for root: int in VrmJson.indices_of(group.get("bones"), _names.size(), JOINTS_MAX):
			_add_tree(root, group, groups)


## Adds a bone and all nodes below it: a chain from each node that is not the first child, down the first children.
func _add_tree(root: int, group: Dictionary, groups: Array[PackedInt32Array]) -> void:
	var direction := VrmJson.xyz_of(group.get("gravityDir"), 1.0, Vector3.DOWN)
	var firsts: Array[int] = [root]
	while not firsts.is_empty() and _joints_left > 0:
		var chain := Springs.Chain.new()
		chain.is_extended = true
		var node: int = firsts.pop_front()
		while node >= 0 and not _visited.has(node):
			_visited[node] = true
			# The name is misspelt in the specification of VRM 0.x.
			chain.joints.append(_joint(node, group, "stiffiness", direction))
			var below := _children[node]
			for child: int in below.slice(1):
				firsts.append(child)
			node = below[0] if not below.is_empty() else -1
		_add(chain, group, groups)


func _joint(node: int, data: Dictionary, stiffness: String, direction: Vector3) -> Springs.Joint:
	var joint := Springs.Joint.new()
	joint.node = _names[node]
	joint.radius = VrmJson.number_of(data.get("hitRadius"), 0.0, METRES_MAX, 0.0)
	joint.stiffness = VrmJson.number_of(data.get(stiffness), 0.0, FORCE_MAX, 1.0)
	joint.drag = VrmJson.number_of(data.get("dragForce"), 0.0, 1.0, 0.4)
	joint.gravity = VrmJson.number_of(data.get("gravityPower"), 0.0, FORCE_MAX, 0.0)
	joint.gravity_direction = direction
	if direction.is_zero_approx():
		joint.gravity = 0.0
		joint.gravity_direction = Vector3.DOWN
	return joint


func _add(chain: Springs.Chain, data: Dictionary, groups: Array[PackedInt32Array]) -> void:
	if chain.joints.is_empty() or chain.joints.size() > _joints_left:
		return
	_joints_left -= chain.joints.size()
	chain.center = _name_of(data.get("center"))
	var colliders := PackedInt32Array()
	for group: int in VrmJson.indices_of(data.get("colliderGroups"), groups.size(), COLLIDERS_MAX):
		colliders.append_array(groups[group])
	var pairs := chain.joints.size() * colliders.size()
	if pairs <= _pairs_left:
		_pairs_left -= pairs
		chain.colliders = colliders
	_springs.chains.append(chain)


func _name_of(node: Variant) -> String:
	var index := VrmJson.index_of(node, _names.size())
	return _names[index] if index >= 0 else ""
