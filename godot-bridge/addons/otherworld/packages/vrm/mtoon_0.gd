@tool
extends RefCounted
## Turns the materials of VRM 0.x (VRM.materialProperties of the shaders VRM/MToon and VRM/Unlit*) into those of VRM 1.0.
## Sources: the specification of VRM 0.0 and its migration to VRMC_materials_mtoon 1.0 (vrm-c/vrm-specification,
## vrm-c/UniVRM, pixiv/three-vrm).

const VrmJson := preload("vrm_json.gd")

## Colours of VRM 0.x are encoded with this exponent.
const GAMMA := 2.2
## Outlines of VRM 0.x are in centimetres, or in percent of half of the screen's height.
const METRES_PER_CENTIMETRE := 0.01
const NUMBER_MAX := 1_000.0
const OUTLINE_MODES: PackedStringArray = ["none", "worldCoordinates", "screenCoordinates"]
const UNLIT_SHADERS: PackedStringArray = [
	"VRM/UnlitTexture", "VRM/UnlitCutout", "VRM/UnlitTransparent", "VRM/UnlitTransparentZWrite",
]
## VRM 1.0 has this many render queues for the transparent materials that write depth, and for the others.
const QUEUES_MAX := 10
const RENDER_QUEUE_MAX := 5_000.0

## Values of _BlendMode; those above are transparent too.
const BLEND_MODE_CUTOUT := 1.0
const BLEND_MODE_TRANSPARENT := 2.0

var _shader: String
var _queue := 0
var _floats: Dictionary
var _vectors: Dictionary
var _textures: Dictionary
var _keywords: Dictionary


## Returns what the glTF materials become, in the order of materialProperties; empty for other shaders. [code]isUnlit[/code]
## says that light does not change the colour.
static func migrated(properties: Array[Dictionary]) -> Array[Dictionary]:
	# Render queues in use, by whether their materials write depth.
	var queues: Dictionary[bool, Array] = {true: [], false: []}
	for entry: Dictionary in properties:
		var it := new(entry)
		if it._is_transparent() and not queues[it._writes_depth()].has(it._queue):
			queues[it._writes_depth()].append(it._queue)
	queues[true].sort()
	queues[false].sort()
	var found: Array[Dictionary] = []
	for entry: Dictionary in properties:
		found.append(new(entry)._gltf(queues))
	return found


func _init(entry: Dictionary) -> void:
	_shader = VrmJson.text_of(entry.get("shader"))
	_queue = int(VrmJson.number_of(entry.get("renderQueue"), 0.0, RENDER_QUEUE_MAX, 0.0))
	_floats = VrmJson.object_of(entry.get("floatProperties"))
	_vectors = VrmJson.object_of(entry.get("vectorProperties"))
	_textures = VrmJson.object_of(entry.get("textureProperties"))
	_keywords = VrmJson.object_of(entry.get("keywordMap"))


func _is_toon() -> bool:
	return _shader == "VRM/MToon"


func _is_transparent() -> bool:
	if _is_toon():
		return VrmJson.flag_of(_keywords.get("_ALPHABLEND_ON")) or _float("_BlendMode", 0.0) >= BLEND_MODE_TRANSPARENT
	return _shader.begins_with("VRM/UnlitTransparent")


func _writes_depth() -> bool:
	return _is_transparent() and (_float("_ZWrite", 0.0) == 1.0 if _is_toon() else _shader.ends_with("ZWrite"))


func _is_cutout() -> bool:
	if _is_toon():
		return VrmJson.flag_of(_keywords.get("_ALPHATEST_ON")) or _float("_BlendMode", 0.0) == BLEND_MODE_CUTOUT
	return _shader == "VRM/UnlitCutout"


## Returns the place of the material's render queue among those of the file, in the range of VRM 1.0: the last one is 0 for
## materials that do not write depth, the first one for those that do.
func _queue_offset(queues: Dictionary[bool, Array]) -> int:
	if not _is_transparent():
		return 0
	var of_kind := queues[_writes_depth()]
	var place := of_kind.find(_queue)
	return mini(place, QUEUES_MAX - 1) if _writes_depth() else maxi(place - of_kind.size() + 1, 1 - QUEUES_MAX)


