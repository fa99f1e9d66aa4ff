extends "../../test_case.gd"
## Expressions of VRM files: what they move, how they exclude each other, and what moves without the program.

const ExpressionMotion := preload("res://addons/otherworld/packages/vrm/expression_motion.gd")
const Expressions := preload("res://addons/otherworld/packages/vrm/expressions.gd")
const FakeClient := preload("../../fake_client.gd")
const Model := preload("res://addons/otherworld/packages/model/model.gd")
const ModelInstance := preload("res://addons/otherworld/packages/model/model_instance.gd")
const Vrm := preload("res://addons/otherworld/packages/vrm/vrm.gd")
const VrmRobot := preload("../../vrm_robot.gd")

var _robot: VrmRobot
## The node that has the face, and its mesh with two morph targets.
var _face := -1
## Index of its material.
var _material := 0


func before() -> void:
	_robot = VrmRobot.new()
	_face = _robot.add_face(2)


func test_expressions_move_their_morph_targets() -> void:
	_presets({happy = {morphTargetBinds = [_bind(0, 1.0), _bind(1, 0.5)]}, sad = {morphTargetBinds = [_bind(1, 1.0)]}})
	var instance := _shown()
	instance.motion.set_expressions({&"happy": 0.5, &"sad": 0.25, &"unknown": 1.0})
	near(_target(instance, 0), 0.5, 1e-6)
	near(_target(instance, 1), 0.5, 1e-6)
	instance.motion.set_expressions({})
	near(_target(instance, 0), 0.0, 1e-6)
	near(_target(instance, 1), 0.0, 1e-6)
	instance.queue_free()


func test_expressions_change_colours_of_plain_materials_in_their_own_instance() -> void:
	var material := _face_material()
	material.erase("extensions")
	material.pbrMetallicRoughness = {baseColorFactor = [0.2, 0.4, 0.6, 1.0]}
	_presets({
		happy = {materialColorBinds = [{material = _material, type = "color", targetValue = [1.0, 0.0, 0.0, 0.5]}]},
		sad = {materialColorBinds = [{material = _material, type = "emissionColor", targetValue = [0.0, 0.0, 1.0, 1.0]}]},
	})
	var model := _robot.model()
	var instance := ModelInstance.new(model)
	var other := ModelInstance.new(model)
	add_child(instance)
	add_child(other)
	var unchanged := (_active(other) as StandardMaterial3D).albedo_color
	check(_active(instance) == _active(other), "each instance has a copy before an expression")
	instance.motion.set_expressions({&"happy": 0.5, &"sad": 1.0})
	var changed := _active(instance) as StandardMaterial3D
	_same_color(changed.albedo_color.srgb_to_linear(), Color(0.6, 0.2, 0.3, 0.75))
	_same_color(changed.emission.srgb_to_linear(), Color(0.0, 0.0, 1.0, 1.0))
	check(changed.emission_enabled, "the emission is off")
	equal((_active(other) as StandardMaterial3D).albedo_color, unchanged, "the other instance")
	instance.motion.set_expressions({})
	_same_color((_active(instance) as StandardMaterial3D).albedo_color.srgb_to_linear(), Color(0.2, 0.4, 0.6, 1.0))
	instance.queue_free()
	other.queue_free()


