extends Node
## What the window would show over the picture, on a screen before the eyes of who wears a headset: while there is something
## to see.

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
	var is_wished := _hud.visible and _hud.has_something()
	if is_wished and not _screen.visible:
		_screen.stand_before(_player.camera.global_transform)
	_screen.visible = is_wished
	for hand: OtherworldXRHand in [_player.right_hand, _player.left_hand]:
		if _screen.point(hand.aim(), hand.get_float(&"trigger") > SQUEEZE_AT):
			return
