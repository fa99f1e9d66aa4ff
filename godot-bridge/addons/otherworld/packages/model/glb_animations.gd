@tool
extends RefCounted
## Removes unused animations from a GLB before Godot reads it.
##
## Godot copies the whole buffer for each accessor of an animation's channel. A model with 76 animations and 9,000
## channels takes ten seconds to read; without them, 0.2 s. A model that follows a realm's bones needs none; others need
## idle, walk and run.

const MAGIC := 0x46546C67
const JSON_CHUNK := 0x4E4F534A
## Bytes of the file's header and of a chunk's.
const HEAD_BYTES := 12
const CHUNK_HEAD_BYTES := 8


## Returns the GLB with only the animations named in [param kept]. Bytes that are not a GLB are returned unchanged.
static func with_animations(bytes: PackedByteArray, kept: PackedStringArray) -> PackedByteArray:
	var json := json_of(bytes)
	if not json.get("animations") is Array:
		return bytes
	var animations: Array = json.animations
	json.animations = animations.filter(
			func(it: Variant) -> bool: return it is Dictionary and kept.has(str((it as Dictionary).get("name"))))
	if (json.animations as Array).size() == animations.size():
		return bytes
	if (json.animations as Array).is_empty():
		json.erase("animations")
	return with_json(bytes, json)


## Returns the JSON of a GLB; empty if the bytes are not a GLB.
static func json_of(bytes: PackedByteArray) -> Dictionary:
	var begin := HEAD_BYTES + CHUNK_HEAD_BYTES
	if bytes.size() < begin or bytes.decode_u32(0) != MAGIC or bytes.decode_u32(16) != JSON_CHUNK:
		return {}
	var end := begin + bytes.decode_u32(12)
	if end > bytes.size():
		return {}
	var parsed: Variant = JSON.parse_string(bytes.slice(begin, end).get_string_from_utf8())
	return parsed if parsed is Dictionary else {}


## Returns the GLB with other JSON. [param bytes] must be a GLB.
static func with_json(bytes: PackedByteArray, json: Dictionary) -> PackedByteArray:
	var end := HEAD_BYTES + CHUNK_HEAD_BYTES + bytes.decode_u32(12)
	var text := JSON.stringify(json, "", false, true).to_utf8_buffer()
	while text.size() % 4 != 0:
		text.append(0x20)
	var head := bytes.slice(0, HEAD_BYTES + CHUNK_HEAD_BYTES)
	head.encode_u32(12, text.size())
	head.encode_u32(8, head.size() + text.size() + bytes.size() - end)
	head.append_array(text)
	head.append_array(bytes.slice(end))
	return head
