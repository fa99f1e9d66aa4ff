extends Node
## Prints what the scene of a tutorial shows, for test/e2e/godot/godot-tutorials.test.ts: the texts of labels but the
## delay, the items of lists, and what is attached to bones. It presses the button OTHERWORLD_PRESS once it is enabled
## and a list has an item, which it selects.
## [br][br]
## It also carries out the lines that the test appends to steps.txt: [code]press KEY[/code] and [code]release KEY[/code],
## [code]click NAME[/code], [code]button NAME[/code], [code]select LIST TEXT[/code], [code]drop PATH[/code], [code]pause[/code],
## [code]camera[/code], [code]nod JOINT[/code] and [code]end[/code].

const _STEPS := "res://steps.txt"
# A pose reaches the model within this many frames.
const _NOD_FRAMES := 30
const _NOD_RADIANS := 0.6
const _CLICK_PIXELS := 8.0

var _printed: Dictionary[String, bool] = {}
var _button := OS.get_environment("OTHERWORLD_PRESS")
var _steps_done := 0


func _init() -> void:
	process_mode = PROCESS_MODE_ALWAYS


func _process(_delta: float) -> void:
	_take_steps()
	var root := get_tree().root
	for label: Label in root.find_children("*", "Label", true, false):
		if label.text and label.name != &"Delay":
			_print_once("shown: %s: %s" % [label.name, label.text])
	for list: ItemList in root.find_children("*", "ItemList", true, false):
		for i: int in list.item_count:
			_print_once("shown: %s item: %s" % [list.name, list.get_item_text(i)])
			_choose(list, i)
	for lobby: Control in root.find_children("Lobby", "Control", false, false):
		if not lobby.visible:
			_print_once("hidden: Lobby")
	for node: Node in root.find_children("Bone_*", "Node3D", true, false):
		var avatar := node.get_parent() as OtherworldAvatar
		for attached: Node in node.get_children():
			_print_once("shown: %s of %s at level %d: %s" % [node.name, avatar.state.name, avatar.shown_level(), attached.name])
	for avatar: OtherworldAvatar in root.find_children("*", "OtherworldAvatar", true, false):
		if avatar.state.package:
			_print_once("shown: %s as %s at level %d" % [avatar.state.name, avatar.state.package, avatar.shown_level()])


func _choose(list: ItemList, index: int) -> void:
	var button := list.get_parent().get_node_or_null(_button) as Button if _button else null
	if button == null or button.disabled or not list.is_visible_in_tree():
		return
	_button = ""
	list.select(index)
	list.item_selected.emit(index)
	button.pressed.emit()


func _print_once(text: String) -> void:
	if not _printed.has(text):
		_printed[text] = true
		print(text)


func _take_steps() -> void:
	if not FileAccess.file_exists(_STEPS):
		return
	# The last line may not be whole yet.
	var lines := FileAccess.get_file_as_string(_STEPS).split("\n").slice(0, -1)
	for line: String in lines.slice(_steps_done):
		_take_step(line.get_slice(" ", 0), line.substr(line.find(" ") + 1))
	_steps_done = lines.size()


func _take_step(step: String, what: String) -> void:
	match step:
		"press", "release":
			_send_key(OS.find_keycode_from_string(what), step == "press")
		"click":
			_click(what)
		"button":
			_press_button(what)
		"select":
			_select(what.get_slice(" ", 0), what.substr(what.find(" ") + 1))
		"drop":
			get_window().files_dropped.emit(PackedStringArray([what]))
		"pause":
			get_tree().paused = true
		"camera":
			var from := get_viewport().get_camera_3d().global_position - _client().local_avatar.position
			print("camera: %.2v from the avatar" % [from])
		"nod":
			_nod(what)
		"end":
			print("ended")
		_:
			push_error("there is no step %s" % step)


func _send_key(key: Key, is_pressed: bool) -> void:
	var event := InputEventKey.new()
	event.keycode = key
	event.physical_keycode = key
	event.pressed = is_pressed
	Input.parse_input_event(event)


# Clicks on the upper left corner of a control with the left mouse button, as a player does. The window of a game without
# a screen has 64 pixels, and ignores clicks outside of it.
func _click(called: String) -> void:
	var control: Control = get_tree().root.find_child(called, true, false)
	for is_pressed: bool in [true, false]:
		var event := InputEventMouseButton.new()
		event.button_index = MOUSE_BUTTON_LEFT
		event.pressed = is_pressed
		event.position = control.get_screen_transform() * (Vector2.ONE * _CLICK_PIXELS)
		event.global_position = event.position
		Input.parse_input_event(event)


func _press_button(called: String) -> void:
	var button: BaseButton = get_tree().root.find_child(called, true, false)
	while button.disabled:
		await get_tree().process_frame
	if button.toggle_mode:
		button.button_pressed = not button.button_pressed
	else:
		button.pressed.emit()


func _select(called: String, text: String) -> void:
	var list: ItemList = get_tree().root.find_child(called, true, false)
	for i: int in list.item_count:
		if list.get_item_text(i) == text:
			list.select(i)
			list.item_selected.emit(i)


# Looks up and down, and prints by how many degrees a joint of the own avatar turned.
func _nod(joint: String) -> void:
	var player: OtherworldPlayer = _client().find_children("*", "OtherworldPlayer", true, false)[0]
	var turns: Array[Quaternion] = []
	for pitch: float in [_NOD_RADIANS, -_NOD_RADIANS]:
		player.pitch = pitch
		for _frame: int in _NOD_FRAMES:
			await get_tree().process_frame
		turns.append(_turn_of(joint))
	print("nodded: %s by %d degrees" % [joint, roundi(rad_to_deg(turns[0].angle_to(turns[1])))])


func _turn_of(joint: String) -> Quaternion:
	var view: OtherworldView = _client().find_children("*", "OtherworldView", true, false)[0]
	var shown := view.avatar_of_player(_client().player)
	var skeleton: Skeleton3D = shown.find_children("*", "Skeleton3D", true, false)[0]
	return skeleton.get_bone_global_pose(skeleton.find_bone(joint)).basis.get_rotation_quaternion()


func _client() -> OtherworldClient:
	return get_tree().root.find_children("*", "OtherworldClient", true, false)[0]
