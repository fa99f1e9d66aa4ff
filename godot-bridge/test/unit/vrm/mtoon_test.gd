extends "../../test_case.gd"
## MToon materials of VRM 1.0 files: which meshes get them, and with which values. test/e2e/godot/godot-toon.test.ts compares
## how they look.

const Model := preload("res://addons/otherworld/packages/model/model.gd")
const MtoonMaterial := preload("res://addons/otherworld/packages/vrm/mtoon_material.gd")
const VrmRobot := preload("../../vrm_robot.gd")

var _robot: VrmRobot


func before() -> void:
	_robot = VrmRobot.new()


func test_meshes_get_the_materials_of_vrm_1() -> void:
	var first: Dictionary = (_robot.json.materials as Array)[0]
	first.extensions = {VRMC_materials_mtoon = {
		shadeColorFactor = [0.3, 0.1, 0.4], shadingToonyFactor = 0.8, shadingShiftFactor = -0.2,
		shadeMultiplyTexture = {index = 1}, parametricRimColorFactor = [0.1, 0.2, 0.3],
	}}
	var materials := _materials_of(_robot.model())
	equal(materials.map(func(it: Material) -> bool: return it is ShaderMaterial), [true, false, false])
	var material := materials[0] as ShaderMaterial
	equal(material.get_shader_parameter(&"shade_color"), Color(0.3, 0.1, 0.4))
	near(material.get_shader_parameter(&"shading_toony") as float, 0.8, 1e-6)
	near(material.get_shader_parameter(&"shading_shift") as float, -0.2, 1e-6)
	equal(material.get_shader_parameter(&"rim_color"), Color(0.1, 0.2, 0.3))
	near(material.get_shader_parameter(&"rim_lighting_mix") as float, 1.0, 1e-6, "the specification's default")
	near(material.get_shader_parameter(&"rim_fresnel_power") as float, 5.0, 1e-6, "the specification's default")
	var plain := materials[1] as BaseMaterial3D
	check(material.get_shader_parameter(&"base_texture") is Texture2D, "no base texture")
	equal(material.get_shader_parameter(&"shade_texture"), plain.albedo_texture)
	check(material.next_pass == null, "an outline that the file does not have")


func test_an_outline_is_a_second_pass() -> void:
	for mode: Variant in ["none", "worldCoordinates", "screenCoordinates", 7, null]:
		var material := _material({outlineWidthMode = mode, outlineWidthFactor = 0.01, outlineColorFactor = [1, 0, 0]})
		if not str(mode) in ["worldCoordinates", "screenCoordinates"]:
			check(material.next_pass == null, "an outline of the mode %s" % mode)
			continue
		var outline := material.next_pass as ShaderMaterial
		equal(outline.get_shader_parameter(&"outline_on_screen"), str(mode) == "screenCoordinates")
		equal(outline.get_shader_parameter(&"outline_color"), Color.RED)
		check("cull_front" in outline.shader.code, "its front is drawn")
	var wide := _material({outlineWidthMode = "worldCoordinates", outlineWidthFactor = 9.0})
	near(wide.next_pass.get_shader_parameter(&"outline_width") as float, MtoonMaterial.OUTLINE_MAX, 1e-6)


func test_alpha_modes_have_their_own_shaders() -> void:
	var codes: Dictionary[String, bool] = {}
	for mode: String in ["OPAQUE", "MASK", "BLEND"]:
		codes[_material({}, {alphaMode = mode}).shader.code] = true
	codes[_material({transparentWithZWrite = true}, {alphaMode = "BLEND"}).shader.code] = true
	equal(codes.size(), 4)
	check("depth_draw_never" in _material({}, {alphaMode = "BLEND"}).shader.code, "depth is written")


func test_both_sides_are_drawn_if_the_file_says_so() -> void:
	check("cull_disabled" in _material({}, {doubleSided = true}).shader.code, "one side")
	check("cull_back" in _material({}).shader.code, "both sides")
	var outlined := _material({outlineWidthMode = "worldCoordinates", outlineWidthFactor = 0.01}, {doubleSided = true})
	check("cull_front" in (outlined.next_pass as ShaderMaterial).shader.code, "the outline's front is drawn")