func _gltf(queues: Dictionary[bool, Array]) -> Dictionary:
	if not _is_toon() and not UNLIT_SHADERS.has(_shader):
		return {}
	var normal := _texture("_BumpMap")
	normal.scale = _float("_BumpScale", 1.0)
	var material := {
		pbrMetallicRoughness = {
			baseColorFactor = _color("_Color", [1.0, 1.0, 1.0, 1.0]), baseColorTexture = _texture("_MainTex"),
		},
		alphaMode = "BLEND" if _is_transparent() else "MASK" if _is_cutout() else "OPAQUE",
		alphaCutoff = _float("_Cutoff", 0.5),
	}
	if not _is_toon():
		material.isUnlit = true
		material.extensions = {VRMC_materials_mtoon = _drawing_order(queues)}
		return material
	material.normalTexture = normal
	material.emissiveFactor = _color("_EmissionColor", [0.0, 0.0, 0.0, 1.0])
	material.emissiveTexture = _texture("_EmissionMap")
	material.doubleSided = _float("_CullMode", 2.0) == 0.0
	material.extensions = {VRMC_materials_mtoon = _mtoon(queues)}
	return material


func _drawing_order(queues: Dictionary[bool, Array]) -> Dictionary:
	return {transparentWithZWrite = _writes_depth(), renderQueueOffsetNumber = _queue_offset(queues)}


func _mtoon(queues: Dictionary[bool, Array]) -> Dictionary:
	var shift := _float("_ShadeShift", 0.0)
	var toony := lerpf(_float("_ShadeToony", 0.9), 1.0, 0.5 + 0.5 * shift)
	var mode := clampi(int(_float("_OutlineWidthMode", 0.0)), 0, 2)
	return _drawing_order(queues).merged({
		shadeColorFactor = _color("_ShadeColor", [0.97, 0.81, 0.86, 1.0]),
		shadeMultiplyTexture = _texture("_ShadeTexture"),
		shadingShiftFactor = -shift - (1.0 - toony),
		shadingToonyFactor = toony,
		giEqualizationFactor = 1.0 - _float("_IndirectLightIntensity", 0.1),
		# Its coordinates are those of the normal, so that the main texture's transform does not apply.
		matcapTexture = {index = _textures.get("_SphereAdd")},
		parametricRimColorFactor = _color("_RimColor", [0.0, 0.0, 0.0, 1.0]),
		parametricRimFresnelPowerFactor = _float("_RimFresnelPower", 1.0),
		parametricRimLiftFactor = _float("_RimLift", 0.0),
		rimMultiplyTexture = _texture("_RimTexture"),
		rimLightingMixFactor = _float("_RimLightingMix", 0.0),
		outlineWidthMode = OUTLINE_MODES[mode],
		outlineWidthFactor = _float("_OutlineWidth", 0.0) * METRES_PER_CENTIMETRE * (0.5 if mode == 2 else 1.0),
		outlineWidthMultiplyTexture = _texture("_OutlineWidthTexture"),
		outlineColorFactor = _color("_OutlineColor", [0.0, 0.0, 0.0, 1.0]),
		outlineLightingMixFactor = _float("_OutlineLightingMix", 1.0) if _float("_OutlineColorMode", 0.0) == 1.0 else 0.0,
		uvAnimationMaskTexture = _texture("_UvAnimMaskTexture"),
		uvAnimationScrollXSpeedFactor = _float("_UvAnimScrollX", 0.0),
		# Unity counts v from the bottom.
		uvAnimationScrollYSpeedFactor = -_float("_UvAnimScrollY", 0.0),
		# Turns per second.
		uvAnimationRotationSpeedFactor = _float("_UvAnimRotation", 0.0) * TAU,
	})


func _float(name: String, otherwise: float) -> float:
	return VrmJson.number_of(_floats.get(name), -NUMBER_MAX, NUMBER_MAX, otherwise)


## Returns a linear colour. Its alpha is linear already.
func _color(name: String, otherwise: Array[float]) -> Array[float]:
	var found := VrmJson.numbers_of(_vectors.get(name), 4, NUMBER_MAX)
	var color: Array[float] = []
	for i: int in 4:
		var value := found[i] if found.size() == 4 else otherwise[i]
		color.append(pow(maxf(value, 0.0), GAMMA) if i < 3 else value)
	return color


## Returns the texture with offset and scale of the main one, which VRM 0.x applies to all of them.
func _texture(name: String) -> Dictionary:
	var texture := {index = _textures.get(name)}
	var tiling := VrmJson.numbers_of(_vectors.get("_MainTex"), 4, NUMBER_MAX)
	if tiling.size() == 4:
		# Unity counts v from the bottom, glTF from the top.
		texture.extensions = {KHR_texture_transform = {
			offset = [tiling[0], 1.0 - tiling[3] - tiling[1]], scale = [tiling[2], tiling[3]],
		}}
	return texture
