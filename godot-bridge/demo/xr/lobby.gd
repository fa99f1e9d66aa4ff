extends Node3D
## The place before you join in a headset: the menu on a screen in the world.

const Screen := preload("screen.gd")
const SQUEEZE_AT := 0.6
## If the eyes turn this far away from the screen, it moves in front of them again, radians.
const AWAY_RADIANS := 1.2

var _screen := Screen.new()
var _is_placed := false

@onready var _camera: XRCamera3D = $XROrigin3D/XRCamera3D
@onready var _hands: Array[OtherworldXRHand] = [$XROrigin3D/Left, $XROrigin3D/Right]


func _ready() -> void:
	add_child(_screen)


func _process(_delta: float) -> void:
	var ahead := -_camera.global_basis.z
	var to_screen := _screen.global_position - _camera.global_position
	if not _is_placed and _camera.position != Vector3.ZERO or _is_placed and ahead.angle_to(to_screen) > AWAY_RADIANS:
		_screen.stand_before(_camera.global_transform)
		_is_placed = true
	for hand: OtherworldXRHand in _hands:
		hand._find_target(func(_element: int) -> bool: return false)
		if _screen.point(hand.aim(), hand.get_float(&"trigger") > SQUEEZE_AT):
			break


## Shows the menu.
func put(content: Node) -> void:
	_screen.put(content)
