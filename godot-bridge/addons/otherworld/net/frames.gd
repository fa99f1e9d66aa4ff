@tool
extends RefCounted
## Waits for frames. A function that waits for the scene tree's own signals when the program ends is never resumed, and
## what it holds leaks. Functions that wait here are resumed once more at the end, and return.

const Frames := preload("frames.gd")

signal _passed

static var _shared: Frames

var _is_ending := false


func _init() -> void:
	var tree := Engine.get_main_loop() as SceneTree
	tree.process_frame.connect(_on_tree_process_frame)
	tree.root.tree_exiting.connect(_on_root_tree_exiting)


## Waits for the next frame. Returns [code]false[/code] if the program ends: then return at once.
static func next() -> bool:
	if _shared == null:
		_shared = Frames.new()
	# A local reference, because static variables are gone before waiting functions are.
	var frames := _shared
	if not frames._is_ending:
		await frames._passed
	return not frames._is_ending


## Waits in real time: also in a game that is paused, in slow motion, or has a time scale of 0. Returns
## [code]false[/code] if the program ends.
static func seconds(count: float) -> bool:
	var end_msec := Time.get_ticks_msec() + count * 1000.0
	while Time.get_ticks_msec() < end_msec:
		if not await next():
			return false
	return true


## Returns whether the program ends.
static func is_ending() -> bool:
	return _shared != null and _shared._is_ending


func _on_tree_process_frame() -> void:
	_passed.emit()


func _on_root_tree_exiting() -> void:
	_is_ending = true
	_passed.emit()
