extends RefCounted
## From events to what an [OtherworldPlayer] does: keys that act once, the wheel, and which button of the mouse does what.

## What the mouse does while a button is down.
enum Role { NONE, HOLD, LOOK, GIZMO }

## A notch of the wheel at most counts as so many.
const NOTCHES_MAX := 3.0

## Where the pointer is, pixels of the viewport.
var place := Vector2.ZERO
## The mouse is over the viewport; without it the middle of the view points.
var is_over := false
## The mouse looks, and its pointer is hidden.
var is_captured := false

var _player: OtherworldPlayer
var _controls: OtherworldControls
var _role := Role.NONE
# The pointer is hidden for as long as the button that looks is down.
var _is_looking := false
# What the project had before the pointer was hidden.
var _mode_before := Input.MOUSE_MODE_VISIBLE
var _is_hidden := false


func _init(player: OtherworldPlayer, controls: OtherworldControls) -> void:
	_player = player
	_controls = controls


## Where it points, pixels; the middle of a view of that size while there is no pointer.
func at(size: Vector2) -> Vector2:
	return place if is_over and not is_captured else size / 2.0


## While a button is down, everything that the mouse does is for the player, whatever it is over. True: it was.
func follow(event: InputEvent) -> bool:
	if event is InputEventMouseMotion and (_role != Role.NONE or _is_looking):
		_move(event as InputEventMouseMotion)
		return true
	if _role != Role.NONE and event.is_action_released(_controls.take):
		_release_packages()
		return true
	if _is_looking and event.is_action_released(_controls.look):
		_is_looking = false
		_show_pointer(not is_captured)
		return true
	return false


## What nobody else took. True: it was for the player.
func take(event: InputEvent) -> bool:
	if event is InputEventMouseMotion:
		_move(event as InputEventMouseMotion)
		return is_captured
	if event is InputEventMouseButton and _wheel(event as InputEventMouseButton):
		return true
	if event.is_action_pressed(_controls.take):
		_press(event)
	elif event.is_action_pressed(_controls.look):
		_is_looking = true
		_show_pointer(false)
	elif is_captured and event.is_action_pressed(&"ui_cancel"):
		capture(false)
	else:
		return _act(event)
	return true


## Hides the pointer and looks with the mouse alone, or ends that.
func capture(on: bool) -> void:
	is_captured = on
	_show_pointer(not on)


## Buttons that were down are not any more.
func clear() -> void:
	if _role != Role.NONE:
		_release_packages()
	_is_looking = false
	_show_pointer(not is_captured)


func _move(event: InputEventMouseMotion) -> void:
	if not _is_looking and not is_captured and _role != Role.LOOK:
		place = event.position
		is_over = true
	if is_captured or _is_looking or _role == Role.LOOK:
		_player._turn_by_mouse(event.relative)
	match _role:
		Role.HOLD:
			_player._carry_held()
		Role.GIZMO:
			_player._drag_gizmo()


func _press(event: InputEvent) -> void:
	if event is InputEventMouseButton and not is_captured:
		place = (event as InputEventMouseButton).position
		is_over = true
	if _player._press_gizmo():
		_role = Role.GIZMO
	elif _player.take_pointed():
		_role = Role.HOLD
	else:
		_role = Role.LOOK


func _release_packages() -> void:
	match _role:
		Role.HOLD:
			_player.release()
		Role.GIZMO:
			_player._release_gizmo()
	_role = Role.NONE


func _wheel(event: InputEventMouseButton) -> bool:
	var is_up := event.button_index == MOUSE_BUTTON_WHEEL_UP or event.button_index == MOUSE_BUTTON_WHEEL_RIGHT
	var is_down := event.button_index == MOUSE_BUTTON_WHEEL_DOWN or event.button_index == MOUSE_BUTTON_WHEEL_LEFT
	if not event.pressed or not (is_up or is_down):
		return false
	var notches := minf(NOTCHES_MAX, event.factor if event.factor > 0.0 else 1.0)
	_player._turn_wheel(notches if is_up else -notches, event.shift_pressed)
	return true


# True: it did something. What scales and moves repeats while the key is down.
func _act(event: InputEvent) -> bool:
	for i: int in _controls.spawn.size():
		if event.is_action_pressed(_controls.spawn[i]):
			_player.spawn(i)
			return true
	if event.is_action_pressed(_controls.grow, true):
		_player.scale_held(1.0)
	elif event.is_action_pressed(_controls.shrink, true):
		_player.scale_held(-1.0)
	elif event.is_action_pressed(_controls.farther, true):
		_player.push_held(1.0)
	elif event.is_action_pressed(_controls.nearer, true):
		_player.push_held(-1.0)
	elif event.is_action_pressed(_controls.grab):
		_player.grab()
	elif event.is_action_pressed(_controls.delete):
		_player.delete()
	elif event.is_action_pressed(_controls.fly):
		_player.fly()
	elif event.is_action_pressed(_controls.gizmo):
		_player.toggle_gizmo()
	elif event.is_action_pressed(_controls.capture):
		capture(not is_captured)
	elif event.is_action_pressed(_controls.first_person):
		_player.toggle_first_person()
	else:
		return false
	return true


func _show_pointer(on: bool) -> void:
	if on != _is_hidden:
		return
	_is_hidden = not on
	if _is_hidden:
		_mode_before = Input.mouse_mode
	Input.mouse_mode = _mode_before if on else Input.MOUSE_MODE_CAPTURED
