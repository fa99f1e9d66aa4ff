@tool
extends RefCounted
## Changes colours and texture transforms of materials in one instance of a model, as its expressions say. Other instances
## keep theirs.

const Expressions := preload("expressions.gd")

## Properties of a [BaseMaterial3D] by the parameters of MToon. They are sRGB; colours of expressions are linear.
const PLAIN: Dictionary[StringName, StringName] = {&"base_color": &"albedo_color", &"emission": &"emission"}
const COLOR_MIN := Vector4(0.0, 0.0, 0.0, 0.0)
const COLOR_MAX := Vector4(16.0, 16.0, 16.0, 1.0)
## The transforms that move with the main texture's. The shading shift and the matcap keep theirs, as on the page.
const TRANSFORMS: Array[StringName] = [
	&"base_transform", &"shade_transform", &"normal_transform", &"emission_transform", &"rim_transform",
	&"outline_width_transform", &"uv_animation_mask_transform",
]

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


## Shows values: for each material, by its index, blends by parameter.
func show(blends: Dictionary[int, Dictionary]) -> void:
	for index: int in blends:
		for parameter: StringName in blends[index]:
			var blend: Expressions.Blend = blends[index][parameter]
			if blend.share == 0.0 and not _copies.has(index):
				continue
			if parameter == Expressions.TEXTURE_TRANSFORM:
				_transform_textures(_copy(index), _original(index), blend)
			else:
				var color := _blended(_base(index, parameter), blend).clamp(COLOR_MIN, COLOR_MAX)
				_set_color(_copy(index), parameter, Color(color.x, color.y, color.z, color.w))


func _copy(index: int) -> Material:
	if not _copies.has(index):
		var painted := _painted[index]
		var material := _copy_of(_original(index))
		for i: int in painted.meshes.size():
			_mesh(painted, i).set_surface_override_material(painted.surfaces[i], material)
		_copies[index] = material
	return _copies[index]


func _base(index: int, parameter: StringName) -> Vector4:
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


static func _blended(base: Vector4, blend: Expressions.Blend) -> Vector4:
	return base * (1.0 - blend.share) + blend.sum


static func _color_of(material: Material, parameter: StringName) -> Vector4:
	var found: Variant = null
	if material is ShaderMaterial:
		found = (material as ShaderMaterial).get_shader_parameter(parameter)
	elif material is BaseMaterial3D and PLAIN.has(parameter):
		found = (material.get(PLAIN[parameter]) as Color).srgb_to_linear()
	var color: Color = found if found is Color else Color.BLACK
	return Vector4(color.r, color.g, color.b, color.a)


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


## Moves and scales the textures of [param material], from their transforms in [param original].
static func _transform_textures(material: Material, original: Material, blend: Expressions.Blend) -> void:
	if material is ShaderMaterial:
		for parameter: StringName in TRANSFORMS:
			var found: Variant = (original as ShaderMaterial).get_shader_parameter(parameter)
			var transform := _transformed(found if found is Basis else Basis.IDENTITY, blend)
			(material as ShaderMaterial).set_shader_parameter(parameter, transform)
		if material.next_pass != null and original.next_pass != null:
			_transform_textures(material.next_pass, original.next_pass, blend)
	elif material is BaseMaterial3D:
		var plain := original as BaseMaterial3D
		var base := Vector4(plain.uv1_offset.x, plain.uv1_offset.y, plain.uv1_scale.x, plain.uv1_scale.y)
		var value := _blended(base, blend)
		(material as BaseMaterial3D).uv1_offset = Vector3(value.x, value.y, plain.uv1_offset.z)
		(material as BaseMaterial3D).uv1_scale = Vector3(value.z, value.w, plain.uv1_scale.z)


## Returns a texture's matrix with blended offset and scale; it keeps its rotation.
static func _transformed(base: Basis, blend: Expressions.Blend) -> Basis:
	var along := Vector3.RIGHT
	var across := Vector3.UP
	var scale := Vector2(base.x.x, base.y.y)
	if not is_zero_approx(base.x.y):
		along = base.x.normalized()
		across = Vector3(-along.y, along.x, 0.0)
		# A negative scale of x cannot be told from half a turn.
		scale = Vector2(base.x.dot(along), base.y.dot(across))
	var value := _blended(Vector4(base.z.x, base.z.y, scale.x, scale.y), blend)
	return Basis(along * value.z, across * value.w, Vector3(value.x, value.y, 1.0))
