@tool
extends RefCounted
## Removes unused animations from a GLB before Godot reads it.
##
## Godot copies the whole buffer for each accessor of an animation's channel. A model with 76 animations and 9,000
## channels takes ten seconds to read; without them, 0.2 s. A model that follows a realm's bones needs none; others need
## idle, walk and run.

const GlbJson := preload("glb_json.gd")


## Returns the GLB with only the animations named in [param kept]. Bytes that are not a GLB are returned unchanged.
static func with_animations(bytes: PackedByteArray, kept: PackedStringArray) -> PackedByteArray:
	var json := GlbJson.read(bytes)
	if not json.get("animations") is Array:
		return bytes
	var animations: Array = json.animations
	json.animations = animations.filter(
			func(it: Variant) -> bool: return it is Dictionary and kept.has(str((it as Dictionary).get("name"))))
	if (json.animations as Array).size() == animations.size():
		return bytes
	if (json.animations as Array).is_empty():
		json.erase("animations")
	return GlbJson.replace(bytes, json)
