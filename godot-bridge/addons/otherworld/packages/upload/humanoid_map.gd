@tool
extends RefCounted
## Reads a humanoid map that a user typed: which joint of a model is which humanoid bone. Each line is
## [code]bone: joint[/code], or the whole text is a JSON object, as the option --humanoid of
## [code]otherworld upload[/code] takes it.

const HumanoidMap := preload("humanoid_map.gd")
const SceneExport := preload("scene_export.gd")

## Joint by humanoid bone (VRM 1.0 names).
var joints: Dictionary[String, String] = {}
## Why the text is not a map. A message for the user.
var problem := ""


## Reads a text. An empty one is an empty map.
static func parse(text: String) -> HumanoidMap:
	var map := HumanoidMap.new()
	if text.strip_edges().begins_with("{"):
		map._read_json(text)
	else:
		map._read_lines(text)
	return map


func _read_json(text: String) -> void:
	var parser := JSON.new()
	if parser.parse(text) != OK or not parser.data is Dictionary:
		problem = "The humanoid map is not valid JSON (line %d: %s)." \
				% [parser.get_error_line() + 1, parser.get_error_message()]
		return
	var fields: Dictionary = parser.data
	for bone: Variant in fields:
		_add(str(bone), str(fields[bone]), "the JSON")


func _read_lines(text: String) -> void:
	var lines := text.split("\n")
	for i: int in lines.size():
		var line := lines[i].strip_edges()
		if line.is_empty():
			continue
		var at := line.find(":")
		if at < 0:
			problem = "Line %d of the humanoid map has no colon. Write, for example, \"hips: Armature_Hips\"." % (i + 1)
			return
		_add(line.left(at).strip_edges(), line.substr(at + 1).strip_edges(), "line %d" % (i + 1))


func _add(bone: String, joint: String, where: String) -> void:
	if problem:
		return
	if not SceneExport.bones().has(bone):
		problem = "\"%s\" in %s of the humanoid map is not a humanoid bone. Use a name of VRM 1.0, such as \"leftHand\"." \
				% [bone, where]
	elif joint.is_empty():
		problem = "The bone \"%s\" in %s of the humanoid map has no joint. Add the name of a node of the model." \
				% [bone, where]
	elif joints.has(bone):
		problem = "The humanoid map has the bone \"%s\" twice. Remove one of them." % bone
	else:
		joints[bone] = joint
