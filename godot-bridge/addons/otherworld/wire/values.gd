extends RefCounted
## Checks of single values, shared by the checks of packets. Each returns what is wrong, or "".

const Messages := preload("generated/messages.gd")
const Limits := preload("generated/limits.gd")

## Two bits for each of drag, scale, despawn.
const ACCESS_MAX := 63
const COLOR_MAX := 0xffffff
## The largest finite 32-bit float.
const FLOAT_MAX := 3.4028234663852886e38

## Characters that draw nothing in a name (docs/protocol.md, NAM-1), except a joiner between emoji and a variation
## selector after its character. As in the simulation's name.ts.
const _UNDRAWN := "\\p{Cc}\\p{Cf}\\p{Cs}\\p{Co}\\p{Zl}\\p{Zp}\\p{Default_Ignorable_Code_Point}" \
	+ "\\x{2800}\\x{1D159}\\x{13441}\\x{13442}\\x{16FE4}\\x{FFFC}\\x{FFFD}"
const _EMOJI := "[\\p{Extended_Pictographic}\\p{Emoji_Modifier}]"
const _JOINER := "(?:(?<=" + _EMOJI + ")|(?<=" + _EMOJI + "\\x{FE0F}))\\x{200D}(?=\\p{Extended_Pictographic})"
const _VARIATION := "(?<=(?![" + _UNDRAWN + "])[\\p{L}\\p{N}\\p{P}\\p{S}])" \
	+ "[\\x{FE00}-\\x{FE0F}\\x{180B}-\\x{180D}\\x{180F}\\x{E0100}-\\x{E01EF}]"
const _HIDDEN := "(?!" + _JOINER + "|" + _VARIATION + ")[" + _UNDRAWN + "]|(?! )\\p{Zs}"

static var _plain := RegEx.create_from_string("^[!-~](?:[ -~]*[!-~])?$")
static var _hidden := RegEx.create_from_string(_HIDDEN)
static var _seen := RegEx.create_from_string("[\\p{L}\\p{N}\\p{P}\\p{S}]")


## Checks a finite number of at most [param most], positive or negative.
static func number(value: float, where: String, most := FLOAT_MAX) -> String:
	# Written so that NAN fails, too.
	return "" if absf(value) <= most \
			else "%s: is %s; a number of at most %s either way is needed" % [where, _shown(value), _shown(most)]


## Checks a whole number from [param least] to [param most].
static func whole(value: int, where: String, least: int, most := Limits.UINT32_MAX) -> String:
	return "" if value >= least and value <= most \
			else "%s: is %d; a whole number from %d to %d is needed" % [where, value, least, most]


## Checks a required position. [param most] is the limit of each coordinate, positive or negative.
static func point(value: Vector3, there: bool, where: String, most := FLOAT_MAX) -> String:
	if not there:
		return where + ": is missing"
	var within := absf(value.x) <= most and absf(value.y) <= most and absf(value.z) <= most
	return "" if within else "%s: is %s; numbers of at most %s either way are needed" % [where, value, _shown(most)]


## Checks a required rotation.
static func rotation(value: Quaternion, there: bool, where: String) -> String:
	if not there:
		return where + ": is missing"
	return "" if absf(value.length_squared() - 1.0) <= Limits.QUATERNION_TOLERANCE \
			else "%s: %s is not a unit quaternion" % [where, value]


## Checks a package's hash, which may be empty.
static func package(value: PackedByteArray, where: String) -> String:
	return "" if value.is_empty() else bytes(value, where, Limits.PACKAGE_HASH_BYTES)


## Checks for exactly [param needed] bytes.
static func bytes(value: PackedByteArray, where: String, needed: int) -> String:
	return "" if value.size() == needed else "%s: has %d bytes; %d are needed" % [where, value.size(), needed]


## Checks the number of items of a list.
static func count(size: int, where: String, least: int, most: int) -> String:
	return "" if size >= least and size <= most else "%s: has %d items; %d to %d are allowed" % [where, size, least, most]


## Checks the name of a player. (The normal form is not checked.)
static func name(value: String, where: String) -> String:
	return _named(value, where, Limits.NAME_CHARACTERS_MAX)


