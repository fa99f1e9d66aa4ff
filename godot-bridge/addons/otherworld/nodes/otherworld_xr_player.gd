@icon("../icons/xr_player.svg")
class_name OtherworldXRPlayer
extends XROrigin3D
## Controls an avatar with a headset: walks, turns, and sends the poses of head and hands.
##
## Add it below an [OtherworldClient], or let the client add it (see [member OtherworldClient.player_kind]). It adds an
## [XRCamera3D] and two [OtherworldXRHand]s if it has none. Walking through your room moves the avatar. The left stick
## walks, and runs while pushed in. The right stick turns. A jumps, B flies if permitted. Grip or trigger grabs a prop,
## both hands scale it. It uses Godot's default OpenXR action map.

## Emitted when the menu button or the upper button of the left controller (Y) is pressed.
signal menu_pressed
## Emitted when a hand grabs a prop. If both hands grab the same prop, it is emitted twice.
signal grabbed(element: int)
## Emitted when a hand releases a prop.
signal released(element: int)
## Emitted when an action was not possible. [param reason] is a message for the player.
signal action_rejected(reason: String)

## Ways to turn with the right stick.
enum Turning {
	## In steps of [member snap_degrees].
	SNAP,
	## By [member smooth_degrees] a second.
	SMOOTH,
}

const _XRMaths := preload("../local_player/xr/xr_maths.gd")
const _Root := preload("../local_player/xr/xr_root.gd")
const _Sticks := preload("../local_player/xr/xr_sticks.gd")
const _XRPropGrabber := preload("../local_player/xr/xr_prop_grabber.gd")
const _Vignette := preload("xr_vignette.gd")
const _PlayerMessages := preload("../local_player/player_messages.gd")
const _XRStart := preload("xr_start.gd")

# It runs before the client (priority -100), so that the hands' actions count in the same frame.
const _PRIORITY := -110

## Client that this node controls the avatar of. If empty, uses the nearest [OtherworldClient] above it.
@export var client: OtherworldClient
## If [code]true[/code], reacts to sticks and buttons. Set it to [code]false[/code] while a menu is open. Head and hands
## are still tracked.
@export var input_enabled := true:
	set(value):
		input_enabled = value
		if not value and _grabber != null:
			_grabber.release_all()
## How the right stick turns. Snap turning causes less motion sickness than smooth turning.
@export var turning := Turning.SNAP
## Angle of one snap turn, degrees.
@export_range(10.0, 90.0, 5.0, "suffix:°") var snap_degrees := 30.0
## Speed of smooth turning, degrees per second.
@export_range(30.0, 360.0, 10.0, "suffix:°/s") var smooth_degrees := 120.0
## If [code]true[/code], scales the world so that you look out of the eyes of your avatar.
@export var scale_to_avatar := true
## Height of the player's eyes above the floor, metres. 0 measures it on joining and when [method calibrate_height] is
## called.
@export_range(0.0, 2.2, 0.01, "suffix:m") var player_eye_height := 0.0
## Darkens the edge of the view while sticks move you: 0 is off, 1 is the maximum.
@export_range(0.0, 1.0) var vignette_strength := 0.0

## Camera of the headset. Uses the one in the scene, or adds one.
var camera: XRCamera3D
## Left hand. Uses the one in the scene, or adds one.
var left_hand: OtherworldXRHand
## Right hand. Uses the one in the scene, or adds one.
var right_hand: OtherworldXRHand

var _root := _Root.new()
var _sticks := _Sticks.new()
var _grabber: _XRPropGrabber
var _pose := OtherworldPose.new()
var _vignette: _Vignette
# The avatar around which the room is placed; 0 before the first.
var _element := 0
# Height of the player's eyes in the room, metres.
var _eyes_metres := 0.0
var _feet := Vector3.ZERO
var _head_before := Vector3.ZERO
var _menu_was := false


func _ready() -> void:
	process_priority = _PRIORITY
	current = true
	_make_parts()
	if not get_viewport().use_xr and not _XRStart.start(get_viewport()):
		print_verbose("OtherworldXRPlayer: " + _XRStart.problem)
	if client == null:
		client = _client_above()
	if client == null:
		push_error("OtherworldXRPlayer has no OtherworldClient. Add it below one, or set its client.")
		set_process(false)
		return
	_grabber = _XRPropGrabber.new(client)
	_grabber.grabbed.connect(_on_grabbed)
	_grabber.released.connect(_on_released)
	_grabber.action_rejected.connect(_on_action_rejected)
	client.frame_updated.connect(_on_frame_updated)
	client.avatar_changed.connect(_on_avatar_changed)


# The client continues without the player, so the avatar must not walk on or keep a prop for ever.
func _exit_tree() -> void:
	if _grabber == null or not is_instance_valid(client):
		return
	_grabber.release_all()
	if client.local_avatar != null:
		client.move(Vector3.ZERO, _root.yaw)


