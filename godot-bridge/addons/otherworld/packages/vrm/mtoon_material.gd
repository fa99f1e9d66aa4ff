@tool
extends RefCounted
## Makes a Godot material from an MToon material of a glTF file: a [ShaderMaterial], with a second pass if it has outlines.
## Source: VRMC_materials_mtoon 1.0 (vrm-c/vrm-specification).

const MtoonShaders := preload("mtoon_shaders.gd")
const VrmJson := preload("vrm_json.gd")

## A wider outline would cover the view: metres, or a share of the screen's height.
const OUTLINE_MAX := 0.05
const COLOR_MAX := 16.0
const NUMBER_MAX := 1_000.0
## Render priority of transparent materials that write depth, relative to others, so that they are drawn before them.
const DEPTH_WRITING_PRIORITY := -20
const QUEUE_OFFSET_MAX := 9.0
const NEAREST: Array[BaseMaterial3D.TextureFilter] = [
	BaseMaterial3D.TEXTURE_FILTER_NEAREST, BaseMaterial3D.TEXTURE_FILTER_NEAREST_WITH_MIPMAPS,
]

var _textures: Array[Texture2D]
var _gltf: Dictionary
var _mtoon: Dictionary
var _plain: BaseMaterial3D


## [param gltf] is the material's JSON with its extension (or what mtoon_0.gd makes of it), [param textures] the file's, by
## index. The material samples its textures like [param plain], which Godot has made of the file; null: linear and
## repeated.
static func of(gltf: Dictionary, textures: Array[Texture2D], plain: BaseMaterial3D = null) -> ShaderMaterial:
	var maker := new()
	maker._textures = textures
	maker._gltf = gltf
	maker._mtoon = VrmJson.extension_of(gltf, "VRMC_materials_mtoon")
	maker._plain = plain
	return maker._make()


func _make() -> ShaderMaterial:
	var material := ShaderMaterial.new()
	material.shader = _shader(false)
	_set_all(material)
	if VrmJson.text_of(_gltf.get("alphaMode")) == "BLEND":
		material.render_priority = _queue_offset() + (DEPTH_WRITING_PRIORITY if _writes_depth() else 0)
	var width := VrmJson.number_of(_mtoon.get("outlineWidthFactor"), 0.0, OUTLINE_MAX, 0.0)
	if width > 0.0 and ["worldCoordinates", "screenCoordinates"].has(VrmJson.text_of(_mtoon.get("outlineWidthMode"))):
		var outline := ShaderMaterial.new()
		outline.shader = _shader(true)
		outline.render_priority = material.render_priority
		_set_all(outline)
		outline.set_shader_parameter(&"outline_width", width)
		outline.set_shader_parameter(&"outline_on_screen", _mtoon.outlineWidthMode == "screenCoordinates")
		material.next_pass = outline
	return material


## Returns the offset within the range that the specification allows for the alpha mode.
func _queue_offset() -> int:
	var least := 0.0 if _writes_depth() else -QUEUE_OFFSET_MAX
	var most := QUEUE_OFFSET_MAX if _writes_depth() else 0.0
	return int(VrmJson.number_of(_mtoon.get("renderQueueOffsetNumber"), least, most, 0.0))


func _set_all(material: ShaderMaterial) -> void:
	var pbr := VrmJson.object_of(_gltf.get("pbrMetallicRoughness"))
	material.set_shader_parameter(&"base_color", _color(pbr.get("baseColorFactor"), 4, Color.WHITE))
	_set_texture(material, "base", pbr.get("baseColorTexture"))
	_set_color(material, &"shade_color", "shadeColorFactor", Color.BLACK)
	_set_texture(material, "shade", _mtoon.get("shadeMultiplyTexture"))
	_set_number(material, &"shading_shift", "shadingShiftFactor", 0.0)
	_set_number(material, &"shading_toony", "shadingToonyFactor", 0.9)
	_set_texture(material, "shading_shift", _mtoon.get("shadingShiftTexture"))
	material.set_shader_parameter(&"shading_shift_scale", _scale(_mtoon.get("shadingShiftTexture")))
	_set_share(material, &"gi_equalization", "giEqualizationFactor", 0.9)
	material.set_shader_parameter(&"has_normal_texture", _set_texture(material, "normal", _gltf.get("normalTexture")))
	material.set_shader_parameter(&"normal_scale", _scale(_gltf.get("normalTexture")))
	material.set_shader_parameter(&"emission", _color(_gltf.get("emissiveFactor"), 3, Color.BLACK) * _emission_strength())
	_set_texture(material, "emission", _gltf.get("emissiveTexture"))
	material.set_shader_parameter(&"alpha_cutoff", VrmJson.number_of(_gltf.get("alphaCutoff"), 0.0, 1.0, 0.5))
	_set_color(material, &"matcap_color", "matcapFactor", Color.WHITE)
	_set_texture(material, "matcap", _mtoon.get("matcapTexture"))
	_set_color(material, &"rim_color", "parametricRimColorFactor", Color.BLACK)
	_set_number(material, &"rim_fresnel_power", "parametricRimFresnelPowerFactor", 5.0)
	_set_number(material, &"rim_lift", "parametricRimLiftFactor", 0.0)
	_set_share(material, &"rim_lighting_mix", "rimLightingMixFactor", 1.0)
	_set_texture(material, "rim", _mtoon.get("rimMultiplyTexture"))
	_set_color(material, &"outline_color", "outlineColorFactor", Color.BLACK)
	_set_share(material, &"outline_lighting_mix", "outlineLightingMixFactor", 1.0)
	_set_texture(material, "outline_width", _mtoon.get("outlineWidthMultiplyTexture"))
	_set_texture(material, "uv_animation_mask", _mtoon.get("uvAnimationMaskTexture"))
	material.set_shader_parameter(&"uv_animation", Vector3(_number("uvAnimationScrollXSpeedFactor", 0.0),
			_number("uvAnimationScrollYSpeedFactor", 0.0), _number("uvAnimationRotationSpeedFactor", 0.0)))


