extends RefCounted
## Converts messages of the wire to proto3's JSON form, as the test vectors have them: camelCase names, bytes in hex,
## default values omitted.

const Messages := preload("res://addons/otherworld/wire/generated/messages.gd")
const ENUMS := {"motion": Messages.Motion, "mode": Messages.ClientMode}


static func says(message: RefCounted) -> Dictionary:
	var out := {}
	for property: Dictionary in message.get_property_list():
		var field: String = property.name
		if not property.usage & PROPERTY_USAGE_SCRIPT_VARIABLE or field.begins_with("has_") or field.ends_with("_case"):
			continue
		var value: Variant = _json_of(field, message.get(field), message.get("has_" + field))
		if value != null:
			out[field.to_camel_case()] = value
	return out


## Returns null for an omitted value.
static func _json_of(field: String, value: Variant, there: Variant) -> Variant:
	if value is Vector3 or value is Quaternion:
		return _components(value) if there else null
	if value is RefCounted:
		return says(value)
	if value is PackedByteArray:
		return value.hex_encode() if value else null
	if value is PackedVector3Array:
		return Array(value).map(_components) if value else null
	if value is Array:
		return value.map(says) if value else null
	if value is PackedInt32Array:
		return Array(value).map(func(number: int) -> int: return number & 0xffffffff) if value else null
	if value is PackedFloat32Array:
		return Array(value) if value else null
	if field in ENUMS and value:
		return ENUMS[field].find_key(value)
	return value if value else null


static func _components(value: Variant) -> Dictionary:
	var out := {}
	for axis: String in ["x", "y", "z", "w"] if value is Quaternion else ["x", "y", "z"]:
		if value[axis] != 0.0:
			out[axis] = value[axis]
	return out


## Returns where the two differ, "" if they are equal. Numbers are compared as 32-bit floats.
static func difference(actual: Variant, expected: Variant, where := "") -> String:
	if actual is Dictionary and expected is Dictionary:
		for key: String in actual.merged(expected):
			var found := difference(actual.get(key), expected.get(key), where + "." + key)
			if found:
				return found
		return ""
	if actual is Array and expected is Array and actual.size() == expected.size():
		for i: int in actual.size():
			var found := difference(actual[i], expected[i], "%s[%d]" % [where, i])
			if found:
				return found
		return ""
	var numbers := (actual is float or actual is int) and (expected is float or expected is int)
	var same: bool = PackedFloat32Array([actual]) == PackedFloat32Array([expected]) if numbers else typeof(actual) == typeof(expected) and actual == expected
	return "" if same else "%s is %s, expected %s" % [where, var_to_str(actual), var_to_str(expected)]
