extends Node
## The demo: a menu, and the realm that you join from it.
##
## For kiosks and tests: [code]godot --path demo -- --url http://127.0.0.1:7350 --name Ada --join[/code]; with
## [code]--xr[/code] in a headset.

const Menu := preload("res://menu/menu.gd")
const Lobby := preload("res://xr/lobby.gd")
const LobbyScene := preload("res://xr/lobby.tscn")
const XRStart := preload("res://addons/otherworld/nodes/xr_start.gd")
const RealmScene := preload("res://realm/realm.tscn")
const Realm := preload("res://realm/realm.gd")

@onready var _menu: Menu = $Menu

var _realm: Realm
var _lobby: Lobby


func _ready() -> void:
	_menu.join_requested.connect(_join)
	var arguments := OS.get_cmdline_user_args()
	_menu.fill(_argument(arguments, "--url"), _argument(arguments, "--name"))
	# A standalone headset has no other screen.
	if "--xr" in arguments or OS.has_feature("mobile"):
		_menu.choose_headset()
		if XRStart.start(get_viewport()):
			_open_lobby()
	if "--join" in arguments:
		_menu.enter()


func _argument(arguments: PackedStringArray, name: String) -> String:
	var at := arguments.find(name)
	return arguments[at + 1] if at >= 0 and at + 1 < arguments.size() else ""


func _join(request: Menu.JoinRequest) -> void:
	_menu.busy(true)
	_realm = RealmScene.instantiate()
	_realm.entered.connect(_on_entered)
	_realm.left.connect(_leave)
	add_child(_realm)
	_realm.join(request.url, request.name, request.avatar, request.has_headset)


func _on_entered() -> void:
	_menu.hide()
	if _lobby != null:
		_menu.stand_alone(false)
		_menu.reparent(self, false)
		_lobby.queue_free()
		_lobby = null


func _open_lobby() -> void:
	_lobby = LobbyScene.instantiate()
	add_child(_lobby)
	_lobby.put(_menu)
	_menu.stand_alone(true)


## Shows the menu again. [param reason] says why, unless the player left.
func _leave(reason: String) -> void:
	var was_in_headset := get_viewport().use_xr
	_realm.queue_free()
	_realm = null
	if was_in_headset and _lobby == null:
		_open_lobby()
	_menu.busy(false)
	_menu.show()
	_menu.show_problem(reason)
