@icon("../icons/player.svg")
class_name OtherworldPlayer
extends Node3D
## Controls an avatar with keyboard, mouse and gamepads.
##
## Add one below an [OtherworldClient]. The client adds one automatically if the scene has none. [member controls] rebinds
## everything. The defaults are:
## [br]- WASD or the left stick walks, Shift runs, Space jumps, F flies if permitted.
## [br]- Drag the background, hold the right mouse button or press L to look around. The wheel zooms, V toggles first person.
## [br]- The left mouse button grabs the prop under the pointer, E the one in front of you. The wheel scales it, Shift and wheel
## moves it nearer or farther. Release it in motion to throw it.
## [br]- X deletes, 1 to 4 spawn shapes, G shows a gizmo.

## Emitted when you grab a prop. The server may still reject it: then [signal released] and [signal action_rejected] follow.
signal grabbed(element: int)
## Emitted when you no longer hold a prop.
signal released(element: int)
## Emitted when an action was not possible. [param reason] is a message for the player.
signal action_rejected(reason: String)
## Emitted when the pointer moves to another prop that you can grab. 0 if there is none.
signal pointed_changed(element: int)
## Emitted when the player did something or can do something now. [param text] is a message for the player.
signal hint_shown(text: String)

const _CameraRig := preload("../local_player/body/camera_rig.gd")
const _HeldActions := preload("../local_player/input/held_actions.gd")
const _LocalBody := preload("../local_player/body/local_body.gd")
const _PlayerInput := preload("../local_player/input/player_input.gd")
const _PointerHand := preload("../local_player/grab/pointer_hand.gd")
const _MoveInput := preload("../local_player/input/move_input.gd")
const _PlayerMessages := preload("../local_player/player_messages.gd")

# The player runs before the client (priority -100), so that a step is seen in the frame of the key press.
const _PRIORITY := -110

## Client that this node controls the avatar of. If empty, uses the nearest [OtherworldClient] above it.
@export var client: OtherworldClient
## Camera that this node moves. If empty, adds one.
@export var camera: Camera3D
## Input actions. If empty, uses the default ones.
@export var controls: OtherworldControls
## Gizmo that the G key shows. If empty, adds one.
@export var gizmo: OtherworldGizmo
## If [code]true[/code], reacts to keys, mouse and gamepads. Set it to [code]false[/code] while a menu is open.
@export var input_enabled := true:
	set(value):
		input_enabled = value
		if not value:
			_forget_events()
## Distance of the camera behind the head, metres at an avatar's scale of 1. 0 is first person.
@export_range(0.0, 14.0, 0.1, "suffix:m") var distance := _CameraRig.DISTANCE_START
## Rotation per pixel of mouse motion, radians.
@export_range(0.0005, 0.02, 0.0001) var mouse_turn := 0.0042
## Turning speed of keys and sticks, radians per second.
@export_range(0.2, 8.0, 0.1) var key_turn := 2.1
## Hashes of the packages that the keys 5 to 9 spawn.
@export var hotbar_packages: PackedStringArray = []
## If [code]true[/code], highlights the prop that you point at or hold.
@export var highlight_targets := true

## Access rights of the props that [method spawn] and the keys 1 to 9 make. If [code]null[/code], the defaults apply.
var spawn_access: OtherworldAccess
## Element id of the held prop. 0 if there is none.
var held_element: int:
	get:
		return 0 if _hand == null else _hand.grabber.element()
## Element id of the prop under the pointer that you can grab. 0 if there is none.
var pointed_element: int:
	get:
		return 0 if _hand == null else _hand.target.element
## Heading of the view about +Y, radians. 0 looks along -Z.
var yaw: float:
	get:
		return _walking.yaw
	set(value):
		_walking.turn(value - _walking.yaw, 0.0)
## Angle of the view above the horizon, radians.
var pitch: float:
	get:
		return _walking.pitch
	set(value):
		_walking.turn(0.0, value - _walking.pitch)
## [code]true[/code] while the mouse is captured for looking around. The centre of the view is then the pointer.
var is_mouse_captured: bool:
	get:
		return _events != null and _events.is_captured
## [code]true[/code] while flying or about to fly.
var is_flying: bool:
	get:
		return _walking.is_flying

