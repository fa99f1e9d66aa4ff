@tool
extends RefCounted
## An avatar's body, as in the simulation: 18 bones in a T-pose that faces -Z, feet at y = 0, and capsules on them.

const JsonReader := preload("../download/json_reader.gd")
const AvatarBody := preload("avatar_body.gd")

const BONES: PackedStringArray = [
	"hips", "spine", "chest", "upperChest", "neck", "head",
	"leftUpperArm", "leftLowerArm", "leftHand", "rightUpperArm", "rightLowerArm", "rightHand",
	"leftUpperLeg", "leftLowerLeg", "leftFoot", "rightUpperLeg", "rightLowerLeg", "rightFoot",
]
## Index of each bone's parent; -1 for the hips. Parents come before their children.
const PARENTS: PackedInt32Array = [-1, 0, 1, 2, 3, 4, 3, 6, 7, 3, 9, 10, 0, 12, 13, 0, 15, 16]
const HEAD := 5
const CAPSULES_MAX := 24
## Limit of the distance between a bone and its parent, and between a capsule's end and its bone, metres.
const OFFSET_MAX := 10.0
const RADIUS_MIN := 1e-3
const RADIUS_MAX := 5.0
## Limit of cached bodies of other heights. Each has a model of some 100 KiB.
const RESIZED_MAX := 64

var name := ""
## Each bone's origin in its parent's space, metres.
var offsets: PackedVector3Array = []
## For each capsule: its bone, both ends in the bone's space, its radius; metres.
var capsule_bones: PackedInt32Array = []
var capsule_from: PackedVector3Array = []
var capsule_to: PackedVector3Array = []
var capsule_radii: PackedFloat32Array = []
## Height of the head bone's origin above the ground at rest, metres.
var head_metres := 0.0
## Height of the body at rest, metres.
var height := 0.0
## The model that shows it ([code]model.gd[/code]), made on first use and shared by all who have this body.
var look: RefCounted

## Cached bodies of other heights, by millimetres of the head.
var _resized: Dictionary[int, AvatarBody] = {}


## Reads a body from the JSON of realm definitions and manifests.
static func read(r: JsonReader, value: Variant, where: String) -> AvatarBody:
	var it := r.object(value, where)
	var body := AvatarBody.new()
	body.name = r.text(it.get("name"), where + "/name")
	var offsets_found := r.list(it.get("offsets"), where + "/offsets", BONES.size())
	if offsets_found.size() != BONES.size():
		r.fail(where + "/offsets", "%d places, one for each bone" % BONES.size())
	body.offsets.resize(BONES.size())
	for i: int in mini(offsets_found.size(), BONES.size()):
		body.offsets[i] = r.vector(offsets_found[i], "%s/offsets/%d" % [where, i], OFFSET_MAX)
	for item: Variant in r.list(it.get("capsules"), where + "/capsules", CAPSULES_MAX):
		body._read_capsule(r, item, "%s/capsules/%d" % [where, body.capsule_bones.size()])
	body._measure()
	return body


## Reads the bodies of a realm's definition.
static func read_list(value: Variant) -> Array[AvatarBody]:
	var r := JsonReader.new()
	var bodies: Array[AvatarBody] = []
	for item: Variant in r.list(value, "bodies", 64):
		bodies.append(read(r, item, "bodies/%d" % bodies.size()))
	return bodies if r.fault.is_empty() else ([] as Array[AvatarBody])


## Returns this body with its head at another height: at an avatar's scale, or in place of a body that is not loaded yet.
func resized(head: float) -> AvatarBody:
	var key := roundi(head * 1000.0)
	if not _resized.has(key):
		# Avatars that use a dropped body keep it.
		if _resized.size() >= RESIZED_MAX:
			_resized.clear()
		_resized[key] = _scaled(head)
	return _resized[key]


func _scaled(head: float) -> AvatarBody:
	var factor := clampf(head / maxf(head_metres, 0.01), 0.02, 50.0)
	var body := AvatarBody.new()
	var by := Transform3D(Basis.from_scale(Vector3.ONE * factor), Vector3.ZERO)
	body.name = name
	body.offsets = by * offsets
	body.capsule_bones = capsule_bones
	body.capsule_from = by * capsule_from
	body.capsule_to = by * capsule_to
	for radius: float in capsule_radii:
		body.capsule_radii.append(radius * factor)
	body._measure()
	return body


func _read_capsule(r: JsonReader, value: Variant, where: String) -> void:
	var it := r.object(value, where)
	capsule_bones.append(r.integer(it.get("bone"), where + "/bone", 0, BONES.size() - 1))
	capsule_from.append(r.vector(it.get("a"), where + "/a", OFFSET_MAX))
	capsule_to.append(r.vector(it.get("b"), where + "/b", OFFSET_MAX))
	capsule_radii.append(r.number(it.get("radius"), where + "/radius", RADIUS_MIN, RADIUS_MAX))


func _measure() -> void:
	var places := PackedVector3Array()
	for i: int in BONES.size():
		places.append(offsets[i] + (places[PARENTS[i]] if PARENTS[i] >= 0 else Vector3.ZERO))
	head_metres = places[HEAD].y
	height = head_metres
	for i: int in capsule_bones.size():
		height = maxf(height, places[capsule_bones[i]].y + maxf(capsule_from[i].y, capsule_to[i].y) + capsule_radii[i])
