@icon("../icons/view.svg")
class_name OtherworldView
extends Node3D
## Shows the realm of an [OtherworldClient]: its ground, an [OtherworldAvatar] for each avatar and an [OtherworldProp]
## for each prop.
##
## Add it below the client, or set [member client_path]. Realm space is the local space of this node: move or rotate the
## node, and the realm moves with it. The view adds a light and a sky if the scene has none.

const _AvatarBody := preload("../packages/avatar/avatar_body.gd")
const _PackageLibrary := preload("../packages/download/package_library.gd")
const _NameLayout := preload("name_layout.gd")
const _RealmEnvironment := preload("realm_environment.gd")

## Emitted when the view has added the node of an avatar.
signal avatar_shown(node: OtherworldAvatar)
## Emitted when the view has added the node of a prop.
signal prop_shown(node: OtherworldProp)

# Level of detail, bodies and shadow of an element are updated once in this many frames.
const _DETAIL_FRAMES := 12
# Springs, eyes and expressions of VRM models move for this many avatars, the nearest, up to a distance for an avatar of
# 1.6 m. A smaller avatar has to be nearer. Metres. The avatar whose eyes the camera is in does not count.
const _LIVELY_MAX := 12
const _LIVELY_METRES := 15.0
const _LIVELY_HEIGHT := 1.6
# Names are laid out once in this many frames.
const _NAME_FRAMES := 6

## Path of the [OtherworldClient]. If empty, uses the parent.
@export var client_path := NodePath()
## If [code]true[/code], draws the colliders of props and the capsules of avatars.
@export var show_colliders := false:
	set(value):
		show_colliders = value
		_apply_colliders()
## If [code]true[/code], shows names above avatars.
@export var show_names := true:
	set(value):
		show_names = value
		for node: OtherworldAvatar in _avatar_nodes:
			node.show_name = value and not node.state.is_local
## Maximum number of avatars and props that cast shadows. The nearest ones do.
@export_range(0, 512) var shadows_max := 48
## Avatars within this distance have colliders that rays can hit, metres.
@export_range(0.0, 100.0) var collider_distance := 6.0
## Physics layers of everything that rays can hit: props, capsules of nearby avatars, and the ground. Each body has the
## metadata "otherworld_element"; the ground has 0.
@export_flags_3d_physics var pick_layer := 1 << 19
## If [code]true[/code], adds a light and a sky when the scene has none.
@export var add_environment := true
## Maximum size of the package cache on disk, MiB.
@export_range(16, 8192) var cache_mebibytes := 512

# Loads packages. Its [code]api[/code] uses the client's server.
var _library := _PackageLibrary.new()

var _client: Node
var _scenery := _RealmEnvironment.new()
var _bodies: Array[_AvatarBody] = []
var _avatars: Dictionary[int, OtherworldAvatar] = {}
var _props: Dictionary[int, OtherworldProp] = {}
# The same nodes, for the work in each frame.
var _avatar_nodes: Array[OtherworldAvatar] = []
var _prop_nodes: Array[OtherworldProp] = []
var _frame := 0
var _first_person := 0


func _init() -> void:
	_library.name = "Library"
	add_child(_library)
	_scenery.name = "Scenery"
	add_child(_scenery)


func _ready() -> void:
	_library.cache.bytes_max = cache_mebibytes * 1024 * 1024
	if add_environment:
		_scenery.add_environment_if_none(get_tree())
	attach(get_node_or_null(client_path) if client_path else get_parent())


## Shows the realm of another client.
func attach(client: Node) -> void:
	_detach()
	if client == null or not client.has_signal(&"frame_updated"):
		return
	_client = client
	if client is OtherworldClient:
		(client as OtherworldClient)._package_colliders.use_library(_library)
	_library.api.token_of = func() -> String: return _client.get(&"token") as String if is_instance_valid(_client) else ""
	for pair: Array in _connections():
		client.connect(pair[0] as StringName, pair[1] as Callable)
	_enter()


## Returns the node of an avatar, or [code]null[/code] if the view does not show it.
func avatar_of(element: int) -> OtherworldAvatar:
	return _avatars.get(element)


## Returns the node of a player's avatar, or [code]null[/code] if the view does not show it.
func avatar_of_player(player: int) -> OtherworldAvatar:
	for node: OtherworldAvatar in _avatar_nodes:
		if node.state.player == player:
			return node
	return null


