@icon("../icons/gizmo.svg")
class_name OtherworldGizmo
extends Node3D
## Moves, rotates and scales a prop with handles for the mouse: arrows along the axes, rings around them, and a cube for
## the size.
##
## [OtherworldPlayer] has one (G key). To use it without a player, add one to the scene, set [member client] and
## [member element]:
## [codeblock]
## gizmo.element = prop.element
## [/codeblock]
## The gizmo holds the prop with the pointer's hand while you drag. Other players cannot grab it then, and it is not
## thrown when you release it.

## Emitted when you start dragging a handle. The prop is then held or scaled.
signal drag_began(element: int)
## Emitted when you release the handle.
signal drag_ended(element: int)
## Emitted when an action was not possible. [param reason] is a message for the player.
signal action_rejected(reason: String)

const _DragTarget := preload("../local_player/grab/drag_target.gd")
const _Handles := preload("../local_player/gizmo/gizmo_handles.gd")
const _PropGrabber := preload("../local_player/grab/prop_grabber.gd")
const _Maths := preload("../local_player/gizmo/gizmo_maths.gd")
const _PointerTarget := preload("../local_player/grab/pointer_target.gd")
const _PlayerMessages := preload("../local_player/player_messages.gd")

# Least time between two scale commands, ms.
const _SCALE_INTERVAL_MSEC := 70.0
# Dragging the cube this far doubles the prop's size, pixels.
const _DOUBLE_PIXELS := 100.0

## Client whose props the gizmo moves. If empty, uses the nearest [OtherworldClient] above it.
@export var client: OtherworldClient
## Length of an arrow on the screen, pixels.
@export_range(40.0, 400.0, 1.0, "suffix:px") var pixels := 110.0
## Maximum distance from a handle at which a click hits it, pixels.
@export_range(2.0, 40.0, 1.0, "suffix:px") var pick_pixels := 11.0
## If [code]true[/code], uses the axes of the prop. Otherwise uses the axes of the realm.
@export var use_local_axes := false
## If [code]true[/code], reacts to the left mouse button. An [OtherworldPlayer] turns it off and forwards its own input.
@export var input_enabled := true

## Element id of the prop that the gizmo is on. 0 hides the gizmo.
var element := 0:
	set(value):
		if value == element:
			return
		release()
		element = value
		visible = value != 0
## [code]true[/code] while a handle is dragged.
var is_dragged: bool:
	get:
		return _handle != _Handles.Handle.NONE

var _handles := _Handles.new()
var _grabber: _PropGrabber
var _pointing: _PointerTarget
var _handle := _Handles.Handle.NONE
# At the start of dragging, realm space: the prop's transform, the handle's axis, and the pointer's value on it.
var _position := Vector3.ZERO
var _rotation := Quaternion.IDENTITY
var _axis := Vector3.ZERO
var _at := Vector2.ZERO
var _value := 0.0
var _angle := 0.0
var _scale := 1.0
var _wished_scale := 1.0
var _sent_scale := 1.0
var _scaled_msec := -INF


func _init() -> void:
	top_level = true
	visible = false
	add_child(_handles)


func _ready() -> void:
	var above := get_parent()
	while client == null and above != null:
		client = above as OtherworldClient
		above = above.get_parent()
	if client == null:
		push_error("OtherworldGizmo has no OtherworldClient. Add it below one, or set its client.")
		return
	_grabber = _PropGrabber.new(client)
	_pointing = _PointerTarget.new(client, null)
	_grabber.action_rejected.connect(_on_grabber_action_rejected)
	client.frame_updated.connect(_on_frame_updated)


func _exit_tree() -> void:
	if _grabber != null and is_instance_valid(client):
		release()
		_grabber.release()


func _unhandled_input(event: InputEvent) -> void:
	var camera := get_viewport().get_camera_3d()
	if not input_enabled or element == 0 or camera == null or not event is InputEventMouse:
		return
	var at := (event as InputEventMouse).position
	var button := event as InputEventMouseButton
	var is_taken := is_dragged
	if event is InputEventMouseMotion:
		move(camera, at)
		hover(camera, at)
	elif button != null and button.button_index == MOUSE_BUTTON_LEFT:
		if button.pressed:
			is_taken = press(camera, at)
		else:
			release()
	if is_taken:
		get_viewport().set_input_as_handled()


## Starts dragging the handle under [param at] (viewport pixels). Returns [code]true[/code] if a handle was hit.
func press(camera: Camera3D, at: Vector2) -> bool:
	var prop: OtherworldPropState = client.props.get(element)
	var handle := _handle_at(camera, at)
	if prop == null or handle == _Handles.Handle.NONE:
		return false
	if handle == _Handles.Handle.SCALE:
		if not client.can(OtherworldClient.Act.SCALE, prop):
			action_rejected.emit(_PlayerMessages.forbidden(OtherworldClient.Act.SCALE, client.permissions))
			return true
	elif not _grabber.grab(prop, prop.position, 0.0, _PropGrabber.By.GIZMO, 0.0, _now()):
		return true
	_handle = handle
	_position = prop.position
	_rotation = prop.rotation
	_axis = _axes() * _Handles.axis_of(handle)
	_at = at
	_value = _value_at(camera, at)
	_angle = 0.0
	_scale = prop.scale
	_wished_scale = prop.scale
	_sent_scale = prop.scale
	_handles.highlight(handle)
	drag_began.emit(element)
	return true


