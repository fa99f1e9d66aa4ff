extends CanvasLayer
## The head-up display: the realm, messages, problems, help and the pause menu.

## Emitted when the player shows or hides capsules and colliders.
signal capsules_toggled
## Emitted when the player wants to leave.
signal leave_requested
## Emitted when the pause menu is opened or closed.
signal menu_toggled(is_open: bool)

const PauseMenu := preload("pause_menu.gd")

## A message is shown for this time, seconds.
const SAY_SECONDS := 6.0
## Limit of messages at once.
const MESSAGES_MAX := 3
const KEY_HELP := KEY_H
const KEYS_CAPSULES: Array[Key] = [KEY_F3, KEY_O]
const STATE_WORDS: Dictionary[OtherworldClient.State, String] = {
	OtherworldClient.State.OFFLINE: "offline",
	OtherworldClient.State.CONNECTING: "connecting …",
	OtherworldClient.State.JOINED: "connected",
	OtherworldClient.State.RECONNECTING: "reconnecting …",
	OtherworldClient.State.CLOSED: "left",
}
const STATE_COLORS: Dictionary[OtherworldClient.State, Color] = {
	OtherworldClient.State.JOINED: Color(0.08, 0.5, 0.29),
	OtherworldClient.State.CLOSED: Color(0.75, 0.17, 0.23),
}
const WAITING_COLOR := Color(0.75, 0.45, 0.0)

## The client to show.
@export var client: OtherworldClient

@onready var _realm: Label = %Realm
@onready var _state: Label = %State
@onready var _dot: Label = %Dot
@onready var _messages: PanelContainer = %Messages
@onready var _message_lines: VBoxContainer = %MessageLines
@onready var _hint: Label = %Hint
@onready var _progress: PanelContainer = %Progress
@onready var _progress_text: Label = %ProgressText
@onready var _progress_bar: ProgressBar = %ProgressBar
@onready var _banner: PanelContainer = %Banner
@onready var _banner_text: Label = %BannerText
@onready var _network: Control = %NetworkPanel
@onready var _help: Control = %Help
@onready var _menu: PauseMenu = %PauseMenu


func _ready() -> void:
	client.state_changed.connect(_on_state_changed)
	client.connection_lost.connect(func(reason: String) -> void: _banner_text.text = reason + " The connection is being made again.")
	client.server_busy.connect(func(reason: String) -> void: show_message(reason))
	client.avatar_added.connect(func(_avatar: OtherworldAvatarState) -> void: _tell_people())
	client.avatar_removed.connect(func(_avatar: OtherworldAvatarState) -> void: _tell_people())
	_menu.closed.connect(toggle_menu)
	_menu.left.connect(leave_requested.emit)
	_menu.capsules_toggled.connect(capsules_toggled.emit)
	_menu.help_wished.connect(_help.show)
	_menu.message_shown.connect(show_message)
	_menu.client = client


func _unhandled_key_input(event: InputEvent) -> void:
	var key := event as InputEventKey
	if key == null or not key.pressed or key.echo or not visible:
		return
	if key.is_action(&"ui_cancel"):
		if _help.visible:
			_help.hide()
		else:
			toggle_menu()
	elif key.keycode == KEY_HELP:
		_help.visible = not _help.visible
	elif key.keycode in KEYS_CAPSULES:
		capsules_toggled.emit()
	else:
		return
	get_viewport().set_input_as_handled()


## Shows a temporary message. A repeated message stays visible.
func show_message(text: String) -> void:
	if text.is_empty():
		return
	while _message_lines.get_child_count() >= MESSAGES_MAX:
		_message_lines.get_child(0).free()
	var line := Label.new()
	line.text = text
	line.theme_type_variation = &"Soft"
	line.horizontal_alignment = HORIZONTAL_ALIGNMENT_CENTER
	line.autowrap_mode = TextServer.AUTOWRAP_WORD_SMART
	_message_lines.add_child(line)
	_messages.show()
	var quiet := line.create_tween()
	quiet.tween_interval(SAY_SECONDS)
	quiet.tween_property(line, ^"modulate:a", 0.0, 0.4)
	quiet.tween_callback(_forget.bind(line))


func _forget(line: Label) -> void:
	line.free()
	_messages.visible = _message_lines.get_child_count() > 0


## Shows a hint; "" hides it.
func hint(text: String) -> void:
	_hint.text = text
	_hint.visible = not text.is_empty()


## Shows the progress of an upload. A share of 1 hides it.
func show_progress(text: String, share: float) -> void:
	_progress.visible = share < 1.0
	_progress_text.text = text
	_progress_bar.value = share


## Returns whether there is something to show besides the realm's name.
func has_something() -> bool:
	return _menu.visible or _help.visible or _messages.visible or _banner.visible or _progress.visible or _network.visible


func toggle_menu() -> void:
	_menu.visible = not _menu.visible
	menu_toggled.emit(_menu.visible)


func _on_state_changed(state: OtherworldClient.State) -> void:
	_state.text = STATE_WORDS[state]
	_dot.modulate = STATE_COLORS.get(state, WAITING_COLOR)
	_banner.visible = state == OtherworldClient.State.RECONNECTING
	_tell_people()


func _tell_people() -> void:
	var people := client.avatars.size()
	_realm.text = "%s · %s" % [client.definition.get("name", client.realm), "1 person" if people == 1 else "%d people" % people]
