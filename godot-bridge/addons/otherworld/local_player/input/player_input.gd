extends RefCounted
## Turns events into actions of an [OtherworldPlayer]: keys that act once, the wheel, and the mouse buttons.

## What the mouse does while a button is down.
enum Role { NONE, HOLD, LOOK, GIZMO }

## Limit of notches in one event of the wheel.
const NOTCHES_MAX := 3.0

## Position of the pointer, pixels of the viewport.
var place := Vector2.ZERO
## The mouse is over the viewport. If not, the middle of the view is used.
var is_over := false
## The mouse turns the view, and its pointer is hidden.
var is_captured := false

var _player: OtherworldPlayer
var _controls: OtherworldControls
var _role := Role.NONE
# The pointer is hidden while the look button is down.
var _is_looking := false
# Mouse mode of the project before the pointer was hidden.
var _mode_before := Input.MOUSE_MODE_VISIBLE
var _is_hidden := false


func _init(player: OtherworldPlayer, controls: OtherworldControls) -> void:
	_player = player
	_controls = controls


## Returns the pointer's position, pixels; the middle of a view of [param size] without a pointer.
func at(size: Vector2) -> Vector2:
	return place if is_over and not is_captured else size / 2.0


## Handles events while a button is down: then all mouse events are the player's, whatever is under the pointer. Returns
## [code]true[/code] if the event was handled.
func handle_dragging(event: InputEvent) -> bool:
	if event is InputEventMouseMotion and (_role != Role.NONE or _is_looking):
		_move(event as InputEventMouseMotion)
		return true
	if _role != Role.NONE and event.is_action_released(_controls.take):
		_release_role()
		return true
	if _is_looking and event.is_action_released(_controls.look):
		_is_looking = false
		_show_pointer(not is_captured)
		return true
	return false


## Handles an event that no other node handled. Returns [code]true[/code] if the event was handled.
func handle_unhandled(event: InputEvent) -> bool:
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


## Hides the pointer and turns the view with the mouse, or ends that.
func capture(on: bool) -> void:
	is_captured = on
	_show_pointer(not on)


## Releases all buttons.
func clear() -> void:
	if _role != Role.NONE:
		_release_role()
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


func _release_role() -> void:
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


# Returns true if the event was handled. Scaling and moving repeat while the key is down.
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
