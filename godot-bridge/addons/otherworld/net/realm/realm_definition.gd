extends RefCounted
## The realm's definition, from the text in the Welcome (docs/protocol.md, section 13). Everything that a client uses is
## checked here.

## Limit of a length, metres. Realms are far smaller.
const METRES_MAX := 65_536.0
const BODIES_MAX := 64
const CAPSULES_MAX := 24
const BONES := 18
const RADIUS_MAX := 100.0

## The parsed definition. Empty if there is a [member fault].
var fields: Dictionary = {}
## Why the client cannot join this realm; "" if it can.
var fault := ""


## Reads the text in the Welcome.
static func parse(text: String, tick_rate: int) -> RefCounted:
	var definition := new()
	var parser := JSON.new()
	if parser.parse(text) == OK and parser.data is Dictionary:
		definition.fields = parser.data
		definition._check(tick_rate)
	else:
		definition.fault = "is not JSON"
	if definition.fault:
		definition.fields = {}
	return definition


func _check(tick_rate: int) -> void:
	_number(fields, "tickRate", 1.0, 1000.0)
	if not fault and float(fields.tickRate) != tick_rate:
		fault = "tickRate: differs from the Welcome"
	_point(fields, "gravity")
	_number(fields, "reach", 0.0, METRES_MAX)
	_check_bounds(_object(fields, "bounds"))
	var ground := _object(fields, "ground")
	_number(ground, "x", 0.0, METRES_MAX)
	_number(ground, "z", 0.0, METRES_MAX)
	var spawn := _object(fields, "spawn")
	_point(spawn, "position")
	_number(spawn, "yaw", -METRES_MAX, METRES_MAX)
	for body: Variant in _list(fields, "bodies", BODIES_MAX):
		_check_body(body)


func _check_bounds(bounds: Dictionary) -> void:
	_point(bounds, "min")
	_point(bounds, "max")
	if fault:
		return
	for axis: String in ["x", "y", "z"]:
		if float(bounds.min[axis]) >= float(bounds.max[axis]):
			fault = "bounds: min is not below max"


func _check_body(value: Variant) -> void:
	if not value is Dictionary:
		_fail("bodies", "has an entry that is not a body")
		return
	var body: Dictionary = value
	if not body.get("name") is String:
		_fail("bodies", "a body has no name")
	var offsets := _list(body, "offsets", BONES)
	if offsets.size() != BONES:
		_fail("bodies", "a body does not have %d offsets" % BONES)
	for offset: Variant in offsets:
		_point({"offsets": offset}, "offsets")
	for capsule: Variant in _list(body, "capsules", CAPSULES_MAX):
		if not capsule is Dictionary:
			_fail("capsules", "has an entry that is not a capsule")
			return
		var of: Dictionary = capsule
		_number(of, "bone", 0.0, BONES - 1.0)
		_point(of, "a")
		_point(of, "b")
		_number(of, "radius", 0.0, RADIUS_MAX)


func _fail(where: String, what: String) -> void:
	if not fault:
		fault = "%s: %s" % [where, what]


func _object(of: Dictionary, name: String) -> Dictionary:
	var value: Variant = of.get(name)
	if value is Dictionary:
		return value
	_fail(name, "is missing")
	return {}


func _list(of: Dictionary, name: String, count_max: int) -> Array:
	var value: Variant = of.get(name)
	if value is Array:
		var list: Array = value
		if list.size() <= count_max:
			return list
	_fail(name, "is missing, or has more than %d entries" % count_max)
	return []


func _number(of: Dictionary, name: String, least: float, most: float) -> void:
	var value: Variant = of.get(name)
	var number: float = value if value is float else NAN
	if not (number >= least and number <= most):
		_fail(name, "needs a number from %s to %s" % [least, most])


func _point(of: Dictionary, name: String) -> void:
	var point := _object(of, name)
	for axis: String in ["x", "y", "z"]:
		_number(point, axis, -METRES_MAX, METRES_MAX)
