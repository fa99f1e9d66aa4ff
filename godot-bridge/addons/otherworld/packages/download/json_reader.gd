@tool
extends RefCounted
## Reads JSON from the network and checks every value. It reports the first error with its place.
##
## An invalid value reads as a harmless one, so that reading continues. Check [member fault] at the end.

## Larger numbers are invalid.
const NUMBER_MAX := 1e9

## The first error; "" without one.
var fault := ""


## Records an error. Only the first is kept.
func fail(where: String, expected: String) -> void:
	if fault.is_empty():
		fault = "%s should be %s" % [where, expected]


func object(value: Variant, where: String) -> Dictionary:
	if value is Dictionary:
		return value
	fail(where, "an object")
	return {}


## Returns a list. A missing one reads as empty.
func list(value: Variant, where: String, count_max: int) -> Array:
	if value == null:
		return []
	if not value is Array:
		fail(where, "a list")
		return []
	var found: Array = value
	if found.size() > count_max:
		fail(where, "a list of at most %d" % count_max)
		return []
	return found


func text(value: Variant, where: String, characters_max := 256) -> String:
	if value is String and (value as String).length() <= characters_max:
		return value
	fail(where, "text of at most %d characters" % characters_max)
	return ""


func number(value: Variant, where: String, least := -NUMBER_MAX, most := NUMBER_MAX) -> float:
	if value is float or value is int:
		var found := float(value)
		if found >= least and found <= most:
			return found
	fail(where, "a number from %s to %s" % [least, most])
	return maxf(least, 0.0)


func integer(value: Variant, where: String, least: int, most: int) -> int:
	var found := number(value, where, least, most)
	if found != floorf(found):
		fail(where, "a whole number")
	return int(found)


## Returns a vector from an object with x, y and z, or a list of three numbers.
func vector(value: Variant, where: String, most := 1e6) -> Vector3:
	if value is Array and (value as Array).size() == 3:
		var three: Array = value
		value = {x = three[0], y = three[1], z = three[2]}
	var it := object(value, where)
	return Vector3(
			number(it.get("x"), where + "/x", -most, most), number(it.get("y"), where + "/y", -most, most),
			number(it.get("z"), where + "/z", -most, most))


func quaternion(value: Variant, where: String) -> Quaternion:
	var it := object(value, where)
	var found := Quaternion(
			number(it.get("x"), where + "/x", -1.001, 1.001), number(it.get("y"), where + "/y", -1.001, 1.001),
			number(it.get("z"), where + "/z", -1.001, 1.001), number(it.get("w"), where + "/w", -1.001, 1.001))
	if absf(found.length() - 1.0) < 0.001:
		return found.normalized()
	fail(where, "a rotation of length 1")
	return Quaternion.IDENTITY


## Returns points from flat x y z triples.
func points(value: Variant, where: String, count_max: int) -> PackedVector3Array:
	var flat := list(value, where, count_max * 3)
	var found := PackedVector3Array()
	if flat.size() % 3 != 0:
		fail(where, "x, y and z of each point")
		return found
	found.resize(floori(flat.size() / 3.0))
	for i: int in found.size():
		for axis: int in 3:
			var value_here: Variant = flat[i * 3 + axis]
			if not (value_here is float or value_here is int) or not absf(value_here as float) <= 1e6:
				fail("%s/%d" % [where, i * 3 + axis], "a number")
				return found
			found[i][axis] = value_here
	return found


## Returns a hash: 64 lower-case hex digits.
func sha256(value: Variant, where: String) -> String:
	if is_sha256(value):
		return value
	fail(where, "64 lower-case hex digits")
	return ""


func one_of(value: Variant, choices: PackedStringArray, where: String) -> String:
	if value is String and choices.has(value as String):
		return value
	fail(where, "one of " + ", ".join(choices))
	return choices[0]


## Returns whether a text is the name of a file or package: 64 lower-case hex digits, which cannot lead to another path.
static func is_sha256(value: Variant) -> bool:
	if not value is String or (value as String).length() != 64:
		return false
	for character: String in (value as String):
		if not character in "0123456789abcdef":
			return false
	return true
