@tool
extends RefCounted
## Reads and replaces the JSON of a GLB. Source: glTF 2.0, GLB File Format Specification (KhronosGroup/glTF).

const MAGIC := 0x46546C67
const JSON_CHUNK := 0x4E4F534A
## Bytes of the file's header and of a chunk's.
const HEAD_BYTES := 12
const CHUNK_HEAD_BYTES := 8
## Where the JSON begins, bytes.
const BEGIN := HEAD_BYTES + CHUNK_HEAD_BYTES


## Returns the number of bytes of the JSON, within the file or not; -1 if the bytes are not a GLB.
static func length_of(bytes: PackedByteArray) -> int:
	if bytes.size() < BEGIN or bytes.decode_u32(0) != MAGIC or bytes.decode_u32(16) != JSON_CHUNK:
		return -1
	return bytes.decode_u32(12)


## Returns the JSON of a GLB; empty if the bytes are not a GLB.
static func read(bytes: PackedByteArray) -> Dictionary:
	var length := length_of(bytes)
	if length < 0 or BEGIN + length > bytes.size():
		return {}
	var parser := JSON.new()
	var is_json := parser.parse(bytes.slice(BEGIN, BEGIN + length).get_string_from_utf8()) == OK
	return parser.data if is_json and parser.data is Dictionary else {}


## Returns the GLB with other JSON. [param bytes] must be a GLB.
static func replace(bytes: PackedByteArray, json: Dictionary) -> PackedByteArray:
	var end := BEGIN + length_of(bytes)
	var text := JSON.stringify(json, "", false, true).to_utf8_buffer()
	while text.size() % 4 != 0:
		text.append(0x20)
	var head := bytes.slice(0, BEGIN)
	head.encode_u32(12, text.size())
	head.encode_u32(8, head.size() + text.size() + bytes.size() - end)
	head.append_array(text)
	head.append_array(bytes.slice(end))
	return head