## Returns the node of a prop, or [code]null[/code] if the view does not show it.
func prop_of(element: int) -> OtherworldProp:
	return _props.get(element)


## Hides the head of the avatar whose eyes the camera is in. 0 shows all heads.
func set_first_person(element: int) -> void:
	_first_person = element
	for node: OtherworldAvatar in _avatar_nodes:
		node.is_first_person = node.state.element == element


## Returns the marker where players spawn. It is set from [signal OtherworldClient.realm_entered] on.
func spawn_marker() -> Marker3D:
	return _scenery.spawn


func _connections() -> Array[Array]:
	return [
		[&"realm_entered", _enter], [&"frame_updated", _on_frame_updated],
		[&"avatar_added", _on_avatar_added], [&"avatar_changed", _on_avatar_changed], [&"avatar_removed", _on_avatar_removed],
		[&"prop_added", _on_prop_added], [&"prop_changed", _on_prop_changed], [&"prop_removed", _on_prop_removed],
	]


func _detach() -> void:
	if is_instance_valid(_client):
		for pair: Array in _connections():
			_client.disconnect(pair[0] as StringName, pair[1] as Callable)
		if _client is OtherworldClient:
			(_client as OtherworldClient)._package_colliders.stop_using(_library)
	_client = null
	for state: OtherworldAvatarState in _avatar_nodes.map(
			func(node: OtherworldAvatar) -> OtherworldAvatarState: return node.state):
		_on_avatar_removed(state)
	for state: OtherworldPropState in _prop_nodes.map(
			func(node: OtherworldProp) -> OtherworldPropState: return node.state):
		_on_prop_removed(state)


# Shows the ground and the elements that are already there.
func _enter() -> void:
	_library.api.server = _client.get(&"url") as String
	var definition: Variant = _client.get(&"definition")
	if definition is Dictionary and not (definition as Dictionary).is_empty():
		_bodies = _AvatarBody.read_list((definition as Dictionary).get("bodies"))
		_scenery.show_realm(definition as Dictionary, pick_layer)
	var avatars: Dictionary = _client.get(&"avatars")
	var props: Dictionary = _client.get(&"props")
	# Removes nodes of an earlier session.
	for node: OtherworldAvatar in _avatar_nodes.filter(
			func(it: OtherworldAvatar) -> bool: return avatars.get(it.state.element) != it.state):
		_on_avatar_removed(node.state)
	for node: OtherworldProp in _prop_nodes.filter(
			func(it: OtherworldProp) -> bool: return props.get(it.state.element) != it.state):
		_on_prop_removed(node.state)
	for state: OtherworldAvatarState in avatars.values():
		_on_avatar_added(state)
	for state: OtherworldPropState in props.values():
		_on_prop_added(state)


func _on_avatar_added(state: OtherworldAvatarState) -> void:
	if _avatars.has(state.element):
		if _avatars[state.element].state == state:
			return
		_on_avatar_removed(_avatars[state.element].state)
	var node := OtherworldAvatar.new(state, _library, _bodies)
	node.show_name = show_names and not state.is_local
	node.show_colliders = show_colliders
	node.pick_layer = pick_layer
	node.is_first_person = state.element == _first_person
	_avatars[state.element] = node
	_avatar_nodes.append(node)
	add_child(node)
	avatar_shown.emit(node)


func _on_avatar_changed(state: OtherworldAvatarState) -> void:
	if _avatars.has(state.element):
		_avatars[state.element]._apply_state()


func _on_avatar_removed(state: OtherworldAvatarState) -> void:
	var node: OtherworldAvatar = _avatars.get(state.element)
	if node != null:
		_avatars.erase(state.element)
		_avatar_nodes.erase(node)
		node.queue_free()


func _on_prop_added(state: OtherworldPropState) -> void:
	if _props.has(state.element):
		if _props[state.element].state == state:
			return
		_on_prop_removed(_props[state.element].state)
	var node := OtherworldProp.new(state, _library)
	node.show_colliders = show_colliders
	node.pick_layer = pick_layer
	_props[state.element] = node
	_prop_nodes.append(node)
	add_child(node)
	prop_shown.emit(node)


func _on_prop_changed(state: OtherworldPropState) -> void:
	if _props.has(state.element):
		_props[state.element]._apply_state()