func test_textures_are_sampled_as_the_file_says() -> void:
	var samplers: Array = [{magFilter = 9728, minFilter = 9728, wrapS = 33071, wrapT = 33071}]
	_robot.json.samplers = samplers
	for texture: Dictionary in _robot.json.textures as Array:
		texture.sampler = 0
	_add_toon({})
	var code := (_materials_of(_robot.model())[0] as ShaderMaterial).shader.code
	check("#define MTOON_FILTER filter_nearest" in code, "blurred")
	check("#define MTOON_REPEAT repeat_disable" in code, "repeated")


func test_twenty_avatars_share_their_shaders() -> void:
	var shaders: Dictionary[Shader, bool] = {}
	for i: int in 20:
		_robot = VrmRobot.new()
		_add_toon({
			shadeColorFactor = [i / 20.0, 0.1, 0.2], shadeMultiplyTexture = {index = i % 3}, matcapTexture = {index = 1 - i % 2},
			outlineWidthMode = "worldCoordinates", outlineWidthFactor = 0.001 * (i + 1), rimLightingMixFactor = 0.5,
		})
		for material: Material in _materials_of(_robot.model()):
			if material is ShaderMaterial:
				shaders[(material as ShaderMaterial).shader] = true
				shaders[(material.next_pass as ShaderMaterial).shader] = true
	equal(shaders.size(), 2, "one for surfaces, one for outlines")


func test_each_texture_has_its_own_transform() -> void:
	_add_toon({shadeMultiplyTexture = {index = 1, extensions = {KHR_texture_transform = {
		offset = [0.1, 0.2], scale = [2, 3], rotation = PI / 2.0,
	}}}})
	var material := _materials_of(_robot.model())[0] as ShaderMaterial
	var transform: Basis = material.get_shader_parameter(&"shade_transform")
	near_point(transform * Vector3(1.0, 0.0, 1.0), Vector3(0.1, 0.2 - 2.0, 1.0), 1e-5, "along u")
	near_point(transform * Vector3(0.0, 1.0, 1.0), Vector3(0.1 + 3.0, 0.2, 1.0), 1e-5, "along v")
	equal(material.get_shader_parameter(&"base_transform"), null, "the base texture")


func test_transparent_materials_that_write_depth_are_drawn_first() -> void:
	var writing := _material({transparentWithZWrite = true, renderQueueOffsetNumber = 9}, {alphaMode = "BLEND"})
	var other := _material({renderQueueOffsetNumber = -9}, {alphaMode = "BLEND"})
	check(writing.render_priority < other.render_priority, "%d %d" % [writing.render_priority, other.render_priority])
	equal(_material({renderQueueOffsetNumber = 5}).render_priority, 0, "an opaque one")
	equal(_material({renderQueueOffsetNumber = 5}, {alphaMode = "BLEND"}).render_priority, 0, "outside of its range")
	var outlined := _material({renderQueueOffsetNumber = -3, outlineWidthMode = "worldCoordinates", outlineWidthFactor = 0.01},
			{alphaMode = "BLEND"})
	equal([outlined.render_priority, outlined.next_pass.render_priority], [-3, -3])


func test_toon_shading_has_precedence_over_unlit() -> void:
	var unlit := {KHR_materials_unlit = {}}
	_robot.json.extensionsUsed = (_robot.json.extensionsUsed as Array) + ["KHR_materials_unlit"]
	_add_toon({shadeColorFactor = [1, 0, 0]})
	((_robot.json.materials as Array)[0].extensions as Dictionary).merge(unlit)
	(_robot.json.materials as Array)[1].extensions = unlit
	var materials := _materials_of(_robot.model())
	check(materials[0] is ShaderMaterial and not "unshaded" in (materials[0] as ShaderMaterial).shader.code, "unlit toon")
	equal((materials[1] as BaseMaterial3D).shading_mode, BaseMaterial3D.SHADING_MODE_UNSHADED)


func test_invalid_values_become_the_defaults() -> void:
	for wrong: Variant in [null, "x", {}, [], [NAN, 0, 0], true, INF]:
		var material := _material({
			shadeColorFactor = wrong, shadingToonyFactor = wrong, shadeMultiplyTexture = wrong, matcapTexture = {index = wrong},
			renderQueueOffsetNumber = wrong, transparentWithZWrite = wrong, outlineWidthFactor = wrong, outlineWidthMode = wrong,
		}, {alphaMode = wrong, pbrMetallicRoughness = wrong, emissiveFactor = wrong})
		equal(material.get_shader_parameter(&"shade_color"), Color.BLACK)
		near(material.get_shader_parameter(&"shading_toony") as float, 0.9, 1e-6)
		equal(material.get_shader_parameter(&"base_color"), Color.WHITE)
		equal(material.get_shader_parameter(&"matcap_texture"), null)


