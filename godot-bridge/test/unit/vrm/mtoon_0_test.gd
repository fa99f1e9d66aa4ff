extends "../../test_case.gd"
## MToon and unlit materials of VRM 0.x files, and what they become in VRM 1.0.

const Model := preload("res://addons/otherworld/packages/model/model.gd")
const Mtoon0 := preload("res://addons/otherworld/packages/vrm/mtoon_0.gd")
const MtoonMaterial := preload("res://addons/otherworld/packages/vrm/mtoon_material.gd")
const VrmRobot := preload("../../vrm_robot.gd")


func test_meshes_get_the_materials_of_vrm_0() -> void:
	var materials := _materials_of([
		{shader = "VRM_USE_GLTFSHADER"},
		{
			shader = "VRM/MToon",
			vectorProperties = {_Color = [0.5, 0.5, 0.5, 0.5], _MainTex = [0.1, 0.2, 2, 3]},
			textureProperties = {_MainTex = 0, _ShadeTexture = 2, _SphereAdd = 1},
			floatProperties = {
				_ShadeShift = 0.0, _ShadeToony = 0.9, _OutlineWidthMode = 1, _OutlineWidth = 0.5, _CullMode = 0, _UvAnimRotation = 0.5,
				_UvAnimScrollY = 0.25, _IndirectLightIntensity = 0.3,
			},
		},
	])
	equal(materials.map(func(it: Material) -> bool: return it is ShaderMaterial), [false, true, false])
	var material := materials[1] as ShaderMaterial
	var color: Color = material.get_shader_parameter(&"base_color")
	near(color.r, pow(0.5, 2.2), 1e-5, "a colour that was encoded")
	near(color.a, 0.5, 1e-6)
	for name: StringName in [&"base_transform", &"shade_transform"]:
		near_point((material.get_shader_parameter(name) as Basis).z, Vector3(0.1, 1.0 - 3.0 - 0.2, 1.0), 1e-5, name)
	near(material.get_shader_parameter(&"shading_toony") as float, 0.95, 1e-6)
	near(material.get_shader_parameter(&"shading_shift") as float, -0.05, 1e-6)
	near(material.get_shader_parameter(&"gi_equalization") as float, 0.7, 1e-6)
	near_point(material.get_shader_parameter(&"uv_animation") as Vector3, Vector3(0.0, -0.25, PI), 1e-5)
	near(material.next_pass.get_shader_parameter(&"outline_width") as float, 0.005, 1e-6)
	check("cull_disabled" in material.shader.code, "both sides are not drawn")


func test_shade_shift_moves_the_middle_of_the_boundary() -> void:
	# The boundary of VRM 0.x goes from the shift to lerp(1, shift, toony).
	for shift: float in [-0.8, -0.2, 0.0, 0.5]:
		for toony: float in [0.0, 0.4, 0.9]:
			var mtoon := _mtoon({floatProperties = {_ShadeShift = shift, _ShadeToony = toony}})
			var width: float = 1.0 - (mtoon.shadingToonyFactor as float)
			near(-width - (mtoon.shadingShiftFactor as float), shift, 1e-5, "where the shade ends")
			near(width - (mtoon.shadingShiftFactor as float), lerpf(1.0, shift, toony), 1e-5, "where the lit colour begins")


func test_an_outline_on_the_screen_is_in_shares_of_its_height() -> void:
	var mtoon := _mtoon({floatProperties = {_OutlineWidthMode = 2, _OutlineWidth = 1.0, _OutlineColorMode = 0, _OutlineLightingMix = 0.7}})
	equal(mtoon.outlineWidthMode, "screenCoordinates")
	near(mtoon.outlineWidthFactor as float, 0.005, 1e-6)
	near(mtoon.outlineLightingMixFactor as float, 0.0, 1e-6, "a fixed colour")
	near(_mtoon({floatProperties = {_OutlineColorMode = 1, _OutlineLightingMix = 0.7}}).outlineLightingMixFactor as float, 0.7, 1e-6)


func test_blend_modes_come_from_keywords_or_from_their_number() -> void:
	var modes: Array[String] = []
	for entry: Dictionary in [
		{}, {keywordMap = {_ALPHATEST_ON = true}}, {keywordMap = {_ALPHABLEND_ON = true}},
		{floatProperties = {_BlendMode = 1}}, {floatProperties = {_BlendMode = 2}}, {floatProperties = {_BlendMode = 3}},
	]:
		modes.append(_migrated([entry])[0].alphaMode as String)
	equal(modes, ["OPAQUE", "MASK", "BLEND", "MASK", "BLEND", "BLEND"] as Array[String])


