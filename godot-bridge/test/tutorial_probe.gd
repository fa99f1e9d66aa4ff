extends Node
## Prints what the scene of a tutorial shows, for test/e2e/godot/godot-tutorials.test.ts: the texts of labels but the
## delay, the items of lists, and what is attached to bones. It presses the button OTHERWORLD_PRESS once it is enabled
## and a list has an item, which it selects.

var _printed: Dictionary[String, bool] = {}
var _button := OS.get_environment("OTHERWORLD_PRESS")


func _process(_delta: float) -> void:
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
