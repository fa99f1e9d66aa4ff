@tool
extends RefCounted
## Reads what a VRM file has beyond its model, after Godot has made the model's scene.

const Constraints := preload("constraints.gd")
const ExpressionReader := preload("expression_reader.gd")
const LookAt := preload("look_at.gd")
const Model := preload("../model/model.gd")
const MtoonReader := preload("mtoon_reader.gd")
const SpringBinding := preload("spring_binding.gd")
const SpringReader := preload("spring_reader.gd")
const Vrm := preload("vrm.gd")


## Returns null for a file without VRM data. [param places] are the nodes of the scene [param root] by name,
## [param posed] the names of those that the pose turns.
static func read(state: GLTFState, root: Node3D, places: Dictionary[String, Model.Place], posed: PackedStringArray) -> Vrm:
	var extensions: Variant = state.json.get("extensions")
	if not extensions is Dictionary or not (extensions as Dictionary).keys().any(_is_vrm):
		return null
	var names := PackedStringArray()
	for node: GLTFNode in state.get_nodes():
		names.append(node.resource_name)
	var vrm := Vrm.new()
	vrm.springs = SpringBinding.bind(SpringReader.read(state.json, names), root, places, posed)
	vrm.constraints = Constraints.read(state.json, names, root, places, posed) as Constraints
	vrm.expressions = ExpressionReader.read(state.json, names, root, state.get_materials())
	# Expressions find a material by the surfaces that have it, so this comes after them.
	MtoonReader.apply(state, root)
	vrm.look_at = LookAt.read(state.json, names, places) as LookAt
	return vrm


static func _is_vrm(extension: String) -> bool:
	return extension == "VRM" or extension.begins_with("VRMC_")