func _on_prop_removed(state: OtherworldPropState) -> void:
	var node: OtherworldProp = _props.get(state.element)
	if node != null:
		_props.erase(state.element)
		_prop_nodes.erase(node)
		node.queue_free()


func _on_frame_updated(_tick: float) -> void:
	# The view may be out of the scene tree for a while.
	if not is_inside_tree():
		return
	var camera := get_viewport().get_camera_3d()
	var eye := Vector3(0.0, 1.6, 0.0)
	var ahead := Vector3.ZERO
	if camera != null:
		var back := global_transform.affine_inverse()
		eye = back * camera.global_position
		ahead = back.basis * -camera.global_basis.z
	var delta := get_process_delta_time()
	_frame += 1
	for node: OtherworldAvatar in _avatar_nodes:
		node._update_frame(eye, ahead, _frame, delta)
	for node: OtherworldProp in _prop_nodes:
		node._update_frame()
	_update_details(eye)


# Updates a part of the elements in each frame.
func _update_details(eye: Vector3) -> void:
	for i: int in range(_frame % _DETAIL_FRAMES, _avatar_nodes.size(), _DETAIL_FRAMES):
		var node := _avatar_nodes[i]
		node.has_colliders = not node.state.is_local \
				and eye.distance_squared_to(node.state.position) < collider_distance * collider_distance
		node._update_detail()
	for i: int in range(_frame % _DETAIL_FRAMES, _prop_nodes.size(), _DETAIL_FRAMES):
		_prop_nodes[i]._update_detail(eye)
	if _frame % _DETAIL_FRAMES == 1:
		_choose_lively()
	if _frame % (_DETAIL_FRAMES * 2) == 0:
		_choose_shadows(eye)
	if _frame % _NAME_FRAMES == 0 and show_names and get_viewport().get_camera_3d() != null:
		_lay_out_names(get_viewport().get_camera_3d())


# Raises names that would cover nearer ones.
func _lay_out_names(camera: Camera3D) -> void:
	# Labels of fixed size have their size in metres at a distance of 1 m.
	var factor := get_viewport().get_visible_rect().size.y / (2.0 * tan(deg_to_rad(camera.fov) / 2.0))
	var nearest := _avatar_nodes.duplicate()
	nearest.sort_custom(func(a: OtherworldAvatar, b: OtherworldAvatar) -> bool: return a._metres < b._metres)
	var shown: Array[OtherworldAvatar] = []
	var boxes: Array[Rect2] = []
	for node: OtherworldAvatar in nearest:
		var box := node._label.box_on_screen(camera, factor, node._metres)
		if box.has_area():
			shown.append(node)
			boxes.append(box)
		else:
			node._label.lift(0.0, factor)
	var lifts := _NameLayout.lifts_of(boxes)
	for i: int in shown.size():
		shown[i]._label.lift(lifts[i], factor)


func _choose_lively() -> void:
	var near: Array[OtherworldAvatar] = []
	for node: OtherworldAvatar in _avatar_nodes:
		node._is_lively = false
		if node._has_motion() and not node.is_first_person and node._metres <= _LIVELY_METRES * minf(1.0, node.height() / _LIVELY_HEIGHT):
			near.append(node)
	near.sort_custom(func(a: OtherworldAvatar, b: OtherworldAvatar) -> bool: return a._metres < b._metres)
	for node: OtherworldAvatar in near.slice(0, _LIVELY_MAX):
		node._is_lively = true


func _choose_shadows(eye: Vector3) -> void:
	var metres := PackedFloat32Array()
	for node: OtherworldAvatar in _avatar_nodes:
		metres.append(eye.distance_squared_to(node.state.position))
	for node: OtherworldProp in _prop_nodes:
		metres.append(eye.distance_squared_to(node.state.position))
	var sorted := metres.duplicate()
	sorted.sort()
	var most := INF if sorted.size() <= shadows_max else sorted[shadows_max - 1] if shadows_max > 0 else -1.0
	for i: int in _avatar_nodes.size():
		_avatar_nodes[i].casts_shadow = metres[i] <= most
	for i: int in _prop_nodes.size():
		_prop_nodes[i].casts_shadow = metres[_avatar_nodes.size() + i] <= most


func _apply_colliders() -> void:
	for node: OtherworldAvatar in _avatar_nodes:
		node.show_colliders = show_colliders
	for node: OtherworldProp in _prop_nodes:
		node.show_colliders = show_colliders