func _process(delta: float) -> void:
	var local_avatar := client.local_avatar if is_instance_valid(client) else null
	if local_avatar == null or local_avatar.element != _element or not _is_tracked():
		return
	_read_sticks(delta)
	_move_avatar(local_avatar, delta)
	_send_pose(local_avatar)
	_use_hands(local_avatar)
	if vignette_strength > 0.0:
		_show_vignette(delta)


## Measures the height of the player, who must stand upright, and rescales the world. Your heading stays the same.
func calibrate_height() -> void:
	if client.local_avatar == null or not _is_tracked():
		return
	_eyes_metres = player_eye_height if player_eye_height > 0.0 else _head_pose().transform.origin.y
	_rescale(client.local_avatar, _XRMaths.heading(camera.global_basis))


## Releases what both hands hold.
func release_all() -> void:
	_grabber.release_all()


func _make_parts() -> void:
	for child: Node in get_children():
		if child is XRCamera3D:
			camera = child
		elif child is OtherworldXRHand:
			var hand: OtherworldXRHand = child
			if hand.which == OtherworldXRHand.Which.LEFT:
				left_hand = hand
			else:
				right_hand = hand
	if camera == null:
		camera = XRCamera3D.new()
		camera.near = 0.03
		add_child(camera)
	camera.current = true
	left_hand = left_hand if left_hand != null else _make_hand(OtherworldXRHand.Which.LEFT)
	right_hand = right_hand if right_hand != null else _make_hand(OtherworldXRHand.Which.RIGHT)


func _make_hand(which: OtherworldXRHand.Which) -> OtherworldXRHand:
	var hand := OtherworldXRHand.new()
	hand.which = which
	add_child(hand)
	return hand


func _client_above() -> OtherworldClient:
	var node := get_parent()
	while node != null and not node is OtherworldClient:
		node = node.get_parent()
	return node


func _is_tracked() -> bool:
	var pose := _head_pose()
	return pose != null and pose.has_tracking_data


func _head_pose() -> XRPose:
	var head := XRServer.get_tracker(&"head") as XRPositionalTracker
	return head.get_pose(&"default") if head != null else null


# The avatar has its position of this frame. The room follows it.
func _on_frame_updated(_tick: float) -> void:
	var local_avatar := client.local_avatar
	if local_avatar == null or not _is_tracked():
		_element = 0
	elif local_avatar.element != _element:
		_come_in(local_avatar)
	else:
		_move_room(local_avatar, get_process_delta_time())


# Places the room at the avatar, turned so that the player looks where the avatar does.
func _come_in(local_avatar: OtherworldAvatarState) -> void:
	_element = local_avatar.element
	_eyes_metres = player_eye_height if player_eye_height > 0.0 else _head_pose().transform.origin.y
	_rescale(local_avatar, local_avatar.yaw)
	_root.reset(local_avatar.yaw)
	_feet = local_avatar.position
	_find_view(local_avatar.element)


# Scales the room for the avatar, with the head above its feet, looking along [param yaw].
func _rescale(local_avatar: OtherworldAvatarState, yaw: float) -> void:
	if scale_to_avatar:
		world_scale = _XRMaths.world_scale(local_avatar.head_metres, _eyes_metres)
	# The camera gets the new scale with its next pose.
	camera.transform = _head_pose().get_adjusted_transform()
	global_transform = _XRMaths.origin_under(camera.transform, local_avatar.position, yaw)
	_head_before = camera.position


func _on_avatar_changed(avatar: OtherworldAvatarState) -> void:
	if avatar.is_local and avatar.element == _element and _is_tracked():
		_rescale(avatar, _XRMaths.heading(camera.global_basis))


# Hides your own head, and the tracked hands if the view shows the avatar's.
func _find_view(element: int) -> void:
	var view: OtherworldView = get_tree().root.find_children("*", "OtherworldView", true, false).pop_front()
	for hand: OtherworldXRHand in [left_hand, right_hand]:
		hand.show_hand = view == null
		hand.pick_mask = view.pick_layer if view != null else hand.pick_mask
	if view != null:
		view.set_first_person(element)


func _read_sticks(delta: float) -> void:
	var snap := deg_to_rad(snap_degrees) if turning == Turning.SNAP else 0.0
	if input_enabled:
		_sticks.read(left_hand.get_vector2(&"primary"), right_hand.get_vector2(&"primary"),
				left_hand.is_button_pressed(&"primary_click"),
				right_hand.is_button_pressed(&"ax_button"), right_hand.is_button_pressed(&"by_button"),
				snap, deg_to_rad(smooth_degrees), delta)
	else:
		_sticks.read(Vector2.ZERO, Vector2.ZERO, false, false, false, snap, 0.0, delta)
	var menu := left_hand.is_button_pressed(&"menu_button") or left_hand.is_button_pressed(&"by_button")
	if menu and not _menu_was:
		menu_pressed.emit()
	_menu_was = menu


