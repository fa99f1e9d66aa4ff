extends Node
## The head-up display in a headset: a screen in front of the eyes, while there is something to see.

const Screen := preload("screen.gd")
const Hud := preload("res://realm/hud.gd")
const SQUEEZE_AT := 0.6

var _player: OtherworldXRPlayer
var _hud: Hud
var _screen := Screen.new()


func _init(player: OtherworldXRPlayer, hud: Hud) -> void:
	_player = player
	_hud = hud


func _ready() -> void:
	add_child(_screen)
	_screen.put(_hud)
	_screen.hide()


func _process(_delta: float) -> void:
	var should_show := _hud.visible and _hud.has_something()
	if should_show and not _screen.visible:
		_screen.stand_before(_player.camera.global_transform)
	_screen.visible = should_show
	for hand: OtherworldXRHand in [_player.right_hand, _player.left_hand]:
		if _screen.point(hand.aim(), hand.get_float(&"trigger") > SQUEEZE_AT):
			return
