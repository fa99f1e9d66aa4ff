@tool
extends RefCounted
## Checks a GLB before Godot reads it. Invalid files, which no server should deliver, make the engine's reader hang,
## crash or use up all memory: cycles of nodes, invalid indices, offsets before the buffer, sparse accessors, images
## that decode to GiB.
##
## The limits are those of uploads (ingest/limits.ts). The first error is reported.

const GlbJson := preload("glb_json.gd")
const ImageSize := preload("image_size.gd")
const JsonReader := preload("../download/json_reader.gd")

const JSON_BYTES_MAX := 8 * 1024 * 1024
## Twice the limit of an upload, because its instances are expanded.
const NODES_MAX := 8_192
const NODE_DEPTH_MAX := 128
const ACCESSORS_MAX := 20_000
const VIEWS_MAX := 20_000
const MESHES_MAX := 1_024
const PRIMITIVES_MAX := 4_096
const MORPHS_MAX := 512
const SKINS_MAX := 64
const JOINTS_MAX := 1_024
const ANIMATIONS_MAX := 256
const CHANNELS_MAX := 50_000
const SCENES_MAX := 16
const MATERIALS_MAX := 256
const TEXTURES_MAX := 256
const IMAGES_MAX := 64
## Bytes of accessors without data in the file.
const ZERO_BYTES_MAX := 8 * 1024 * 1024
## Bytes that primitives and samplers use, counted for each use.
const TOUCHED_BYTES_MAX := 256 * 1024 * 1024
const PIXELS_MAX := 4_096 * 4_096
## Pixels of all images together.
const ALL_PIXELS_MAX := 6 * PIXELS_MAX
const INT_MAX := 0x7fffffff
const COMPONENT_BYTES: Dictionary[int, int] = {5120: 1, 5121: 1, 5122: 2, 5123: 2, 5125: 4, 5126: 4}
const COMPONENTS: Dictionary[String, int] = {
	"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4, "MAT2": 4, "MAT3": 9, "MAT4": 16,
}

var _r := JsonReader.new()
var _json: Dictionary = {}
## The binary chunk.
var _data := PackedByteArray()
## For each buffer view: its start in the data, and its length.
var _view_begins: PackedInt64Array = []
var _view_bytes: PackedInt64Array = []
## Decoded bytes of each accessor.
var _accessor_bytes: PackedInt64Array = []
var _zero_bytes := 0
var _touched_bytes := 0


## Returns what is wrong with a file; "" if Godot can read it safely.
static func fault_of(bytes: PackedByteArray) -> String:
	var check := new()
	check._check(bytes)
	return check._r.fault


func _check(bytes: PackedByteArray) -> void:
	_read_chunks(bytes)
	# Each check needs the results of those before it.
	for part: Callable in [_check_views, _check_accessors, _check_meshes, _check_nodes, _check_skins, _check_animations,
			_check_pictures]:
		if _r.fault:
			return
		part.call()


func _read_chunks(bytes: PackedByteArray) -> void:
	var begin := GlbJson.BEGIN
	var length := GlbJson.length_of(bytes)
	if length < 0:
		_r.fail("the file", "a GLB")
		return
	if length > JSON_BYTES_MAX or begin + length > bytes.size():
		_r.fail("the JSON chunk", "at most %d bytes, within the file" % JSON_BYTES_MAX)
		return
	var parser := JSON.new()
	if parser.parse(bytes.slice(begin, begin + length).get_string_from_utf8()) != OK:
		_r.fail("the JSON chunk", "JSON")
		return
	_json = _r.object(parser.data, "the JSON chunk")
	var at := begin + length
	if at + GlbJson.CHUNK_HEAD_BYTES <= bytes.size():
		_data = bytes.slice(at + GlbJson.CHUNK_HEAD_BYTES)
		if bytes.decode_u32(at) > _data.size():
			_r.fail("the binary chunk", "within the file")


func _check_views() -> void:
	var buffers := _list("buffers", 1)
	for buffer: Variant in buffers:
		_has_no_uri(_r.object(buffer, "buffers/0"), "buffers/0")
	for view: Variant in _list("bufferViews", VIEWS_MAX):
		var where := "bufferViews/%d" % _view_begins.size()
		var it := _r.object(view, where)
		_index(it, "buffer", buffers.size(), where)
		_view_begins.append(_whole(it, "byteOffset", 0, _data.size(), where))
		_view_bytes.append(_whole(it, "byteLength", 0, _data.size() - _view_begins[-1], where))
		if it.has("byteStride"):
			_whole(it, "byteStride", 4, 252, where)


