@icon("../icons/xr_hand.svg")
class_name OtherworldXRHand
extends XRController3D
## A tracked hand: takes what it touches or points at, with the grip or the trigger.
##
## [OtherworldXRPlayer] has two of them, and makes those that are missing. Both hands on the same thing scale and turn it;
## letting go throws it. It uses Godot's default OpenXR action map: nothing has to be set up.

## It has taken the thing.
signal grabbed(element: int)
## It has let go, or what it held slipped away.
signal released(element: int)
## It could not take the thing; [param reason] is the server's word (docs/protocol.md, INP-10).
signal action_rejected(element: int, reason: String)
## What it would take has changed; 0: nothing.
signal pointed_changed(element: int)

## The hands that there are.
enum Which { LEFT, RIGHT }

const _Motion := preload("../local_player/xr_motion.gd")
const _Look := preload("xr_hand_visual.gd")

## A grip or trigger drawn so far takes hold.
const _PRESS_AT := 0.6
## A grip or trigger let out so far lets go.
const _OPEN_AT := 0.35
const _SQUEEZES: Array[StringName] = [&"grip", &"trigger"]
const _CLICKS: Array[StringName] = [&"grip_click", &"trigger_click", &"select_button"]
const _TOUCHED_MAX := 16

## Which of the two it is; sets the tracker.
@export var which := Which.LEFT:
	set(value):
		which = value
		tracker = &"left_hand" if value == Which.LEFT else &"right_hand"
		# Another tracker puts the pose back to the default one.
		pose = &"grip"
## Things so near to the palm are touched, metres of the room.
@export_range(0.01, 0.5, 0.01, "suffix:m") var touch_distance := 0.1
## Things so far ahead can be pointed at, metres of the room; 0: what is touched only.
@export_range(0.0, 20.0, 0.1, "suffix:m") var ray_length := 4.0
## The physics layers of things that can be taken; see [member OtherworldView.pick_layer].
@export_flags_3d_physics var pick_mask := 1 << 19
## Shows a ray to what it points at.
@export var show_ray := true
## Shows a hand; the player switches it off where the avatar's own are seen.
@export var show_hand := true
## Strength of the pulse that is felt on taking something, 0 to 1.
@export_range(0.0, 1.0) var haptic_strength := 0.5

## What it holds; 0: nothing.
var held_element := 0
## What it would take; 0: nothing.
var pointed_element := 0
## [member pointed_element] is touched, not pointed at.
var is_touching := false

var _is_pressed := false
var _look: _Look
var _sphere := SphereShape3D.new()


func _init() -> void:
	which = Which.LEFT


func _ready() -> void:
	_look = _Look.new()
	_look.is_left = which == Which.LEFT
	add_child(_look)


## The hand bone of the player's avatar, in the realm.
func wrist() -> Transform3D:
	return _Motion.wrist_of(global_transform, _Motion.Hand.LEFT if which == Which.LEFT else _Motion.Hand.RIGHT, XRServer.world_scale)


## Where the ray begins, and along -Z where it points.
func aim() -> Transform3D:
	var tracked := XRServer.get_tracker(tracker) as XRPositionalTracker
	var aimed := tracked.get_pose(&"aim") if tracked != null else null
	if aimed == null or not aimed.has_tracking_data:
		return global_transform.orthonormalized()
	return get_parent_node_3d().global_transform.orthonormalized() * aimed.get_adjusted_transform().orthonormalized()


## Once a frame, by the player: 1: it closes now, -1: it opens now, 0: it stays as it is.
func _grip_change() -> int:
	var was := _is_pressed
	_is_pressed = get_is_active() and _squeeze() > (_OPEN_AT if was else _PRESS_AT)
	return int(_is_pressed) - int(was)


## Once a frame, by the player: looks for what it would take among what [param may_take] says yes to.
func _find_target(may_take: Callable) -> void:
	var before := pointed_element
	var ray := aim()
	var hit_metres := ray_length * XRServer.world_scale
	pointed_element = 0
	is_touching = false
	if held_element == 0 and get_is_active():
		pointed_element = _touched(may_take)
		is_touching = pointed_element != 0
		if not is_touching and ray_length > 0.0:
			var hit := _hit(ray, hit_metres)
			hit_metres = hit.get("metres", hit_metres)
			pointed_element = hit.element if hit.has("element") and may_take.call(hit.element) else 0
	_look.visible = get_is_active()
	_look.show_hand(show_hand)
	_look.show_ray(ray, hit_metres, show_ray and held_element == 0 and not is_touching and ray_length > 0.0, pointed_element != 0)
	if pointed_element != before:
		pointed_changed.emit(pointed_element)


## A pulse that is felt; [param strength] 0 to 1.
func pulse(strength := haptic_strength, seconds := 0.06) -> void:
	if strength > 0.0:
		trigger_haptic_pulse("haptic", 0.0, strength, seconds, 0.0)


func _squeeze() -> float:
	var most := 0.0
	for action: StringName in _SQUEEZES:
		most = maxf(most, get_float(action))
	for action: StringName in _CLICKS:
		most = maxf(most, float(is_button_pressed(action)))
	return most


## The nearest thing at the palm; 0: none.
func _touched(may_take: Callable) -> int:
	var query := PhysicsShapeQueryParameters3D.new()
	_sphere.radius = touch_distance * XRServer.world_scale
	query.shape = _sphere
	query.transform = Transform3D(Basis.IDENTITY, global_position)
	query.collision_mask = pick_mask
	query.collide_with_areas = true
	var nearest := 0
	var nearest_metres := INF
	for found: Dictionary in get_world_3d().direct_space_state.intersect_shape(query, _TOUCHED_MAX):
		var body: Node3D = found.collider
		var element := _element_of(body)
		var metres := body.global_position.distance_to(global_position)
		if metres < nearest_metres and element != 0 and may_take.call(element):
			nearest = element
			nearest_metres = metres
	return nearest


func _hit(ray: Transform3D, metres: float) -> Dictionary:
	var query := PhysicsRayQueryParameters3D.create(ray.origin, ray.origin - ray.basis.z * metres, pick_mask)
	query.collide_with_areas = true
	var hit := get_world_3d().direct_space_state.intersect_ray(query)
	if hit.is_empty():
		return {}
	var body: Node = hit.collider
	var point: Vector3 = hit.position
	return { "element": _element_of(body), "metres": ray.origin.distance_to(point) }


static func _element_of(body: Node) -> int:
	return body.get_meta(&"otherworld_element", 0)
