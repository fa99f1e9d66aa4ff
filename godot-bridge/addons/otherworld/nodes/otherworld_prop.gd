@icon("../icons/prop.svg")
class_name OtherworldProp
extends Node3D
## Shows one prop of a realm: its coloured shapes or the model of its package, and its colliders.
##
## [OtherworldView] creates one for each prop. Read [member state] for its data. While its package loads, a placeholder
## box is shown.

const _CapsuleBodies := preload("../packages/avatar/capsule_bodies.gd")
const _Collider := preload("../packages/model/collider.gd")
const _LevelOfDetail := preload("../packages/download/level_of_detail.gd")
const _PackageLibrary := preload("../packages/download/package_library.gd")
const _Manifest := preload("../packages/download/manifest.gd")
const _LoadRequest := preload("../packages/download/load_request.gd")

## Emitted when another model is shown, because the package has loaded or the level of detail changed.
signal model_changed

# Colour of the placeholder box of a package that is not loaded yet.
const _PLACEHOLDER_COLOR := Color(0.75, 0.78, 0.9, 0.35)
# Overlay of a prop that is pointed at or held.
const _HIGHLIGHT_COLOR := Color(1.0, 0.95, 0.8, 0.28)

## State of the prop. The client updates it in each frame.
var state: OtherworldPropState
## If [code]true[/code], draws the colliders.
var show_colliders := false:
	set(value):
		if show_colliders != value:
			show_colliders = value
			_show_colliders()
## If [code]true[/code], the prop is drawn brighter. The player sets it for the prop that it points at or holds.
var is_highlighted := false:
	set(value):
		if is_highlighted != value:
			is_highlighted = value
			_set_overlays()
## If [code]true[/code], the prop casts a shadow.
var casts_shadow := true:
	set(value):
		if casts_shadow != value:
			casts_shadow = value
			_set_shadows()
## Physics layers of the collision body.
var pick_layer := 1 << 19:
	set(value):
		pick_layer = value
		if _body != null:
			_body.collision_layer = value
## Why the package cannot be shown. Empty if there is no error.
var load_error := ""

static var _highlight: StandardMaterial3D

var _library: _PackageLibrary
var _package: _LoadRequest
var _model_request: _LoadRequest
var _level := -1
var _shown_level := -1
var _colliders: Array = []
# The visible node, scaled; the element's metadata.
var _marker := Marker3D.new()
var _body: PhysicsBody3D
var _scale := 1.0
var _shown: Object


func _init(of: OtherworldPropState, library: _PackageLibrary) -> void:
	state = of
	name = "Prop_%d" % of.element
	_library = library
	_marker.name = "Marker"
	_marker.gizmo_extents = 0.05
	add_child(_marker)
	_apply_state()


func _notification(what: int) -> void:
	if what == NOTIFICATION_PREDELETE:
		_release_packages()


## Returns the level of detail that is shown; 0 is the finest. Returns -1 while the prop's own shapes or a placeholder
## box are shown.
func shown_level() -> int:
	return _shown_level


## Returns the node that has the visible model as children, scaled.
func marker() -> Marker3D:
	return _marker


## Returns the physics body that rays can hit. Its metadata "otherworld_element" is the element id.
func collision_body() -> PhysicsBody3D:
	return _body


# The realm has changed the prop.
func _apply_state() -> void:
	if _package != null and _package.key != state.package:
		_release_packages()
	if state.package and _package == null:
		_package = _library.request_package(state.package)
	if _body == null:
		_colliders = _Collider.of_messages(state.colliders)
		_show_shapes()
		_build_body(state.motion == OtherworldPropState.Motion.STATIC)
	# Building convex shapes takes milliseconds, so the body stays if only the holder has changed.
	if state.scale != _scale:
		_set_scale()


# Draws the prop.
func _update_frame() -> void:
	var here := Transform3D(Basis(state.rotation), state.position)
	if transform != here:
		transform = here
	if state.scale != _scale:
		_set_scale()


# Updates what changes less often than the transform: the requests to the library and the level of detail. [param eye]
# is the camera's position.
func _update_detail(eye: Vector3) -> void:
	if _package == null:
		return
	var metres := eye.distance_to(state.position)
	_package.see(metres)
	load_error = _package.load_error
	if _package.manifest != null:
		_want_level(_package.manifest, metres)