# Moves the room with the avatar, except for movements that followed the head.
func _move_room(local_avatar: OtherworldAvatarState, delta: float) -> void:
	var speed := _XRMaths.flat(local_avatar.velocity).length()
	global_position += _root.carry(local_avatar.position - _feet, local_avatar.position, camera.global_position,
			_sticks.pushed != Vector2.ZERO, speed, local_avatar.is_grounded, delta)
	_feet = local_avatar.position


func _move_avatar(local_avatar: OtherworldAvatarState, delta: float) -> void:
	if _sticks.turn != 0.0:
		global_transform = _XRMaths.turned_about(global_transform, camera.global_position, _sticks.turn)
		_root.turn(_sticks.turn)
	var walked := global_basis * (camera.position - _head_before)
	_head_before = camera.position
	var flies := _sticks.flies and client.permissions & OtherworldClient.Permission.FLY != 0
	var runs := _sticks.runs
	var speed := _XRMaths.RUN_SPEED if runs else _XRMaths.WALK_SPEED
	var head_yaw := _XRMaths.heading(camera.global_basis)
	var velocity := _root.follow(camera.global_position, walked, local_avatar.position, delta)
	_root.face(head_yaw, _sticks.pushed != Vector2.ZERO or velocity.length() > 0.5, delta)
	velocity += _XRMaths.stick_velocity(_sticks.pushed, head_yaw, _XRMaths.FLY_SPEED if flies else speed)
	runs = runs or velocity.length() > _XRMaths.WALK_SPEED
	var full := _XRMaths.FLY_SPEED if flies else _XRMaths.RUN_SPEED if runs else _XRMaths.WALK_SPEED
	var direction := _XRMaths.direction(velocity, _root.yaw, full)
	direction.y = _sticks.rise if flies else 0.0
	client.move(direction, _root.yaw, _sticks.jumps, runs, flies)


func _send_pose(local_avatar: OtherworldAvatarState) -> void:
	var to_root := _XRMaths.root(local_avatar.position, _root.yaw).affine_inverse()
	_pose.head = to_root * _XRMaths.head_of(camera.global_transform.orthonormalized(), local_avatar.head_metres)
	_pose.left_hand = _wrist(left_hand, to_root, local_avatar.head_metres)
	_pose.right_hand = _wrist(right_hand, to_root, local_avatar.head_metres)
	client.pose(_pose)


func _wrist(hand: OtherworldXRHand, to_root: Transform3D, head_metres: float) -> Transform3D:
	if hand.get_is_active() and hand.get_has_tracking_data():
		return to_root * hand.wrist()
	return _XRMaths.resting_wrist(_XRMaths.Hand.LEFT if hand == left_hand else _XRMaths.Hand.RIGHT, head_metres)


func _use_hands(local_avatar: OtherworldAvatarState) -> void:
	var now_msec := Time.get_ticks_usec() / 1000.0
	var hands: Array[OtherworldXRHand] = [left_hand, right_hand]
	_grabber.place(left_hand.global_transform, right_hand.global_transform)
	for index: int in 2:
		var hand := hands[index]
		hand.held_element = _grabber.element_in(index)
		hand._find_target(_may_take)
		match hand._grip_change():
			1 when hand.pointed_element != 0 and input_enabled:
				_grabber.grab(index, hand.pointed_element, hand.is_touching, now_msec)
			-1:
				_grabber.release(index)
	var reach: float = client.definition.get("reach", 0.0)
	_grabber.carry(local_avatar.position + Vector3.UP * local_avatar.head_metres, reach, now_msec)


func _may_take(element: int) -> bool:
	var prop: OtherworldPropState = client.props.get(element)
	return prop != null and prop.motion != OtherworldPropState.Motion.STATIC


func _show_vignette(delta: float) -> void:
	if _vignette == null:
		_vignette = _Vignette.new()
		camera.add_child(_vignette)
	var moves := _sticks.pushed != Vector2.ZERO or turning == Turning.SMOOTH and _sticks.turn != 0.0
	_vignette.fade(vignette_strength if moves else 0.0, delta)


func _hand(index: int) -> OtherworldXRHand:
	return left_hand if index == 0 else right_hand


func _on_grabbed(index: int, element: int) -> void:
	_hand(index).held_element = element
	_hand(index).pulse()
	_hand(index).grabbed.emit(element)
	grabbed.emit(element)


func _on_released(index: int, element: int) -> void:
	_hand(index).held_element = 0
	_hand(index).released.emit(element)
	released.emit(element)


func _on_action_rejected(index: int, element: int, reason: String) -> void:
	_hand(index).held_element = 0
	_hand(index).action_rejected.emit(element, reason)
	action_rejected.emit(_PlayerMessages.rejection(reason))
