extends RefCounted
## What the pointer of a desktop player is on, between the realm's space and that of the scene, and what stands out.

const RayPicker := preload("ray_picker.gd")
const PlayerMessages := preload("../player_messages.gd")

## The pointer is on another thing that could be taken than before; 0: on none.
signal pointed_changed(element: int)
## Something was not possible, in words for the player.
signal action_rejected(reason: String)

## Layers of the bodies where no view says which.
const LAYERS := 1 << 19

## While there is no view it is looked for once in so many frames.
const LOOK_FRAMES := 30

## What the pointer was on when it was looked last and could be taken; 0: nothing.
var element := 0
## What was found: the prop, the point of it, and how far that is from the eye, metres. Realm space.
var prop: OtherworldPropState = null
var point := Vector3.ZERO
var distance := 0.0
## The ray of the pointer, realm space; of the last [method aim].
var origin := Vector3.ZERO
var direction := Vector3.FORWARD

var _client: OtherworldClient
var _camera: Camera3D
var _view: OtherworldView = null
var _look_frame := 0
var _pointer := RayPicker.new()
var _lit := 0
var _is_first_person := false


func _init(client: OtherworldClient, camera: Camera3D) -> void:
	_client = client
	_camera = camera


## From the realm's space to the scene's: that of the view.
func realm() -> Transform3D:
	return _view.global_transform if view() != null else Transform3D.IDENTITY


## What shows the realm; null: nothing does.
func view() -> OtherworldView:
	if not is_instance_valid(_view):
		_view = null
		if Engine.get_process_frames() >= _look_frame:
			_look_frame = Engine.get_process_frames() + LOOK_FRAMES
			_view = view_of(_client)
	return _view


## The view of a client, below it or elsewhere in its scene; null: there is none.
static func view_of(client: OtherworldClient) -> OtherworldView:
	for above: Node in [client, client.get_tree().root]:
		var found := above.find_children("*", "OtherworldView", true, false)
		if not found.is_empty():
			return found[0] as OtherworldView
	return null


## The node of the own avatar; null: it is not shown.
func avatar_node() -> OtherworldAvatar:
	return _view.avatar_of(_client.local_avatar.element) if view() != null and _client.local_avatar != null else null


## The own head, realm space.
func head() -> Vector3:
	return _client.local_avatar.position + Vector3(0.0, _client.local_avatar.head_metres, 0.0)


## How far from the head things are held, metres.
func reach() -> float:
	return _client.definition.reach


## Points at a place of the viewport, pixels.
func aim(at: Vector2) -> void:
	var back := realm().affine_inverse()
	origin = back * _camera.project_ray_origin(at)
	direction = (back.basis * _camera.project_ray_normal(at)).normalized()


## Finds the prop at a place of the viewport that can be taken; of one too far away it is said.
func find_to_take(at: Vector2) -> bool:
	if not _cast(at, false) or prop.motion == OtherworldPropState.Motion.STATIC:
		return false
	if point.distance_to(head()) > reach():
		action_rejected.emit(PlayerMessages.rejection("out-of-reach"))
		return false
	return true


## Finds what a key takes: what is pointed at, or else what is in front and near.
func find_near(at: Vector2) -> bool:
	if _cast(at, false) and prop.motion != OtherworldPropState.Motion.STATIC and point.distance_to(head()) <= reach():
		return true
	var middle := _camera.get_viewport().get_visible_rect().size / 2.0
	_cast(middle, true)
	var found := _pointer.choose(origin, direction, head(), reach(), _client.props)
	_keep(Transform3D.IDENTITY)
	return found


## Looks what the pointer is on and makes it stand out, or [param held] where that is not 0.
func look(at: Vector2, held: int, highlight_targets: bool) -> void:
	var found := 0
	if held == 0 and _cast(at, false) and prop.motion != OtherworldPropState.Motion.STATIC and point.distance_to(head()) <= reach():
		found = prop.element
	_light(held if held else found, highlight_targets)
	if found != element:
		element = found
		pointed_changed.emit(found)


## Hides the own head where the camera is in it.
func see_own(is_first_person: bool) -> void:
	if is_first_person != _is_first_person and view() != null:
		_is_first_person = is_first_person
		_view.set_first_person(_client.local_avatar.element if is_first_person else 0)


func _cast(at: Vector2, only_movable: bool) -> bool:
	aim(at)
	var to_scene := realm()
	var space := _camera.get_world_3d().direct_space_state
	var layers := LAYERS if _view == null else _view.pick_layer
	var is_found := _pointer.cast(space, to_scene * origin, to_scene.basis * direction, layers, _client.props, only_movable)
	_keep(to_scene.affine_inverse())
	return is_found


func _keep(to_realm: Transform3D) -> void:
	prop = _pointer.prop
	point = to_realm * _pointer.point
	distance = origin.distance_to(point)
	_pointer.point = point


func _light(which: int, highlight_targets: bool) -> void:
	var lit := which if highlight_targets else 0
	if lit == _lit or view() == null:
		return
	for one: int in [_lit, lit]:
		var node := _view.prop_of(one)
		if node != null:
			node.is_highlighted = one == lit
	_lit = lit