func _check_accessors() -> void:
	for accessor: Variant in _list("accessors", ACCESSORS_MAX):
		var where := "accessors/%d" % _accessor_bytes.size()
		var it := _r.object(accessor, where)
		var count := _whole(it, "count", 0, INT_MAX, where)
		var component: int = COMPONENT_BYTES.get(_whole(it, "componentType", 0, INT_MAX, where), 0)
		var element: int = component * COMPONENTS.get(str(it.get("type")), 0)
		if element == 0:
			_r.fail(where, "of a type and a component type that glTF has")
		_accessor_bytes.append(count * element)
		if it.has("bufferView"):
			_fits(it, count, element, where)
		else:
			_zero_bytes += count * element
		if it.has("sparse"):
			var sparse := _r.object(it.sparse, where + "/sparse")
			var changed := _whole(sparse, "count", 0, count, where + "/sparse")
			var indices := _r.object(sparse.get("indices"), where + "/sparse/indices")
			var kind := _whole(indices, "componentType", 0, INT_MAX, where + "/sparse/indices")
			_fits(indices, changed, COMPONENT_BYTES.get(kind, 4) as int, where + "/sparse/indices")
			_fits(_r.object(sparse.get("values"), where + "/sparse/values"), changed, element, where + "/sparse/values")
	if _zero_bytes > ZERO_BYTES_MAX:
		_r.fail("accessors without data", "at most %d bytes" % ZERO_BYTES_MAX)


## Checks that [param count] elements are within the buffer view that [param it] names.
func _fits(it: Dictionary, count: int, element: int, where: String) -> void:
	var view := _index(it, "bufferView", _view_bytes.size(), where)
	var begin := _whole(it, "byteOffset", 0, INT_MAX, where)
	if view < 0 or count == 0:
		return
	var stride := maxi(element, _whole((_json.bufferViews as Array)[view] as Dictionary, "byteStride", 0, INT_MAX, where))
	if begin + stride * (count - 1) + element > _view_bytes[view]:
		_r.fail(where, "within its buffer view")


func _check_meshes() -> void:
	var primitives := 0
	var at := 0
	for mesh: Variant in _list("meshes", MESHES_MAX):
		var where := "meshes/%d/primitives" % at
		at += 1
		for item: Variant in _r.list(_r.object(mesh, where).get("primitives"), where, PRIMITIVES_MAX):
			primitives += 1
			var primitive := _r.object(item, where)
			_uses(primitive, "indices", where)
			_optional(primitive, "material", _list("materials", MATERIALS_MAX).size(), where)
			_uses_all(_r.object(primitive.get("attributes"), where + "/attributes"), where)
			for morph: Variant in _r.list(primitive.get("targets"), where + "/targets", MORPHS_MAX):
				_uses_all(_r.object(morph, where + "/targets"), where)
	if primitives > PRIMITIVES_MAX:
		_r.fail("meshes", "at most %d primitives" % PRIMITIVES_MAX)
	if _touched_bytes > TOUCHED_BYTES_MAX:
		_r.fail("meshes", "at most %d bytes" % TOUCHED_BYTES_MAX)


func _uses_all(attributes: Dictionary, where: String) -> void:
	for attribute: Variant in attributes:
		_uses(attributes, str(attribute), where)


func _uses(it: Dictionary, key: String, where: String) -> void:
	if it.has(key):
		var accessor := _index(it, key, _accessor_bytes.size(), where)
		_touched_bytes += _accessor_bytes[accessor] if accessor >= 0 else 0