func test_expressions_change_colours_of_mtoon_materials_and_their_outlines() -> void:
	_face_material().extensions = {VRMC_materials_mtoon = {
		shadeColorFactor = [0.2, 0.4, 0.6], parametricRimColorFactor = [0.1, 0.2, 0.3], outlineWidthMode = "worldCoordinates", outlineWidthFactor = 0.01,
	}}
	_presets({happy = {materialColorBinds = [
		{material = _material, type = "shadeColor", targetValue = [1.0, 0.0, 0.0, 1.0]},
		{material = _material, type = "outlineColor", targetValue = [0.0, 1.0, 0.0, 1.0]},
	]}})
	var instance := _shown()
	var original := _active(instance) as ShaderMaterial
	instance.motion.set_expressions({&"happy": 0.5})
	var material := _active(instance) as ShaderMaterial
	check(material != original, "all instances have the changed material")
	for each: ShaderMaterial in [original, material, material.next_pass]:
		_same_color(each.get_shader_parameter(&"rim_color") as Color, Color(0.1, 0.2, 0.3, 1.0))
	near((material.next_pass as ShaderMaterial).get_shader_parameter(&"outline_width") as float, 0.01, 1e-6)
	_same_color(original.get_shader_parameter(&"shade_color") as Color, Color(0.2, 0.4, 0.6, 1.0))
	_same_color(material.get_shader_parameter(&"shade_color") as Color, Color(0.6, 0.2, 0.3, 1.0))
	_same_color((material.next_pass as ShaderMaterial).get_shader_parameter(&"outline_color") as Color, Color(0.0, 0.5, 0.0, 1.0))
	instance.queue_free()


func test_expressions_move_the_textures_of_plain_materials() -> void:
	_face_material().pbrMetallicRoughness = {baseColorTexture = _texture({offset = [0.25, 0.0], scale = [0.5, 1.0]})}
	_presets({happy = {textureTransformBinds = [{material = _material, offset = [0.5, 0.5]}]}})
	var instance := _shown()
	instance.motion.set_expressions({&"happy": 0.5})
	var changed := _active(instance) as StandardMaterial3D
	near(changed.uv1_offset.distance_to(Vector3(0.375, 0.25, 0.0)), 0.0, 1e-6)
	near(changed.uv1_scale.distance_to(Vector3(0.75, 1.0, 1.0)), 0.0, 1e-6)
	instance.motion.set_expressions({})
	near((_active(instance) as StandardMaterial3D).uv1_offset.x, 0.25, 1e-6)
	instance.queue_free()


func test_expressions_move_the_textures_of_mtoon_materials_and_keep_their_rotation() -> void:
	for angle: float in [0.0, 0.5]:
		var transform := {offset = [0.25, 0.0], scale = [0.5, 2.0], rotation = angle}
		var material := _face_material()
		material.pbrMetallicRoughness = {baseColorTexture = _texture(transform)}
		material.extensions = {VRMC_materials_mtoon = {outlineWidthMode = "worldCoordinates", outlineWidthFactor = 0.01}}
		_presets({happy = {textureTransformBinds = [{material = _material, offset = [0.5, 0.5], scale = [1.0, 1.0]}]}})
		var instance := _shown()
		var original := _active(instance) as ShaderMaterial
		var file_transform := original.get_shader_parameter(&"base_transform") as Basis
		instance.motion.set_expressions({&"happy": 0.5})
		for each: Material in [_active(instance), _active(instance).next_pass]:
			var moved := (each as ShaderMaterial).get_shader_parameter(&"base_transform") as Basis
			near(moved.x.distance_to(file_transform.x * 1.5), 0.0, 1e-5, "x, angle %s" % angle)
			near(moved.y.distance_to(file_transform.y * 0.75), 0.0, 1e-5, "y, angle %s" % angle)
			near(moved.z.distance_to(Vector3(0.375, 0.25, 1.0)), 0.0, 1e-5, "offset, angle %s" % angle)
		equal(original.get_shader_parameter(&"base_transform") as Basis, file_transform, "the model's own material")
		instance.queue_free()


func test_expressions_of_vrm_0_change_materials_by_name() -> void:
	_face_material().pbrMetallicRoughness = {baseColorTexture = _texture({offset = [0.0, 0.0], scale = [1.0, 1.0]})}
	_robot.json.extensions = {VRM = {blendShapeMaster = {blendShapeGroups = [{presetName = "joy", name = "Joy", materialValues = [
		{materialName = "skin", propertyName = "_Color", targetValue = [1.0, 0.5, 0.0, 1.0]},
		{materialName = "skin", propertyName = "_MainTex_ST", targetValue = [0.5, 0.25, 0.125, 0.5]},
		{materialName = "nobody", propertyName = "_Color", targetValue = [0.0, 0.0, 0.0, 1.0]},
		{materialName = "skin", propertyName = "_Unknown", targetValue = [0.0, 0.0, 0.0, 1.0]},
	]}]}}}
	var instance := _shown()
	instance.motion.set_expressions({&"happy": 1.0})
	var changed := _active(instance) as StandardMaterial3D
	# Colours of VRM 0.x are encoded, offsets count from the bottom.
	_same_color(changed.albedo_color.srgb_to_linear(), Color(1.0, pow(0.5, 2.2), 0.0, 1.0))
	near(changed.uv1_scale.distance_to(Vector3(0.5, 0.25, 1.0)), 0.0, 1e-6)
	near(changed.uv1_offset.distance_to(Vector3(0.125, 0.25, 0.0)), 0.0, 1e-6)
	instance.queue_free()