var _walking := _MoveInput.new()
var _held: _HeldActions
var _events: _PlayerInput
var _hand: _PointerHand
var _local_body: _LocalBody
var _is_settled := false
# Distance of the camera before first person, metres.
var _distance_before := _CameraRig.DISTANCE_START


func _init() -> void:
	process_priority = _PRIORITY


func _ready() -> void:
	if client == null:
		client = _client_above()
	if client == null:
		push_error("OtherworldPlayer has no OtherworldClient. Add it below one, or set its client.")
		set_process(false)
		return
	_make_camera()
	_make_gizmo()
	if controls == null:
		controls = OtherworldControls.new()
	controls.install()
	_held = _HeldActions.new(controls.actions())
	_events = _PlayerInput.new(self, controls)
	_local_body = _LocalBody.new(client)
	_hand = _PointerHand.new(client, camera, gizmo)
	_hand.target.pointed_changed.connect(pointed_changed.emit)
	_hand.grabber.grabbed.connect(grabbed.emit)
	_hand.grabber.released.connect(released.emit)
	_hand.action_rejected.connect(action_rejected.emit)
	_hand.hint_shown.connect(hint_shown.emit)
	client.frame_updated.connect(_on_frame_updated)
	client.joined.connect(_on_client_joined)


func _exit_tree() -> void:
	_rest()


func _notification(what: int) -> void:
	if what == NOTIFICATION_APPLICATION_FOCUS_OUT or what == NOTIFICATION_WM_WINDOW_FOCUS_OUT:
		_forget_events()
	elif what == NOTIFICATION_PAUSED or what == NOTIFICATION_DISABLED:
		_rest()
	elif what == NOTIFICATION_WM_MOUSE_EXIT and _events != null:
		_events.is_over = false


func _input(event: InputEvent) -> void:
	if _events == null:
		return
	_held.feed(event, _now(), false)
	if input_enabled and _events.handle_dragging(event):
		get_viewport().set_input_as_handled()


func _unhandled_input(event: InputEvent) -> void:
	if _events == null or not input_enabled:
		return
	_held.feed(event, _now())
	if event is InputEventMouseButton:
		# A click into the world takes the focus from a text field.
		get_viewport().gui_release_focus()
	if _events.handle_unhandled(event):
		get_viewport().set_input_as_handled()


func _process(delta: float) -> void:
	if not is_instance_valid(client) or client.local_avatar == null:
		return
	if not _is_settled:
		_is_settled = true
		yaw = client.local_avatar.yaw
	_walking.read(_held, controls, delta, key_turn, _now())
	if _walking.has_changed():
		client.move(_walking.direction, _walking.yaw, _walking.jumps, _walking.runs, _walking.is_flying)
	var shown := _hand.target.avatar_node()
	var reach_for := Vector3.INF if _hand.is_empty() else _hand.grabber.drag.target_position
	_local_body.frame(client.local_avatar, shown._shown_body() if shown != null else null, yaw, pitch, reach_for, delta, _now())


## Grabs the prop under the pointer. Returns [code]true[/code] if the hand took it and the server was asked. Otherwise
## [signal action_rejected] may say why.
func take_pointed() -> bool:
	return _hand.take(_events.at(_size()), yaw, _now())


## Grabs the prop under the pointer or in front of the avatar. If you hold a prop, releases it.
func grab() -> void:
	_hand.grab_or_release(_events.at(_size()), yaw, _now())


## Releases the held prop. A dynamic prop keeps the velocity of the hand.
func release() -> void:
	_hand.grabber.release()


## Scales the held prop by [param notches] of the mouse wheel. Negative values make it smaller.
func scale_held(notches: float) -> void:
	_hand.grow(notches)


## Moves the held prop away by [param notches] of the mouse wheel. Negative values bring it nearer.
func push_held(notches: float) -> void:
	_hand.push(notches, distance)


# The wheel zooms. While you hold a prop it scales the prop, or with [param shift] moves it nearer and farther.
func _turn_wheel(notches: float, shift: bool) -> void:
	if _hand.is_empty():
		distance = _CameraRig.zoomed(distance, notches)
	elif shift:
		push_held(notches)
	else:
		scale_held(notches)


## Switches between third person and first person.
func toggle_first_person() -> void:
	if distance < _CameraRig.OWN_EYES:
		distance = _distance_before
	else:
		_distance_before = distance
		distance = 0.0


