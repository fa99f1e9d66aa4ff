@tool
extends RefCounted
## How the eyes of a model turn: limits of VRMC_vrm.lookAt (1.0) and of VRM.firstPerson (0.x), and the eye bones.
## Source: the specifications of VRM 0.0 and VRMC_vrm 1.0 (vrm-c/vrm-specification).

const Model := preload("../model/model.gd")
const VrmJson := preload("vrm_json.gd")

const DEGREES_MAX := 90.0

## Looks are expressions, not turns of the eye bones.
var is_expression := false
## Degrees of the look that count at most (x), and what the eyes do at that: degrees, or the expression's weight (y).
var inner := Vector2(DEGREES_MAX, 10.0)
var outer := Vector2(DEGREES_MAX, 10.0)
var down := Vector2(DEGREES_MAX, 10.0)
var up := Vector2(DEGREES_MAX, 10.0)
## Null if the model has no such bone, or if the bone has no size.
var head: Model.Place
var left_eye: Model.Place
var right_eye: Model.Place


## Returns null for a model without a head.
static func read(json: Dictionary, names: PackedStringArray, places: Dictionary[String, Model.Place]) -> RefCounted:
	var it := new()
	var later := VrmJson.extension_of(json, "VRMC_vrm")
	var earlier := VrmJson.extension_of(json, "VRM")
	var bones: Dictionary[String, int] = {}
	if not later.is_empty():
		var found := VrmJson.object_of(VrmJson.object_of(later.get("humanoid")).get("humanBones"))
		for bone: String in ["head", "leftEye", "rightEye"]:
			bones[bone] = VrmJson.index_of(VrmJson.object_of(found.get(bone)).get("node"), names.size())
		it._read_ranges(VrmJson.object_of(later.get("lookAt")), "type", "expression",
				["rangeMapHorizontalInner", "rangeMapHorizontalOuter", "rangeMapVerticalDown", "rangeMapVerticalUp"],
				"inputMaxValue", "outputScale")
	else:
		for found: Dictionary in VrmJson.objects_of(VrmJson.object_of(earlier.get("humanoid")).get("humanBones"), 64):
			bones[str(found.get("bone"))] = VrmJson.index_of(found.get("node"), names.size())
		it._read_ranges(VrmJson.object_of(earlier.get("firstPerson")), "lookAtTypeName", "BlendShape",
				["lookAtHorizontalInner", "lookAtHorizontalOuter", "lookAtVerticalDown", "lookAtVerticalUp"],
				"xRange", "yRange")
	var place_of := func(bone: String) -> Model.Place:
		var node: int = bones.get(bone, -1)
		var place: Model.Place = places.get(names[node]) if node >= 0 else null
		return place if place != null and place.has_rotation() else null
	it.head = place_of.call("head")
	it.left_eye = place_of.call("leftEye")
	it.right_eye = place_of.call("rightEye")
	return it if it.head != null else null


func _read_ranges(data: Dictionary, kind: String, expression: String, keys: Array[String], most: String, scale: String) -> void:
	is_expression = VrmJson.text_of(data.get(kind)) == expression
	var ranges: Array[Vector2] = []
	for key: String in keys:
		var found := VrmJson.object_of(data.get(key))
		ranges.append(Vector2(VrmJson.number_of(found.get(most), 1.0, 180.0, DEGREES_MAX),
				VrmJson.number_of(found.get(scale), 0.0, 1.0 if is_expression else DEGREES_MAX, 1.0 if is_expression else 10.0)))
	inner = ranges[0]
	outer = ranges[1]
	down = ranges[2]
	up = ranges[3]


## Returns what the eyes do for a look by an angle in degrees.
static func mapped(by: Vector2, degrees: float) -> float:
	return by.y * minf(absf(degrees), by.x) / by.x
