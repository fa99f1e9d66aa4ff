extends RefCounted
## Nodes that follow the bones of an avatar, whichever model is shown. They belong to the avatar's node and not to a
## model, so what is attached to them stays when the package or the level of detail changes.

const AvatarBody := preload("../packages/avatar/avatar_body.gd")
const PoseSolver := preload("../packages/avatar/pose_solver.gd")

var _avatar: Node3D
var _nodes: Dictionary[int, Node3D] = {}
var _is_head_hidden := false


func _init(avatar: Node3D) -> void:
	_avatar = avatar


## Returns whether no bone has a node.
func is_empty() -> bool:
	return _nodes.is_empty()


## Returns whether a bone has a node.
func has(bone: int) -> bool:
	return _nodes.has(bone)


## Returns the node of a bone, at first where [param body] has the bone at rest.
func node_of(bone: int, body: AvatarBody) -> Node3D:
	if not _nodes.has(bone):
		var node := Node3D.new()
		node.name = "Bone_%s" % AvatarBody.BONES[bone]
		_avatar.add_child(node)
		_nodes[bone] = node
		if body != null:
			var solver := PoseSolver.new()
			solver.rest(body)
			place(solver)
		hide_head(_is_head_hidden)
	return _nodes[bone]


## Moves the nodes to the bones of a pose.
func place(solver: PoseSolver) -> void:
	for bone: int in _nodes:
		_nodes[bone].transform = Transform3D(Basis(solver.rotations[bone].normalized()), solver.positions[bone])


## Hides what is attached to the head, as the head itself in first person.
func hide_head(is_hidden: bool) -> void:
	_is_head_hidden = is_hidden
	if _nodes.has(PoseSolver.HEAD):
		_nodes[PoseSolver.HEAD].visible = not is_hidden


## Returns how far what is attached to the head reaches above the head bone, metres. 0 if nothing is attached.
func metres_above_head() -> float:
	var head: Node3D = _nodes.get(PoseSolver.HEAD)
	var most := 0.0
	for found: Node in head.find_children("*", "GeometryInstance3D", true, false) if head != null else ([] as Array[Node]):
		var shown := found as GeometryInstance3D
		var place := Transform3D.IDENTITY
		var node: Node3D = shown
		while node != head and node != null:
			place = node.transform * place
			node = node.get_parent() as Node3D
		most = maxf(most, (place * shown.get_aabb()).end.y)
	return most