## Checks that the nodes are a forest: each node has at most one parent, and there are no cycles.
func _check_nodes() -> void:
	var nodes := _list("nodes", NODES_MAX)
	var parents := PackedInt32Array()
	parents.resize(nodes.size())
	parents.fill(-1)
	for at: int in nodes.size():
		var where := "nodes/%d" % at
		var it := _r.object(nodes[at], where)
		_optional(it, "mesh", _list("meshes", MESHES_MAX).size(), where)
		_optional(it, "skin", _list("skins", SKINS_MAX).size(), where)
		for child: Variant in _r.list(it.get("children"), where + "/children", NODES_MAX):
			var index := _r.integer(child, where + "/children", 0, nodes.size() - 1)
			if _r.fault.is_empty() and parents[index] >= 0:
				_r.fail("nodes/%d" % index, "below one node at most")
			if _r.fault:
				return
			parents[index] = at
	for at: int in nodes.size():
		var depth := 0
		var above := at
		while above >= 0 and depth <= NODE_DEPTH_MAX:
			above = parents[above]
			depth += 1
		if above >= 0:
			_r.fail("nodes/%d" % at, "at most %d nodes deep, and not below itself" % NODE_DEPTH_MAX)
			return
	var scenes := _list("scenes", SCENES_MAX)
	_optional(_json, "scene", scenes.size(), "the file")
	for scene: Variant in scenes:
		_indices(_r.object(scene, "scenes").get("nodes"), nodes.size(), NODES_MAX, "scenes/nodes")


func _check_skins() -> void:
	var nodes := _list("nodes", NODES_MAX).size()
	for skin: Variant in _list("skins", SKINS_MAX):
		var it := _r.object(skin, "skins")
		_optional(it, "skeleton", nodes, "skins")
		_optional(it, "inverseBindMatrices", _accessor_bytes.size(), "skins")
		_indices(it.get("joints"), nodes, JOINTS_MAX, "skins/joints")


func _check_animations() -> void:
	var channels := 0
	for animation: Variant in _list("animations", ANIMATIONS_MAX):
		var it := _r.object(animation, "animations")
		var samplers := _r.list(it.get("samplers"), "animations/samplers", CHANNELS_MAX)
		for sampler: Variant in samplers:
			for key: String in ["input", "output"]:
				_uses(_r.object(sampler, "animations/samplers"), key, "animations/samplers")
		for channel: Variant in _r.list(it.get("channels"), "animations/channels", CHANNELS_MAX):
			channels += 1
			var found := _r.object(channel, "animations/channels")
			_index(found, "sampler", samplers.size(), "animations/channels")
			_optional(_r.object(found.get("target"), "animations/channels/target"), "node", _list("nodes", NODES_MAX).size(),
					"animations/channels/target")
	if channels > CHANNELS_MAX or _touched_bytes > TOUCHED_BYTES_MAX:
		_r.fail("animations", "at most %d channels and %d bytes" % [CHANNELS_MAX, TOUCHED_BYTES_MAX])


func _check_pictures() -> void:
	var all_pixels := 0
	var at := 0
	for image: Variant in _list("images", IMAGES_MAX):
		var where := "images/%d" % at
		at += 1
		var it := _r.object(image, where)
		_has_no_uri(it, where)
		var view := _index(it, "bufferView", _view_bytes.size(), where)
		if view < 0:
			return
		var size := ImageSize.of(_data.slice(_view_begins[view], _view_begins[view] + _view_bytes[view]))
		if mini(size.x, size.y) < 1 or size.x * size.y > PIXELS_MAX:
			_r.fail(where, "a PNG, JPEG, WebP or KTX2 of at most %d pixels" % PIXELS_MAX)
		all_pixels += size.x * size.y
	if all_pixels > ALL_PIXELS_MAX:
		_r.fail("images", "at most %d pixels together" % ALL_PIXELS_MAX)
	for texture: Variant in _list("textures", TEXTURES_MAX):
		_optional(_r.object(texture, "textures"), "source", at, "textures")


func _list(key: String, count_max: int) -> Array:
	return _r.list(_json.get(key), key, count_max)


func _has_no_uri(it: Dictionary, where: String) -> void:
	if it.has("uri"):
		_r.fail(where, "within the file; it has an address of another")


func _whole(it: Dictionary, key: String, least: int, most: int, where: String) -> int:
	return _r.integer(it.get(key, 0), where + "/" + key, least, most)


func _indices(value: Variant, count: int, count_max: int, where: String) -> void:
	for index: Variant in _r.list(value, where, count_max):
		_r.integer(index, where, 0, count - 1)


func _optional(it: Dictionary, key: String, count: int, where: String) -> void:
	if it.has(key):
		_index(it, key, count, where)


## Returns an index into a list of [param count]; -1 and a fault if it is invalid.
func _index(it: Dictionary, key: String, count: int, where: String) -> int:
	var value: Variant = it.get(key)
	if (value is float or value is int) and value >= 0 and value < count and value == floorf(value as float):
		return int(value as float)
	_r.fail(where + "/" + key, "one of the file's %d" % count)
	return -1