## Checks the name of a prop or a body.
static func label(value: String, where: String) -> String:
	return _named(value, where, Limits.LABEL_CHARACTERS_MAX)


# The rule for all names.
static func _named(value: String, where: String, most: int) -> String:
	if value.length() < 1 or value.length() > most:
		return "%s: has %d characters; 1 to %d are allowed" % [where, value.length(), most]
	if _plain.search(value) != null:
		return ""
	var hidden := _hidden.search(value)
	if hidden != null:
		return "%s: has a character that cannot be seen (U+%04X)" % [where, hidden.get_string().unicode_at(0)]
	if value.begins_with(" ") or value.ends_with(" "):
		return where + ": has spaces at its ends"
	return "" if _seen.search(value) != null else where + ": has no visible character"


## Checks the specification of a prop; null if it is missing.
static func prop(spec: Messages.PropSpec, where: String) -> String:
	if not spec:
		return where + ": is missing"
	var fault := label(spec.name, where + ".name")
	fault = fault if fault else whole(spec.motion, where + ".motion", 0, Messages.Motion.KINEMATIC)
	fault = fault if fault else number(spec.density, where + ".density")
	fault = fault if fault else number(spec.friction, where + ".friction")
	fault = fault if fault else number(spec.restitution, where + ".restitution")
	fault = fault if fault else whole(spec.color, where + ".color", 0, COLOR_MAX)
	fault = fault if fault else count(spec.colliders.size(), where + ".colliders", 1, Limits.COLLIDERS_MAX)
	for i: int in spec.colliders.size():
		fault = fault if fault else collider(spec.colliders[i], "%s.colliders[%d]" % [where, i])
	return fault


## Checks one collider of a prop.
static func collider(given: Messages.Collider, where: String) -> String:
	var fault := _shape(given, where)
	fault = fault if fault else point(given.position, given.has_position, where + ".position")
	return fault if fault else rotation(given.rotation, given.has_rotation, where + ".rotation")


static func _shape(given: Messages.Collider, where: String) -> String:
	match given.shape_case:
		Messages.Collider.ShapeCase.BOX:
			return point(given.box.half_extents, given.box.has_half_extents, where + ".box.half_extents")
		Messages.Collider.ShapeCase.SPHERE:
			return number(given.sphere.radius, where + ".sphere.radius")
		Messages.Collider.ShapeCase.CAPSULE:
			var fault := number(given.capsule.half_height, where + ".capsule.half_height")
			return fault if fault else number(given.capsule.radius, where + ".capsule.radius")
		Messages.Collider.ShapeCase.CONVEX:
			return _points(given.convex.points, where + ".convex.points", Limits.HULL_POINTS_MIN, Limits.HULL_POINTS_MAX)
		Messages.Collider.ShapeCase.TRIMESH:
			return _trimesh(given.trimesh, where + ".trimesh")
		_:
			return where + ".shape: is missing or of a kind that this version does not know"


static func _trimesh(mesh: Messages.Trimesh, where: String) -> String:
	var fault := _points(mesh.vertices, where + ".vertices", 3, Limits.TRIMESH_VERTICES_MAX)
	fault = fault if fault else count(mesh.indices.size(), where + ".indices", 3, Limits.TRIMESH_TRIANGLES_MAX * 3)
	if fault:
		return fault
	if mesh.indices.size() % 3:
		return "%s.indices: has %d numbers; three make a triangle" % [where, mesh.indices.size()]
	var sorted := mesh.indices.duplicate()
	sorted.sort()
	@warning_ignore("integer_division")
	var vertices := mesh.vertices.size() / 3
	return "" if sorted[0] >= 0 and sorted[-1] < vertices \
			else "%s.indices: name a vertex beyond the %d that there are" % [where, vertices]


static func _points(values: PackedFloat32Array, where: String, least: int, most: int) -> String:
	if values.size() % 3:
		return "%s: has %d numbers; three make a point" % [where, values.size()]
	for value: float in values:
		if not is_finite(value):
			return "%s: holds %s; finite numbers are needed" % [where, value]
	return count(values.size(), where, least * 3, most * 3)


static func _shown(value: float) -> String:
	return String.num_scientific(value) if is_finite(value) and absf(value) > 1e9 else str(value)
