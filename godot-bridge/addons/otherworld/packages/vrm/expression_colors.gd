@tool
extends RefCounted
## Changes colours of materials in one instance of a model, as its expressions say. Other instances keep theirs.

const Expressions := preload("expressions.gd")

## Properties of a [BaseMaterial3D] by the parameters of MToon. They are sRGB; colours of expressions are linear.
const PLAIN: Dictionary[StringName, StringName] = {&"base_color": &"albedo_color", &"emission": &"emission"}
const COLOR_MIN := Color(0.0, 0.0, 0.0, 0.0)
const COLOR_MAX := Color(16.0, 16.0, 16.0, 1.0)

var _painted: Array[Expressions.Painted] = []
var _scene: Node3D
## Copies of the materials by their index. Each is made when an expression first changes it.
var _copies: Dictionary[int, Material] = {}
## Colours of the file by material and parameter, linear.
var _bases: Dictionary[int, Dictionary] = {}


## [param scene] is an instance of the model's scene.
func _init(painted: Array[Expressions.Painted], scene: Node3D) -> void:
	_painted = painted
	_scene = scene


## Shows colours: for each material, by its index, blends by parameter.
func show(blends: Dictionary[int, Dictionary]) -> void:
	for index: int in blends:
		for parameter: StringName in blends[index]:
			var blend: Expressions.Blend = blends[index][parameter]
			if blend.share == 0.0 and not _copies.has(index):
				continue
			var base := _base(index, parameter)
			_set_color(_copy(index), parameter, (base * (1.0 - blend.share) + blend.sum).clamp(COLOR_MIN, COLOR_MAX))


func _copy(index: int) -> Material:
	if not _copies.has(index):
		var painted := _painted[index]
		var material := _copy_of(_original(index))
		for i: int in painted.meshes.size():
			_mesh(painted, i).set_surface_override_material(painted.surfaces[i], material)
		_copies[index] = material
	return _copies[index]


func _base(index: int, parameter: StringName) -> Color:
	var bases: Dictionary = _bases.get_or_add(index, {})
	return bases.get_or_add(parameter, _color_of(_original(index), parameter))


func _original(index: int) -> Material:
	var painted := _painted[index]
	return _mesh(painted, 0).mesh.surface_get_material(painted.surfaces[0])


func _mesh(painted: Expressions.Painted, i: int) -> MeshInstance3D:
	return _scene.get_node(painted.meshes[i]) as MeshInstance3D


static func _copy_of(material: Material) -> Material:
	if not material is ShaderMaterial:
		return material.duplicate() as Material
	# duplicate() would lose colours, because the shader's uniforms are vectors: in the copy, and in the original.
	var original := material as ShaderMaterial
	var copy := ShaderMaterial.new()
	copy.shader = original.shader
	copy.render_priority = original.render_priority
	for uniform: Dictionary in original.shader.get_shader_uniform_list():
		copy.set_shader_parameter(uniform.name as StringName, original.get_shader_parameter(uniform.name as StringName))
	if original.next_pass != null:
		copy.next_pass = _copy_of(original.next_pass)
	return copy


static func _color_of(material: Material, parameter: StringName) -> Color:
	var found: Variant = null
	if material is ShaderMaterial:
		found = (material as ShaderMaterial).get_shader_parameter(parameter)
	elif material is BaseMaterial3D and PLAIN.has(parameter):
		found = (material.get(PLAIN[parameter]) as Color).srgb_to_linear()
	return found if found is Color else Color.BLACK


static func _set_color(material: Material, parameter: StringName, color: Color) -> void:
	if material is ShaderMaterial:
		(material as ShaderMaterial).set_shader_parameter(parameter, color)
		# An outline.
		if material.next_pass != null:
			_set_color(material.next_pass, parameter, color)
	elif material is BaseMaterial3D and PLAIN.has(parameter):
		if parameter == &"emission":
			(material as BaseMaterial3D).emission_enabled = true
		material.set(PLAIN[parameter], color.linear_to_srgb())