func _want_level(manifest: _Manifest, metres: float) -> void:
	if manifest.is_avatar:
		load_error = tr("This package is an avatar and can't be used as a prop.")
		return
	var level := _LevelOfDetail.choose(manifest.models, metres, state.scale, _level)
	if level != _level or _model_request == null:
		var before := _model_request
		_model_request = _library.request_model(manifest, level)
		_level = level
		if before != null:
			_library.release(before)
		elif manifest.colliders != _colliders:
			_colliders = manifest.colliders
			_build_body(manifest.is_static)
	_model_request.see(metres)
	if _model_request.load_error:
		load_error = _model_request.load_error
	if _model_request.model != null and _shown != _model_request.model:
		_shown = _model_request.model
		_shown_level = level
		_clear(_marker)
		_marker.add_child(_model_request.model.scene.instantiate())
		_looks_are_new()


func _show_shapes() -> void:
	_shown = null
	_shown_level = -1
	_clear(_marker)
	var color := Color.hex((state.color << 8) | 0xff)
	var material := _placeholder_material() if state.package else _material(color)
	for collider: _Collider in _colliders:
		var mesh := MeshInstance3D.new()
		mesh.mesh = collider.mesh()
		mesh.material_override = material
		mesh.transform = collider.place
		_marker.add_child(mesh)
	_looks_are_new()


func _looks_are_new() -> void:
	_set_shadows()
	_set_overlays()
	model_changed.emit()


# The shapes are scaled, not the nodes, because physics engines handle scaled nodes badly.
func _build_body(is_static: bool) -> void:
	if _body != null:
		remove_child(_body)
		_body.queue_free()
	if is_static:
		_body = StaticBody3D.new()
	else:
		var moving := AnimatableBody3D.new()
		moving.sync_to_physics = false
		_body = moving
	_body.name = "Body"
	_body.collision_layer = pick_layer
	_body.collision_mask = 0
	_body.set_meta(&"otherworld_element", state.element)
	for collider: _Collider in _colliders:
		_body.add_child(CollisionShape3D.new())
	_scale_body()
	add_child(_body)
	_show_colliders()


func _set_scale() -> void:
	_scale = state.scale
	_marker.scale = Vector3.ONE * maxf(_scale, 1e-4)
	_scale_body()
	_show_colliders()


func _scale_body() -> void:
	for i: int in _colliders.size():
		var collider: _Collider = _colliders[i]
		var shape := _body.get_child(i) as CollisionShape3D
		shape.shape = collider.shape(state.scale)
		shape.transform = Transform3D(collider.place.basis, collider.place.origin * state.scale)


func _show_colliders() -> void:
	if _body == null:
		return
	for i: int in _colliders.size():
		var shape := _body.get_child(i) as CollisionShape3D
		_clear(shape)
		if show_colliders:
			var look := MeshInstance3D.new()
			look.mesh = shape.shape.get_debug_mesh()
			look.material_override = _CapsuleBodies.debug_material()
			look.cast_shadow = GeometryInstance3D.SHADOW_CASTING_SETTING_OFF
			shape.add_child(look)


func _meshes() -> Array[Node]:
	return _marker.find_children("*", "GeometryInstance3D", true, false)


func _set_shadows() -> void:
	for mesh: GeometryInstance3D in _meshes():
		mesh.cast_shadow = GeometryInstance3D.SHADOW_CASTING_SETTING_ON if casts_shadow \
				else GeometryInstance3D.SHADOW_CASTING_SETTING_OFF


func _set_overlays() -> void:
	if _highlight == null:
		_highlight = _placeholder_material()
		_highlight.albedo_color = _HIGHLIGHT_COLOR
		_highlight.blend_mode = BaseMaterial3D.BLEND_MODE_ADD
	for mesh: GeometryInstance3D in _meshes():
		mesh.material_overlay = _highlight if is_highlighted else null


static func _material(color: Color) -> StandardMaterial3D:
	var material := StandardMaterial3D.new()
	material.albedo_color = color
	material.roughness = 0.6
	return material


static func _placeholder_material() -> StandardMaterial3D:
	var material := StandardMaterial3D.new()
	material.albedo_color = _PLACEHOLDER_COLOR
	material.transparency = BaseMaterial3D.TRANSPARENCY_ALPHA
	material.shading_mode = BaseMaterial3D.SHADING_MODE_UNSHADED
	return material


static func _clear(node: Node) -> void:
	for child: Node in node.get_children():
		node.remove_child(child)
		child.queue_free()


func _release_packages() -> void:
	if _model_request != null and is_instance_valid(_library):
		_library.release(_model_request)
	if _package != null and is_instance_valid(_library):
		_library.release(_package)
	_model_request = null
	_package = null
	_level = -1
