@icon("../icons/player.svg")
class_name OtherworldPlayer
extends Node3D
## Plays an avatar of a realm from the desktop: keyboard, mouse and gamepads.
##
## Put one below an [OtherworldClient] (which adds one by itself where there is none) and play: WASD or the left stick walk,
## Shift runs, Space jumps, F flies where it is permitted; dragging on nothing, the right mouse button or L look around, the
## wheel zooms into the avatar's eyes and out again, V does at once. Left on a thing takes it, E takes what is in front: the
## wheel scales it, Shift and wheel bring it nearer or farther, letting go in motion throws it. X deletes, 1 to 4 make shapes,
## G shows a gizmo on a thing. [member controls] rebinds all of it.

## The hand took a thing. The server may still refuse it: [signal released], then [signal refused].
signal grabbed(element: int)
## The hand is empty again.
signal released(element: int)
## Something was not possible; [param reason] in whole words for the player.
signal refused(reason: String)
## The pointer is on another thing than before that could be taken; 0: on none.
signal pointed(element: int)
## Something was done, or can be done now, in whole words for the player.
signal hinted(text: String)

const AvatarBody := preload("../packages/avatar_body.gd")
const PlayerActions := preload("../local_player/player_actions.gd")
const CameraRig := preload("../local_player/camera_rig.gd")
const HeldActions := preload("../local_player/held_actions.gd")
const Holding := preload("../local_player/holding.gd")
const LocalBody := preload("../local_player/local_body.gd")
const PlayerInput := preload("../local_player/player_input.gd")
const PointerTarget := preload("../local_player/pointer_target.gd")
const MoveInput := preload("../local_player/move_input.gd")
const PlayerMessages := preload("../local_player/player_messages.gd")

## The player acts before the client (priority -100), so that a step is seen in the frame in which the key went down.
const PRIORITY := -110

## The client that it plays through. Empty: the nearest one above it in the tree.
@export var client: OtherworldClient
## The camera that it moves. Empty: one of its own.
@export var camera: Camera3D
## What keys, buttons and sticks do. Empty: those of the live page.
@export var controls: OtherworldControls
## The gizmo that G shows. Empty: one of its own.
@export var gizmo: OtherworldGizmo
## Whether it listens to keys and buttons; switch it off while a menu is open.
@export var listens := true:
	set(value):
		listens = value
		if not value:
			_forget_events()
## How far the camera is behind the head, metres; 0: in the avatar's eyes.
@export_range(0.0, 14.0, 0.1, "suffix:m") var distance := CameraRig.DISTANCE_START
## Turning by the mouse, radians a pixel.
@export_range(0.0005, 0.02, 0.0001) var mouse_turn := 0.0042
## Turning by keys and sticks, radians a second.
@export_range(0.2, 8.0, 0.1) var key_turn := 2.1
## Hashes of packages that the keys 5 to 9 place.
@export var key_packages: PackedStringArray = []
## Whether what is pointed at or held stands out.
@export var highlights := true

## What is held; 0: nothing.
var held_element: int:
	get:
		return 0 if _holding == null else _holding.element()
## What the pointer is on and could be taken; 0: nothing.
var pointed_element: int:
	get:
		return 0 if _pointing == null else _pointing.element
## Heading of the view about +Y, radians; 0 looks along -Z.
var yaw: float:
	get:
		return _walking.yaw
	set(value):
		_walking.turn(value - _walking.yaw, 0.0)
## How far the view is raised, radians.
var pitch: float:
	get:
		return _walking.pitch
	set(value):
		_walking.turn(0.0, value - _walking.pitch)
## The mouse looks, and its pointer is hidden: what is in the middle of the view is pointed at.
var is_mouse_captured: bool:
	get:
		return _events != null and _events.is_captured
## Flies, or wishes to.
var is_flying: bool:
	get:
		return _walking.is_flying

var _walking := MoveInput.new()
var _held: HeldActions
var _events: PlayerInput
var _holding: Holding
var _pointing: PointerTarget
var _actions: PlayerActions
var _local_body: LocalBody
var _is_settled := false
# The camera was so far behind before it went into the eyes, metres.
var _distance_before := CameraRig.DISTANCE_START


func _init() -> void:
	process_priority = PRIORITY