func test_a_model_with_an_invalid_extension_is_shown() -> void:
	for wrong: Variant in [null, "x", [], 7, {}, {shadeMultiplyTexture = "x"}, {outlineWidthMode = {}, outlineWidthFactor = [1]}]:
		_robot = VrmRobot.new()
		(_robot.json.materials as Array)[0].extensions = {VRMC_materials_mtoon = wrong}
		equal(_materials_of(_robot.model()).size(), 3, str(wrong))


func test_any_value_gives_parameters_that_are_finite() -> void:
	var keys: Array[String] = []
	var source := (MtoonMaterial as GDScript).source_code
	for found: RegExMatch in RegEx.create_from_string("\"([a-z]+[A-Z][A-Za-z]+)\"").search_all(source):
		keys.append(found.get_string(1))
	check(keys.size() > 25, "only %d keys" % keys.size())
	for wrong: Variant in [1e300, -1e300, INF, NAN, [1e300, -1e300, INF, NAN], [-1.0, -1.0, -1.0, -1.0], {index = 1e300, scale = -1e300}]:
		var all := {}
		for key: String in keys:
			all[key] = wrong
		all.outlineWidthMode = "screenCoordinates"
		all.KHR_texture_transform = {offset = wrong, scale = wrong, rotation = wrong}
		var material := _material(all, all.merged({extensions = all, pbrMetallicRoughness = all}))
		for at: ShaderMaterial in [material, material.next_pass]:
			if at != null:
				_check_finite(at)


func test_textures_without_an_image_are_left_out() -> void:
	var image := ImageTexture.create_from_image(Image.create(2, 2, false, Image.FORMAT_RGB8))
	var textures: Array[Texture2D] = [null, image]
	var material := MtoonMaterial.of({extensions = {VRMC_materials_mtoon = {
		shadeMultiplyTexture = {index = 0}, matcapTexture = {index = 2}, rimMultiplyTexture = {index = 1},
	}}, normalTexture = {index = 0}}, textures)
	equal(material.get_shader_parameter(&"shade_texture"), null)
	equal(material.get_shader_parameter(&"matcap_texture"), null)
	equal(material.get_shader_parameter(&"rim_texture"), image)
	equal(material.get_shader_parameter(&"has_normal_texture"), false)


func _check_finite(material: ShaderMaterial) -> void:
	for uniform: Dictionary in material.shader.get_shader_uniform_list():
		var value: Variant = material.get_shader_parameter(uniform.name as StringName)
		if value is float:
			check(is_finite(value as float), "%s is %s" % [uniform.name, value])
		elif value is Color:
			var color: Color = value
			check(is_finite(color.r + color.g + color.b + color.a) and minf(color.r, color.a) >= 0.0, "%s is %s" % [uniform.name, color])
		elif value is Vector3 or value is Basis:
			check((value as Vector3).is_finite() if value is Vector3 else (value as Basis).is_finite(), "%s is %s" % [uniform.name, value])


## Gives the robot's first material toon shading.
func _add_toon(mtoon: Dictionary) -> void:
	var first: Dictionary = (_robot.json.materials as Array)[0]
	first.extensions = {VRMC_materials_mtoon = mtoon.merged({specVersion = "1.0"})}


func _material(mtoon: Dictionary, gltf := {}) -> ShaderMaterial:
	return MtoonMaterial.of(gltf.merged({extensions = {VRMC_materials_mtoon = mtoon}}), [])


## Returns the materials of the robot's first mesh, in the order of the file.
func _materials_of(model: Model) -> Array[Material]:
	var scene := model.scene.instantiate()
	var mesh := (scene.find_children("*", "MeshInstance3D", true, false)[0] as MeshInstance3D).mesh
	var materials: Array[Material] = []
	for surface: int in mesh.get_surface_count():
		materials.append(mesh.surface_get_material(surface))
	scene.free()
	return materials
