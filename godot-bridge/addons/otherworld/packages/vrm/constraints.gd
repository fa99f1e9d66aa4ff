@tool
extends RefCounted
## The node constraints of a VRM 1.0 file: nodes that turn with, or towards, another node. All instances of the model share
## them. Invalid ones are left out, as are those of a node that the pose turns.
## Source: VRMC_node_constraint 1.0 (vrm-c/vrm-specification).

const Model := preload("../model/model.gd")
const VrmJson := preload("vrm_json.gd")

## What turns a node: the rotation of its source, the part of it about an axis, or the direction to the source.
enum Kind { ROTATION, ROLL, AIM }

const KINDS: Dictionary[String, Kind] = {"rotation": Kind.ROTATION, "roll": Kind.ROLL, "aim": Kind.AIM}
const AXES: Dictionary[String, Vector3] = {
	"X": Vector3.RIGHT, "Y": Vector3.UP, "Z": Vector3.BACK,
	"PositiveX": Vector3.RIGHT, "NegativeX": Vector3.LEFT, "PositiveY": Vector3.UP, "NegativeY": Vector3.DOWN,
	"PositiveZ": Vector3.BACK, "NegativeZ": Vector3.FORWARD,
}
## Constraints of one model. A body with twist bones has about twenty.
const CONSTRAINTS_MAX := 128

## Each after those that turn its source.
var list: Array[Constraint] = []


## Turns one node.
class Constraint:
	extends RefCounted
	var kind := Kind.ROTATION
	var place: Model.Place
	var source: Model.Place
	## Axis of a roll or an aim, in the node's space.
	var axis := Vector3.RIGHT
	## Share of the way from the rest pose, 0 to 1.
	var weight := 1.0
	## Rotations at rest, in the parents' spaces.
	var rest := Quaternion.IDENTITY
	var source_rest := Quaternion.IDENTITY


## Returns the constraints of a glTF's JSON; null without any. [param names] are the names of its nodes, [param places] the
## nodes of the scene [param root] by name, [param posed] the names of those that the pose turns.
static func read(json: Dictionary, names: PackedStringArray, root: Node3D, places: Dictionary[String, Model.Place], posed: PackedStringArray) -> RefCounted:
	var by_place: Dictionary[Model.Place, Constraint] = {}
	var nodes := VrmJson.objects_of(json.get("nodes"), names.size())
	for i: int in nodes.size():
		var place: Model.Place = places.get(names[i])
		var data := VrmJson.object_of(VrmJson.extension_of(nodes[i], "VRMC_node_constraint").get("constraint"))
		if data.is_empty() or place == null or posed.has(names[i]) or by_place.size() >= CONSTRAINTS_MAX:
			continue
		var constraint := _constraint(data, names, places)
		if constraint != null and constraint.source != place and place.has_rotation() and constraint.source.has_rotation():
			constraint.place = place
			constraint.rest = _rest_of(place, root)
			constraint.source_rest = _rest_of(constraint.source, root)
			by_place[place] = constraint
	var found := new()
	for constraint: Constraint in by_place.values():
		_add(constraint, by_place, found.list)
	return found if not found.list.is_empty() else null


static func _constraint(data: Dictionary, names: PackedStringArray, places: Dictionary[String, Model.Place]) -> Constraint:
	for kind: String in KINDS:
		var of := VrmJson.object_of(data.get(kind))
		var source := VrmJson.index_of(of.get("source"), names.size())
		if source < 0 or not places.has(names[source]):
			continue
		var axis := VrmJson.text_of(of.get(kind + "Axis"))
		if kind != "rotation" and not AXES.has(axis):
			continue
		var constraint := Constraint.new()
		constraint.kind = KINDS[kind]
		constraint.source = places[names[source]]
		constraint.axis = AXES.get(axis, Vector3.RIGHT)
		constraint.weight = VrmJson.number_of(of.get("weight"), 0.0, 1.0, 1.0)
		return constraint
	return null


## Adds a constraint after those of its source, its source's source and so on. Constraints in a circle are left out.
static func _add(constraint: Constraint, by_place: Dictionary[Model.Place, Constraint], to: Array[Constraint]) -> void:
	var chain: Array[Constraint] = []
	var next := constraint
	while next != null and not to.has(next):
		if chain.has(next):
			return
		chain.push_front(next)
		next = by_place.get(next.source)
	to.append_array(chain)


static func _rest_of(place: Model.Place, root: Node3D) -> Quaternion:
	var node := root.get_node(place.path) as Node3D
	var basis := (node as Skeleton3D).get_bone_rest(place.bone).basis if place.bone >= 0 else node.basis
	return basis.get_rotation_quaternion()