## Drags the handle to [param at] (viewport pixels).
func move(camera: Camera3D, at: Vector2) -> void:
	if not is_dragged:
		return
	if _handle == _Handles.Handle.SCALE:
		_wished_scale = clampf(_scale * _Maths.factor_of(at - _at, _DOUBLE_PIXELS), _DragTarget.SCALE_MIN,
				_DragTarget.SCALE_MAX)
		return
	var value := _value_at(camera, at)
	if is_nan(value):
		return
	if is_nan(_value):
		_value = value
	if _handle <= _Handles.Handle.MOVE_Z:
		_grabber.drag.target_position = _within_reach(_position + _axis * (value - _value))
	else:
		# In steps, so that several full turns are followed.
		_angle += angle_difference(_value, value)
		_value = value
		_grabber.drag.target_rotation = (Quaternion(_axis, _angle) * _rotation).normalized()


## Stops dragging.
func release() -> void:
	if not is_dragged:
		return
	if _handle == _Handles.Handle.SCALE:
		_send_scale()
	_handle = _Handles.Handle.NONE
	_grabber.put_down(_now())
	drag_ended.emit(element)


## Highlights the handle under [param at] (viewport pixels).
func hover(camera: Camera3D, at: Vector2) -> void:
	if visible and not is_dragged:
		_handles.highlight(_handle_at(camera, at))


# Returns the handle at a point of the viewport, pixels.
func _handle_at(camera: Camera3D, at: Vector2) -> _Handles.Handle:
	var nearest := _Handles.Handle.NONE
	if not visible or camera.is_position_behind(global_position):
		return nearest
	var least := pick_pixels
	for handle: _Handles.Handle in [_Handles.Handle.SCALE, 1, 2, 3, 4, 5, 6]:
		var line: PackedVector2Array = []
		for point: Vector3 in _Handles.line_of(handle):
			line.append(camera.unproject_position(global_transform * point))
		var away := _Maths.pixels_to_line(at, line)
		if away < least:
			least = away
			nearest = handle
	return nearest


func _on_frame_updated(_tick: float) -> void:
	if _grabber.by != _PropGrabber.By.NOTHING:
		_grabber.frame(Vector3.ZERO, Vector3.FORWARD, 0.0, Vector3.ZERO, 0.0, _now())
	if element == 0:
		return
	var prop: OtherworldPropState = client.props.get(element)
	if prop == null:
		element = 0
		return
	if _handle == _Handles.Handle.SCALE and _wished_scale != _sent_scale and _now() - _scaled_msec >= _SCALE_INTERVAL_MSEC:
		_send_scale()
	_place(prop)


# Places the gizmo on the prop, with the same size on the screen at any distance.
func _place(prop: OtherworldPropState) -> void:
	var camera := get_viewport().get_camera_3d()
	if camera == null:
		return
	var realm := _realm()
	var place := realm * prop.position
	var unit := _Maths.metres_per_pixel(camera, place) * pixels
	global_transform = Transform3D((realm.basis * _axes()).scaled(Vector3.ONE * unit), place)


func _axes() -> Basis:
	var prop: OtherworldPropState = client.props.get(element)
	return Basis(prop.rotation if not is_dragged else _rotation) if use_local_axes and prop != null else Basis.IDENTITY


# Returns the pointer's value on the handle's axis: metres along it, or radians about it.
func _value_at(camera: Camera3D, at: Vector2) -> float:
	var back := _realm().affine_inverse()
	var from := back * camera.project_ray_origin(at)
	var direction := (back.basis * camera.project_ray_normal(at)).normalized()
	if _handle <= _Handles.Handle.MOVE_Z:
		return _Maths.along_axis(_position, _axis, from, direction)
	return _Maths.angle_about(_position, _axis, from, direction)


func _within_reach(target: Vector3) -> Vector3:
	target.y = maxf(target.y, _grabber.drag.floor_metres)
	if client.local_avatar == null:
		return target
	var head := client.local_avatar.position + Vector3(0.0, client.local_avatar.head_metres, 0.0)
	var reach: float = client.definition.reach
	return head + (target - head).limit_length(reach - _DragTarget.REACH_MARGIN)


func _send_scale() -> void:
	if _wished_scale == _sent_scale:
		return
	_sent_scale = _wished_scale
	_scaled_msec = _now()
	var outcome := await client.scale_prop(element, _wished_scale)
	if not outcome.ok and outcome.reason != "lost":
		action_rejected.emit(_PlayerMessages.rejection(outcome.reason))


func _on_grabber_action_rejected(reason: String) -> void:
	if is_dragged:
		_handle = _Handles.Handle.NONE
		drag_ended.emit(element)
	action_rejected.emit(reason)


func _realm() -> Transform3D:
	return _pointing.realm()


func _now() -> float:
	return Time.get_ticks_usec() / 1000.0
