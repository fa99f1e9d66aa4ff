extends RefCounted
## Encodes and decodes the parts of messages: numbers, texts, vectors and lists in protobuf's encoding (proto3).
##
## [code]put_…[/code] append a field with its tag (number and kind, as on the wire). The others read the value from
## [code]at[/code] up to [code]stop[/code]; they return null if it is malformed.

## Limit of a field without its own limit, bytes, such as one of a later version. A longer one is malformed.
const OTHER_FIELD_BYTES_MAX := 256
## Bytes of one number: 64 bits, 7 a byte.
const NUMBER_BYTES_MAX := 10

## Largest tag that is distinguished. There are no larger fields.
const _TAG_MAX := 0xffff
const _HIGH_BITS := -0x7f7f7f7f7f7f7f80
const _REPLACEMENT: PackedByteArray = [0xef, 0xbf, 0xbd]


## Returns the low 32 bits of the number at [param at], and above them the position after it; -1 if it does not end
## before [param to] or within [constant NUMBER_BYTES_MAX].
static func varint(data: PackedByteArray, at: int, to: int) -> int:
	var value := 0
	var shift := 0
	var end := mini(to, at + NUMBER_BYTES_MAX)
	while at < end:
		var byte := data[at]
		at += 1
		value |= (byte & 127) << shift
		if byte < 128:
			return at << 32 | (value & 0xffffffff)
		shift += 7
	return -1


## Returns the header of the field at [param at], which is before [param to]; -1 if it is malformed or the value does
## not end before [param to]. Bits 0-31: the number, or the bytes of any other value; 32-36: offset of that value; from
## 37: the tag. It is one number because each message asks for it once per field.
static func head(data: PackedByteArray, at: int, to: int) -> int:
	var value := at + 1
	var tag: int = data[at]
	if tag > 127:
		tag = varint(data, at, to)
		if tag < 0:
			return -1
		value = tag >> 32
		tag &= 0xffffffff
		if tag > _TAG_MAX:
			tag = _TAG_MAX & ~7 | tag & 7
	var kind := tag & 7
	var number := 4
	if kind == 0 or kind == 2:
		if value >= to:
			return -1
		number = data[value]
		value += 1
		if number > 127:
			number = varint(data, value - 1, to)
			if number < 0:
				return -1
			value = number >> 32
			number &= 0xffffffff
	elif kind == 1:
		number = 8
	elif kind != 5:
		return -1
	if kind and value + number > to:
		return -1
	return number | (value - at) << 32 | tag << 37


## Returns the text. Invalid UTF-8 and NUL become U+FFFD.
static func text(data: PackedByteArray, at: int, stop: int) -> String:
	var bytes := data.slice(at, stop)
	return (bytes if _is_plain(bytes) else _repaired(bytes)).get_string_from_utf8()


## Returns a message of the numbers x, y and z as a [Vector3].
static func vector3(data: PackedByteArray, at: int, stop: int) -> Variant:
	if stop - at == 15 and data[at] == 13 and data[at + 5] == 21 and data[at + 10] == 29:
		return Vector3(data.decode_float(at + 1), data.decode_float(at + 6), data.decode_float(at + 11))
	var numbers := PackedFloat32Array([0.0, 0.0, 0.0, 0.0])
	return Vector3(numbers[0], numbers[1], numbers[2]) if _read_floats(data, at, stop, 3, numbers) else null


## Returns a message of the numbers x, y, z and w as a [Quaternion] of any length.
static func quaternion(data: PackedByteArray, at: int, stop: int) -> Variant:
	var numbers := PackedFloat32Array([0.0, 0.0, 0.0, 0.0])
	return Quaternion(numbers[0], numbers[1], numbers[2], numbers[3]) if _read_floats(data, at, stop, 4, numbers) else null


## Returns packed floats as a [PackedFloat32Array].
static func floats(data: PackedByteArray, at: int, stop: int) -> Variant:
	return null if (stop - at) & 3 else data.slice(at, stop).to_float32_array()


## Returns packed numbers as a [PackedInt32Array]. Numbers from 2³¹ are negative there.
static func numbers(data: PackedByteArray, at: int, stop: int) -> Variant:
	var out := PackedInt32Array()
	while at < stop:
		var number: int = data[at]
		at += 1
		if number > 127:
			number = varint(data, at - 1, stop)
			if number < 0:
				return null
			at = number >> 32
		out.append(number)
	return out


## Omitted if 0.
static func put_number(out: PackedByteArray, tag: int, value: int) -> void:
	if value != 0:
		_put_varint(out, tag)
		_put_varint(out, value)


## Omitted if false.
static func put_bool(out: PackedByteArray, tag: int, value: bool) -> void:
	if value:
		_put_varint(out, tag)
		out.append(1)