func test_invalid_changes_of_materials_are_left_out() -> void:
	for wrong: Variant in [null, -1, 0.5, 1e9, "0", [], {}]:
		_presets({happy = {materialColorBinds = [
			{material = wrong, type = "color", targetValue = [1, 1, 1, 1]}, {material = _material, type = wrong, targetValue = [1, 1, 1, 1]},
			{material = _material, type = "color", targetValue = wrong}, wrong,
		], textureTransformBinds = [
			{material = wrong}, {material = _material, offset = wrong if wrong != null else "0"}, {material = _material, scale = [1.0]}, wrong,
		]}})
		equal((_robot.model().vrm as Vrm).expressions.expressions[&"happy"].material_binds.size(), 0, str(wrong))


func test_the_name_of_a_node_is_not_a_pattern() -> void:
	_robot = VrmRobot.new()
	_robot.add_face(1, "face")
	var starred := _robot.add_face(1, "f*")
	var asked := _robot.add_face(1, "fac?")
	for node: int in [starred, asked]:
		_presets({happy = {morphTargetBinds = [{node = node, index = 0, weight = 1.0}]}})
		var expressions := (_robot.model().vrm as Vrm).expressions
		equal(expressions.meshes.size(), 1)
		equal(String(expressions.meshes[0]).get_file(), "f*" if node == starred else "fac?")


func test_vrm_0_has_the_names_of_vrm_1() -> void:
	_robot.json.extensions = {VRM = {blendShapeMaster = {blendShapeGroups = [
		{presetName = "joy", name = "Joy", binds = [{mesh = _robot.mesh_of(_face), index = 1, weight = 50}]},
		{presetName = "Blink_L", name = "x", binds = []},
		{presetName = "unknown", name = "Cat", binds = []},
	]}}}
	var instance := _shown()
	equal(instance.motion.expression_names(), PackedStringArray(["happy", "blinkLeft", "Cat"]))
	instance.motion.set_expressions({&"happy": 1.0})
	near(_target(instance, 1), 0.5, 1e-6)
	instance.queue_free()


func test_a_binary_expression_is_on_or_off() -> void:
	_presets({happy = {isBinary = true, morphTargetBinds = [_bind(0, 1.0)]}})
	var instance := _shown()
	for pair: Vector2 in [Vector2(0.4, 0.0), Vector2(0.5, 0.0), Vector2(0.6, 1.0)]:
		instance.motion.set_expressions({&"happy": pair.x})
		near(_target(instance, 0), pair.y, 1e-6, str(pair))
	instance.queue_free()


func test_an_expression_overrides_other_groups() -> void:
	for pair: Array in [["block", 0.0], ["blend", 0.75], ["none", 1.0], [7, 1.0]]:
		for group: Array in [["overrideBlink", "blink"], ["overrideLookAt", "lookUp"], ["overrideMouth", "ou"]]:
			var presets := {happy = {}}
			presets.happy[group[0]] = pair[0]
			presets[group[1]] = {morphTargetBinds = [_bind(0, 1.0)]}
			_presets(presets)
			var expressions := (_robot.model().vrm as Vrm).expressions
			var targets := expressions.targets_at({&"happy": 0.25, StringName(group[1] as String): 1.0})
			near(targets.get(Vector2i(0, 0), 0.0) as float, pair[1] as float, 1e-6, "%s %s" % [group, pair])


