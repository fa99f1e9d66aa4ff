@tool
extends RefCounted
## Reads the expressions of a VRM file: those of VRMC_vrm (1.0), or blendShapeMaster of VRM (0.x) under the names of 1.0.
## Invalid parts are left out. Source: the specifications of VRM 0.0 and VRMC_vrm 1.0 (vrm-c/vrm-specification).

const Expressions := preload("expressions.gd")
const GlbCheck := preload("../model/glb_check.gd")
const Mtoon0 := preload("mtoon_0.gd")
const VrmJson := preload("vrm_json.gd")

const EXPRESSIONS_MAX := 128
const BINDS_MAX := 64
## Binds of one model. A face has up to a hundred.
const BINDS_ALL_MAX := 4_096
const NAME_CHARACTERS_MAX := 64
## Names of VRM 1.0 by the presets of VRM 0.x.
const NAMES_0: Dictionary[String, StringName] = {
	"neutral": &"neutral", "joy": &"happy", "angry": &"angry", "sorrow": &"sad", "fun": &"relaxed",
	"a": &"aa", "i": &"ih", "u": &"ou", "e": &"ee", "o": &"oh",
	"blink": &"blink", "blink_l": &"blinkLeft", "blink_r": &"blinkRight",
	"lookup": &"lookUp", "lookdown": &"lookDown", "lookleft": &"lookLeft", "lookright": &"lookRight",
}
const OVERRIDES: Dictionary[String, Expressions.Override] = {
	"block": Expressions.Override.BLOCK, "blend": Expressions.Override.BLEND,
}
## Parameters of the MToon shader by the types of materialColorBinds.
const COLORS: Dictionary[String, StringName] = {
	"color": &"base_color", "emissionColor": &"emission", "shadeColor": &"shade_color",
	"matcapColor": &"matcap_color", "rimColor": &"rim_color", "outlineColor": &"outline_color",
}
const COLOR_MAX := 16.0
## Parameters by the properties of materialValues (VRM 0.x).
const COLORS_0: Dictionary[String, StringName] = {
	"_Color": &"base_color", "_EmissionColor": &"emission", "_ShadeColor": &"shade_color",
	"_RimColor": &"rim_color", "_OutlineColor": &"outline_color",
}
## Offset and scale of textures.
const TRANSFORM_MAX := 100.0

var _root: Node3D
var _nodes: Array[Dictionary]
var _names: PackedStringArray
var _found := Expressions.new()
var _indices: Dictionary[NodePath, int] = {}
var _binds_left := BINDS_ALL_MAX
## Paths of the mesh instances by the name of their node.
var _paths: Dictionary[StringName, Array] = {}
## Godot's materials by their index in the file, and the surfaces of each.
var _materials: Array[Material] = []
var _surfaces: Dictionary[Material, Expressions.Painted] = {}
## Index in [member Expressions.painted] by material.
var _painted: Dictionary[int, int] = {}
## Indices of the materials by their name in the file.
var _materials_by_name: Dictionary[String, Array] = {}


## Returns the expressions of a glTF's JSON; null without any. [param names] are the names of its nodes in the scene,
## [param materials] those that the scene's meshes have, by their index in the file.
static func read(json: Dictionary, names: PackedStringArray, root: Node3D, materials: Array[Material]) -> Expressions:
	var reader := new()
	reader._materials = materials
	reader._find_meshes(root)
	reader._names = names
	reader._name_materials(json)
	reader._nodes = VrmJson.objects_of(json.get("nodes"), names.size())
	var later := VrmJson.object_of(VrmJson.extension_of(json, "VRMC_vrm").get("expressions"))
	if not later.is_empty():
		reader._read_1(VrmJson.object_of(later.get("custom")))
		# A custom expression cannot replace a standard one.
		reader._read_1(VrmJson.object_of(later.get("preset")))
	else:
		reader._read_0(VrmJson.object_of(VrmJson.extension_of(json, "VRM").get("blendShapeMaster")))
	return reader._found if not reader._found.expressions.is_empty() else null


func _read_1(data: Dictionary) -> void:
	for name: Variant in data.keys().slice(0, EXPRESSIONS_MAX):
		var it := VrmJson.object_of(data[name])
		var expression := Expressions.Face.new()
		expression.is_binary = VrmJson.flag_of(it.get("isBinary"))
		expression.override_blink = OVERRIDES.get(str(it.get("overrideBlink")), Expressions.Override.NONE)
		expression.override_look_at = OVERRIDES.get(str(it.get("overrideLookAt")), Expressions.Override.NONE)
		expression.override_mouth = OVERRIDES.get(str(it.get("overrideMouth")), Expressions.Override.NONE)
		for bind: Dictionary in VrmJson.objects_of(it.get("morphTargetBinds"), BINDS_MAX):
			var node := VrmJson.index_of(bind.get("node"), _nodes.size())
			_bind(expression, node, bind, VrmJson.number_of(bind.get("weight"), 0.0, 1.0, 1.0))
		for bind: Dictionary in VrmJson.objects_of(it.get("materialColorBinds"), BINDS_MAX):
			_bind_color(expression, bind)
		for bind: Dictionary in VrmJson.objects_of(it.get("textureTransformBinds"), BINDS_MAX):
			_bind_transform(expression, bind)
		_found.expressions[StringName(str(name).left(NAME_CHARACTERS_MAX))] = expression


