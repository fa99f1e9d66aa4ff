extends "../../test_case.gd"

const Screen := preload("res://xr/screen.gd")

var _screen: Screen
var _pressed := 0


func before() -> void:
	_screen = Screen.new()
	add_child(_screen)
	_screen.stand_before(Transform3D(Basis.IDENTITY, Vector3(0, 1.6, 0)))
	var button := Button.new()
	button.position = Vector2(Screen.PIXELS) / 2.0 - Vector2(100, 50)
	button.size = Vector2(200, 100)
	button.pressed.connect(func() -> void: _pressed += 1)
	_pressed = 0
	_screen.put(button)
	await get_tree().process_frame


func after() -> void:
	_screen.free()


func test_the_screen_is_upright_when_the_eyes_look_down() -> void:
	_screen.stand_before(Transform3D(Basis(Vector3.UP, PI / 2) * Basis(Vector3.RIGHT, -0.9), Vector3(1, 1.6, 2)))
	near_point(_screen.global_position, Vector3(1.0 - Screen.AHEAD_METRES, 1.6 - Screen.BELOW_METRES, 2), 1e-4)
	near_point(_screen.global_basis.y.normalized(), Vector3.UP, 1e-5)
	near_point(_screen.global_basis.z.normalized(), Vector3.RIGHT, 1e-5, "its face is towards them")


func test_a_ray_and_a_trigger_press_what_they_point_at() -> void:
	equal(_point(Vector3.ZERO, false), true, "on the screen")
	_point(Vector3.ZERO, true)
	_point(Vector3.ZERO, false)
	await get_tree().process_frame
	equal(_pressed, 1)


func test_beside_the_button_and_beside_the_screen_nothing_is_pressed() -> void:
	_point(Vector3(0.5, 0, 0), true)
	_point(Vector3(0.5, 0, 0), false)
	equal(_point(Vector3(1.5, 0, 0), true), false, "beside the screen")
	_point(Vector3(1.5, 0, 0), false)
	await get_tree().process_frame
	equal(_pressed, 0)


func test_a_ray_that_leads_away_from_it_is_not_on_it() -> void:
	equal(_screen.point(Transform3D(Basis(Vector3.UP, PI), Vector3(0, 1.5, 0)), false), false)


## Points from the eyes at a position of the screen, metres from its middle.
func _point(off: Vector3, press: bool) -> bool:
	var from := Vector3(0, 1.3, 0)
	var to := _screen.global_position + off
	return _screen.point(Transform3D(Basis.looking_at(to - from), from), press)
