extends Control
## The main menu: choose server, name, avatar, and screen or headset.

## Emitted when Enter is pressed.
signal join_requested(request: JoinRequest)

const SETTINGS_PATH := "user://demo.cfg"
const _SECTION := "menu"
## The server is contacted this long after the last key, seconds.
const REQUEST_DELAY_SECONDS := 0.6
## Interval of requests for the realms while the menu is open, seconds.
const REPEAT_SECONDS := 5.0
const NAME_CHARACTERS_MAX := 32
## Right edge of the card, pixels.
const CARD_RIGHT := 540.0

var _server := OtherworldServer.new()
var _timer := Timer.new()
## Number of requests, so that a response to an old one is ignored.
var _request_count := 0

@onready var _place: MarginContainer = %Place
@onready var _card: PanelContainer = %Card
@onready var _url: LineEdit = %Url
@onready var _name: LineEdit = %Name
@onready var _avatar: OptionButton = %Avatar
@onready var _screen: OptionButton = %Screen
@onready var _enter: Button = %Enter
@onready var _problem: Label = %Problem
@onready var _realms: VBoxContainer = %Realms
@onready var _who: Label = %Who


## The chosen server, name and avatar.
class JoinRequest:
	var url := ""
	var name := ""
	## Hash of the avatar's package; "" for the realm's own body.
	var avatar := ""
	var has_headset := false


func _ready() -> void:
	_restore()
	_timer.one_shot = true
	_timer.timeout.connect(_request_server)
	add_child(_timer)
	_url.text_changed.connect(func(_text: String) -> void: _request_soon(REQUEST_DELAY_SECONDS))
	for field: LineEdit in [_url, _name]:
		field.text_submitted.connect(func(_text: String) -> void: enter())
	_enter.pressed.connect(enter)
	visibility_changed.connect(func() -> void: _request_soon(0.0))
	(_name if _name.text.is_empty() else _enter).grab_focus()
	_request_soon(0.0)


## Fills in values of the command line. An empty one changes nothing.
func fill(url: String, player_name: String) -> void:
	_url.text = url if url else _url.text
	_name.text = player_name if player_name else _name.text
	_request_soon(0.0)


func choose_headset() -> void:
	_screen.selected = 1


## Shows only the card, without the background: on a screen in the world.
func stand_alone(on: bool) -> void:
	%Sky.visible = not on
	%Emblem.visible = not on
	_place.set_anchors_and_offsets_preset(PRESET_FULL_RECT if on else PRESET_LEFT_WIDE)
	_place.offset_right = 0.0 if on else CARD_RIGHT
	_card.size_flags_horizontal = SIZE_SHRINK_CENTER if on else SIZE_FILL


## Joins with the values of the fields, or shows what is missing.
func enter() -> void:
	var request := JoinRequest.new()
	request.url = _url.text.strip_edges()
	request.name = _name.text.strip_edges()
	request.avatar = _avatar.get_selected_metadata() if _avatar.selected > 0 else ""
	request.has_headset = _screen.selected == 1
	if request.url.is_empty():
		show_problem("Please type the address of a server, such as http://127.0.0.1:7350.")
	elif request.name.is_empty():
		show_problem("Please type a name first.")
	else:
		show_problem("")
		_store()
		join_requested.emit(request)


## Shows a problem; "" hides it.
func show_problem(problem: String) -> void:
	_problem.text = problem
	_problem.visible = not problem.is_empty()


func busy(on: bool) -> void:
	_enter.disabled = on
	_enter.text = "Entering …" if on else "Enter"


func _request_soon(seconds: float) -> void:
	_request_count += 1
	_timer.start(maxf(seconds, 0.001))


func _request_server() -> void:
	if not is_visible_in_tree():
		return
	var request_number := _request_count
	var url := _url.text
	if _realms.get_child_count() == 0:
		_who.text = "Looking for the server …"
	_server.url = url
	var realms := await _server.realms()
	if request_number != _request_count:
		return
	_show_realms(realms)
	if not realms.is_empty() and _avatar.get_meta(&"server", "") != url:
		await _request_avatars(url)
	if request_number == _request_count:
		_request_soon(REPEAT_SECONDS)


func _request_avatars(url: String) -> void:
	if not await _server.log_in(_name.text if _name.text.strip_edges() else "Guest"):
		return
	var packages := await _server.packages()
	if _server.error:
		return
	_avatar.set_meta(&"server", url)
	_avatar.clear()
	_avatar.add_item("The realm's own")
	for package: OtherworldPackageInfo in packages:
		if package.kind == OtherworldPackageInfo.Kind.AVATAR:
			_avatar.add_item(package.name)
			_avatar.set_item_metadata(_avatar.item_count - 1, package.hash)


func _show_realms(realms: Array[OtherworldRealmInfo]) -> void:
	for row: Node in _realms.get_children():
		row.queue_free()
	var people := 0
	for realm: OtherworldRealmInfo in realms:
		people += realm.players
		var row := Label.new()
		row.theme_type_variation = &"Soft"
		row.text = "%s: %d people, %d items, %.1f ms a tick" % [realm.id, realm.players, realm.elements, realm.tick_msec]
		_realms.add_child(row)
	_who.text = _server.error if _server.error else _who_is_there(people)


func _who_is_there(people: int) -> String:
	if people == 0:
		return "Nobody is here yet. Walk about, pick things up and throw them."
	return "%s here. Walk about, meet people, pick things up." % ("One person is" if people == 1 else "%d people are" % people)


func _restore() -> void:
	_name.max_length = NAME_CHARACTERS_MAX
	var settings := ConfigFile.new()
	if not FileAccess.file_exists(SETTINGS_PATH) or settings.load(SETTINGS_PATH) != OK:
		return
	_url.text = str(settings.get_value(_SECTION, "url", _url.text))
	_name.text = str(settings.get_value(_SECTION, "name", ""))
	_screen.selected = clampi(int(settings.get_value(_SECTION, "screen", 0)), 0, 1)


func _store() -> void:
	var settings := ConfigFile.new()
	settings.set_value(_SECTION, "url", _url.text)
	settings.set_value(_SECTION, "name", _name.text)
	settings.set_value(_SECTION, "screen", _screen.selected)
	settings.save(SETTINGS_PATH)