func test_render_queues_become_offsets() -> void:
	var entries: Array[Dictionary] = []
	for queue: int in [3_000, 2_990, 2_500, 2_000]:
		entries.append({renderQueue = queue, keywordMap = {_ALPHABLEND_ON = queue > 2_000}})
	for queue: int in [2_502, 2_501]:
		entries.append({renderQueue = queue, keywordMap = {_ALPHABLEND_ON = true}, floatProperties = {_ZWrite = 1}})
	var found := _migrated(entries).map(func(it: Dictionary) -> Array:
		var mtoon: Dictionary = (it.extensions as Dictionary).VRMC_materials_mtoon
		return [mtoon.renderQueueOffsetNumber, mtoon.transparentWithZWrite])
	equal(found, [[0, false], [-1, false], [-2, false], [0, false], [1, true], [0, true]])


func test_more_render_queues_than_vrm_1_has_share_the_last_one() -> void:
	var entries: Array[Dictionary] = []
	for i: int in 15:
		entries.append({renderQueue = 2_600 + i, keywordMap = {_ALPHABLEND_ON = true}})
	var offsets := _migrated(entries).map(func(it: Dictionary) -> int:
		return ((it.extensions as Dictionary).VRMC_materials_mtoon as Dictionary).renderQueueOffsetNumber)
	equal(offsets, [-9, -9, -9, -9, -9, -9, -8, -7, -6, -5, -4, -3, -2, -1, 0])


func test_unlit_shaders_are_not_lit() -> void:
	var materials := _materials_of([
		{shader = "VRM/UnlitTexture", textureProperties = {_MainTex = 0}},
		{shader = "VRM/UnlitCutout", textureProperties = {_MainTex = 0}},
		{shader = "VRM/UnlitTransparentZWrite", textureProperties = {_MainTex = 0}},
	])
	var codes := materials.map(func(it: ShaderMaterial) -> String: return it.shader.code)
	check(codes.all(func(code: String) -> bool: return "unshaded" in code), "lit")
	check("MTOON_MASK" in (codes[1] as String).get_slice("uniform", 0), "no mask")
	check("depth_draw_always" in (codes[2] as String), "no depth")
	check((materials[0] as ShaderMaterial).get_shader_parameter(&"base_texture") is Texture2D, "no texture")


func test_invalid_properties_raise_no_errors() -> void:
	for wrong: Variant in [null, "x", {}, [], [NAN, 0, 0, 0], true, INF, 1e300, [{}], {_MainTex = []}]:
		for shader: Variant in ["VRM/MToon", "VRM/UnlitTransparent", wrong]:
			var entry := {
				shader = shader, renderQueue = wrong, floatProperties = wrong, vectorProperties = {_Color = wrong, _MainTex = wrong},
				textureProperties = wrong, keywordMap = {_ALPHABLEND_ON = wrong},
			}
			for gltf: Dictionary in Mtoon0.migrated([entry, entry.merged({textureProperties = {_MainTex = wrong}}, true)]):
				MtoonMaterial.of(gltf, [])
	for wrong: Variant in [null, "x", 7, {a = 1}, [null, "x", 7, []]]:
		equal(_materials_of(wrong).size(), 3)


func _mtoon(entry: Dictionary) -> Dictionary:
	return (_migrated([entry])[0].extensions as Dictionary).VRMC_materials_mtoon


func _migrated(entries: Array[Dictionary]) -> Array[Dictionary]:
	var toon: Array[Dictionary] = []
	for entry: Dictionary in entries:
		toon.append(entry.merged({shader = "VRM/MToon"}))
	return Mtoon0.migrated(toon)


## Returns the materials of the robot's first mesh with these properties, in the order of the file.
func _materials_of(properties: Variant) -> Array[Material]:
	var robot := VrmRobot.new()
	robot.json.extensions = {VRM = {materialProperties = properties}}
	var scene := robot.model().scene.instantiate()
	var mesh := (scene.find_children("*", "MeshInstance3D", true, false)[0] as MeshInstance3D).mesh
	var materials: Array[Material] = []
	for surface: int in mesh.get_surface_count():
		materials.append(mesh.surface_get_material(surface))
	scene.free()
	return materials
