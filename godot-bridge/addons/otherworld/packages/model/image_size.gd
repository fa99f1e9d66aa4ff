@tool
extends RefCounted
## Reads the width and height of an image from its header, without decoding it.

const PNG := 0x474E5089
const KTX := 0x58544BAB
const RIFF := 0x46464952
const WEBP := 0x50424557
const WEBP_LOSSY := 0x20385056
const WEBP_LOSSLESS := 0x4C385056
const WEBP_EXTENDED := 0x58385056


## Returns the size of a PNG, JPEG, WebP or KTX2, pixels; zero for anything else.
static func of(bytes: PackedByteArray) -> Vector2i:
	if bytes.size() < 30:
		return Vector2i.ZERO
	match bytes.decode_u32(0):
		PNG:
			return Vector2i(_big(bytes, 16, 4), _big(bytes, 20, 4))
		KTX:
			return Vector2i(bytes.decode_u32(20), bytes.decode_u32(24))
		RIFF:
			return _of_webp(bytes) if bytes.decode_u32(8) == WEBP else Vector2i.ZERO
	return _of_jpeg(bytes) if _big(bytes, 0, 2) == 0xffd8 else Vector2i.ZERO


static func _of_webp(bytes: PackedByteArray) -> Vector2i:
	match bytes.decode_u32(12):
		WEBP_LOSSY:
			return Vector2i(bytes.decode_u16(26) & 0x3fff, bytes.decode_u16(28) & 0x3fff)
		WEBP_LOSSLESS:
			var bits := bytes.decode_u32(21)
			return Vector2i((bits & 0x3fff) + 1, ((bits >> 14) & 0x3fff) + 1)
		WEBP_EXTENDED:
			return Vector2i((bytes.decode_u32(24) & 0xffffff) + 1, (bytes.decode_u32(26) >> 8) + 1)
	return Vector2i.ZERO


## Skips segments until the first that begins a frame.
static func _of_jpeg(bytes: PackedByteArray) -> Vector2i:
	var at := 2
	while at + 9 <= bytes.size() and bytes[at] == 0xff:
		var marker := bytes[at + 1]
		if marker == 0xff:
			at += 1
		elif marker >= 0xc0 and marker <= 0xcf and marker not in [0xc4, 0xc8, 0xcc]:
			return Vector2i(_big(bytes, at + 7, 2), _big(bytes, at + 5, 2))
		else:
			at += 2 + _big(bytes, at + 2, 2)
	return Vector2i.ZERO


static func _big(bytes: PackedByteArray, at: int, count: int) -> int:
	var number := 0
	for i: int in count:
		number = (number << 8) | bytes[at + i]
	return number
