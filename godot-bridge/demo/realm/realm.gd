extends Node3D
## The realm: the client, its view, its player, and the head-up display.

## Emitted when the client has joined.
signal entered
## Emitted when the client has left the realm. [param reason] says why; "" if the player left.
signal left(reason: String)

const XRStart := preload("res://addons/otherworld/nodes/xr_start.gd")
const HeadsetHud := preload("res://xr/headset_hud.gd")
const Hud := preload("hud.gd")
const Uploads := preload("uploads.gd")

var _uploads: Uploads
var _desktop: OtherworldPlayer
var _headset: OtherworldXRPlayer
var _is_leaving := false

@onready var _client: OtherworldClient = $OtherworldClient
@onready var _view: OtherworldView = $OtherworldClient/OtherworldView
@onready var _hud: Hud = $Hud


func _ready() -> void:
	_uploads = Uploads.new(_client)
	_uploads.message_shown.connect(_hud.show_message)
	_uploads.progressed.connect(_hud.show_progress)
	get_window().files_dropped.connect(_uploads.upload_files)
	_client.joined.connect(_on_joined)
	_client.closed.connect(_on_closed)
	_client.notice_received.connect(_hud.show_message)
	_client.transport_fell_back.connect(_hud.show_message)
	_hud.capsules_toggled.connect(func() -> void: _view.show_colliders = not _view.show_colliders)
	_hud.leave_requested.connect(leave)
	_hud.menu_toggled.connect(func(is_open: bool) -> void: _listen(not is_open))


## Joins; [signal entered] or [signal left] follows.
func join(url: String, player_name: String, avatar: String, has_headset: bool) -> void:
	_client.url = url
	_client.player_name = player_name
	_client.avatar_package = avatar
	if has_headset and XRStart.start(get_viewport()):
		_play_with_headset()
	else:
		if has_headset:
			_hud.show_message(XRStart.problem + " You play on this screen.")
		_play_on_desktop()
	_client.open()


func leave() -> void:
	_is_leaving = true
	await _client.close()


func _play_on_desktop() -> void:
	_desktop = OtherworldPlayer.new()
	_desktop.name = "OtherworldPlayer"
	_desktop.action_rejected.connect(_hud.show_message)
	_desktop.hint_shown.connect(_hud.hint)
	_client.add_child(_desktop)


func _play_with_headset() -> void:
	_headset = OtherworldXRPlayer.new()
	_headset.name = "OtherworldXRPlayer"
	_headset.action_rejected.connect(_hud.show_message)
	_headset.menu_pressed.connect(_hud.toggle_menu)
	_client.add_child(_headset)
	add_child(HeadsetHud.new(_headset, _hud))


func _listen(on: bool) -> void:
	if _desktop != null:
		_desktop.input_enabled = on
	if _headset != null:
		_headset.input_enabled = on


func _on_joined() -> void:
	_hud.show()
	entered.emit()


func _on_closed(reason: String) -> void:
	left.emit("" if _is_leaving else reason)