func _number(key: String, otherwise: float) -> float:
	return VrmJson.number_of(_mtoon.get(key), -NUMBER_MAX, NUMBER_MAX, otherwise)


func _set_number(material: ShaderMaterial, parameter: StringName, key: String, otherwise: float) -> void:
	material.set_shader_parameter(parameter, _number(key, otherwise))


func _set_share(material: ShaderMaterial, parameter: StringName, key: String, otherwise: float) -> void:
	material.set_shader_parameter(parameter, VrmJson.number_of(_mtoon.get(key), 0.0, 1.0, otherwise))


func _set_color(material: ShaderMaterial, parameter: StringName, key: String, otherwise: Color) -> void:
	material.set_shader_parameter(parameter, _color(_mtoon.get(key), 3, otherwise))


## Sets the parameters NAME_texture and NAME_transform. Returns whether the file has the texture.
func _set_texture(material: ShaderMaterial, name: String, info: Variant) -> bool:
	var object := VrmJson.object_of(info)
	var index := VrmJson.index_of(object.get("index"), _textures.size())
	if index < 0 or _textures[index] == null:
		return false
	material.set_shader_parameter(name + "_texture", _textures[index])
	var transform := VrmJson.extension_of(object, "KHR_texture_transform")
	if not transform.is_empty():
		material.set_shader_parameter(name + "_transform", _transform(transform))
	return true


func _writes_depth() -> bool:
	return VrmJson.flag_of(_mtoon.get("transparentWithZWrite"))


func _emission_strength() -> float:
	var standard := VrmJson.extension_of(_gltf, "KHR_materials_emissive_strength").get("emissiveStrength")
	var of_vrm := VrmJson.extension_of(_gltf, "VRMC_materials_hdr_emissiveMultiplier").get("emissiveMultiplier")
	return VrmJson.number_of(standard if standard != null else of_vrm, 0.0, COLOR_MAX, 1.0)


func _shader(is_outline: bool) -> Shader:
	var features := MtoonShaders.Features.new()
	features.is_outline = is_outline
	features.is_unlit = VrmJson.flag_of(_gltf.get("isUnlit"))
	features.is_double_sided = VrmJson.flag_of(_gltf.get("doubleSided"))
	features.alpha_mode = VrmJson.text_of(_gltf.get("alphaMode"))
	features.writes_depth = _writes_depth()
	if _plain != null:
		features.repeats = _plain.texture_repeat
		features.is_pixelated = _plain.texture_filter in NEAREST
	return MtoonShaders.of(features)


static func _color(value: Variant, length: int, otherwise: Color) -> Color:
	var found := VrmJson.numbers_of(value, length, COLOR_MAX)
	if found.size() != length:
		return otherwise
	return Color(maxf(found[0], 0.0), maxf(found[1], 0.0), maxf(found[2], 0.0), clampf(found[3], 0.0, 1.0) if length == 4 else 1.0)


static func _scale(info: Variant) -> float:
	return VrmJson.number_of(VrmJson.object_of(info).get("scale"), -NUMBER_MAX, NUMBER_MAX, 1.0)


## Returns the matrix of a KHR_texture_transform. Source: KHR_texture_transform (KhronosGroup/glTF).
static func _transform(json: Dictionary) -> Basis:
	var offset := VrmJson.numbers_of(json.get("offset"), 2, NUMBER_MAX)
	var scale := VrmJson.numbers_of(json.get("scale"), 2, NUMBER_MAX)
	var angle := VrmJson.number_of(json.get("rotation"), -NUMBER_MAX, NUMBER_MAX, 0.0)
	var x := scale[0] if scale.size() == 2 else 1.0
	var y := scale[1] if scale.size() == 2 else 1.0
	return Basis(Vector3(cos(angle), -sin(angle), 0.0) * x, Vector3(sin(angle), cos(angle), 0.0) * y,
			Vector3(offset[0] if offset.size() == 2 else 0.0, offset[1] if offset.size() == 2 else 0.0, 1.0))
