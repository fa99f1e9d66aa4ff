@tool
class_name OtherworldPackageInfo
extends RefCounted
## A package of a server: what it is, how large it is, and how much it costs to draw. See
## [method OtherworldServer.packages].
##
## The list of packages has the fields up to [member created_at_msec]. [method OtherworldServer.describe] fills in the
## others.

## Use of a package.
enum Kind {
	## A prop: [method OtherworldClient.spawn_package].
	OBJECT,
	## An avatar: [method OtherworldClient.wear_package].
	AVATAR,
}
## Drawing cost of a package, as the server rated it (docs/ingest.md).
enum Rank { UNKNOWN, EXCELLENT, GOOD, MEDIUM, POOR, VERY_POOR }

const _Manifest := preload("../packages/download/manifest.gd")

## Hash of the package, 64 hex digits.
var hash := ""
## Name for display.
var name := ""
## Use of the package.
var kind := Kind.OBJECT
## [code]true[/code] if you own it.
var is_own := false
## [code]true[/code] if everyone may use it.
var is_shared := false
## Size of its files, bytes.
var bytes := 0
## When it was uploaded, Unix time, ms.
var created_at_msec := 0

## [code]true[/code] once the fields below are filled in.
var is_described := false
## Bounding box of the model at scale 1, metres, relative to the position at which you spawn it. Its front is +Z.
var bounds := AABB()
## Rank on a PC.
var rank_pc := Rank.UNKNOWN
## Rank on a mobile device or standalone headset.
var rank_mobile := Rank.UNKNOWN
## Number of triangles.
var triangles := 0
## Number of materials.
var materials := 0
## Number of textures.
var textures := 0
## Number of joints of its skeleton.
var joints := 0
## [code]true[/code] if the server knows which joint is which bone. The avatar then follows head and hands. Otherwise it
## plays its own animations (docs/ingest.md, Humanoids).
var is_humanoid := false

# The server's answer about the package.
var _answer: Dictionary = {}


## Returns the rank on a PC for display, for example "very poor".
func rank_text() -> String:
	return _text_of(rank_pc)


static func _text_of(rank: Rank) -> String:
	return String(Rank.find_key(rank)).to_lower().replace("_", " ")


# Reads a package of the list.
static func _read(fields: Dictionary) -> OtherworldPackageInfo:
	var package := OtherworldPackageInfo.new()
	package.hash = str(fields.get("hash", ""))
	package.name = str(fields.get("name", ""))
	package.kind = Kind.AVATAR if fields.get("kind") == "avatar" else Kind.OBJECT
	package.is_own = fields.get("own") == true
	package.is_shared = fields.get("sharing") == "everyone"
	package.bytes = _whole(fields, "bytes")
	package.created_at_msec = _whole(fields, "createdAtMs")
	return package


# Fills in the fields of the manifest from the server's answer.
func _describe(answer: Dictionary) -> void:
	_answer = answer
	var manifest := _fields(answer, "manifest")
	var rank := _fields(manifest, "rank")
	var counts := _fields(manifest, "counts")
	var box := _fields(manifest, "bounds")
	var least := _point(_fields(box, "min"))
	hash = str(answer.get("hash", hash))
	name = str(manifest.get("name", name))
	kind = Kind.AVATAR if manifest.get("kind") == "avatar" else Kind.OBJECT
	bounds = AABB(least, (_point(_fields(box, "max")) - least).max(Vector3.ZERO))
	rank_pc = _rank(rank.get("pc"))
	rank_mobile = _rank(rank.get("mobile"))
	triangles = _whole(counts, "triangles")
	materials = _whole(counts, "materials")
	textures = _whole(counts, "textures")
	joints = _whole(counts, "joints")
	is_humanoid = _has_bones(manifest.get("skeleton"))
	is_described = true


static func _rank(value: Variant) -> Rank:
	var names: PackedStringArray = ["unknown", "excellent", "good", "medium", "poor", "verypoor"]
	return maxi(names.find(str(value)), 0) as Rank


static func _has_bones(skeleton: Variant) -> bool:
	return skeleton is Array and (skeleton as Array).any(func(joint: Variant) -> bool:
		return joint is Dictionary and _Manifest.follows_bone(
				str((joint as Dictionary).get("humanoid")), (joint as Dictionary).get("rest") is Dictionary))


static func _fields(of: Dictionary, field: String) -> Dictionary:
	var value: Variant = of.get(field)
	return value if value is Dictionary else {}


static func _point(of: Dictionary) -> Vector3:
	return Vector3(_number(of, "x"), _number(of, "y"), _number(of, "z"))


static func _whole(of: Dictionary, field: String) -> int:
	return int(_number(of, field))


static func _number(of: Dictionary, field: String) -> float:
	var value: Variant = of.get(field)
	return value if value is float else 0.0