## Omitted if 0, but not if -0.
static func put_float(out: PackedByteArray, tag: int, value: float) -> void:
	if value != 0.0 or 1.0 / value < 0.0:
		_put_varint(out, tag)
		var at := out.size()
		out.resize(at + 4)
		out.encode_float(at, value)


## Left out if empty.
static func put_text(out: PackedByteArray, tag: int, value: String) -> void:
	if not value.is_empty():
		put_bytes(out, tag, value.to_utf8_buffer())


## Omitted if empty, unless [param always]: a message without fields is present.
static func put_bytes(out: PackedByteArray, tag: int, value: PackedByteArray, always := false) -> void:
	if always or not value.is_empty():
		_put_varint(out, tag)
		_put_varint(out, value.size())
		out.append_array(value)


## Always there, as a message of the numbers that are not 0.
static func put_vector3(out: PackedByteArray, tag: int, value: Vector3) -> void:
	var bytes := PackedByteArray()
	put_float(bytes, 13, value.x)
	put_float(bytes, 21, value.y)
	put_float(bytes, 29, value.z)
	put_bytes(out, tag, bytes, true)


## Always there, as a message of the numbers that are not 0.
static func put_quaternion(out: PackedByteArray, tag: int, value: Quaternion) -> void:
	var bytes := PackedByteArray()
	put_float(bytes, 13, value.x)
	put_float(bytes, 21, value.y)
	put_float(bytes, 29, value.z)
	put_float(bytes, 37, value.w)
	put_bytes(out, tag, bytes, true)


## Left out if empty.
static func put_floats(out: PackedByteArray, tag: int, values: PackedFloat32Array) -> void:
	put_bytes(out, tag, values.to_byte_array())


## Left out if empty.
static func put_numbers(out: PackedByteArray, tag: int, values: PackedInt32Array) -> void:
	var bytes := PackedByteArray()
	for value: int in values:
		_put_varint(bytes, value)
	put_bytes(out, tag, bytes)


static func _put_varint(out: PackedByteArray, value: int) -> void:
	var rest := value & 0xffffffff
	while rest > 127:
		out.append(rest & 127 | 128)
		rest >>= 7
	out.append(rest)


## Reads the floats of fields 1 to [param count]; ignores others. Returns [code]false[/code] if malformed.
static func _read_floats(data: PackedByteArray, at: int, stop: int, count: int, into: PackedFloat32Array) -> bool:
	while at < stop:
		var begin := head(data, at, stop)
		if begin < 0:
			return false
		var tag := begin >> 37
		var number := begin & 0xffffffff
		at += begin >> 32 & 31
		var field := tag >> 3
		if field >= 1 and field <= count and tag & 7 == 5:
			into[field - 1] = data.decode_float(at)
		elif field <= count or (tag & 7 and number > OTHER_FIELD_BYTES_MAX):
			return false
		at += number if tag & 7 else 0
	return true


## Returns whether all bytes are ASCII without NUL, eight at a time. Most texts are, and a realm's definition is long.
static func _is_plain(bytes: PackedByteArray) -> bool:
	var whole := bytes.size() & ~7
	for at: int in range(0, whole, 8):
		if bytes.decode_u64(at) & _HIGH_BITS:
			return false
	for at: int in range(whole, bytes.size()):
		if bytes[at] > 127:
			return false
	return not bytes.has(0)


## Returns the bytes with every byte that is not part of a UTF-8 character (RFC 3629), and NUL, replaced. The engine
## would print errors for them.
static func _repaired(bytes: PackedByteArray) -> PackedByteArray:
	var out := PackedByteArray()
	var at := 0
	while at < bytes.size():
		var length := _character_bytes(bytes, at)
		if length > 0:
			out.append_array(bytes.slice(at, at + length))
		else:
			out.append_array(_REPLACEMENT)
		at += maxi(length, 1)
	return out


## Returns the number of bytes of the character at [param at]; 0 without one.
static func _character_bytes(bytes: PackedByteArray, at: int) -> int:
	var first := bytes[at]
	if first < 128:
		return 1 if first else 0
	var length := 2 if first >= 0xc2 and first < 0xe0 \
			else 3 if first >= 0xe0 and first < 0xf0 \
			else 4 if first >= 0xf0 and first < 0xf5 \
			else 0
	if length == 0 or at + length > bytes.size():
		return 0
	for i: int in range(1, length):
		if bytes[at + i] & 0xc0 != 0x80:
			return 0
	var second := bytes[at + 1]
	var low := 0xa0 if first == 0xe0 else 0x90 if first == 0xf0 else 0x80
	var high := 0x9f if first == 0xed else 0x8f if first == 0xf4 else 0xbf
	return length if second >= low and second <= high else 0
