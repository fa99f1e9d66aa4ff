extends RefCounted
## Finds and highlights the prop under a desktop player's pointer. It converts between the realm's space and the
## scene's.

const RayPicker := preload("ray_picker.gd")
const PlayerMessages := preload("../player_messages.gd")

## Emitted when the pointer is on another prop that can be grabbed; 0 for none.
signal pointed_changed(element: int)
## Emitted when an action is not possible. [param reason] is a message for the player.
signal action_rejected(reason: String)

## Physics layers of the bodies if no view defines them.
const LAYERS := 1 << 19

## While there is no view, it is searched for once in this many frames.
const LOOK_FRAMES := 30

## The prop that the pointer was on at the last look, if it can be grabbed; 0 without one.
var element := 0
## The found prop, the point on it, and that point's distance from the eye, metres. Realm space.
var prop: OtherworldPropState = null
var point := Vector3.ZERO
var distance := 0.0
## The pointer's ray after the last [method aim], realm space.
var origin := Vector3.ZERO
var direction := Vector3.FORWARD

var _client: OtherworldClient
var _camera: Camera3D
var _view: OtherworldView = null
var _look_frame := 0
var _pointer := RayPicker.new()
var _highlighted := 0
var _is_first_person := false


func _init(client: OtherworldClient, camera: Camera3D) -> void:
	_client = client
	_camera = camera


## Returns the transform from the realm's space to the scene's: that of the view.
func realm() -> Transform3D:
	return _view.global_transform if view() != null else Transform3D.IDENTITY


## Returns the view of the realm; null without one.
func view() -> OtherworldView:
	if not is_instance_valid(_view):
		_view = null
		if Engine.get_process_frames() >= _look_frame:
			_look_frame = Engine.get_process_frames() + LOOK_FRAMES
			_view = view_of(_client)
	return _view


## Returns the view of a client, below it or elsewhere in its scene; null without one.
static func view_of(client: OtherworldClient) -> OtherworldView:
	for above: Node in [client, client.get_tree().root]:
		var found := above.find_children("*", "OtherworldView", true, false)
		if not found.is_empty():
			return found[0] as OtherworldView
	return null


## Returns the node of your avatar; null if it is not shown.
func avatar_node() -> OtherworldAvatar:
	return _view.avatar_of(_client.local_avatar.element) if view() != null and _client.local_avatar != null else null


## Returns the position of your head, realm space.
func head() -> Vector3:
	return _client.local_avatar.position + Vector3(0.0, _client.local_avatar.head_metres, 0.0)


## Returns the reach from the head, metres.
func reach() -> float:
	return _client.definition.reach


## Aims at a point of the viewport, pixels.
func aim(at: Vector2) -> void:
	var back := realm().affine_inverse()
	origin = back * _camera.project_ray_origin(at)
	direction = (back.basis * _camera.project_ray_normal(at)).normalized()


## Finds the prop at a point of the viewport that can be grabbed. A prop that is too far away is reported.
func find_to_take(at: Vector2) -> bool:
	if not _cast(at, false) or prop.motion == OtherworldPropState.Motion.STATIC:
		return false
	if point.distance_to(head()) > reach():
		action_rejected.emit(PlayerMessages.rejection("out-of-reach"))
		return false
	return true


## Finds the prop that a key grabs: the one under the pointer, or else the best one in front and near.
func find_near(at: Vector2) -> bool:
	if _cast(at, false) and prop.motion != OtherworldPropState.Motion.STATIC and point.distance_to(head()) <= reach():
		return true
	var middle := _camera.get_viewport().get_visible_rect().size / 2.0
	_cast(middle, true)
	var found := _pointer.choose(origin, direction, head(), reach(), _client.props)
	_keep(Transform3D.IDENTITY)
	return found


## Highlights the prop under the pointer, or [param held] if that is not 0.
func look(at: Vector2, held: int, highlight_targets: bool) -> void:
	var found := 0
	if held == 0 and _cast(at, false) and prop.motion != OtherworldPropState.Motion.STATIC \
			and point.distance_to(head()) <= reach():
		found = prop.element
	_highlight(held if held else found, highlight_targets)
	if found != element:
		element = found
		pointed_changed.emit(found)


## Hides your head while the camera is in it.
func hide_own_head(is_first_person: bool) -> void:
	if is_first_person != _is_first_person and view() != null:
		_is_first_person = is_first_person
		_view.set_first_person(_client.local_avatar.element if is_first_person else 0)


func _cast(at: Vector2, only_movable: bool) -> bool:
	aim(at)
	var to_scene := realm()
	var space := _camera.get_world_3d().direct_space_state
	var layers := LAYERS if _view == null else _view.pick_layer
	var is_found := _pointer.cast(space, to_scene * origin, to_scene.basis * direction, layers, _client.props,
			only_movable)
	_keep(to_scene.affine_inverse())
	return is_found


func _keep(to_realm: Transform3D) -> void:
	prop = _pointer.prop
	point = to_realm * _pointer.point
	distance = origin.distance_to(point)
	_pointer.point = point


func _highlight(which: int, highlight_targets: bool) -> void:
	var lit := which if highlight_targets else 0
	if lit == _highlighted or view() == null:
		return
	for one: int in [_highlighted, lit]:
		var node := _view.prop_of(one)
		if node != null:
			node.is_highlighted = one == lit
	_highlighted = lit
