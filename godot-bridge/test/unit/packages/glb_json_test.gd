extends "../../test_case.gd"
## The JSON of a GLB is read and replaced.

const GlbJson := preload("res://addons/otherworld/packages/model/glb_json.gd")

var _fox := FileAccess.get_file_as_bytes(ProjectSettings.globalize_path("res://").path_join("../../fixtures/assets/avatars/Fox.glb").simplify_path())


func test_other_json_leaves_the_binary_chunk_as_it_was() -> void:
	var json := GlbJson.read(_fox)
	equal(json.asset.version, "2.0")
	for extra: int in 4:
		json.extras = "x".repeat(extra)
		var other := GlbJson.replace(_fox, json)
		equal(GlbJson.read(other).extras, json.extras)
		equal((GlbJson.read(other).nodes as Array).size(), (json.nodes as Array).size())
		equal(other.decode_u32(8), other.size(), "the length of the file")
		equal(other.decode_u32(12) % 4, 0, "the length of the chunk")
		equal(other.slice(GlbJson.BEGIN + GlbJson.length_of(other)), _fox.slice(GlbJson.BEGIN + GlbJson.length_of(_fox)))


func test_bytes_without_json_give_no_json() -> void:
	for length: int in [0, 11, 19, 20, 200]:
		equal(GlbJson.read(_fox.slice(0, length)), {}, "%d bytes" % length)
	var broken := _fox.duplicate()
	broken.encode_u8(GlbJson.BEGIN, 0x5d)
	equal(GlbJson.read(broken), {}, "no JSON")
	broken.encode_u32(0, 0)
	equal(GlbJson.length_of(broken), -1, "no GLB")