func _ready() -> void:
	if client == null:
		client = _client_above()
	if client == null:
		push_error("OtherworldPlayer has no OtherworldClient: put it below one, or set its client.")
		set_process(false)
		return
	_make_camera()
	_make_gizmo()
	if controls == null:
		controls = OtherworldControls.new()
	controls.install()
	_held = HeldActions.new(controls.actions())
	_events = PlayerInput.new(self, controls)
	_local_body = LocalBody.new(client)
	_pointing = PointerTarget.new(client, camera)
	_pointing.pointed.connect(pointed.emit)
	_pointing.refused.connect(refused.emit)
	_holding = Holding.new(client)
	_holding.grabbed.connect(grabbed.emit)
	_holding.released.connect(released.emit)
	_holding.refused.connect(refused.emit)
	_actions = PlayerActions.new(client)
	_actions.refused.connect(refused.emit)
	_actions.hinted.connect(hinted.emit)
	client.world_sampled.connect(_on_world_sampled)
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
	if listens and _events.follow(event):
		get_viewport().set_input_as_handled()


func _unhandled_input(event: InputEvent) -> void:
	if _events == null or not listens:
		return
	_held.feed(event, _now())
	if event is InputEventMouseButton:
		# Who clicks into the world has done with the text field that had the keys.
		get_viewport().gui_release_focus()
	if _events.take(event):
		get_viewport().set_input_as_handled()


func _process(delta: float) -> void:
	if not is_instance_valid(client) or client.own == null:
		return
	if not _is_settled:
		_is_settled = true
		yaw = client.own.yaw
	_walking.read(_held, controls, delta, key_turn, _now())
	if _walking.is_news():
		client.move(_walking.direction, _walking.yaw, _walking.jumps, _walking.runs, _walking.is_flying)
	var shown := _pointing.avatar_node()
	var reach_for := _holding.drag.target_position if _holding.by != Holding.By.NOTHING else Vector3.INF
	_local_body.frame(client.own, shown.body() if shown != null else null, yaw, pitch, reach_for, delta, _now())


## Takes the prop that the pointer is on. True: the hand took it, and the server is asked; else [signal refused] may say why not.
func take_pointed() -> bool:
	if client.own == null or not _pointing.find_to_take(_events.at(_size())):
		return false
	return _take(Holding.By.POINTER)


## Takes what is pointed at or stands in front, or lets go of what is held.
func grab() -> void:
	if _holding.by != Holding.By.NOTHING:
		_holding.let_go()
	elif client.own != null and _pointing.find_near(_events.at(_size())):
		_take(Holding.By.KEY)
	else:
		refused.emit("Nothing to grab within reach: walk closer and look at it.")


## Opens the hand; what moves flies on.
func let_go() -> void:
	_holding.let_go()


## Makes what is held larger by so many notches of the wheel, or smaller.
func scale_held(notches: float) -> void:
	if _holding.by == Holding.By.NOTHING:
		refused.emit("Grab something first: then plus and minus scale it.")
	else:
		_holding.grow(notches)


## Brings what is held farther by so many notches of the wheel, or nearer.
func push_held(notches: float) -> void:
	if _holding.by == Holding.By.NOTHING:
		refused.emit("Grab something first: then it can be brought nearer and farther.")
	else:
		_holding.drag.push(notches, _pointing.reach(), distance)


## The wheel: zooms; what is held, it scales, or with [param shift] brings nearer and farther.
func turn_wheel(notches: float, shift: bool) -> void:
	if _holding.by == Holding.By.NOTHING:
		distance = CameraRig.zoomed(distance, notches)
	elif shift:
		push_held(notches)
	else:
		scale_held(notches)


## From behind the avatar into its eyes, and back.
func toggle_eyes() -> void:
	if distance < CameraRig.OWN_EYES:
		distance = _distance_before
	else:
		_distance_before = distance
		distance = 0.0


## Begins or ends flying, where it is permitted.
func fly() -> void:
	if client.permissions & OtherworldClient.Permission.FLY == 0:
		refused.emit("Flying is not permitted here.")
		return
	_walking.is_flying = not _walking.is_flying
	hinted.emit("You fly: Space up, C down, F to land." if _walking.is_flying else "You walk again.")