func _read_0(data: Dictionary) -> void:
	var nodes_by_mesh: Dictionary[int, Array] = {}
	for node: int in _nodes.size():
		var used := VrmJson.index_of(_nodes[node].get("mesh"), GlbCheck.MESHES_MAX)
		if used >= 0:
			(nodes_by_mesh.get_or_add(used, []) as Array).append(node)
	for group: Dictionary in VrmJson.objects_of(data.get("blendShapeGroups"), EXPRESSIONS_MAX):
		var expression := Expressions.Face.new()
		expression.is_binary = VrmJson.flag_of(group.get("isBinary"))
		for bind: Dictionary in VrmJson.objects_of(group.get("binds"), BINDS_MAX):
			var mesh := VrmJson.index_of(bind.get("mesh"), GlbCheck.MESHES_MAX)
			for node: int in nodes_by_mesh.get(mesh, []):
				# Weights of VRM 0.x are percentages.
				_bind(expression, node, bind, VrmJson.number_of(bind.get("weight"), 0.0, 100.0, 100.0) / 100.0)
		for value: Dictionary in VrmJson.objects_of(group.get("materialValues"), BINDS_MAX):
			for material: int in _materials_by_name.get(VrmJson.text_of(value.get("materialName")), []):
				_bind_value_0(expression, material, value)
		var custom := StringName(str(group.get("name")).left(NAME_CHARACTERS_MAX))
		_found.expressions[NAMES_0.get(str(group.get("presetName")).to_lower(), custom)] = expression


func _bind(expression: Expressions.Face, node: int, data: Dictionary, weight: float) -> void:
	if node < 0 or _binds_left == 0:
		return
	for path: NodePath in _paths.get(StringName(_names[node]), []):
		var mesh := (_root.get_node(path) as MeshInstance3D).mesh as ArrayMesh
		var bind := Expressions.Bind.new()
		bind.target = VrmJson.index_of(data.get("index"), mesh.get_blend_shape_count())
		bind.weight = weight
		if bind.target >= 0 and _binds_left > 0:
			_binds_left -= 1
			bind.mesh = _indices.get_or_add(path, _found.meshes.size())
			if bind.mesh == _found.meshes.size():
				_found.meshes.append(path)
			expression.binds.append(bind)


func _bind_color(expression: Expressions.Face, data: Dictionary) -> void:
	var material := VrmJson.index_of(data.get("material"), _materials.size())
	var parameter: StringName = COLORS.get(VrmJson.text_of(data.get("type")), &"")
	var rgb := VrmJson.numbers_of(data.get("targetValue"), 3, COLOR_MAX)
	var rgba := VrmJson.numbers_of(data.get("targetValue"), 4, COLOR_MAX)
	if not parameter.is_empty() and not rgb.is_empty():
		_bind_material(expression, material, parameter, _color(rgb[0], rgb[1], rgb[2], rgba[3] if rgba else 1.0))


func _bind_transform(expression: Expressions.Face, data: Dictionary) -> void:
	var material := VrmJson.index_of(data.get("material"), _materials.size())
	var offset := VrmJson.numbers_of(data.get("offset", [0.0, 0.0]), 2, TRANSFORM_MAX)
	var scale := VrmJson.numbers_of(data.get("scale", [1.0, 1.0]), 2, TRANSFORM_MAX)
	if not offset.is_empty() and not scale.is_empty():
		var target := Vector4(offset[0], offset[1], scale[0], scale[1])
		_bind_material(expression, material, Expressions.TEXTURE_TRANSFORM, target)


## Binds a colour or a transform of VRM 0.x. Its colours are encoded like those of its materials.
func _bind_value_0(expression: Expressions.Face, material: int, data: Dictionary) -> void:
	var property := VrmJson.text_of(data.get("propertyName"))
	var value := VrmJson.numbers_of(data.get("targetValue"), 4, TRANSFORM_MAX)
	if value.is_empty():
		return
	if property == "_MainTex_ST":
		# Scale, then offset. Unity counts v from the bottom, glTF from the top.
		var target := Vector4(value[2], 1.0 - value[3] - value[1], value[0], value[1])
		_bind_material(expression, material, Expressions.TEXTURE_TRANSFORM, target)
	elif COLORS_0.has(property):
		for i: int in 3:
			value[i] = minf(pow(maxf(value[i], 0.0), Mtoon0.GAMMA), COLOR_MAX)
		_bind_material(expression, material, COLORS_0[property], _color(value[0], value[1], value[2], value[3]))


func _bind_material(expression: Expressions.Face, material: int, parameter: StringName, target: Vector4) -> void:
	if material < 0 or _binds_left == 0 or not _surfaces.has(_materials[material]):
		return
	_binds_left -= 1
	var bind := Expressions.MaterialBind.new()
	bind.material = _painted.get_or_add(material, _found.painted.size())
	if bind.material == _found.painted.size():
		_found.painted.append(_surfaces[_materials[material]])
	bind.parameter = parameter
	bind.target = target
	expression.material_binds.append(bind)


static func _color(red: float, green: float, blue: float, alpha: float) -> Vector4:
	return Vector4(maxf(red, 0.0), maxf(green, 0.0), maxf(blue, 0.0), clampf(alpha, 0.0, 1.0))


func _name_materials(json: Dictionary) -> void:
	var materials := VrmJson.objects_of(json.get("materials"), _materials.size())
	for index: int in materials.size():
		(_materials_by_name.get_or_add(VrmJson.text_of(materials[index].get("name")), []) as Array).append(index)


func _find_meshes(root: Node3D) -> void:
	_root = root
	for mesh: MeshInstance3D in root.find_children("*", "MeshInstance3D", true, false):
		if mesh.mesh is ArrayMesh:
			(_paths.get_or_add(mesh.name, []) as Array).append(root.get_path_to(mesh))
		for surface: int in mesh.mesh.get_surface_count() if mesh.mesh != null else 0:
			var painted: Expressions.Painted = _surfaces.get_or_add(
					mesh.mesh.surface_get_material(surface), Expressions.Painted.new())
			painted.meshes.append(root.get_path_to(mesh))
			painted.surfaces.append(surface)
