@icon("../icons/xr_hand.svg")
class_name OtherworldXRHand
extends XRController3D
## A tracked hand that grabs props with the grip or the trigger, by touch or with a ray.
##
## [OtherworldXRPlayer] has two of them and adds the missing ones. Grab a prop with both hands to scale and turn it.
## Release it in motion to throw it. It uses Godot's default OpenXR action map, without any setup.

## Emitted when the hand grabs a prop.
signal grabbed(element: int)
## Emitted when the hand releases a prop or loses it.
signal released(element: int)
## Emitted when the hand could not grab a prop. [param reason] is the server's reason code (docs/protocol.md, INP-10).
signal action_rejected(element: int, reason: String)
## Emitted when the hand points at another prop that it can grab. 0 if there is none.
signal pointed_changed(element: int)

## The two hands.
enum Which { LEFT, RIGHT }

const _XRMaths := preload("../local_player/xr/xr_maths.gd")
const _Look := preload("xr_hand_visual.gd")

# A grip or trigger pulled this far grabs.
const _PRESS_AT := 0.6
# A grip or trigger released to this grabs no longer.
const _OPEN_AT := 0.35
const _SQUEEZES: Array[StringName] = [&"grip", &"trigger"]
const _CLICKS: Array[StringName] = [&"grip_click", &"trigger_click", &"select_button"]
const _TOUCHED_MAX := 16

## Left or right hand. Sets the tracker.
@export var which := Which.LEFT:
	set(value):
		which = value
		tracker = &"left_hand" if value == Which.LEFT else &"right_hand"
		# Another tracker resets the pose to the default one.
		pose = &"grip"
## Distance from the palm within which props can be grabbed directly, metres of the room.
@export_range(0.01, 0.5, 0.01, "suffix:m") var touch_distance := 0.1
## Length of the pointing ray, metres of the room. 0 disables the ray.
@export_range(0.0, 20.0, 0.1, "suffix:m") var ray_length := 4.0
## Physics layers of props that can be grabbed. See [member OtherworldView.pick_layer].
@export_flags_3d_physics var pick_mask := 1 << 19
## If [code]true[/code], shows the pointing ray.
@export var show_ray := true
## If [code]true[/code], shows a hand model. The player turns it off when the hands of the avatar are visible.
@export var show_hand := true
## Strength of the haptic pulse when a prop is grabbed, 0 to 1.
@export_range(0.0, 1.0) var haptic_strength := 0.5

## Element id of the held prop. 0 if there is none.
var held_element := 0
## Element id of the prop that the hand would grab. 0 if there is none.
var pointed_element := 0
## [code]true[/code] if the hand touches [member pointed_element], [code]false[/code] if it points at it.
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


## Returns the transform of the avatar's hand bone in realm space.
func wrist() -> Transform3D:
	return _XRMaths.wrist_of(global_transform, _XRMaths.Hand.LEFT if which == Which.LEFT else _XRMaths.Hand.RIGHT,
			XRServer.world_scale)


## Returns the origin of the pointing ray. The ray points along -Z.
func aim() -> Transform3D:
	var tracked := XRServer.get_tracker(tracker) as XRPositionalTracker
	var aimed := tracked.get_pose(&"aim") if tracked != null else null
	if aimed == null or not aimed.has_tracking_data:
		return global_transform.orthonormalized()
	return get_parent_node_3d().global_transform.orthonormalized() * aimed.get_adjusted_transform().orthonormalized()


# The player calls it in each frame. Returns 1 if the hand closes now, -1 if it opens now, else 0.
func _grip_change() -> int:
	var was := _is_pressed
	_is_pressed = get_is_active() and _squeeze() > (_OPEN_AT if was else _PRESS_AT)
	return int(_is_pressed) - int(was)


# The player calls it in each frame. Finds the prop to grab among those that [param may_take] allows.
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
	_look.show_ray(ray, hit_metres, show_ray and held_element == 0 and not is_touching and ray_length > 0.0,
			pointed_element != 0)
	if pointed_element != before:
		pointed_changed.emit(pointed_element)


## Plays a haptic pulse. [param strength] is 0 to 1.
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


# Returns the nearest prop at the palm; 0 without one.
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