## Makes a box, a ball, a capsule or a gem in front of the avatar (0 to 3), then those of [member key_packages].
func spawn(index: int) -> void:
	_actions.spawn(index, key_packages, yaw)


## Deletes what is held, pointed at or in front.
func delete() -> void:
	var prop: OtherworldPropState = client.props.get(held_element)
	if prop == null and client.own != null and _pointing.find_near(_events.at(_size())):
		prop = _pointing.prop
	if prop == null:
		refused.emit("Point at a thing, or hold it, to delete it.")
		return
	_holding.let_go()
	_actions.delete(prop)


## Shows the gizmo on what is pointed at or in front, or puts it away.
func toggle_gizmo() -> void:
	if gizmo.element != 0:
		gizmo.element = 0
	elif client.own != null and _pointing.find_near(_events.at(_size())):
		_holding.let_go()
		gizmo.element = _pointing.prop.element
		hinted.emit("Arrows move it, rings turn it, the cube scales it; G puts the gizmo away.")
	else:
		refused.emit("Point at a thing to show the gizmo on it.")


## Hides the pointer and looks with the mouse alone, or ends that; Escape ends it too.
func capture_mouse(on: bool) -> void:
	_events.capture(on)


## Turns the view by so many pixels of the mouse.
func turn_by_mouse(pixels: Vector2) -> void:
	_walking.turn(-pixels.x * mouse_turn, -pixels.y * mouse_turn)


## Says where what is held should be: in each frame, and when the pointer moves.
func carry() -> void:
	if client.own == null or _holding.by == Holding.By.NOTHING:
		return
	var size := _size()
	_pointing.aim(size / 2.0 if _holding.by == Holding.By.KEY else _events.at(size))
	_holding.frame(_pointing.origin, _pointing.direction, yaw, _pointing.head(), _pointing.reach(), _now())


## The button went down where the pointer is. True: a handle of the gizmo was there.
func press_gizmo() -> bool:
	return gizmo.press(camera, _events.at(_size()))


## The pointer moved while it has a handle of the gizmo.
func drag_gizmo() -> void:
	gizmo.move(camera, _events.at(_size()))


## The button went up.
func release_gizmo() -> void:
	gizmo.release()


func _take(how: Holding.By) -> bool:
	gizmo.element = 0
	var prop := _pointing.prop
	if not _holding.take(prop, _pointing.point, _pointing.distance, how, yaw, _now()):
		return false
	var label := prop.name if prop.name else "thing"
	var hint := "The wheel scales it; let go in motion to throw." if how == Holding.By.POINTER else "Plus and minus scale it, E lets go."
	hinted.emit("Holding the %s. %s" % [label, hint])
	return true


func _on_world_sampled(_tick: float) -> void:
	var own := client.own
	_place_camera(own)
	if own == null:
		return
	_pointing.see_own(distance < CameraRig.OWN_EYES)
	carry()
	gizmo.hover(camera, _events.at(_size()))
	_pointing.look(_events.at(_size()), held_element, highlights and listens and gizmo.element == 0)


func _place_camera(own: OtherworldAvatarState) -> void:
	var head := Vector3(0.0, 1.6, 4.0) if own == null else own.position + Vector3(0.0, own.head_metres, 0.0)
	if distance < CameraRig.OWN_EYES and own != null:
		head = CameraRig.eyes(head, yaw)
	camera.global_transform = _pointing.realm() * CameraRig.behind(head, yaw, pitch, distance)


func _on_client_joined() -> void:
	_is_settled = false


func _forget_events() -> void:
	if _events != null:
		_held.clear()
		_events.clear()
		_events.capture(false)


# The client goes on without the player: nobody is to walk on, or hold on, for ever.
func _rest() -> void:
	if _events == null or not is_instance_valid(client):
		return
	_forget_events()
	_holding.let_go()
	if is_instance_valid(gizmo):
		gizmo.release()
	_walking.rest()
	if client.own != null and _walking.is_news():
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
	gizmo.listens = false
	gizmo.refused.connect(refused.emit)


func _client_above() -> OtherworldClient:
	var above := get_parent()
	while above != null and not above is OtherworldClient:
		above = above.get_parent()
	return above as OtherworldClient


func _size() -> Vector2:
	return get_viewport().get_visible_rect().size


func _now() -> float:
	return Time.get_ticks_usec() / 1000.0
