@tool
extends RefCounted
## Finds the bones of springs in a model's scene. A bone that the pose turns does not swing, and no bone swings twice.

const Model := preload("../model/model.gd")
const Springs := preload("springs.gd")

var _root: Node3D
var _places: Dictionary[String, Model.Place] = {}
## Bones that do not swing, or swing already, by skeleton.
var _fixed: Dictionary[NodePath, Dictionary] = {}
var _bound := Springs.new()


## Returns the springs with their bones; null if none of them has bones. [param places] are the nodes of the scene
## [param root] by name, [param posed] the names of those that the pose turns.
static func bind(springs: Springs, root: Node3D, places: Dictionary[String, Model.Place], posed: PackedStringArray) -> Springs:
	var binding := new()
	binding._root = root
	binding._places = places
	for name: String in posed:
		if places.has(name):
			binding._fix(places[name].path, places[name].bone)
	for collider: Springs.Collider in springs.colliders:
		var place: Model.Place = places.get(collider.node)
		if place != null:
			collider.skeleton = place.path
			collider.bone = place.bone
	binding._bound.colliders = springs.colliders
	for chain: Springs.Chain in springs.chains:
		binding._bind(chain)
	var depths: Dictionary[Springs.Chain, int] = {}
	for chain: Springs.Chain in binding._bound.chains:
		depths[chain] = _depth(root.get_node(chain.skeleton) as Skeleton3D, chain.bones[0])
	# A bone's rotation moves the bones below it, so the upper ones swing first.
	binding._bound.chains.sort_custom(func(a: Springs.Chain, b: Springs.Chain) -> bool: return depths[a] < depths[b])
	return binding._bound if not binding._bound.chains.is_empty() else null


## Adds the parts of a chain that swing. A bone that is fixed only gives the one above it a length.
func _bind(chain: Springs.Chain) -> void:
	var first: Model.Place = _places.get(chain.joints[0].node)
	var last: Model.Place = _places.get(chain.joints[-1].node)
	if first == null or last == null or first.bone < 0 or last.bone < 0 or first.path != last.path:
		return
	var bones := _way(_root.get_node(first.path) as Skeleton3D, first.bone, last.bone)
	var settings := _settings(chain, first.path, bones)
	var begin := -1
	for i: int in bones.size():
		var swings := (i < bones.size() - 1 or chain.is_extended) and not _is_fixed(first.path, bones[i])
		if swings and begin < 0:
			begin = i
		if begin >= 0 and not swings:
			_add(chain, first.path, bones.slice(begin, i + 1), settings.slice(begin, i + 1), false)
			begin = -1
	if begin >= 0:
		_add(chain, first.path, bones.slice(begin), settings.slice(begin), true)


func _settings(chain: Springs.Chain, path: NodePath, bones: PackedInt32Array) -> Array[Springs.Joint]:
	var by_bone: Dictionary[int, Springs.Joint] = {}
	for joint: Springs.Joint in chain.joints:
		var place: Model.Place = _places.get(joint.node)
		if place != null and place.path == path:
			by_bone[place.bone] = joint
	var settings: Array[Springs.Joint] = []
	for bone: int in bones:
		# A bone between two joints swings like the joint above it.
		settings.append(by_bone.get(bone, settings[-1] if not settings.is_empty() else chain.joints[0]))
	return settings


func _add(of: Springs.Chain, path: NodePath, bones: PackedInt32Array, settings: Array[Springs.Joint], is_extended: bool) -> void:
	var chain := Springs.Chain.new()
	chain.joints = of.joints
	chain.is_extended = is_extended
	chain.center = of.center
	chain.skeleton = path
	chain.bones = bones
	chain.settings = settings
	for collider: int in of.colliders:
		if _bound.colliders[collider].skeleton == path and _bound.colliders[collider].bone >= 0:
			chain.colliders.append(collider)
	var center: Model.Place = _places.get(of.center)
	chain.center_bone = center.bone if center != null and center.path == path else -1
	_bound.chains.append(chain)
	for bone: int in bones if is_extended else bones.slice(0, -1):
		_fix(path, bone)


func _fix(path: NodePath, bone: int) -> void:
	_fixed.get_or_add(path, {})[bone] = true


func _is_fixed(path: NodePath, bone: int) -> bool:
	return _fixed.has(path) and _fixed[path].has(bone)


## Returns the bones from [param first] down to [param last]; empty if it is not above it.
static func _way(skeleton: Skeleton3D, first: int, last: int) -> PackedInt32Array:
	var bones := PackedInt32Array()
	var bone := last
	while bone >= 0:
		bones.append(bone)
		if bone == first:
			bones.reverse()
			return bones
		bone = skeleton.get_bone_parent(bone)
	return PackedInt32Array()


static func _depth(skeleton: Skeleton3D, bone: int) -> int:
	var depth := 0
	while bone >= 0:
		depth += 1
		bone = skeleton.get_bone_parent(bone)
	return depth