func test_a_binary_expression_that_is_partly_overridden_is_off() -> void:
	_presets({happy = {overrideBlink = "blend"}, blink = {isBinary = true, morphTargetBinds = [_bind(0, 1.0)]}})
	var expressions := (_robot.model().vrm as Vrm).expressions
	near(expressions.targets_at({&"happy": 0.25, &"blink": 1.0})[Vector2i(0, 0)], 0.0, 1e-6)


func test_invalid_expressions_are_left_out() -> void:
	for wrong: Variant in [null, -1, 0.5, 1e9, "0", [], {}]:
		_presets({happy = {morphTargetBinds = [{node = wrong, index = 0}, {node = _face, index = wrong}, wrong]}, sad = wrong})
		var expressions := (_robot.model().vrm as Vrm).expressions
		equal(expressions.expressions[&"happy"].binds.size(), 0, str(wrong))
		_robot.json.extensions.VRMC_vrm.lookAt = {type = wrong, rangeMapVerticalUp = wrong}
		check(_robot.model().vrm != null, "a look-at of the type " + str(wrong))
	_robot.json.extensions.VRMC_vrm.expressions = {}
	check((_robot.model().vrm as Vrm).expressions == null, "a model without expressions has some")


func test_invalid_expressions_of_vrm_0_are_left_out() -> void:
	for wrong: Variant in [null, -1, 0.5, 1e9, "0", [], {}]:
		_robot.json.extensions = {VRM = {
			blendShapeMaster = {blendShapeGroups = [{presetName = "joy", binds = [{mesh = wrong, index = 0}, wrong]}, wrong]},
			firstPerson = {lookAtTypeName = wrong}, humanoid = {humanBones = [wrong, {bone = "head", node = VrmRobot.HEAD}]},
		}}
		var expressions := (_robot.model().vrm as Vrm).expressions
		equal(expressions.expressions[&"happy"].binds.size(), 0, str(wrong))


func test_eyes_blink_and_stay_open_between() -> void:
	near(ExpressionMotion.blink_at(0.1), 1.0, 1e-6, "the middle of the first blink")
	near(ExpressionMotion.blink_at(4.2), 1.0, 1e-6, "the second")
	near(ExpressionMotion.blink_at(7.5), 1.0, 1e-6, "the third")
	near(ExpressionMotion.blink_at(8.7), 1.0, 1e-6, "the next round")
	near(ExpressionMotion.blink_at(2.0), 0.0, 1e-6, "between")
	_presets({blinkLeft = {morphTargetBinds = [_bind(0, 1.0)]}, blinkRight = {morphTargetBinds = [_bind(1, 1.0)]}})
	var instance := _shown()
	instance.motion.update(0.0, 0.1)
	near(_target(instance, 0), 1.0, 1e-6)
	near(_target(instance, 1), 1.0, 1e-6)
	instance.motion.pause()
	near(_target(instance, 0), 0.0, 1e-6, "an avatar that is far")
	instance.motion.blinks = false
	instance.motion.update(0.0, 0.1)
	near(_target(instance, 0), 0.0, 1e-6, "an avatar that must not blink")
	instance.queue_free()


func test_eyes_stay_behind_while_the_head_turns_and_then_follow() -> void:
	var instance := _shown()
	var head := instance.find_child("head", true, false) as Node3D
	var eye := instance.find_child("leftEye", true, false) as Node3D
	if eye == null:
		eye = instance.find_child("*eye*", true, false) as Node3D
	var rest := eye.quaternion
	instance.motion.update(1.0 / 60.0, 2.0)
	near(eye.quaternion.angle_to(rest), 0.0, 1e-3, "ahead")
	head.quaternion = Quaternion(Vector3.UP, 0.8) * head.quaternion
	instance.motion.update(1.0 / 60.0, 2.0)
	check(eye.quaternion.angle_to(rest) > 0.04, "it did not stay behind: %s" % eye.quaternion.angle_to(rest))
	for i: int in 90:
		instance.motion.update(1.0 / 60.0, 2.0)
	near(eye.quaternion.angle_to(rest), 0.0, 1e-2, "it did not follow")
	instance.queue_free()


