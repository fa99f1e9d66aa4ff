extends "../test_case.gd"
## The demo with a real server (OTHERWORLD_URL): its menu, the realm, the way back.

const NOBODY_THERE := "http://127.0.0.1:9"

var _main: Node
var _url := OS.get_environment("OTHERWORLD_URL")


func before() -> void:
	_main = (load("res://main.tscn") as PackedScene).instantiate()
	add_child(_main)


func after() -> void:
	if _client() != null:
		await _client().close()
	_main.queue_free()


func test_the_menu_shows_the_servers_realm_before_joining() -> void:
	_fill(_url, "Ada")
	await until("the realm is listed", func() -> bool: return "yard: 0 people" in _shown("%Realms"))
	check("Nobody is here yet" in _text("%Who"), _text("%Who"))


func test_an_address_without_a_server_is_reported_at_once_and_on_joining() -> void:
	_fill(NOBODY_THERE, "Ada")
	await until("the menu says so", func() -> bool: return "127.0.0.1:9" in _text("%Who"))
	_press("%Enter")
	await until("entering fails in words", func() -> bool: return not _text("%Problem").is_empty())
	check((_menu().get_node("%Problem") as Control).is_visible_in_tree(), "the problem is seen")
	equal((_menu().get_node("%Enter") as Button).disabled, false, "one may try again")


func test_a_missing_name_is_requested() -> void:
	_fill(_url, "Ada")
	(_menu().get_node("%Name") as LineEdit).text = "  "
	_press("%Enter")
	equal(_text("%Problem"), "Please type a name first.")


func test_enter_joins_and_leaving_leads_back_to_the_menu() -> void:
	await _enter("Ada")
	var hud := _main.find_child("Hud", true, false)
	equal(_menu().visible, false, "the menu is away")
	await until("the realm's name and who is there are shown", func() -> bool: return (hud.get_node("%Realm") as Label).text == "The Yard · 1 person")
	_key(KEY_ESCAPE)
	await until("the pause menu is open", func() -> bool: return (hud.get_node("%PauseMenu") as Control).visible)
	equal((_main.find_children("*", "OtherworldPlayer", true, false)[0] as OtherworldPlayer).input_enabled, false, "keys are the menu's")
	(hud.get_node("%Leave") as Button).pressed.emit()
	await until("the menu is back", func() -> bool: return _menu().visible)
	equal(_text("%Problem"), "", "no word of a problem")
	await until("the server has nobody", func() -> bool: return "yard: 0 people" in _shown("%Realms"), 20.0)


func test_a_missing_headset_is_reported_and_the_screen_is_used() -> void:
	(_menu().get_node("%Screen") as OptionButton).selected = 1
	await _enter("Ada")
	var hud := _main.find_child("Hud", true, false)
	check("You play on this screen." in _texts_below(hud.get_node("%Messages")), _texts_below(hud.get_node("%Messages")))
	check(not _main.find_children("*", "OtherworldPlayer", true, false).is_empty(), "the desktop's player is there")


func test_keys_show_the_network_the_capsules_and_the_help() -> void:
	await _enter("Ada")
	var hud := _main.find_child("Hud", true, false)
	var view: OtherworldView = _main.find_children("*", "OtherworldView", true, false)[0]
	_key(KEY_N)
	_key(KEY_F3)
	_key(KEY_H)
	await until("the panel has figures", func() -> bool: return _texts_below(hud.get_node("%NetworkPanel")).contains(" ms"), 20.0)
	check((hud.get_node("%NetworkPanel") as Control).visible, "the network panel is seen")
	check("WebSocket" in _texts_below(hud.get_node("%NetworkPanel")), "its transport is named")
	equal(view.show_colliders, true, "capsules")
	equal((hud.get_node("%Help") as Control).visible, true, "help")
	_key(KEY_ESCAPE)
	await get_tree().process_frame
	equal((hud.get_node("%Help") as Control).visible, false, "Escape closes the help first")
	equal((hud.get_node("%PauseMenu") as Control).visible, false, "and does not open the menu with it")


func test_a_dropped_file_that_is_not_a_model_is_refused_with_a_message() -> void:
	await _enter("Ada")
	var hud := _main.find_child("Hud", true, false)
	get_window().files_dropped.emit(PackedStringArray(["/somewhere/song.mp3"]))
	await until("it is said", func() -> bool: return "song.mp3 is not a .glb or .vrm file." in _texts_below(hud.get_node("%Messages")))


func _enter(name: String) -> void:
	_fill(_url, name)
	_press("%Enter")
	await until("%s is in the realm" % name, func() -> bool: return _client() != null and _client().local_avatar != null)
	await get_tree().process_frame


func _fill(url: String, name: String) -> void:
	_menu().call(&"fill", url, name)


func _press(button: String) -> void:
	(_menu().get_node(button) as Button).pressed.emit()


func _key(code: Key) -> void:
	var event := InputEventKey.new()
	event.keycode = code
	event.physical_keycode = code
	event.pressed = true
	get_viewport().push_input(event)


func _menu() -> Control:
	return _main.find_child("Menu", true, false)


func _client() -> OtherworldClient:
	return _main.find_children("*", "OtherworldClient", true, false).pop_front()


func _text(label: String) -> String:
	return (_menu().get_node(label) as Label).text


func _shown(container: String) -> String:
	return _texts_below(_menu().get_node(container))


func _texts_below(node: Node) -> String:
	var texts: PackedStringArray = []
	for label: Label in node.find_children("*", "Label", true, false):
		texts.append(label.text)
	return "\n".join(texts)
