extends "../../test_case.gd"
## Unused animations are removed from a file before Godot reads it.

const GlbAnimations := preload("res://addons/otherworld/packages/model/glb_animations.gd")

var _fox := FileAccess.get_file_as_bytes(ProjectSettings.globalize_path("res://").path_join("../../fixtures/assets/avatars/Fox.glb").simplify_path())


func test_those_that_are_kept_are_all_that_godot_finds() -> void:
	equal(_animations_of(_fox), ["Run", "Survey", "Walk"])
	equal(_animations_of(GlbAnimations.with_animations(_fox, ["Walk", "Run"])), ["Run", "Walk"])
	equal(_animations_of(GlbAnimations.with_animations(_fox, [])), [])


func test_a_file_without_unused_animations_is_unchanged() -> void:
	check(GlbAnimations.with_animations(_fox, ["Walk", "Run", "Survey"]) == _fox, "it was written again")


func test_bytes_that_are_not_a_glb_are_unchanged() -> void:
	for length: int in [0, 11, 19, 20, 200]:
		check(GlbAnimations.with_animations(_fox.slice(0, length), []) == _fox.slice(0, length), "%d bytes" % length)
	var other := _fox.duplicate()
	other.encode_u32(12, 0x7fffffff)
	check(GlbAnimations.with_animations(other, []) == other, "a chunk longer than the file")


func _animations_of(bytes: PackedByteArray) -> Array:
	var document := GLTFDocument.new()
	var state := GLTFState.new()
	equal(document.append_from_buffer(bytes, "", state), OK)
	var root := document.generate_scene(state)
	var names: Array = []
	for player: AnimationPlayer in root.find_children("*", "AnimationPlayer", true, false):
		for name: StringName in player.get_animation_list():
			names.append(String(name))
	names.sort()
	root.free()
	return names
