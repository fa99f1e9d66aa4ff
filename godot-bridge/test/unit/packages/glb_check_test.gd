extends "../../test_case.gd"
## Files that would make Godot's glTF reader hang, crash or use up all memory are refused before it reads them. Valid
## files are not.

const GlbCheck := preload("res://addons/otherworld/packages/model/glb_check.gd")
const ImageSize := preload("res://addons/otherworld/packages/model/image_size.gd")

var _assets := ProjectSettings.globalize_path("res://").path_join("../../fixtures/assets").simplify_path()
## A triangle, which each test damages.
var _json: Dictionary = {}


func before() -> void:
	_json = {
		asset = {version = "2.0"}, scene = 0, scenes = [{nodes = [0]}], nodes = [{mesh = 0}], buffers = [{byteLength = 36}],
		meshes = [{primitives = [{attributes = {POSITION = 0}}]}], bufferViews = [{buffer = 0, byteLength = 36}],
		accessors = [{bufferView = 0, componentType = 5126, count = 3, type = "VEC3"}],
	}


func test_sound_models_are_not_refused() -> void:
	equal(_fault(), "", "the triangle")
	for path: String in ["avatars/CesiumMan.glb", "avatars/Fox.glb", "avatars/RiggedFigure.glb", "avatars/debug_robot.vrm", "objects/BoxTextured.glb", "objects/teacup.glb", "objects/primitives.glb", "objects/v-sekai_teapot.glb"]:
		equal(GlbCheck.fault_of(FileAccess.get_file_as_bytes(_assets.path_join(path))), "", path)


func test_hostile_files_are_refused() -> void:
	for file: String in ["node_cycle.glb", "png_bomb_32k.glb", "sparse_2e9.glb", "zeros_accessor_2e9.glb", "uri_http.gltf", "proto.gltf"]:
		var fault := GlbCheck.fault_of(FileAccess.get_file_as_bytes(_assets.path_join("hostile").path_join(file)))
		check(not fault.is_empty(), file + " was not refused")


func test_invalid_indices_are_refused() -> void:
	for wrong: Variant in [1, -1, 0.5, "0", null]:
		_refuses("scenes", [{nodes = [wrong]}])
		_refuses("nodes", [{mesh = wrong}])
		_refuses("nodes", [{mesh = 0, skin = wrong}])
		_refuses("nodes", [{mesh = 0, children = [wrong]}] if wrong is not int else [{mesh = 0, children = [wrong, wrong]}])
		_refuses("skins", [{joints = [wrong]}])
		_refuses("meshes", [{primitives = [{attributes = {POSITION = wrong}}]}])
		_refuses("meshes", [{primitives = [{attributes = {POSITION = 0}, material = wrong}]}])
		_refuses("bufferViews", [{buffer = wrong, byteLength = 36}])
		_refuses("animations", [{samplers = [{input = wrong, output = 0}]}])
		_refuses("images", [{bufferView = wrong}])


func test_data_outside_the_file_is_refused() -> void:
	_refuses("accessors", [{bufferView = 0, byteOffset = -40_000, componentType = 5126, count = 3, type = "VEC3"}])
	_refuses("accessors", [{bufferView = 0, componentType = 5126, count = 4, type = "VEC3"}])
	_refuses("accessors", [{bufferView = 0, componentType = 5126, count = -1, type = "VEC3"}])
	_refuses("accessors", [{bufferView = 0, componentType = 1, count = 3, type = "VEC3"}])
	_refuses("accessors", [{componentType = 5126, count = 100_000_000, type = "VEC3"}])
	_refuses("bufferViews", [{buffer = 0, byteLength = 37}])
	_refuses("bufferViews", [{buffer = 0, byteOffset = -1, byteLength = 36}])
	_refuses("buffers", [{byteLength = 36, uri = "/etc/passwd"}])
	_refuses("images", [{uri = "res://icon.png"}])


func test_nodes_that_are_no_forest_are_refused() -> void:
	_refuses("nodes", [{mesh = 0, children = [0]}])
	_refuses("nodes", [{mesh = 0, children = [1]}, {children = [2]}, {children = [1]}])
	_refuses("nodes", [{children = [2]}, {children = [2]}, {}])
	_refuses("nodes", range(200).map(func(i: int) -> Dictionary: return {children = [i + 1]} if i < 199 else {}))


func test_the_same_vertices_drawn_without_end_are_refused() -> void:
	var many: Array = []
	many.resize(4000)
	many.fill({attributes = {POSITION = 0}})
	_json.accessors = [{componentType = 5126, count = 100_000, type = "VEC3"}]
	_refuses("meshes", [{primitives = many}])


func test_chunks_that_claim_to_be_longer_than_the_file_are_refused() -> void:
	for at: int in [12, 20 + _glb(_json).decode_u32(12)]:
		for length: int in [0x7ffffff0, 0xfffffff0]:
			var file := _glb(_json)
			file.encode_u32(at, length)
			check(not GlbCheck.fault_of(file).is_empty(), "%x at %d" % [length, at])


func test_sizes_of_pictures_are_known_from_their_heads() -> void:
	var image := Image.create_empty(300, 70, false, Image.FORMAT_RGB8)
	for bytes: PackedByteArray in [image.save_png_to_buffer(), image.save_jpg_to_buffer(), image.save_webp_to_buffer(), image.save_webp_to_buffer(true)]:
		equal(ImageSize.of(bytes), Vector2i(300, 70))
		equal(ImageSize.of(bytes.slice(0, 20)), Vector2i.ZERO)
	var cut := image.save_jpg_to_buffer().slice(0, 31)
	equal(ImageSize.of(cut), Vector2i.ZERO, "a JPEG that ends before its frame")


func _refuses(key: String, value: Array) -> void:
	var before_it: Variant = _json.get(key)
	_json[key] = value
	check(not _fault().is_empty(), "not refused: %s %s" % [key, str(value).left(200)])
	_json.erase(key)
	if before_it != null:
		_json[key] = before_it


func _fault() -> String:
	return GlbCheck.fault_of(_glb(_json))


func _glb(json: Dictionary) -> PackedByteArray:
	var text := JSON.stringify(json).to_utf8_buffer()
	while text.size() % 4 != 0:
		text.append(0x20)
	var file := PackedByteArray()
	file.resize(28 + text.size())
	for number: Array in [[0, 0x46546C67], [4, 2], [8, 64 + text.size()], [12, text.size()], [16, 0x4E4F534A], [20 + text.size(), 36], [24 + text.size(), 0x004E4942]]:
		file.encode_u32(number[0] as int, number[1] as int)
	for i: int in text.size():
		file[20 + i] = text[i]
	return file + PackedFloat32Array([0, 0, 0, 1, 0, 0, 0, 1, 0]).to_byte_array()
