@tool
extends RefCounted
## Reads the VRM data of a model file. The server keeps it as the file's maker wrote it, so each function returns a value
## that is safe to use: invalid items are left out, and numbers are within a range.


## Returns the value if it is an object, else an empty one.
static func object_of(value: Variant) -> Dictionary:
	return value if value is Dictionary else {}


## Returns the first [param count_max] items of a list as objects.
static func objects_of(value: Variant, count_max: int) -> Array[Dictionary]:
	var found: Array[Dictionary] = []
	if value is Array:
		for item: Variant in (value as Array).slice(0, count_max):
			found.append(object_of(item))
	return found


## Returns the value as an index into a list of [param count] items; -1 if there is no such item.
static func index_of(value: Variant, count: int) -> int:
	if (value is float or value is int) and value >= 0 and value < count and value == floorf(value as float):
		return int(value as float)
	return -1


## Returns the valid ones of the first [param count_max] indices into a list of [param count] items.
static func indices_of(value: Variant, count: int, count_max: int) -> PackedInt32Array:
	var found := PackedInt32Array()
	if value is Array:
		for item: Variant in (value as Array).slice(0, count_max):
			if index_of(item, count) >= 0:
				found.append(index_of(item, count))
	return found


## Returns the number within the range; [param otherwise] if the value is not a finite number.
static func number_of(value: Variant, least: float, most: float, otherwise: float) -> float:
	return clampf(value as float, least, most) if (value is float or value is int) and is_finite(value as float) \
			else otherwise


## Returns the first [param length] numbers of a list, each within ±[param most]; empty if one is missing or not finite.
static func numbers_of(value: Variant, length: int, most: float) -> PackedFloat32Array:
	var found := PackedFloat32Array()
	if not value is Array or (value as Array).size() < length:
		return found
	for item: Variant in (value as Array).slice(0, length):
		if not (item is float or item is int) or not is_finite(item as float):
			return PackedFloat32Array()
		found.append(clampf(item as float, -most, most))
	return found


## Returns a list of three numbers as a vector, each within ±[param most].
static func vector_of(value: Variant, most: float, otherwise := Vector3.ZERO) -> Vector3:
	var found := numbers_of(value, 3, most)
	return Vector3(found[0], found[1], found[2]) if found.size() == 3 else otherwise


## Returns an object with x, y and z (VRM 0.x) as a vector, each within ±[param most].
static func xyz_of(value: Variant, most: float, otherwise := Vector3.ZERO) -> Vector3:
	if not value is Dictionary:
		return otherwise
	var it: Dictionary = value
	return Vector3(number_of(it.get("x"), -most, most, 0.0), number_of(it.get("y"), -most, most, 0.0),
			number_of(it.get("z"), -most, most, 0.0))


## Returns the text; "" if the value is not text. GDScript has no == between a text and an object.
static func text_of(value: Variant) -> String:
	return value if value is String else ""


## Returns whether the value is [code]true[/code].
static func flag_of(value: Variant) -> bool:
	return value is bool and value


## Returns the extension of a glTF object; empty without it.
static func extension_of(holder: Dictionary, name: String) -> Dictionary:
	return object_of(object_of(holder.get("extensions")).get(name))