func test_eyes_look_straight_ahead_after_a_rest() -> void:
	var instance := _shown()
	var head := instance.find_child("head", true, false) as Node3D
	var eye := instance.find_child("*eye*", true, false) as Node3D
	var rest := eye.quaternion
	instance.motion.update(1.0 / 60.0, 2.0)
	instance.motion.pause()
	head.quaternion = Quaternion(Vector3.UP, 0.8) * head.quaternion
	instance.motion.update(1.0 / 60.0, 2.0)
	near(eye.quaternion.angle_to(rest), 0.0, 1e-3, "it looks where the head was before the rest")
	instance.queue_free()


func test_looks_may_be_expressions() -> void:
	_presets({lookRight = {morphTargetBinds = [_bind(0, 1.0)]}, lookLeft = {morphTargetBinds = [_bind(1, 1.0)]}})
	_robot.json.extensions.VRMC_vrm.lookAt = {
		type = "expression", rangeMapHorizontalOuter = {inputMaxValue = 30.0, outputScale = 0.6},
	}
	var instance := _shown()
	var head := instance.find_child("head", true, false) as Node3D
	instance.motion.update(1.0 / 60.0, 2.0)
	# The head turns to its left by more than 30 degrees, so the eyes look to the right.
	head.quaternion = Quaternion(Vector3.UP, 0.8) * head.quaternion
	instance.motion.update(1.0 / 60.0, 2.0)
	near(_target(instance, 0), 0.6, 1e-4)
	near(_target(instance, 1), 0.0, 1e-6)
	instance.queue_free()


func test_an_avatar_keeps_its_expression_when_its_model_changes() -> void:
	_presets({happy = {morphTargetBinds = [_bind(0, 1.0)]}})
	var client := FakeClient.new()
	client.definition = FakeClient.realm()
	var view := OtherworldView.new()
	client.add_child(view)
	add_child(client)
	var avatar := view.avatar_of(client.add_avatar().element)
	equal(avatar.expression_names(), PackedStringArray(), "the realm's own body")
	avatar.set_expression(&"happy", 0.7)
	for i: int in 2:
		avatar._show(_robot.model())
		near(_target(avatar._shown_model(), 0), 0.7, 1e-6)
		check(avatar.expression_names().has("happy"), "the model has no such expression")
	avatar.set_expression(&"happy", 7.0)
	near(avatar.expression_weight(&"happy"), 1.0, 1e-6)
	avatar.set_expression(&"happy", 0.0)
	near(_target(avatar._shown_model(), 0), 0.0, 1e-6)
	client.queue_free()


func _presets(presets: Dictionary) -> void:
	_robot.json.extensions.VRMC_vrm.expressions = {preset = presets}


func _bind(target: int, weight: float) -> Dictionary:
	return {node = _face, index = target, weight = weight}


## Gives the face a material of its own, and returns its JSON.
func _face_material() -> Dictionary:
	var materials: Array = _robot.json.materials
	_material = materials.size()
	materials.append({name = "skin"})
	((_robot.json.meshes as Array)[_robot.mesh_of(_face)] as Dictionary).primitives[0].material = _material
	return materials[_material]


## Returns a reference to a texture of the file with a transform.
func _texture(transform: Dictionary) -> Dictionary:
	return {index = 0, extensions = {KHR_texture_transform = transform}}


func _active(instance: ModelInstance) -> Material:
	return (instance.find_child("face", true, false) as MeshInstance3D).get_active_material(0)


func _same_color(actual: Color, expected: Color) -> void:
	check(Vector4(actual.r, actual.g, actual.b, actual.a).distance_to(Vector4(expected.r, expected.g, expected.b, expected.a)) < 1e-3, "%s is not %s" % [actual, expected])


func _shown() -> ModelInstance:
	var instance := ModelInstance.new(_robot.model())
	add_child(instance)
	return instance


func _target(instance: ModelInstance, target: int) -> float:
	return (instance.find_child("face", true, false) as MeshInstance3D).get_blend_shape_value(target)