## Starts or stops flying, if permitted.
func fly() -> void:
	if client.permissions & OtherworldClient.Permission.FLY == 0:
		action_rejected.emit(tr("Flying is not permitted here."))
		return
	_walking.is_flying = not _walking.is_flying
	hint_shown.emit(tr("Flying: Space moves up, C moves down, F lands.") if _walking.is_flying else tr("Walking."))


## Spawns a box, ball, capsule or gem ([param index] 0 to 3) or one of [member hotbar_packages] (4 and up) in front of you.
func spawn(index: int) -> void:
	_hand.actions.spawn(index, hotbar_packages, yaw, spawn_access)


## Deletes the prop that you hold, point at, or have in front of you.
func delete() -> void:
	_hand.delete(_events.at(_size()))


## Shows the gizmo on the prop under the pointer or in front of the avatar, or hides it.
func toggle_gizmo() -> void:
	_hand.toggle_gizmo(_events.at(_size()))


## Captures the mouse for looking around, or releases it. Escape releases it too.
func capture_mouse(on: bool) -> void:
	_events.capture(on)


# Turns the view by pixels of the mouse.
func _turn_by_mouse(pixels: Vector2) -> void:
	_walking.turn(-pixels.x * mouse_turn, -pixels.y * mouse_turn)


# Sends where the held prop should be: in each frame, and when the pointer moves.
func _carry_held() -> void:
	_hand.carry(_events.at(_size()), _size(), yaw, _now())


# Handles a press. Returns true if it hit a handle of the gizmo.
func _press_gizmo() -> bool:
	return gizmo.press(camera, _events.at(_size()))


# Drags the handle of the gizmo.
func _drag_gizmo() -> void:
	gizmo.move(camera, _events.at(_size()))


# Releases the handle of the gizmo.
func _release_gizmo() -> void:
	gizmo.release()


func _on_frame_updated(_tick: float) -> void:
	var local_avatar := client.local_avatar
	_place_camera(local_avatar)
	if local_avatar == null:
		return
	_hand.target.hide_own_head(distance < _CameraRig.OWN_EYES)
	_carry_held()
	gizmo.hover(camera, _events.at(_size()))
	_hand.target.look(_events.at(_size()), held_element, highlight_targets and input_enabled and gizmo.element == 0)


func _place_camera(local_avatar: OtherworldAvatarState) -> void:
	var head := Vector3(0.0, 1.6, 4.0) if local_avatar == null else local_avatar.position + Vector3(0.0, local_avatar.head_metres, 0.0)
	if distance < _CameraRig.OWN_EYES and local_avatar != null:
		head = _CameraRig.eyes(head, yaw, local_avatar.scale)
	var size := local_avatar.scale if local_avatar != null else 1.0
	camera.global_transform = _hand.target.realm() * _CameraRig.behind(head, yaw, pitch, distance, size)


func _on_client_joined() -> void:
	_is_settled = false


func _forget_events() -> void:
	if _events != null:
		_held.clear()
		_events.clear()
		_events.capture(false)


# The client continues without the player, so the avatar must not walk on or keep a prop for ever.
func _rest() -> void:
	if _events == null or not is_instance_valid(client):
		return
	_forget_events()
	_hand.grabber.release()
	if is_instance_valid(gizmo):
		gizmo.release()
	_walking.rest()
	if client.local_avatar != null and _walking.has_changed():
		client.move(Vector3.ZERO, yaw, false, false, is_flying)


func _make_camera() -> void:
	if camera != null:
		return
	camera = Camera3D.new()
	camera.name = "Camera3D"
	camera.top_level = true
	add_child(camera)
	camera.make_current()


func _make_gizmo() -> void:
	if gizmo == null:
		gizmo = OtherworldGizmo.new()
		gizmo.name = "Gizmo"
		gizmo.client = client
		add_child(gizmo)
	gizmo.input_enabled = false
	gizmo.action_rejected.connect(action_rejected.emit)


func _client_above() -> OtherworldClient:
	var above := get_parent()
	while above != null and not above is OtherworldClient:
		above = above.get_parent()
	return above as OtherworldClient


func _size() -> Vector2:
	return get_viewport().get_visible_rect().size


func _now() -> float:
	return Time.get_ticks_usec() / 1000.0
